"""Who answers, by when, and who is above: found anew for each piece of feedback, since people come and go."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import func, select
from workbench.activity.v1 import feedback_pb2

from services.activity.model.customer import Absence
from services.activity.model.feedback import Feedback
from services.activity.model.person import Person, Post
from services.activity.rules.feedback import FeedbackRoute, FeedbackState
from services.activity.usecases import reaching, workdays
from services.activity.usecases.feedback import categories
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import paths_above
from services.chassis.kernel.errors import WorkbenchError

_PRODUCT_MANAGER, _BRANCH_MANAGER = "product_manager", "branch_manager"
_ROLES = {
    FeedbackRoute.PRODUCT_MANAGER.value: (_PRODUCT_MANAGER, _BRANCH_MANAGER),
    FeedbackRoute.BRANCH_MANAGER.value: (_BRANCH_MANAGER, _PRODUCT_MANAGER),
}


def answerer(work: UnitOfWork, category: feedback_pb2.FeedbackCategory, organisation_path: str, *, besides: str = "") -> str:
    """Who is to answer feedback of a unit; empty where the bank has nobody for it.

    Those whom the category names, then those of its route in the nearest unit above that has any, then those of the other
    route. Of several the one with the least of it open; whoever is away today only where all are.
    """
    holders = _holders_above(work, organisation_path, (_PRODUCT_MANAGER, _BRANCH_MANAGER))
    named = [person_id for _, _, person_id in holders if person_id in category.answerer_person_ids]
    for people in (named, *(_nearest(holders, role) for role in _ROLES[category.route])):
        if candidates := [person_id for person_id in dict.fromkeys(people) if person_id != besides]:
            return _least_loaded(work, candidates)
    return ""


def answers_for(work: UnitOfWork, person_id: str, organisation_path: str) -> bool:
    """Whether somebody holds a post in which he answers feedback of a unit."""
    holders = _holders_above(work, organisation_path, (_PRODUCT_MANAGER, _BRANCH_MANAGER))
    return any(holder == person_id for _, _, holder in holders)


def leaders_upwards(work: UnitOfWork, organisation_path: str) -> list[list[str]]:
    """Those in charge of a unit, then those above it, unit by unit that has any."""
    levels: dict[str, list[str]] = {}
    for path, _, person_id in _holders_above(work, organisation_path, reaching.LEADING_ROLES):
        levels.setdefault(path, []).append(person_id)
    return [list(dict.fromkeys(people)) for people in levels.values()]


def dates(
    work: UnitOfWork, category: feedback_pb2.FeedbackCategory, kind: int, severity: int, path: str, since: date
) -> tuple[date, date]:
    """By when an answer is due, and from which day on its absence is seen: the first workday after."""
    deadline = categories.deadline_of(category, kind, severity)
    due = add_workdays(work, since, deadline.answer_workdays, path)
    return due, add_workdays(work, due, 1, path)


def add_workdays(work: UnitOfWork, day: date, count: int, organisation_path: str) -> date:
    """The workday so many after the day; where the calendar has none, so many days after: no deadline is without a day."""
    try:
        return workdays.add_workdays(work, day, count, organisation_path=organisation_path)
    except WorkbenchError:
        return day + timedelta(days=count)


def _holders_above(work: UnitOfWork, organisation_path: str, roles: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """Unit, role and person of each such post in the unit or above it, the nearest unit first."""
    statement = (
        select(Post.organisation_path, Post.role, Post.person_id)
        .join(Person, Person.person_id == Post.person_id)
        .where(Post.role.in_(roles), Post.organisation_path.in_(paths_above(organisation_path)), ~Person.disabled)
        .order_by(Person.staff_number, Post.person_id)
    )
    rows = [(row.organisation_path, row.role, row.person_id) for row in work.session.execute(statement)]
    return sorted(rows, key=lambda row: -len(row[0]))


def _nearest(holders: list[tuple[str, str, str]], role: str) -> list[str]:
    path = next((path for path, held, _ in holders if held == role), None)
    return [person_id for at, held, person_id in holders if at == path and held == role]


def _least_loaded(work: UnitOfWork, person_ids: list[str]) -> str:
    if len(person_ids) == 1:
        return person_ids[0]
    today = work.business_date
    away = set(
        work.session.scalars(
            select(Absence.person_id).where(
                Absence.person_id.in_(person_ids), Absence.start_date <= today, Absence.end_date >= today
            )
        )
    )
    open_counts = (
        select(Feedback.assignee_person_id, func.count().label("open_count"))
        .where(Feedback.state == FeedbackState.OPEN.value, Feedback.assignee_person_id.in_(person_ids))
        .group_by(Feedback.assignee_person_id)
    )
    # How much somebody has is not told to whoever records something.
    with work.whole_bank():
        loads = {row.assignee_person_id: row.open_count for row in work.session.execute(open_counts)}
    return min(person_ids, key=lambda person_id: (person_id in away, loads.get(person_id, 0), person_ids.index(person_id)))
