"""Whose something is on a day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select

from services.chassis.db.session import UnitOfWork
from services.performance.model.share import ShareLine
from services.performance.rules.shares import SharedObject, ShareState


def lines_on(work: UnitOfWork, thing: SharedObject, day: date) -> list[ShareLine]:
    """The lines that count for an object on a day; where it has none of its own, those of its customer.

    They are of the whole bank: whoever asks says who may see them.
    """
    own = _own_lines_on(work, thing, day)
    if own or not thing.customer_id:
        return own
    return _own_lines_on(work, SharedObject.customer(thing.customer_id), day)


def _own_lines_on(work: UnitOfWork, thing: SharedObject, day: date) -> list[ShareLine]:
    statement = (
        select(ShareLine)
        .where(
            ShareLine.object_kind == int(thing.kind),
            ShareLine.object_key == thing.key,
            ShareLine.state == int(ShareState.APPROVED),
            ShareLine.start_date <= day,
            or_(ShareLine.end_date.is_(None), ShareLine.end_date >= day),
        )
        .order_by(ShareLine.from_minor_units, ShareLine.share_line_id)
    )
    with work.whole_bank():
        return list(work.session.scalars(statement))
