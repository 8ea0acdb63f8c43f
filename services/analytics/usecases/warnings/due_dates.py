"""By when warnings are to be taken up."""

from __future__ import annotations

from datetime import date

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import moved


def due_date(work: UnitOfWork) -> date:
    """By when somebody is to take up what waits from today on."""
    return moved(work.business_date, work.settings.warning_response_days)
