"""When a snapshot of units or people is published, and when a day begins, goes through the latest of each feed as long work.

An event only notes which snapshot is the latest, however many are announced at once; an earlier one that is announced again, or
corrected late, changes nothing. Units come before people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import structlog
from sqlalchemy import or_, select, update
from workbench.integration.v1 import events_pb2

from gateway.identity.model.personnel import PEOPLE, UNITS, PersonnelFeed
from gateway.identity.rules.personnel import PersonRow, UnitRow, is_believed, without
from gateway.identity.usecases.personnel import people, reading, units
from gateway.identity.usecases.personnel.reports import Report
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import NotFound
from services.chassis.lake.lake import Pin
from services.chassis.longwork.asking import ask_of_itself
from services.chassis.longwork.table import ENDED, Operation
from services.chassis.longwork.task import Preparation, Task, Work

KIND = "identity.personnel"
EVERY_SECONDS = 60.0
UNITS_PER_STEP = 200
PEOPLE_PER_STEP = 500

_log = structlog.get_logger(__name__)


def take_note(work: UnitOfWork, event: events_pb2.DatasetPublished) -> None:
    """The event's handler: notes a later snapshot of units or people, and asks for it to be gone through."""
    if event.dataset not in (UNITS, PEOPLE):
        return
    business_date = date.fromisoformat(event.business_date)
    known = work.session.get(PersonnelFeed, event.feed, with_for_update=True)
    if known is None:
        told = {"feed": event.feed, "dataset": event.dataset, "source_system": event.source_system}
        work.session.add(PersonnelFeed(**told, business_date=business_date, revision=event.revision))
    elif not known.announced(event.source_system, business_date, event.revision):
        return
    work.session.flush()
    ask_due(work)


def ask_due(work: UnitOfWork) -> None:
    """The timer's part too: asks for what waits, and for each snapshot once more on a new day, unless that is under way."""
    open_work = select(Operation.operation_id).where(Operation.kind == KIND, Operation.state.not_in(ENDED)).limit(1)
    if work.session.scalar(_due(work).limit(1)) and not work.session.scalar(open_work):
        ask_of_itself(work, KIND, {})


def list_feeds(work: UnitOfWork) -> list[PersonnelFeed]:
    """The feeds that identity has heard of, by name."""
    return list(work.session.scalars(select(PersonnelFeed).order_by(PersonnelFeed.feed)))


@dataclass(frozen=True, slots=True)
class Portion:
    """What the next step takes over."""

    units: tuple[UnitRow, ...] = ()
    people: tuple[PersonRow, ...] = ()
    # Of people: those whom the feed had before, and has no longer.
    missing: tuple[str, ...] = ()
    missing_go: bool = False
    # Nothing comes after it.
    last: bool = False
    # Why the snapshot cannot be gone through.
    fault: str = ""


def _read(preparation: Preparation, task: Task) -> Portion:
    at = task.checkpoint
    if not at:
        task.memory.clear()
        with preparation.transaction() as work:
            task.checkpoint = at = _next_feed(work)
        if not at["feed"]:
            return Portion()
    with preparation.transaction() as work:
        lake, today = work.database.lake, work.business_date
    if "rows" not in task.memory:
        pin = Pin(at["feed"], at["dataset"], at["source_system"], date.fromisoformat(at["business_date"]), at["revision"])
        try:
            task.memory["rows"] = reading.units(lake, pin) if pin.dataset == UNITS else reading.people(lake, pin, today)
        except NotFound as refusal:
            return Portion(fault=refusal.reason)
    rows = task.memory["rows"]
    if at["dataset"] == UNITS:
        portion = tuple(rows[at["done"] : at["done"] + UNITS_PER_STEP])
        return Portion(units=portion, last=at["done"] + len(portion) == len(rows))
    with preparation.transaction() as work:
        return _people(work, at, rows)


def _people(work: UnitOfWork, at: dict[str, Any], rows: Sequence[PersonRow]) -> Portion:
    if "leavers_stay" not in at:
        going = len(people.active_among(work, [row.staff_number for row in rows if row.left]))
        at["leavers_stay"] = not is_believed(going, people.active_count(work), work.settings.personnel_leavers_share_max)
    portion = tuple(rows[at["done"] : at["done"] + PEOPLE_PER_STEP])
    if portion:
        return Portion(people=portion)
    missing = people.active_among(work, without([row.staff_number for row in rows], people.known_to(work, at["feed"])))
    share_max = work.settings.personnel_missing_share_max
    go = share_max > 0 and is_believed(len(missing), people.active_count(work), share_max)
    return Portion(missing=tuple(missing), missing_go=go, last=True)


def _apply(work: UnitOfWork, task: Task, portion: Portion) -> None:
    at = task.checkpoint
    if not at["feed"]:
        task.finish(task.message or "Nothing was due.")
        return
    work.hold(KIND)
    work.purpose = f"{at['feed']} {at['business_date']} revision {at['revision']}"
    report = Report(at["report"])
    if portion.fault:
        report.find(portion.fault, at["feed"])
    elif at["dataset"] == UNITS:
        units.apply_units(work, portion.units, report)
    else:
        people.apply_people(work, at["feed"], portion.people, report, leavers_stay=at["leavers_stay"])
        _miss(work, portion, report)
    rows = task.memory.get("rows", [])
    task.done += len(portion.units) + len(portion.people)
    if portion.last or portion.fault:
        _end(work, task, rows, report)
    else:
        task.checkpoint = at | {"done": at["done"] + len(portion.units) + len(portion.people), "report": report.kept()}


WORK = Work(KIND, "", _apply, prepare=_read)


def _miss(work: UnitOfWork, portion: Portion, report: Report) -> None:
    report.find("PERSON_NOT_IN_PERSONNEL", *portion.missing)
    if portion.missing_go:
        people.disable(work, people.locked_people(work, portion.missing).values(), report)


def _end(work: UnitOfWork, task: Task, rows: list[Any], report: Report) -> None:
    """Notes what came of the snapshot, unless a later one has been announced meanwhile."""
    at = task.checkpoint
    if at["dataset"] == UNITS and rows:
        units.report_gone(work, rows, report)
        if report.of("created"):
            # People whose unit was not there yet.
            again = update(PersonnelFeed).where(PersonnelFeed.dataset == PEOPLE).values(applied_date=None)
            work.session.execute(again.execution_options(synchronize_session="fetch"))
    row = work.session.get_one(PersonnelFeed, at["feed"], with_for_update=True, populate_existing=True)
    row.report, row.apply_time = report.kept(), work.now
    if (row.business_date.isoformat(), row.revision) == (at["business_date"], at["revision"]):
        row.applied_date = work.business_date
    _log.info("personnel_applied", feed=row.feed, business_date=at["business_date"], revision=at["revision"], report=str(report))
    task.message = f"{row.feed} {at['business_date']}: {report}"
    task.checkpoint = {}
    task.memory.clear()


def _next_feed(work: UnitOfWork) -> dict[str, Any]:
    row = work.session.scalars(_due(work).limit(1)).one_or_none()
    if row is None:
        return {"feed": ""}
    return {
        "feed": row.feed,
        "dataset": row.dataset,
        "source_system": row.source_system,
        "business_date": row.business_date.isoformat(),
        "revision": row.revision,
        "done": 0,
        "report": {},
    }


def _due(work: UnitOfWork) -> Any:
    waits = or_(PersonnelFeed.applied_date.is_(None), PersonnelFeed.applied_date < work.business_date)
    # `org_units` before `employees`.
    return select(PersonnelFeed).where(waits).order_by(PersonnelFeed.dataset.desc(), PersonnelFeed.feed)
