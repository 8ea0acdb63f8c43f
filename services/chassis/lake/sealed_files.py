"""Files that are unreadable at rest: encrypted in blocks, so that an engine may read any part of one.

A file is `WBS1`, the length of its own key as it is encrypted with a data key, that key, and blocks of AES-256-GCM. Each block's
nonce is its number, and the last block is marked as such, so that neither a block that is moved nor an end that is cut off goes
unseen. A new data key changes the beginning of a file alone, in its place (`rewrap`).
"""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fsspec.spec import AbstractFileSystem

from services.chassis.keys import data_keys

PROTOCOL = "sealed"
SUFFIX = ".sealed"
BLOCK_BYTES = 256 * 1024
_MAGIC = b"WBS1"
_TAG_BYTES = 16
_LENGTH_BYTES = 2
_PREFIX_BYTES = len(_MAGIC) + _LENGTH_BYTES
_PURPOSE = "chassis.lake"
# Whoever reads a beginning that is just being rewritten may see half of it, and looks once more.
_LOOKS_MAX = 3
_LOOK_AGAIN_SECONDS = 0.01


class SealedFileBroken(OSError):
    """A sealed file is not what was written: changed, cut off, or of a key that is gone."""


def sealed_url(path: Path) -> str:
    """By which an engine that knows `SealedFiles` reads and writes the path."""
    return f"{PROTOCOL}://{path}"


class SealedFiles(AbstractFileSystem):
    """The file system that DuckDB is given, so that it reads and writes `sealed://` paths of this machine."""

    protocol = PROTOCOL
    cachable = False

    def _open(self, path: str, mode: str = "rb", **_options: Any) -> Any:
        return SealedWriter(_plain(path)) if "w" in mode else SealedReader(_plain(path))

    def info(self, path: str, **_options: Any) -> dict[str, Any]:
        """Name, size as it is when read, and kind."""
        if _plain(path).is_dir():
            return {"name": path, "size": 0, "type": "directory"}
        with SealedReader(_plain(path)) as file:
            return {"name": path, "size": file.size, "type": "file"}

    def ls(self, path: str, detail: bool = True, **_options: Any) -> list[Any]:  # noqa: FBT001, FBT002 - fsspec's own signature
        """What is in a folder; of a file, itself. FileNotFoundError where there is neither."""
        plain = _plain(path)
        names = [sealed_url(child) for child in sorted(plain.iterdir())] if plain.is_dir() else [path]
        return [self.info(name) if detail else name for name in names]

    def mkdir(self, path: str, create_parents: bool = True, **_options: Any) -> None:  # noqa: FBT001, FBT002 - fsspec's own
        """Makes a folder; one that is there stays."""
        _plain(path).mkdir(parents=create_parents, exist_ok=True)

    def makedirs(self, path: str, exist_ok: bool = False) -> None:  # noqa: FBT001, FBT002 - fsspec's own signature
        """Makes a folder and those above it."""
        _plain(path).mkdir(parents=True, exist_ok=exist_ok)

    def isdir(self, path: str) -> bool:
        """Whether there is such a folder."""
        return _plain(path).is_dir()

    def exists(self, path: str, **_options: Any) -> bool:
        """Whether there is such a file or folder."""
        return _plain(path).exists()

    def isfile(self, path: str) -> bool:
        """Whether there is such a file."""
        return _plain(path).is_file()

    def glob(self, path: str, **_options: Any) -> list[str]:  # type: ignore[override]
        """The path as it is: names are never patterns here."""
        return [path] if self.exists(path) else []

    def mv(self, path1: str, path2: str, **_options: Any) -> None:
        """Renames."""
        _plain(path1).replace(_plain(path2))

    def rm_file(self, path: str) -> None:
        """Removes."""
        _plain(path).unlink()

    def modified(self, path: str) -> datetime:
        """When it was written."""
        return datetime.fromtimestamp(_plain(path).stat().st_mtime, UTC)


class SealedWriter:
    """Writes a sealed file from its beginning to its end."""

    def __init__(self, path: Path) -> None:
        key = AESGCM.generate_key(256)
        self._cipher = AESGCM(key)
        self._file = path.open("wb")
        self._file.write(_header(key))
        # So that a new data key finds the beginning of a file that is still being written.
        self._file.flush()
        self._waiting = bytearray()
        self._blocks = 0
        self._position = 0
        self.closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_ended: object) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def write(self, content: Any) -> int:
        """Adds to the end; answers how much."""
        content = bytes(content)
        self._waiting += content
        self._position += len(content)
        # A full block waits too: the last one is written as the last.
        while len(self._waiting) > BLOCK_BYTES:
            self._put(bytes(self._waiting[:BLOCK_BYTES]), last=False)
            del self._waiting[:BLOCK_BYTES]
        return len(content)

    def tell(self) -> int:
        """How much was written."""
        return self._position

    def flush(self) -> None:
        """Nothing: a block is written when it is full."""

    def close(self) -> None:
        """Ends the file, and returns once it is on the disk."""
        if self.closed:
            return
        self._put(bytes(self._waiting), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self.closed = True

    def abandon(self) -> None:
        """Leaves the file without an end, so that nobody takes it for a whole one."""
        self._file.close()
        self.closed = True

    def _put(self, block: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._blocks), block, _mark(last=last)))
        self._blocks += 1


