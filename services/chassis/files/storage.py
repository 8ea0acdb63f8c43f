"""Keeps files: in parts, encrypted, for so long, up to so many bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.chassis.db.session import UnitOfWork
from services.chassis.files.table import FilePart, StoredFile
from services.chassis.kernel.errors import LimitReached, NotFound, RuleBroken

# How much of a file is read or written at a time.
PART_BYTES_MAX = 512 * 1024


def create(work: UnitOfWork, file_name: str, media_type: str) -> StoredFile:
    """A new, empty file of the caller."""
    file = StoredFile(
        file_id=work.new_id(),
        file_name=file_name,
        media_type=media_type,
        person_id=work.caller.person_id,
        create_time=work.now,
        expire_time=work.now + timedelta(hours=work.database.files.kept_hours),
    )
    work.session.add(file)
    # Its parts refer to it.
    work.session.flush()
    return file


def find(work: UnitOfWork, file_id: str, *, to_change: bool = False) -> StoredFile:
    """The file; raises NotFound FILE_NOT_FOUND where there is none, or none any more."""
    statement = select(StoredFile).where(StoredFile.file_id == file_id, StoredFile.expire_time > work.now)
    file = work.session.scalars(statement.with_for_update() if to_change else statement).one_or_none()
    if file is None:
        raise not_found()
    return file


def append(work: UnitOfWork, file: StoredFile, content: bytes) -> None:
    """Adds to the end of the file; raises LimitReached FILE_TOO_LARGE, and RuleBroken where it is complete."""
    if file.sha256:
        raise RuleBroken("FILE_COMPLETE", "The file is complete.")
    limit = work.database.files.bytes_max
    if file.size_bytes + len(content) > limit:
        raise LimitReached("FILE_TOO_LARGE", f"A file has at most {limit} bytes here.", metadata={"bytesMax": str(limit)})
    for start in range(0, len(content), PART_BYTES_MAX):
        part = content[start : start + PART_BYTES_MAX]
        work.session.add(FilePart(file_id=file.file_id, start=file.size_bytes, content=part))
        file.size_bytes += len(part)
    work.session.flush()


def complete(work: UnitOfWork, file: StoredFile) -> None:
    """Closes the file: from now on it can be handed out, and no longer grows."""
    digest = hashlib.sha256()
    for part in parts(work.session, file.file_id):
        digest.update(part)
    file.sha256 = digest.hexdigest()


def parts(session: Session, file_id: str) -> Iterator[bytes]:
    """The content, one part after the other: never the whole of it in memory."""
    starts = session.scalars(select(FilePart.start).where(FilePart.file_id == file_id).order_by(FilePart.start)).all()
    for start in starts:
        part = part_at(session, file_id, start)
        if part is not None:
            yield part


def part_at(session: Session, file_id: str, start: int) -> bytes | None:
    """The part that begins at the place; None where none does."""
    return session.scalars(select(FilePart.content).filter_by(file_id=file_id, start=start)).one_or_none()


def content(session: Session, file_id: str) -> bytes:
    """The whole content, for files that are known to be small."""
    return b"".join(parts(session, file_id))


def clear(work: UnitOfWork, file: StoredFile) -> None:
    """Takes the content away, to write it anew."""
    work.session.execute(delete(FilePart).where(FilePart.file_id == file.file_id))
    file.size_bytes, file.sha256 = 0, ""


def remove(session: Session, file_id: str) -> None:
    """Removes the file before its time."""
    session.execute(delete(FilePart).where(FilePart.file_id == file_id))
    session.execute(delete(StoredFile).where(StoredFile.file_id == file_id))


def forget_expired(session: Session, now: datetime) -> None:
    """Removes what has expired."""
    expired = select(StoredFile.file_id).where(StoredFile.expire_time <= now)
    session.execute(delete(FilePart).where(FilePart.file_id.in_(expired)).execution_options(synchronize_session=False))
    session.execute(delete(StoredFile).where(StoredFile.expire_time <= now).execution_options(synchronize_session=False))


def not_found() -> NotFound:
    """One sentence for a file that is gone, one that never was, and a link that does not hold."""
    return NotFound("FILE_NOT_FOUND", "There is no such file, or the link to it has expired.")
