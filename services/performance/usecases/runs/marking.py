"""Notes that results of some days stand on something that changed: a row each, that nobody else writes or waits for.

The timer takes them in together (`looking`), so that a delivery of many feeds costs one computation.
"""

from __future__ import annotations

from datetime import date

from services.chassis.db.session import UnitOfWork
from services.performance.model.run import StaleMark


def inputs_changed(work: UnitOfWork, start_date: date, end_date: date | None = None, *, reason: str) -> None:
    """Datasets or versions of products of these days changed, and with them perhaps what later days stand on.

    Months whose inputs come out as they were are not computed. `reason` is kept and shown: nothing of a person is in it.
    """
    _mark(work, start_date, end_date, reason, ownership=False)


def ownership_changed(work: UnitOfWork, start_date: date, end_date: date | None = None, *, reason: str) -> None:
    """Whose something is changed on these days: the months in which they are are computed anew."""
    _mark(work, start_date, end_date, reason, ownership=True)


def _mark(work: UnitOfWork, start_date: date, end_date: date | None, reason: str, *, ownership: bool) -> None:
    work.session.add(
        StaleMark(
            stale_mark_id=work.new_id(),
            start_date=start_date,
            end_date=end_date,
            ownership=ownership,
            reason=reason,
            create_time=work.now,
        )
    )
