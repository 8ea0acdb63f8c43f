"""By when tasks are due for whom: by the policy of the nearest unit, counted in the bank's workdays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select

from services.activity.model.task import TaskPolicy
from services.activity.rules.deadlines import DEADLINES, Deadline, nearest
from services.activity.rules.tasks import NO_DATE, TaskKind
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import PATH_SEPARATOR

_SATURDAY = 5
_LAST = date(9000, 1, 1)


def deadline(work: UnitOfWork, organisation_path: str, kind: int) -> Deadline:
    """What holds for tasks of a kind in a unit."""
    statement = select(TaskPolicy).where(
        TaskPolicy.kind == kind, TaskPolicy.organisation_path.in_(paths_above(organisation_path))
    )
    policies = {each.organisation_path: each for each in work.session.scalars(statement)}
    path = nearest(organisation_path, set(policies))
    if path is None:
        return DEADLINES[TaskKind(kind)]
    policy = policies[path]
    return Deadline(policy.due_workdays, policy.escalate_workdays, policy.escalate_again_workdays)


def due_after(work: UnitOfWork, rule: Deadline) -> date:
    """By when what is given today is due, where no day is named."""
    return _after(work, work.business_date, rule.due_workdays)


def escalated_after(work: UnitOfWork, rule: Deadline, due_date: date) -> date:
    """When those in charge are told of what is due then; NO_DATE for never."""
    if due_date == NO_DATE or not rule.escalate_workdays:
        return NO_DATE
    return _after(work, due_date, rule.escalate_workdays)


def paths_above(organisation_path: str) -> Sequence[str]:
    """The paths of a unit and of all above it, up to the bank's."""
    parts = organisation_path.strip(PATH_SEPARATOR).split(PATH_SEPARATOR)
    return [PATH_SEPARATOR + "".join(f"{part}{PATH_SEPARATOR}" for part in parts[:count]) for count in range(len(parts) + 1)]


def _after(_work: UnitOfWork, day: date, count: int) -> date:
    # The bank's own calendar comes with the schedule; until then a week has five workdays.
    left = count
    while left and day < _LAST:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY
    return day
