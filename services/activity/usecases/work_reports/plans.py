"""What is expected of people: plans that leaders set, and which one holds for whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from workbench.activity.v1 import work_report_pb2

from services.activity.model.person import Person
from services.activity.model.work_report import WorkPlan
from services.activity.rules.completion import (
    CAP_BASIS_POINTS,
    LEVEL_BASIS_POINTS,
    Target,
    WorkKind,
    check_levels,
    check_targets,
    default_targets,
)
from services.activity.rules.periods import Period, PeriodKind
from services.activity.usecases import reaching
from services.chassis.db import listing
from services.chassis.db.among import among
from services.chassis.db.scope import below
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import paths_above
from services.chassis.kernel.dates import parse_date
from services.chassis.kernel.errors import AlreadyExists, NotAllowed, NotFound, StaleVersion, located
from services.chassis.kernel.paging import Page
from services.chassis.mapping import Mapper, values_of
from services.chassis.rpc import partial

_FIELDS = ("targets", "level_basis_points")
_ORDER = [(WorkPlan.start_date, listing.day), (WorkPlan.work_plan_id, listing.text)]

as_message = Mapper(work_report_pb2.WorkPlan)


@dataclass(frozen=True, slots=True)
class Measure:
    """By what somebody's work is measured in a period."""

    targets: Sequence[Target]
    level_basis_points: Sequence[int] = LEVEL_BASIS_POINTS
    work_plan_id: str = ""
    work_plan_version: int = 0


def measures(work: UnitOfWork, people: Iterable[Person], period: Period) -> dict[str, Measure]:
    """By person the plan that holds: his own before that of a unit, the nearest unit's first, and of each the latest begun."""
    wanted = {person.person_id: paths_above(person.organisation_path) for person in people}
    paths = sorted({path for above in wanted.values() for path in above})
    statement = select(WorkPlan).where(
        WorkPlan.period == period.kind,
        WorkPlan.start_date <= period.start_date,
        or_(among(WorkPlan.person_id, list(wanted)), and_(WorkPlan.person_id == "", among(WorkPlan.organisation_path, paths))),
    )
    found = list(work.session.scalars(statement)) if wanted else []
    default = Measure(default_targets(of_day=period.kind is PeriodKind.DAY))
    return {person_id: _measure(_holding(person_id, above, found)) or default for person_id, above in wanted.items()}


def create(work: UnitOfWork, draft: work_report_pb2.WorkPlan) -> WorkPlan:
    """Sets a plan for a unit in the caller's charge, or for somebody else in it."""
    with located("work_plan"):
        start_date = parse_date(draft.start_date, "start_date")
        Period.around(draft.period, start_date)
        path = _for_whom(work, draft)
    person_id = draft.person_id.lower()
    work.hold(f"work_plan/{path}/{person_id}")
    same = select(WorkPlan.work_plan_id).filter_by(
        organisation_path=path, person_id=person_id, period=draft.period, start_date=start_date
    )
    if work.session.scalar(same) is not None:
        raise AlreadyExists("WORK_PLAN_EXISTS", "There is one from that day on; change it.")
    plan = WorkPlan(
        work_plan_id=work.new_id(),
        organisation_path=path,
        person_id=person_id,
        period=draft.period,
        start_date=start_date,
        targets=[],
        level_basis_points=[],
        set_person_id=work.caller.person_id,
        create_time=work.now,
        update_time=work.now,
    )
    _fill(work, plan, draft)
    work.session.add(plan)
    work.session.flush()
    work.resource = f"workPlans/{plan.work_plan_id}"
    return plan


def found(work: UnitOfWork, work_plan_id: str, *, to_change: bool = False, etag: str = "") -> WorkPlan:
    """A plan that the caller may read, or one in his charge that he may change; raises NotFound, NotAllowed and StaleVersion."""
    statement = select(WorkPlan).where(WorkPlan.work_plan_id == work_plan_id.lower(), or_(_mine(work), _in_charge(work)))
    plan = work.session.scalars(statement.with_for_update() if to_change else statement).one_or_none()
    if plan is None:
        raise NotFound("WORK_PLAN_NOT_FOUND", "There is no such plan within your reach.")
    if to_change:
        _require_charge(work, plan)
        if etag and etag != plan.etag:
            raise StaleVersion("WORK_PLAN_CHANGED", "It changed since you read it; read it again and repeat.")
    work.resource = f"workPlans/{plan.work_plan_id}"
    return plan


