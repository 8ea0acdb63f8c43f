"""Files that are pushed through the API, part by part; the last part lands the file and asks for its run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, cast

from services.chassis.db.session import UnitOfWork
from services.chassis.files import storage
from services.chassis.files.table import StoredFile
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotFound, RuleBroken
from services.integration.model.feed_run import FeedRun
from services.integration.usecases import definitions, landing, running


@dataclass(frozen=True, slots=True)
class Pushed:
    """A file as far as it has come."""

    file_id: str
    feed: str
    file_name: str
    size_bytes: int
    run: FeedRun | None = None


def create(work: UnitOfWork, feed: str, file_name: str) -> Pushed:
    """A new file of the caller, without content."""
    definitions.find(work.settings, feed)
    # Neither a feed's name nor a file's has a slash.
    file = storage.create(work, f"{feed}/{file_name}", "application/octet-stream")
    work.resource = f"feed_files/{file.file_id}"
    return _as_pushed(file)


def take_part(work: UnitOfWork, file_id: str, offset: int, content: bytes, *, last: bool, business_date: date | None) -> Pushed:
    """Takes the part that begins at the place, or passes over one that came before; with the last one asks for the run.

    Raises InvalidInput FILE_EMPTY, BUSINESS_DATE_UNKNOWN, RuleBroken OFFSET_WRONG, and LimitReached FILE_TOO_LARGE.
    """
    file = _own(work, file_id)
    work.resource = f"feed_files/{file.file_id}"
    if not content and not (last and file.size_bytes):
        raise InvalidInput(
            "FILE_EMPTY", "There is nothing in the body.", violations=(FieldViolation("content", "The file's bytes."),)
        )
    if offset == file.size_bytes:
        storage.append(work, file, content)
    elif not _came_before(work, file, offset, content):
        raise RuleBroken(
            "OFFSET_WRONG", "The part does not follow what came before.", metadata={"sizeBytes": str(file.size_bytes)}
        )
    pushed = _as_pushed(file)
    if not last:
        return pushed
    definition = definitions.find(work.settings, pushed.feed)
    # Before it is written: a date that nobody says is better told now.
    running.date_of(definition, pushed.file_name, business_date)
    content_of_file = cast("BinaryIO", _Parts(storage.parts(work.session, file.file_id)))
    spooled = landing.spool(work.database.lake, pushed.feed, pushed.file_name, content_of_file)
    landed = landing.land(work, spooled, origin="push")
    run = running.run_feed(work, definition, landed, business_date=business_date)
    storage.remove(work.session, file.file_id)
    return Pushed(landed.file_id, pushed.feed, pushed.file_name, landed.size_bytes, run)


class _Parts:
    """The parts of a kept file, read as one."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts

    def read(self, _count: int = -1) -> bytes:
        """The next part, whatever its size; nothing at the end."""
        return next(self._parts, b"")


def _own(work: UnitOfWork, file_id: str) -> StoredFile:
    file = storage.find(work, file_id.lower(), to_change=True)
    if file.person_id != work.caller.person_id or "/" not in file.file_name:
        raise NotFound("FILE_NOT_FOUND", "There is no such file, or not any more.")
    return file


def _came_before(work: UnitOfWork, file: StoredFile, offset: int, content: bytes) -> bool:
    if offset + len(content) > file.size_bytes:
        return False
    kept = storage.content(work.session, file.file_id)[offset : offset + len(content)]
    return hashlib.sha256(kept).digest() == hashlib.sha256(content).digest()


def _as_pushed(file: StoredFile) -> Pushed:
    feed, _, name = file.file_name.partition("/")
    return Pushed(file.file_id, feed, name, file.size_bytes)
