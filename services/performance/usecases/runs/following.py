"""What of others' events makes results stale beside datasets: whose unit is which, and who was not known yet."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from workbench.operations.v1 import announcement_events_pb2

from services.chassis.announcing import AnnouncementAsking
from services.chassis.db.session import UnitOfWork
from services.performance.model.person import FIRST_DATE
from services.performance.model.run import Run, RunIssue
from services.performance.rules.periods import PeriodKind, period_end
from services.performance.usecases.runs import marking

UNIT_UNKNOWN = "UNIT_UNKNOWN"


def take_unit(work: UnitOfWork, _event: Any) -> None:
    """A unit was added or told of: months in which accounts stood in units that nobody knew are computed anew."""
    lacking = select(RunIssue.run_id).where(RunIssue.reason == UNIT_UNKNOWN)
    months = select(Run.month_date).where(Run.current, Run.run_id.in_(lacking))
    for month in work.session.scalars(months).all():
        marking.ownership_changed(work, month, period_end(PeriodKind.MONTH, month), reason="units")


def take_announced(work: UnitOfWork, event: announcement_events_pb2.AnnouncementCompleted) -> None:
    """Another service has told all that it owns: what was computed before may not have known whose something is."""
    asking = work.session.get(AnnouncementAsking, event.owner_service)
    if asking is not None and asking.announcement_id == event.announcement_id:
        marking.ownership_changed(work, FIRST_DATE, reason=f"announcements/{event.owner_service}")
