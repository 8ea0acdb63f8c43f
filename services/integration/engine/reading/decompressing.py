"""Takes a file out of its wrapping, and refuses one that would not end."""

from __future__ import annotations

import gzip
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, BinaryIO, cast

from services.chassis.kernel.errors import InvalidInput

# A table of text shrinks to a tenth, one of repetitions to a fiftieth; what shrinks more is made to burst.
RATIO_MAX = 200
# Below so much the ratio tells nothing.
RATIO_FROM_BYTES = 64 * 1024 * 1024
_MAGICS = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip"}
_MAGIC_BYTES = 4
CONTENT_BYTES_MAX = 256 * 1024 * 1024 * 1024
# `zipfile` says of compressions that it does not know NotImplementedError, and of parts with a password RuntimeError.
_BROKEN = (EOFError, OSError, zlib.error, zipfile.BadZipFile, lzma.LZMAError, NotImplementedError, RuntimeError)


@contextmanager
def decompressed(file: BinaryIO, compression: str, size_bytes: int) -> Iterator[BinaryIO]:
    """The content of a file of that size; reading it raises InvalidInput FILE_UNREADABLE or FILE_BURSTS where it is bad."""
    if compression == "any":
        compression = _told_by_beginning(file)
    if not compression:
        yield file
        return
    with _guarded(), _opened(file, compression) as content:
        yield cast("BinaryIO", _Bounded(content, size_bytes))


def _told_by_beginning(file: BinaryIO) -> str:
    beginning = file.read(_MAGIC_BYTES)
    file.seek(0)
    return next((name for magic, name in _MAGICS.items() if beginning.startswith(magic)), "")


@contextmanager
def _opened(file: BinaryIO, compression: str) -> Iterator[IO[bytes]]:
    if compression == "gzip":
        with gzip.GzipFile(fileobj=file) as content:
            yield cast("IO[bytes]", content)
        return
    with zipfile.ZipFile(file) as archive, archive.open(_sole_member(archive)) as content:
        yield content


def _sole_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The archive's one file. Its name is never used as a path; one that looks like an escape is refused all the same."""
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) != 1:
        raise InvalidInput("ARCHIVE_UNFIT", f"The archive holds {len(members)} files; a feed's has one.")
    (member,) = members
    steps = member.filename.replace("\\", "/").split("/")
    if member.filename.startswith(("/", "\\")) or ".." in steps or ":" in steps[0]:
        raise InvalidInput("ARCHIVE_UNFIT", "The archive's file has a name that leads out of the archive.")
    return member


class _Bounded:
    """Reads, and counts what comes out against what went in."""

    def __init__(self, content: IO[bytes], size_bytes: int) -> None:
        self._content = content
        self._read = 0
        self._most = min(CONTENT_BYTES_MAX, max(RATIO_FROM_BYTES, size_bytes * RATIO_MAX))

    def read(self, count: int = -1) -> bytes:
        """The next so many bytes."""
        with _guarded():
            part = self._content.read(count)
        self._read += len(part)
        if self._read > self._most:
            raise InvalidInput("FILE_BURSTS", f"The file grows beyond {self._most} bytes when it is decompressed.")
        return part

    def __getattr__(self, name: str) -> Any:
        return getattr(self._content, name)


@contextmanager
def _guarded() -> Iterator[None]:
    try:
        yield
    except InvalidInput:
        raise
    except _BROKEN as error:
        raise InvalidInput("FILE_UNREADABLE", f"The file cannot be decompressed: {type(error).__name__}.") from None
