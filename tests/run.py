"""`python -m tests.run [lint|accept-contract]`: everything that CI runs, in the order in which faults are cheapest to find.

Each stage says how long it took; the first that fails ends the run with its own output above. What is looked at and not run goes
side by side: the services', and the page's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
CONTRACT = ROOT / "build/gen/workbench/contract.binpb"
ACCEPTED_CONTRACT = ROOT / "protos/contract.binpb"
OPENAPI = ROOT / "gateway/openapi.json"
BUF_CONFIG = ("--config", str(ROOT / "protos/buf.yaml"))
# Each has servers of its own, so that more would cost more than they bring on two cores.
PROCESSES = "2"

# The kernel's own file system in memory, and what a run needs of it at most.
MEMORY = Path("/dev/shm")
MEMORY_BYTES_MIN = 6 * 1024**3

# Deployments start some two hundred processes: each module is compiled once for all of them, whatever the machine's habit is.
COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}

# What a stage does, and where what it says goes.
Stage = tuple[str, Callable[[IO[str]], None]]


def main(arguments: list[str]) -> None:
    """Runs the stages that the arguments name."""
    if arguments == ["accept-contract"]:
        accept_contract()
        return
    started = time.monotonic()
    with ThreadPoolExecutor(len(LINT)) as pool:
        for said, failed in pool.map(lint, LINT):
            print(said, end="", flush=True)
            if failed:
                raise SystemExit(failed)
    if arguments != ["lint"]:
        print("── tests", flush=True)
        try:
            tests()
        except subprocess.CalledProcessError as error:
            print("\ntests failed; what they said stands above.", flush=True)
            raise SystemExit(error.returncode) from None
    print(f"All passed in {time.monotonic() - started:.0f} s.", flush=True)


def lint(stages: Sequence[Stage]) -> tuple[str, int]:
    """Goes through stages one after the other; answers what they said, and how the one that failed has ended."""
    failed = 0
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        for name, look in stages:
            started = time.monotonic()
            print(f"── {name}", file=said, flush=True)
            try:
                look(said)
            except subprocess.CalledProcessError as error:
                failed = error.returncode
                print(f"\n{name} failed; what it said stands above.", file=said, flush=True)
                break
            print(f"   {name}: {time.monotonic() - started:.1f} s", file=said, flush=True)
        said.seek(0)
        return said.read(), failed


def tool(name: str, *arguments: str, environment: Mapping[str, str] | None = None, said: IO[str] | None = None) -> None:
    """Runs a tool of the environment; raises CalledProcessError where it finds a fault."""
    whole = {**os.environ, **(environment or {})}
    subprocess.run([str(BIN / name), *arguments], cwd=ROOT, check=True, env=whole, stdout=said, stderr=said)


def page_tool(script: str, *, said: IO[str]) -> None:
    """Runs a script of the page's package; raises CalledProcessError where it finds a fault."""
    from gateway.web.build import HERE, node_environment

    environment = node_environment()
    program = shutil.which("npm", path=environment["PATH"]) or "npm"
    subprocess.run([program, "run", "--silent", script], cwd=HERE, check=True, env=environment, stdout=said, stderr=said)


def tests() -> None:
    """All tests, on two processes; the servers that they need are started by the run itself."""
    with temporary_folder() as folder:
        tool(
            "pytest", "-q", "--durations=40", "-n", PROCESSES, "--dist", "loadscope", "--no-loadscope-reorder",
            # A process that dies ends the run: xdist would start another and then wait for ever.
            "--max-worker-restart", "0", "--basetemp", f"{folder}/t", environment={**COMPILED, "TMPDIR": folder},
        )  # fmt: skip


@contextmanager
def temporary_folder() -> Iterator[str]:
    """Where the run's databases, servers and deployments are: in memory, where there is room, since nothing has to outlive it.

    What crashes there is a process and never the machine, so that no test waits for a disk to prove something.
    """
    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= MEMORY_BYTES_MIN
    # A short name: that of a socket has a hundred characters.
    with tempfile.TemporaryDirectory(dir=MEMORY if in_memory else None, prefix="w-", ignore_cleanup_errors=True) as folder:
        # The servers' own accounts must be able to enter.
        Path(folder).chmod(0o755)
        yield folder


def openapi_is_current(said: IO[str]) -> None:
    """The committed OpenAPI document says what the contract says."""
    from gateway.openapi import document_text

    if not OPENAPI.is_file() or OPENAPI.read_text(encoding="utf-8") != document_text():
        print("gateway/openapi.json is not what the protos say; run `make contract` and review the change.", file=said)
        raise subprocess.CalledProcessError(1, "openapi")


def accept_contract() -> None:
    """Takes the contract as it stands for the one that later changes are held against."""
    from gateway.openapi import document_text

    OPENAPI.write_text(document_text(), encoding="utf-8")
    tool("buf", "build", str(CONTRACT), "--exclude-source-info", "-o", str(ACCEPTED_CONTRACT))


def stage(name: str, *command: str) -> Stage:
    """A stage that is one tool."""
    return name, lambda said: tool(*command, said=said)


# Side by side, each of them one after the other.
LINT: tuple[tuple[Stage, ...], ...] = (
    (
        stage("ruff", "ruff", "check", "."),
        stage("format", "ruff", "format", "--check", "."),
        stage("mypy", "mypy"),
        stage("imports", "lint-imports"),
        stage("buf lint", "buf", "lint", str(CONTRACT), *BUF_CONFIG),
        stage("buf breaking", "buf", "breaking", str(CONTRACT), "--against", str(ACCEPTED_CONTRACT), *BUF_CONFIG),
        ("openapi", openapi_is_current),
    ),
    (
        ("page: format and rules", lambda said: page_tool("lint", said=said)),
        ("page: types", lambda said: page_tool("types", said=said)),
        ("page: units", lambda said: page_tool("test", said=said)),
    ),
)

if __name__ == "__main__":
    main(sys.argv[1:])
