"""`python -m tests.run [lint|accept-contract]`: everything that CI runs, in the order in which faults are cheapest to find.

Each stage says how long it took; the first that fails ends the run with its own output above.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

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

Stage = tuple[str, Callable[[], None]]


def main(arguments: list[str]) -> None:
    """Runs the stages that the arguments name."""
    if arguments == ["accept-contract"]:
        accept_contract()
        return
    stages = list(LINT) if arguments == ["lint"] else [*LINT, ("tests", tests)]
    started = time.monotonic()
    for name, stage in stages:
        stage_started = time.monotonic()
        print(f"── {name}", flush=True)
        try:
            stage()
        except subprocess.CalledProcessError as error:
            print(f"\n{name} failed; what it said stands above.", flush=True)
            raise SystemExit(error.returncode) from None
        print(f"   {name}: {time.monotonic() - stage_started:.1f} s", flush=True)
    print(f"All passed in {time.monotonic() - started:.0f} s.", flush=True)


def tool(name: str, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
    """Runs a tool of the environment; raises CalledProcessError where it finds a fault."""
    subprocess.run([str(BIN / name), *arguments], cwd=ROOT, check=True, env={**os.environ, **(environment or {})})


def page_tool(script: str) -> None:
    """Runs a script of the page's package; raises CalledProcessError where it finds a fault."""
    from gateway.web.build import HERE, node_environment

    environment = node_environment()
    program = shutil.which("npm", path=environment["PATH"]) or "npm"
    subprocess.run([program, "run", "--silent", script], cwd=HERE, check=True, env=environment)


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


def openapi_is_current() -> None:
    """The committed OpenAPI document says what the contract says."""
    from gateway.openapi import document_text

    if not OPENAPI.is_file() or OPENAPI.read_text(encoding="utf-8") != document_text():
        print("gateway/openapi.json is not what the protos say; run `make contract` and review the change.")
        raise subprocess.CalledProcessError(1, "openapi")


def accept_contract() -> None:
    """Takes the contract as it stands for the one that later changes are held against."""
    from gateway.openapi import document_text

    OPENAPI.write_text(document_text(), encoding="utf-8")
    tool("buf", "build", str(CONTRACT), "--exclude-source-info", "-o", str(ACCEPTED_CONTRACT))


LINT: tuple[Stage, ...] = (
    ("ruff", lambda: tool("ruff", "check", ".")),
    ("format", lambda: tool("ruff", "format", "--check", ".")),
    ("mypy", lambda: tool("mypy")),
    ("imports", lambda: tool("lint-imports")),
    ("buf lint", lambda: tool("buf", "lint", str(CONTRACT), *BUF_CONFIG)),
    ("buf breaking", lambda: tool("buf", "breaking", str(CONTRACT), "--against", str(ACCEPTED_CONTRACT), *BUF_CONFIG)),
    ("openapi", openapi_is_current),
    ("page: format and rules", lambda: page_tool("lint")),
    ("page: types", lambda: page_tool("types")),
    ("page: units", lambda: page_tool("test")),
)

if __name__ == "__main__":
    main(sys.argv[1:])
