"""Brings back warnings that rested, and closes those that nobody has to look at any more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import selectinload

from services.analytics.model.warning import CustomerWarning
from services.analytics.rules.warnings import WarningOutcome, WarningState
from services.analytics.usecases.analyses import keeping
from services.analytics.usecases.warnings import telling
from services.analytics.usecases.warnings.due_dates import due_date
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import moved

EVERY_SECONDS = 60.0
# Of one kind and one round.
AT_ONCE = 200


def keep_up(work: UnitOfWork) -> None:
    """The timer's part."""
    today = work.business_date
    rested = and_(CustomerWarning.state == WarningState.POSTPONED.value, CustomerWarning.postpone_date <= today)
    for warning in _some(work, rested):
        warning.assign(warning.assignee_person_id, due_date(work), work.now)
        work.session.flush()
        telling.raised_again(work, warning, warning.as_of_date, warning.severity, [each.signal_code for each in warning.signals])
    _close(work, and_(CustomerWarning.open, CustomerWarning.horizon_date < today), WarningOutcome.EXPIRED)
    # By the last look at customers: while feeds are missing, nothing fades.
    if analysis := keeping.current(work):
        long_ago = CustomerWarning.seen_date <= moved(analysis.as_of_date, -work.settings.warning_faded_days)
        _close(work, and_(CustomerWarning.state == WarningState.RAISED.value, long_ago), WarningOutcome.FADED)


def _close(work: UnitOfWork, which: Any, outcome: WarningOutcome) -> None:
    for warning in _some(work, which):
        warning.close(outcome, "", work.now, work.business_date)
        work.session.flush()
        telling.closed(work, warning)


def _some(work: UnitOfWork, which: Any) -> Sequence[CustomerWarning]:
    statement = (
        select(CustomerWarning)
        .where(which)
        .order_by(CustomerWarning.warning_id)
        .limit(AT_ONCE)
        .options(selectinload(CustomerWarning.signals))
        .with_for_update(of=CustomerWarning, skip_locked=True)
    )
    return work.session.scalars(statement).all()
