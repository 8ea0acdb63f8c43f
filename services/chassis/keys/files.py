"""The key files: each is put in place whole, and only one process changes them at a time."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from services.chassis.kernel.errors import Unavailable

SIGNING_KEYS_FILE = "signing-keys.json"
PUBLIC_KEYS_FILE = "signing-keys.public.json"
DATA_KEYS_FILE = "data-keys.json"

# A process looks for changed key files so often at most.
RELOAD_SECONDS = 5.0
# A new key is used so long after it was published: long after every process has looked.
PUBLISHING_DELAY_SECONDS = 60.0


def version_of(path: Path) -> tuple[int, int]:
    """Another value for each content; raises Unavailable where there is no file."""
    try:
        state = path.stat()
    except FileNotFoundError:
        raise _missing(path) from None
    # Each write makes a new file, so that the number differs even where the clock is coarse.
    return state.st_mtime_ns, state.st_ino


def read(path: Path) -> dict[str, Any]:
    """The content; raises Unavailable where there is no file."""
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _missing(path) from None
    return content


def write(path: Path, content: Mapping[str, Any], mode: int) -> None:
    """Puts a whole file in place at once; nobody ever reads half of one."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keeps every other process from changing the folder's keys."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def to_base64(value: bytes) -> str:
    """As text for a URL, without padding."""
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def from_base64(text: str) -> bytes:
    """What `to_base64` was given."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _missing(path: Path) -> Unavailable:
    return Unavailable("KEYS_MISSING", f"There is no {path.name}; `workbench up` or `workbench migrate` makes it.")
