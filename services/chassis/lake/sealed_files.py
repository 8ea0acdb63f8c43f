"""Files that are unreadable at rest: encrypted in blocks, so that an engine may read any part of one.

A file is `WBS1`, the length of its own key as it is encrypted with a data key, that key, and blocks of AES-256-GCM. Each block's
nonce is its number, and the last block is marked as such, so that neither a block that is moved nor an end that is cut off goes
unseen. A new data key changes the beginning of a file alone.
"""

from __future__ import annotations

import os
import threading
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
_PURPOSE = "chassis.lake"


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
        with SealedReader(_plain(path)) as file:
            return {"name": path, "size": file.size, "type": "file"}

    def ls(self, path: str, detail: bool = True, **_options: Any) -> list[Any]:  # noqa: FBT001, FBT002 - fsspec's own signature
        """The file itself: an engine is given files, never folders."""
        return [self.info(path) if detail else path]

    def exists(self, path: str, **_options: Any) -> bool:
        """Whether there is such a file."""
        return _plain(path).is_file()

    def isfile(self, path: str) -> bool:
        """As `exists`."""
        return self.exists(path)

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
        self._waiting = bytearray()
        self._blocks = 0
        self._position = 0
        self.closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_ended: object) -> None:
        self.close()

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

    def _put(self, block: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._blocks), block, _mark(last=last)))
        self._blocks += 1


class SealedReader:
    """Reads a sealed file anywhere.

    DuckDB shares a file among threads, and seeks and reads in two calls: each thread has a position of its own.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY)
        try:
            self._cipher, self._start = _opened(self._descriptor)
            self._blocks, self.size = _extent(os.fstat(self._descriptor).st_size - self._start)
        except BaseException:
            os.close(self._descriptor)
            raise
        self._own = threading.local()
        self._latest: tuple[int, bytes] = (-1, b"")
        self.closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_ended: object) -> None:
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


def _opened(descriptor: int) -> tuple[AESGCM, int]:
    """The file's cipher, and where its blocks begin."""
    prefix = len(_MAGIC) + _LENGTH_BYTES
    start = os.pread(descriptor, prefix, 0)
    if start[: len(_MAGIC)] != _MAGIC or len(start) < prefix:
        raise SealedFileBroken("This is no sealed file.")
    length = int.from_bytes(start[len(_MAGIC) :], "big")
    try:
        return AESGCM(data_keys().decrypt_bytes(_PURPOSE, os.pread(descriptor, length, prefix))), prefix + length
    except ValueError:
        raise SealedFileBroken("A sealed file is not what was written, or its data key is gone.") from None


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