def page(work: UnitOfWork, request: Any) -> Page:
    """A page of plans, the latest first."""
    statement = select(WorkPlan)
    if request.organisation_path:
        path = reaching.unit_path(work, request.organisation_path)
        statement = statement.where(below(WorkPlan.organisation_path, path))
    else:
        statement = statement.where(_mine(work))
    return listing.read_page(work, statement, request, _ORDER, downwards=True)


def change(work: UnitOfWork, sent: work_report_pb2.WorkPlan, fields: Sequence[str]) -> WorkPlan:
    """Takes the named fields over; nothing happens where nothing differs."""
    partial.check_mask(fields, work_report_pb2.WorkPlan.DESCRIPTOR, "A plan")
    plan = found(work, sent.work_plan_id, to_change=True, etag=sent.etag)
    after = as_message(plan)
    if partial.take(after, sent, [name for name in _FIELDS if name in fields]):
        partial.check(after)
        _fill(work, plan, after)
        work.session.flush()
    return plan


def delete(work: UnitOfWork, work_plan_id: str, etag: str) -> None:
    """Takes a plan out."""
    work.session.delete(found(work, work_plan_id, to_change=True, etag=etag))


def target_of(values: Any) -> Target:
    """A target as the rules have it, from the message or its plain values."""
    message = work_report_pb2.WorkTarget(**values) if isinstance(values, dict) else values
    return Target(
        kind=WorkKind(message.kind),
        weight=message.weight,
        tier=message.customer_tier,
        planned=message.planned_count if message.HasField("planned_count") else None,
        cap_basis_points=message.cap_basis_points or CAP_BASIS_POINTS,
    )


def _fill(work: UnitOfWork, plan: WorkPlan, message: work_report_pb2.WorkPlan) -> None:
    with located("work_plan"):
        check_targets(map(target_of, message.targets), of_day=plan.period == PeriodKind.DAY)
        check_levels(message.level_basis_points)
    plan.targets = [values_of(target) for target in message.targets]
    plan.level_basis_points = list(message.level_basis_points)
    plan.set_person_id, plan.update_time = work.caller.person_id, work.now


def _measure(plan: WorkPlan | None) -> Measure | None:
    if plan is None:
        return None
    targets = [target_of(values) for values in plan.targets]
    return Measure(targets, plan.level_basis_points or LEVEL_BASIS_POINTS, plan.work_plan_id, plan.version)


def _holding(person_id: str, above: Sequence[str], plans: Iterable[WorkPlan]) -> WorkPlan | None:
    holding = [plan for plan in plans if plan.person_id == person_id or (not plan.person_id and plan.organisation_path in above)]
    return max(holding, key=lambda plan: (bool(plan.person_id), len(plan.organisation_path), plan.start_date), default=None)


def _for_whom(work: UnitOfWork, draft: work_report_pb2.WorkPlan) -> str:
    """The unit of the plan; whoever it is for is in the caller's charge, and not himself."""
    if draft.person_id:
        if draft.person_id.lower() == work.caller.person_id:
            raise NotAllowed("OWN_PLAN", "Somebody else in charge sets what is expected of you.")
        return reaching.person(work, draft.person_id).organisation_path
    return reaching.unit_path(work, draft.organisation_path or work.caller.organisation_path)


def _mine(work: UnitOfWork) -> ColumnElement[bool]:
    """Those that hold for the caller, or may."""
    above = paths_above(work.caller.organisation_path)
    for_all = and_(WorkPlan.person_id == "", WorkPlan.organisation_path.in_(above))
    return or_(WorkPlan.person_id == work.caller.person_id, for_all)


def _in_charge(work: UnitOfWork) -> ColumnElement[bool]:
    paths = work.scope.organisation_paths
    return or_(*(below(WorkPlan.organisation_path, path) for path in paths), WorkPlan.person_id == work.caller.person_id)


def _require_charge(work: UnitOfWork, plan: WorkPlan) -> None:
    if plan.person_id == work.caller.person_id:
        raise NotAllowed("OWN_PLAN", "Somebody else in charge sets what is expected of you.")
    if not any(plan.organisation_path.startswith(path) for path in work.scope.organisation_paths):
        raise NotAllowed("NOT_IN_CHARGE", "You are not in charge of the unit.")