class SealedReader:
    """Reads a sealed file anywhere.

    DuckDB shares a file among threads, and seeks and reads in two calls: each thread has a position of its own.
    """

    def __init__(self, path: Path) -> None:
        self.closed = True
        self._descriptor = os.open(path, os.O_RDONLY)
        self.closed = False
        try:
            self._cipher, self._start = _opened(self._descriptor)
            self._blocks, self.size = _extent(os.fstat(self._descriptor).st_size - self._start)
        # Whatever it is, nobody gets a file that he could close.
        except BaseException:
            self.close()
            raise
        self._own = threading.local()
        self._latest: tuple[int, bytes] = (-1, b"")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_ended: object) -> None:
        self.close()

    def __del__(self) -> None:
        # An engine lets go of a file that it has read, and does not close it.
        self.close()

    def __iter__(self) -> Any:
        while part := self.read(BLOCK_BYTES):
            yield part

    def seekable(self) -> bool:
        """It is."""
        return True

    def readable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Goes to a place; answers it."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self.tell(), os.SEEK_END: self.size}[whence]
        self._own.position = base + offset
        return base + offset

    def tell(self) -> int:
        """Where this thread is."""
        position: int = getattr(self._own, "position", 0)
        return position

    def read(self, count: int = -1) -> bytes:
        """The next so many bytes, or all; raises SealedFileBroken where they are not what was written."""
        start = self.tell()
        end = self.size if count < 0 else min(self.size, start + count)
        parts = []
        while start < end:
            number, offset = divmod(start, BLOCK_BYTES)
            part = self._block(number)[offset : offset + end - start]
            if not part:
                raise SealedFileBroken("A sealed file is cut off.")
            parts.append(part)
            start += len(part)
        self._own.position = start
        return b"".join(parts)

    def close(self) -> None:
        """Closes it."""
        if not self.closed:
            os.close(self._descriptor)
            self.closed = True

    def _block(self, number: int) -> bytes:
        latest = self._latest
        if latest[0] != number:
            size = BLOCK_BYTES + _TAG_BYTES
            sealed = os.pread(self._descriptor, size, self._start + number * size)
            try:
                content = self._cipher.decrypt(_nonce(number), sealed, _mark(last=number == self._blocks - 1))
            except InvalidTag:
                raise SealedFileBroken("A sealed file is not what was written.") from None
            latest = self._latest = (number, content)
        return latest[1]


def _plain(path: str) -> Path:
    return Path(path.removeprefix(f"{PROTOCOL}://"))


def _header(key: bytes) -> bytes:
    wrapped = data_keys().encrypt_bytes(_PURPOSE, key)
    return _MAGIC + len(wrapped).to_bytes(_LENGTH_BYTES, "big") + wrapped


def key_of(path: Path) -> str | None:
    """The id of the data key that the file's own key is encrypted with; None where the file is not sealed, or gone by now."""
    try:
        with path.open("rb", buffering=0) as file:
            wrapped = _wrapped(file.fileno())
    except (SealedFileBroken, FileNotFoundError):
        return None
    return wrapped.partition(b".")[0].decode(errors="replace")


def rewrap(path: Path) -> bool:
    """Encrypts the file's own key with the current data key; answers whether that changed anything.

    In the file's place, so that who is reading or still writing it goes on: the beginning is written at once, is as long as
    before, and lies in the first 512 bytes, which a disk writes whole or not at all.
    """
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        wrapped = _wrapped(descriptor)
        if wrapped.startswith(f"{data_keys().current}.".encode()):
            return False
        anew = data_keys().encrypt_bytes(_PURPOSE, _unwrapped(wrapped))
        if len(anew) != len(wrapped):
            raise SealedFileBroken("The key of a sealed file has another length than before.")
        os.pwrite(descriptor, anew, _PREFIX_BYTES)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return True


def _wrapped(descriptor: int) -> bytes:
    """The file's own key as it stands there, encrypted."""
    start = os.pread(descriptor, _PREFIX_BYTES, 0)
    if start[: len(_MAGIC)] != _MAGIC or len(start) < _PREFIX_BYTES:
        raise SealedFileBroken("This is no sealed file.")
    return os.pread(descriptor, int.from_bytes(start[len(_MAGIC) :], "big"), _PREFIX_BYTES)


def _unwrapped(wrapped: bytes) -> bytes:
    try:
        return data_keys().decrypt_bytes(_PURPOSE, wrapped)
    except ValueError:
        raise SealedFileBroken("A sealed file is not what was written, or its data key is gone.") from None


def _opened(descriptor: int) -> tuple[AESGCM, int]:
    """The file's cipher, and where its blocks begin."""
    looks = 0
    while True:
        wrapped = _wrapped(descriptor)
        try:
            return AESGCM(_unwrapped(wrapped)), _PREFIX_BYTES + len(wrapped)
        except SealedFileBroken:
            looks += 1
            if looks == _LOOKS_MAX:
                raise
        time.sleep(_LOOK_AGAIN_SECONDS)


def _extent(sealed_bytes: int) -> tuple[int, int]:
    """How many blocks there are, and how much they hold."""
    full, rest = divmod(sealed_bytes, BLOCK_BYTES + _TAG_BYTES)
    # Only a file of nothing has an empty block.
    if sealed_bytes < _TAG_BYTES or (full and 0 < rest <= _TAG_BYTES):
        raise SealedFileBroken("A sealed file is cut off.")
    blocks = full + (rest > 0)
    return blocks, sealed_bytes - blocks * _TAG_BYTES


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _mark(*, last: bool) -> bytes:
    return b"last" if last else b""
