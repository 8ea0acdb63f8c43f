"""A write with a `request_id` happens once: a repeat gets the first answer, committed with the write itself."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import LargeBinary, Table, Text, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis.db.insertion import insert_if_absent
from services.chassis.db.tables import ChassisBase
from services.chassis.db.types import UtcDateTime
from services.chassis.kernel.errors import RuleBroken

RETENTION = timedelta(days=7)


class IdempotencyKey(ChassisBase):
    """One answered write: who asked which method with which id, and what was answered."""

    __tablename__ = "idempotency_keys"

    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    method: Mapped[str] = mapped_column(Text, primary_key=True)
    request_id: Mapped[str] = mapped_column(Text, primary_key=True)
    request_digest: Mapped[str] = mapped_column(Text)
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


_TABLE = cast("Table", IdempotencyKey.__table__)


class AnsweredBefore(Exception):
    """The write was answered before; the transaction holds nothing of worth."""

    def __init__(self, answer: bytes) -> None:
        super().__init__("answered before")
        self.answer = answer


def claim(session: Session, person_id: str, method: str, request_id: str, request: bytes, now: datetime) -> None:
    """Takes the id for this transaction; a concurrent repeat waits here until the first has committed.

    Raises AnsweredBefore with the first answer, and RuleBroken where the id came with another request.
    """
    digest = hashlib.sha256(request).hexdigest()
    key = {"person_id": person_id, "method": method, "request_id": request_id}
    if insert_if_absent(session, _TABLE, **key, request_digest=digest, create_time=now):
        return
    first = session.execute(select(IdempotencyKey.request_digest, IdempotencyKey.answer).filter_by(**key)).one()
    if first.request_digest != digest:
        raise RuleBroken("REQUEST_ID_REUSED", "This request_id was used for another request; take a new one.")
    raise AnsweredBefore(first.answer or b"")


def keep_answer(session: Session, person_id: str, method: str, request_id: str, answer: bytes) -> None:
    """Keeps the answer with the claim, in the same transaction."""
    session.execute(
        update(IdempotencyKey)
        .where(
            IdempotencyKey.person_id == person_id,
            IdempotencyKey.method == method,
            IdempotencyKey.request_id == request_id,
        )
        .values(answer=answer)
    )


def forget_old(session: Session, now: datetime) -> None:
    """Drops claims that no client repeats any more."""
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.create_time < now - RETENTION))
