"""Takes files in as they come: sealed, below the lake's root, by their hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import InvalidInput, LimitReached, NotFound
from services.chassis.kernel.ids import uuid7
from services.chassis.lake.lake import Lake
from services.chassis.lake.sealed_files import SealedWriter
from services.integration.model.feed_run import LandedFile

FILE_BYTES_MAX = 64 * 1024 * 1024 * 1024
NAME_CHARACTERS_MAX = 255
_READ_BYTES = 1024 * 1024
_FOLDER = ".landed"
_FORGOTTEN_AT_A_TIME = 100
SPOOL_KEPT = timedelta(days=1)
_SPOOLS_LOOKED_AT_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Spooled:
    """A file that is on the disk, sealed, and that no row tells of yet."""

    feed: str
    file_name: str
    path: str
    sha256: str
    size_bytes: int


def spool(lake: Lake, feed: str, file_name: str, content: BinaryIO, *, beat: Callable[[], None] = lambda: None) -> Spooled:
    """Writes the content away, whatever its size; no transaction is needed. Raises LimitReached FILE_TOO_LARGE.

    What is spooled and then not landed, because the process died, `forget_files` removes.
    """
    name = file_name.replace("\\", "/").rpartition("/")[2]
    if not name or len(name) > NAME_CHARACTERS_MAX or not name.isprintable():
        raise InvalidInput("FILE_NAME_INVALID", f"A file's name has 1 to {NAME_CHARACTERS_MAX} printable characters.")
    path = Path(_FOLDER) / feed / f"{uuid7()}.sealed"
    target = lake.root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    try:
        with SealedWriter(target) as sealed:
            while part := content.read(_READ_BYTES):
                beat()
                size += len(part)
                _check_size(size)
                digest.update(part)
                sealed.write(part)
    # Whatever it is, also that the work was lost: half of a file is no file.
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return Spooled(feed, name, str(path), digest.hexdigest(), size)


def _check_size(size_bytes: int) -> None:
    if size_bytes > FILE_BYTES_MAX:
        raise LimitReached("FILE_TOO_LARGE", f"A feed's file has at most {FILE_BYTES_MAX} bytes.")


def land(work: UnitOfWork, spooled: Spooled, *, origin: str, control_text: str = "") -> LandedFile:
    """Notes a spooled file as landed; where the same bytes have landed for this feed and are kept, that file is answered."""
    work.hold(f"landing|{spooled.feed}")
    if (known := seen(work, spooled.feed, spooled.sha256)) is not None and known.control_text == control_text:
        again = work.database.lake.root / spooled.path
        work.after_commit.append(lambda: again.unlink(missing_ok=True))
        if known.file_name == spooled.file_name:
            return known
        spooled = Spooled(spooled.feed, spooled.file_name, known.path, spooled.sha256, spooled.size_bytes)
    file = LandedFile(
        file_id=work.new_id(),
        feed=spooled.feed,
        file_name=spooled.file_name,
        path=spooled.path,
        sha256=spooled.sha256,
        size_bytes=spooled.size_bytes,
        origin=origin,
        control_text=control_text,
        create_time=work.now,
    )
    work.session.add(file)
    work.session.flush()
    return file


def seen(work: UnitOfWork, feed: str, sha256: str) -> LandedFile | None:
    """The latest file of the feed with that content that is still kept; None where there is none."""
    of_hash = select(LandedFile).where(LandedFile.feed == feed, LandedFile.sha256 == sha256, LandedFile.remove_time.is_(None))
    return work.session.scalars(of_hash.order_by(LandedFile.file_id.desc()).limit(1)).one_or_none()


def find_file(work: UnitOfWork, file_id: str) -> LandedFile:
    """The file; raises NotFound FILE_NOT_FOUND where there is none, or its content is not kept any more."""
    file = work.session.get(LandedFile, file_id)
    if file is None or file.remove_time is not None:
        raise NotFound("FILE_NOT_FOUND", "There is no such file, or not any more.")
    return file


def forget_files(work: UnitOfWork) -> None:
    """Removes the content of files that came long ago; that they came, and their hashes, stay."""
    before = work.now - timedelta(days=work.settings.landed_days)
    old = select(LandedFile).where(LandedFile.create_time < before, LandedFile.remove_time.is_(None))
    for file in work.session.scalars(old.order_by(LandedFile.file_id).limit(_FORGOTTEN_AT_A_TIME)):
        file.remove_time = work.now
        shared = select(LandedFile.file_id).where(LandedFile.path == file.path, LandedFile.remove_time.is_(None))
        work.session.flush()
        if work.session.scalar(shared.limit(1)) is None:
            work.after_commit.append(lambda path=work.database.lake.root / file.path: path.unlink(missing_ok=True))
    _forget_spools(work)


def _forget_spools(work: UnitOfWork) -> None:
    """Removes what was spooled long ago and never landed."""
    root = work.database.lake.root
    before = (work.now - SPOOL_KEPT).timestamp()
    for path in islice((root / _FOLDER).glob("*/*.sealed"), _SPOOLS_LOOKED_AT_MAX):
        if path.stat().st_mtime < before:
            landed = select(LandedFile.file_id).where(LandedFile.path == str(path.relative_to(root)))
            if work.session.scalar(landed.limit(1)) is None:
                path.unlink(missing_ok=True)
