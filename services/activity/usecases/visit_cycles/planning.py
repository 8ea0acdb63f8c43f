"""Proposes the visits of a week to somebody: whoever is due, over the days on which he works."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import delete, select, update
from workbench.activity.v1 import visit_cycle_service_pb2

from services.activity.model.contact import Contact
from services.activity.model.customer import Absence, Customer
from services.activity.model.person import Person
from services.activity.model.visit_cycle import VisitCycle, VisitProposal
from services.activity.rules.contacts import ContactState
from services.activity.rules.visit_cycles import VISITS_PER_DAY_MAX, CycleState, ProposalState, week_start
from services.activity.rules.visit_planning import DueVisit, planned
from services.activity.usecases import reaching, workdays
from services.activity.usecases.notifying import notify
from services.activity.usecases.visit_cycles import ruling
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput

WEEK_DAYS = 7
# Weeks ahead of this one that can be planned.
WEEKS_AHEAD_MAX = 8
# Looked at of those who are due: more than any week has room for, with some of whom another is planned already.
_DUE_MAX = WEEK_DAYS * VISITS_PER_DAY_MAX * 2
COUNTED_MAX = 1_000


def plan(work: UnitOfWork, request: visit_cycle_service_pb2.PlanVisitsRequest) -> tuple[list[VisitProposal], int]:
    """Plans a week for somebody; answers all that is proposed for it, and how many more are due than it has room for."""
    person = reaching.person(work, request.person_id)
    monday = week_of(work, request.week_start_date)
    if not 0 <= (monday - week_start(work.business_date)).days <= WEEKS_AHEAD_MAX * WEEK_DAYS:
        violation = FieldViolation("week_start_date", f"This week or one of the {WEEKS_AHEAD_MAX} after it.")
        raise InvalidInput("WEEK_UNFIT", "The week is over, or far off.", violations=(violation,))
    left_over = _plan(work, person, monday)
    return _of_week(work, person, monday), left_over


def plan_for(work: UnitOfWork, person_id: str, monday: str) -> None:
    """Plans a week for somebody on the service's own behalf, and tells him; nothing for whoever is shut out."""
    person = work.session.get(Person, person_id)
    if person is None or person.disabled:
        return
    _plan(work, person, date.fromisoformat(monday))
    waiting = [each for each in _of_week(work, person, date.fromisoformat(monday)) if each.state == ProposalState.PROPOSED]
    if waiting:
        told = {"count": str(len(waiting)), "weekStartDate": monday}
        notify(work, [person_id], "visits_proposed", resource=f"visitProposals/{monday}", parameters=told)


def week_of(work: UnitOfWork, text: str) -> date:
    """The Monday of the week of a day, of today where none is named; raises InvalidInput DATE_INVALID."""
    return week_start(optional_date(text, "week_start_date") or work.business_date)


def working_days(work: UnitOfWork, person: Person, monday: date) -> list[date]:
    """The days of a week, from today on, on which somebody works: workdays of his unit on which he is not absent."""
    sunday = monday + timedelta(days=WEEK_DAYS - 1)
    away = select(Absence).where(Absence.person_id == person.person_id, Absence.end_date >= monday, Absence.start_date <= sunday)
    absences = work.session.scalars(away).all()
    worked = workdays.workdays(work, monday, sunday, organisation_path=person.organisation_path)
    return [
        day
        for day in worked
        if day >= work.business_date and not any(each.start_date <= day <= each.end_date for each in absences)
    ]


def _plan(work: UnitOfWork, person: Person, monday: date) -> int:
    work.hold(f"visits/{person.person_id}")
    _clear(work, person, monday)
    sunday = monday + timedelta(days=WEEK_DAYS - 1)
    fixed = _of_week(work, person, monday)
    contacts = _contacts(work, person, monday, sunday)
    loads = Counter(each.business_date for each in contacts)
    # What is accepted is a contact by now.
    loads.update(each.planned_date for each in fixed if each.state == ProposalState.PROPOSED)
    settled = {each.customer_id for each in (*fixed, *contacts)}
    rule = ruling.read(work).of(person.organisation_path)
    cycles = {str(each.customer_id): each for each in _due(work, person, sunday) if each.customer_id not in settled}
    due = [
        DueVisit(customer_id, cycle.due_date, cycle.key, cycle.place.strip() if rule.by_place else "")
        for customer_id, cycle in cycles.items()
    ]
    chosen = planned(due, working_days(work, person, monday), loads, rule.visits_per_day_max)
    for customer_id, day in chosen.items():
        work.session.add(_proposal(work, person, cycles[customer_id], monday, day))
    work.session.flush()
    return min(len(cycles) - len(chosen), COUNTED_MAX)


def _clear(work: UnitOfWork, person: Person, monday: date) -> None:
    """Lets go what nobody decided: of earlier weeks that are over for good, of this one to be planned anew."""
    undecided = (VisitProposal.owner_person_id == person.person_id, VisitProposal.state == ProposalState.PROPOSED.value)
    over = VisitProposal.week_start_date < week_start(work.business_date)
    lapsed = {"state": ProposalState.LAPSED.value, "update_time": work.now, "version": VisitProposal.version + 1}
    statement = update(VisitProposal).where(*undecided, over).values(lapsed)
    work.session.execute(statement.execution_options(synchronize_session=False))
    anew = delete(VisitProposal).where(*undecided, VisitProposal.week_start_date == monday, ~VisitProposal.moved)
    work.session.execute(anew.execution_options(synchronize_session=False))


def _of_week(work: UnitOfWork, person: Person, monday: date) -> list[VisitProposal]:
    statement = select(VisitProposal).where(
        VisitProposal.owner_person_id == person.person_id, VisitProposal.week_start_date == monday
    )
    return list(work.session.scalars(statement.order_by(VisitProposal.planned_date, VisitProposal.visit_proposal_id)))


def _contacts(work: UnitOfWork, person: Person, monday: date, sunday: date) -> Sequence[Contact]:
    """What he has planned for the week."""
    # A day more on both sides: an instant is not a date.
    earliest, latest = (work.now.replace(year=day.year, month=day.month, day=day.day) for day in (monday, sunday))
    statement = select(Contact).where(
        Contact.owner_person_id == person.person_id,
        Contact.start_time >= earliest - timedelta(days=2),
        Contact.start_time <= latest + timedelta(days=2),
        Contact.business_date.between(monday, sunday),
        Contact.state == ContactState.PLANNED.value,
    )
    return work.session.scalars(statement).all()


def _due(work: UnitOfWork, person: Person, sunday: date) -> Sequence[VisitCycle]:
    """Those of his customers who are due by the week's end, the longest first."""
    statement = (
        select(VisitCycle)
        .join(Customer, Customer.customer_id == VisitCycle.customer_id)
        .where(
            VisitCycle.owner_person_id == person.person_id,
            VisitCycle.due_date <= sunday,
            VisitCycle.state == CycleState.ACTIVE.value,
            ~Customer.gone,
        )
    )
    return work.session.scalars(statement.order_by(VisitCycle.due_date, VisitCycle.visit_cycle_id).limit(_DUE_MAX)).all()


def _proposal(work: UnitOfWork, person: Person, cycle: VisitCycle, monday: date, day: date) -> VisitProposal:
    return VisitProposal(
        visit_proposal_id=work.new_id(),
        customer_id=cycle.customer_id,
        owner_person_id=person.person_id,
        organisation_path=cycle.organisation_path,
        week_start_date=monday,
        planned_date=day,
        due_date=cycle.due_date,
        key=cycle.key,
        create_time=work.now,
        update_time=work.now,
    )
