"""Drafts everybody's reports once a day, a week or a month is over, so that each finds his own as he begins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, cast

from sqlalchemy import Table, func, select, tuple_

from services.activity.model.person import Person
from services.activity.model.work_report import WorkReportDrafting
from services.activity.rules.periods import Period, PeriodKind, ended_before
from services.activity.usecases import reaching
from services.activity.usecases.work_reports import counting, reports
from services.chassis.db.insertion import insert_if_absent
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import PATH_SEPARATOR
from services.chassis.longwork import asking
from services.chassis.longwork.task import Task, Work

LOOK_EVERY_SECONDS = 60.0
DRAFT = "activity.work_report.draft"
# So far back days are drafted that the bank's date went over.
_PERIODS_MAX = 31
# So many people's reports are drafted in one step.
_PEOPLE_AT_ONCE = 10
_RM_ROLE = "relationship_manager"
_DRAFTINGS = cast("Table", WorkReportDrafting.__table__)


def look(work: UnitOfWork) -> None:
    """Asks for the drafts of each period that is over, once, the latest first."""
    for period in _undrafted(work):
        if insert_if_absent(work.session, _DRAFTINGS, period=int(period.kind), start_date=period.start_date):
            parameters = {"period": int(period.kind), "start_date": period.start_date.isoformat()}
            asking.ask_of_itself(work, DRAFT, parameters)


def _undrafted(work: UnitOfWork) -> Iterator[Period]:
    for kind in (PeriodKind.DAY, PeriodKind.WEEK, PeriodKind.MONTH):
        last = work.session.scalar(select(func.max(WorkReportDrafting.start_date)).where(WorkReportDrafting.period == kind))
        yield from ended_before(work.business_date, kind, last, _PERIODS_MAX)


def _step(work: UnitOfWork, task: Task, _prepared: Any) -> None:
    """The next few people by staff number; who did nothing, and was to do nothing, gets no report."""
    period = Period.around(task.parameters["period"], date.fromisoformat(task.parameters["start_date"]))
    statement = reaching.people_below(PATH_SEPARATOR, _RM_ROLE).limit(_PEOPLE_AT_ONCE)
    if after := task.checkpoint.get("after"):
        statement = statement.where(tuple_(Person.staff_number, Person.person_id) > tuple_(*after))
    people = list(work.session.scalars(statement))
    for person_id, counted in counting.count(work, people, period).items():
        if counted.figures.lines:
            person = next(each for each in people if each.person_id == person_id)
            report = reports.held(work, person, period)
            if not report.handed_in:
                reports.take_over(work, report, counted)
                task.done += 1
    if len(people) < _PEOPLE_AT_ONCE:
        task.finish(f"Drafted {task.done}.")
    else:
        task.checkpoint = {"after": [people[-1].staff_number, people[-1].person_id]}


WORK = Work(DRAFT, "", _step)
