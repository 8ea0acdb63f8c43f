"""What a source is to the rest: it tells which files there are, and opens one to be read. It writes nothing, and removes nothing.

Whatever goes wrong is a WorkbenchError whose text holds no secret and nothing of a file: SOURCE_INVALID where the feed or a
setting must be mended, SOURCE_UNAVAILABLE where the other side is down, SOURCE_REFUSED where it does not let us in or is not who
it should be, SOURCE_TOO_LARGE where a limit is reached, FILE_CHANGED where a file is not the one that was found.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from services.chassis.kernel.errors import InvalidInput, LimitReached, NotFound, RuleBroken, Unavailable

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

# Entries of all folders that one look goes through, and files that it finds among them.
ENTRIES_MAX = 500_000
FOUND_MAX = 20_000
CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Found:
    """A file that is there."""

    # Below the source's folder.
    name: str
    # -1 where it is not known before it is read.
    size_bytes: int
    modify_time: datetime | None
    # As the name, or whoever asked, says; None where only the rows do.
    business_date: date | None
    # Another one where the content may be another one; empty where the source cannot tell.
    version: str
    # Whether the sender has said that it is complete; None where nothing says so but its staying as it is.
    complete: bool | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What of the deployment's settings a source stands on."""

    inbox: Path | None = None
    # By the names that feeds give; held back from every text.
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    known_hosts: Path | None = None
    http_proxy: str = ""
    http_authority: Path | None = None
    bytes_max: int = 64 * 1024**3

    def secret(self, name: str) -> str:
        """The secret's value, empty where the feed names none; raises InvalidInput SOURCE_INVALID where it is not set."""
        if not name:
            return ""
        if name not in self.secrets:
            raise invalid(f"The secret {name} is not set: [services.integration.own.secrets].")
        return self.secrets[name]


class Source(Protocol):
    """One feed's source, connected."""

    # Whether it can be asked what there is; otherwise only for dates.
    lists: bool

    def find(self, dates: Sequence[date] | None = None) -> list[Found]:
        """The files of those dates, or of any where none are given, in the order of their dates and names."""

    def beside(self, name: str) -> Found | None:
        """A file of that very name, which says something of another; None where there is none."""

    def open(self, found: Found) -> BinaryIO:
        """The file's bytes, to be read once from its beginning, and to be closed; raises FILE_CHANGED, also while it is read."""

    def close(self) -> None:
        """Lets go of the connection."""


def invalid(message: str) -> InvalidInput:
    """The feed or a setting must be mended."""
    return InvalidInput("SOURCE_INVALID", message)


def unavailable(message: str) -> Unavailable:
    """The other side is down."""
    return Unavailable("SOURCE_UNAVAILABLE", message)


def refused(message: str) -> RuleBroken:
    """The other side does not let us in, or is not who it should be."""
    return RuleBroken("SOURCE_REFUSED", message)


def too_large(message: str) -> LimitReached:
    """A limit is reached."""
    return LimitReached("SOURCE_TOO_LARGE", message)


def gone() -> NotFound:
    """What was found is there no more."""
    return NotFound("FILE_GONE", "The file that was found is not there any more.")


def changed() -> Unavailable:
    """What is there is not what was found."""
    return Unavailable("FILE_CHANGED", "The file changed between being found and being read to its end.")


class Steady(io.RawIOBase):
    """A file that must have as many bytes as it had when it was found, and no more than the limit."""

    def __init__(self, inner: BinaryIO, size_bytes: int, bytes_max: int) -> None:
        self._inner = inner
        self._size_bytes = size_bytes
        self._bytes_max = bytes_max
        self._read_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        data = self._inner.read(min(len(view), CHUNK_BYTES))
        self._read_bytes += len(data)
        if self._read_bytes > self._bytes_max:
            raise too_large(f"The file has more than {self._bytes_max:,} bytes.")
        if self._size_bytes >= 0 and (self._read_bytes > self._size_bytes or (not data and self._read_bytes < self._size_bytes)):
            raise changed()
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
        super().close()


def steady(inner: BinaryIO, size_bytes: int, bytes_max: int) -> BinaryIO:
    """The file as it must be read; raises SOURCE_TOO_LARGE at once where it says so itself."""
    if size_bytes > bytes_max:
        inner.close()
        raise too_large(f"The file has more than {bytes_max:,} bytes.")
    return io.BufferedReader(Steady(inner, size_bytes, bytes_max), CHUNK_BYTES)


def in_order(found: list[Found]) -> list[Found]:
    """By date and name; files that say no date come last."""
    return sorted(found, key=lambda each: (each.business_date or date.max, each.name))
