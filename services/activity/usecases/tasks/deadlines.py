"""By when tasks are due for whom: by the policy of the nearest unit, counted in the bank's workdays."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from services.activity.model.task import TaskPolicy
from services.activity.rules.deadlines import DEADLINES, Deadline, nearest
from services.activity.rules.tasks import NO_DATE, TaskKind
from services.activity.usecases.workdays import add_workdays
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import paths_above
from services.chassis.kernel.dates import optional_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput

DUE_DAYS_MAX = 1_830


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


def due_after(work: UnitOfWork, rule: Deadline, organisation_path: str) -> date:
    """By when what is given today is due, where no day is named."""
    return add_workdays(work, work.business_date, rule.due_workdays, organisation_path=organisation_path)


def escalated_after(work: UnitOfWork, workday_count: int, day: date, organisation_path: str) -> date:
    """When those in charge are told, so many workdays after a day; NO_DATE for never."""
    if day == NO_DATE or not workday_count:
        return NO_DATE
    return add_workdays(work, day, workday_count, organisation_path=organisation_path)


def checked(work: UnitOfWork, text: str, field: str) -> date | None:
    """The day on which something is to be due; None where none is named.

    Raises InvalidInput DATE_INVALID where the calendar does not have it, and DUE_DATE_UNFIT where it is over or far off.
    """
    day = optional_date(text, field)
    if day is not None and not 0 <= (day - work.business_date).days <= DUE_DAYS_MAX:
        violation = FieldViolation(field, f"From today on, within {DUE_DAYS_MAX} days.")
        raise InvalidInput("DUE_DATE_UNFIT", "Nothing is due on a day that is over, or so far off.", violations=(violation,))
    return day
