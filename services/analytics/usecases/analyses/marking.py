"""Has customers looked at anew though no feed brought anything: another rule, model or customer is there."""

from __future__ import annotations

from sqlalchemy import func, select

from services.analytics.model.analysis import StaleDay
from services.analytics.model.customer import Customer
from services.analytics.usecases.analyses import exporting, gathering, keeping
from services.chassis.db.session import UnitOfWork

EVERY_SECONDS = 30.0


def look_anew(work: UnitOfWork, reason: str) -> None:
    """The customers are looked at as of the latest day, for that reason, such as `rules/RATE_GAP`, unless all is as it was."""
    latest = gathering.latest_day(work)
    if latest is None:
        return
    stale = work.session.get(StaleDay, latest, with_for_update=True)
    if stale is None:
        stale = StaleDay(business_date=latest, number=0, reason=reason, create_time=work.now, change_time=work.now)
        work.session.add(stale)
    stale.number += 1
    stale.change_time = work.now
    work.session.flush()


def notice_customers(work: UnitOfWork) -> None:
    """The timer's part: customers who came, went or were merged since the last analysis."""
    current = keeping.current(work)
    if current is None:
        return
    standing = select(func.count()).select_from(Customer).where(exporting.STANDS)
    if work.session.scalar(standing) != current.inputs.get("customer_count"):
        look_anew(work, "customers")
