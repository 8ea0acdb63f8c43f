"""Makes a plan as a draft: which customers, and for each a colleague by contacts, place and load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select
from workbench.analytics.v1 import departure_service_pb2

from services.analytics.model.customer import Absence, Customer
from services.analytics.model.departure import DeparturePlan, DeparturePlanItem
from services.analytics.model.person import Person, Post
from services.analytics.rules.dependence import HIGH_E4
from services.analytics.rules.succession import UNDER_WAY, Assignment, Candidate, PlanKind, assigned
from services.analytics.usecases import reaching
from services.analytics.usecases.departures import sources
from services.chassis.db.among import among
from services.chassis.db.scope import below, in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import moved, optional_date
from services.chassis.kernel.errors import AlreadyExists, FieldViolation, InvalidInput, NotAllowed, RuleBroken

if TYPE_CHECKING:
    from services.analytics.engine.dependence import Dependence

HAND_OVER_CUSTOMERS_MAX = 500
SECOND_CONTACT_CUSTOMERS = 20
DUE_DAYS = 30
DUE_DAYS_MAX = 730
# A second contact may be whoever is in charge, too.
_ROLES = {
    PlanKind.HAND_OVER: ("relationship_manager",),
    PlanKind.SECOND_CONTACT: ("relationship_manager", "team_leader", "branch_manager"),
}
# In the person's own unit, or else in the branch above it.
_CANDIDATES_MIN = 3


@dataclass(frozen=True, slots=True)
class Chosen:
    """The customers of a plan, those with most at risk first, and who held which part of their contacts."""

    as_of_date: date
    rows: Sequence[Dependence]
    shares_e4: dict[tuple[str, str], int]


def propose(work: UnitOfWork, request: departure_service_pb2.ProposeDeparturePlanRequest) -> DeparturePlan:
    """A draft; raises the refusals that the contract names."""
    person, kind = reaching.person(work, request.person_id), PlanKind(request.kind)
    if person.person_id == work.caller.person_id:
        raise NotAllowed("OWN_DEPARTURE", "Somebody else plans for the day on which you leave.")
    due_date = _due_date(work, request.due_date)
    _require_none_open(work, person.person_id, kind)
    candidates = _candidates(work, person, kind, due_date)
    chosen = _chosen(work, request, person, [each.person_id for each in candidates])
    plan = DeparturePlan(
        plan_id=work.new_id(),
        kind=kind.value,
        person_id=person.person_id,
        organisation_path=person.organisation_path,
        owner_person_id=work.caller.person_id,
        as_of_date=chosen.as_of_date,
        due_date=due_date,
        currency_code=work.settings.home_currency_code,
        at_risk_minor_units=sum(each.at_risk_minor_units for each in chosen.rows),
        create_time=work.now,
        update_time=work.now,
    )
    items = _items(work, plan, chosen, candidates)
    if not items:
        raise RuleBroken("NOBODY_DEPENDS", "There is no customer for whom such a plan could do anything.")
    work.session.add(plan)
    work.session.add_all(items)
    work.session.flush()
    work.resource = f"departurePlans/{plan.plan_id}"
    return plan


def _require_none_open(work: UnitOfWork, person_id: str, kind: PlanKind) -> None:
    work.hold(f"departure_plans/{person_id}/{kind.value}")
    open_plan = select(DeparturePlan.plan_id).where(
        DeparturePlan.person_id == person_id, DeparturePlan.kind == kind, DeparturePlan.state.in_(UNDER_WAY)
    )
    with work.whole_bank():
        known = work.session.scalar(open_plan)
    if known:
        raise AlreadyExists("PLAN_OPEN", "There is such a plan about this person that is not over.")


def _due_date(work: UnitOfWork, text: str) -> date:
    day = optional_date(text, "due_date") or moved(work.business_date, DUE_DAYS)
    if not work.business_date <= day <= moved(work.business_date, DUE_DAYS_MAX):
        violation = FieldViolation("due_date", f"From today to {DUE_DAYS_MAX} days from now.")
        raise InvalidInput(
            "DATE_UNFIT", "A plan is done by a day that comes, in two years at the latest.", violations=(violation,)
        )
    return day


def _chosen(
    work: UnitOfWork, request: departure_service_pb2.ProposeDeparturePlanRequest, person: Person, candidate_ids: Sequence[str]
) -> Chosen:
    from services.analytics.engine.dependence import Dependences, contact_shares

    second = PlanKind(request.kind) is PlanKind.SECOND_CONTACT
    most = request.customer_count_max or (SECOND_CONTACT_CUSTOMERS if second else HAND_OVER_CUSTOMERS_MAX)
    with sources.opened(work, work.scope.organisation_paths) as opened:
        if opened is None:
            raise RuleBroken("ANALYSIS_MISSING", "Nothing is known of customers yet: no analysis has been made.")
        connection, source = opened
        asked = Dependences(connection, source, sources.present_people(work), [person.person_id])
        rows = asked.page(most, least_dependence_e4=HIGH_E4 if second else 0)
        ids = [each.customer_id for each in rows]
        shares = {(customer, who): share for customer, who, share in contact_shares(connection, source, ids, candidate_ids)}
    return Chosen(source.as_of_date, rows, shares)


def _items(work: UnitOfWork, plan: DeparturePlan, chosen: Chosen, candidates: Sequence[Candidate]) -> list[DeparturePlanItem]:
    """One for each customer whom the caller reaches, of whom anything is kept, who depends on the person or is led by him."""
    reached = reaching.customers(work, (each.customer_id for each in chosen.rows))
    rows = [each for each in chosen.rows if _has_part(reached.get(each.customer_id), each, plan)]
    proposed = _assigned(rows, reached, plan, candidates, chosen.shares_e4)
    return [
        DeparturePlanItem(
            item_id=work.new_id(),
            plan_id=plan.plan_id,
            customer_id=row.customer_id,
            original_customer_id=row.customer_id,
            place=place,
            person_id=proposed[row.customer_id].person_id,
            organisation_path=plan.organisation_path,
            balance_minor_units=row.balance_minor_units,
            dependence_e4=row.dependence_e4,
            at_risk_minor_units=row.at_risk_minor_units,
            contact_share_e4=proposed[row.customer_id].contact_share_e4,
        )
        for place, row in enumerate(rows, start=1)
    ]


def _has_part(customer: Customer | None, row: Dependence, plan: DeparturePlan) -> bool:
    if customer is None or not customer.stands:
        return False
    return row.dependence_e4 > 0 or customer.lead_person_id == plan.person_id


def _assigned(
    rows: Sequence[Dependence],
    reached: dict[str, Customer],
    plan: DeparturePlan,
    candidates: Sequence[Candidate],
    shares_e4: dict[tuple[str, str], int],
) -> dict[str, Assignment]:
    """By customer. Whoever leads one by now, in the place of the person, is the one to get to know him."""
    able = {each.person_id for each in candidates}
    led = {
        row.customer_id: lead
        for row in rows
        if (lead := reached[row.customer_id].lead_person_id) != plan.person_id and lead in able
    }
    others = [row.customer_id for row in rows if row.customer_id not in led]
    adds_load = plan.kind == PlanKind.HAND_OVER
    proposed = {each.customer_id: each for each in assigned(others, candidates, shares_e4, adds_load=adds_load)}
    return proposed | {customer: Assignment(customer, lead, shares_e4.get((customer, lead), 0)) for customer, lead in led.items()}


def _candidates(work: UnitOfWork, person: Person, kind: PlanKind, due_date: date) -> list[Candidate]:
    """Colleagues of the person's unit; with too few of them also those of the unit above, as far as the caller is in charge."""
    own = _colleagues(work, person.organisation_path, person, kind, due_date)
    above = person.organisation_path.rstrip("/").rpartition("/")[0] + "/"
    if len(own) >= _CANDIDATES_MIN or not any(above.startswith(path) for path in work.scope.organisation_paths):
        return own
    return _colleagues(work, above, person, kind, due_date)


def _colleagues(work: UnitOfWork, path: str, person: Person, kind: PlanKind, due_date: date) -> list[Candidate]:
    holders = select(Post.person_id).where(Post.role.in_(_ROLES[kind]), below(Post.organisation_path, path))
    away = select(Absence.person_id).where(Absence.start_date <= work.business_date, Absence.end_date >= due_date)
    statement = select(Person.person_id, Person.organisation_path).where(
        Person.person_id.in_(holders), Person.person_id.not_in(away), ~Person.disabled, Person.person_id != person.person_id
    )
    statement = in_scope(statement, Person, work.scope, work.caller)
    places: dict[str, str] = {row.person_id: row.organisation_path for row in work.session.execute(statement)}
    loads = _loads(work, list(places))
    return [
        Candidate(person_id, place == person.organisation_path, loads.get(person_id, 0)) for person_id, place in places.items()
    ]


def _loads(work: UnitOfWork, person_ids: Sequence[str]) -> dict[str, int]:
    """How many customers each leads, wherever these are."""
    statement: Any = select(Customer.lead_person_id, func.count()).where(
        among(Customer.lead_person_id, person_ids), ~or_(Customer.gone, Customer.merged_into_customer_id != "")
    )
    with work.whole_bank():
        return {row[0]: row[1] for row in work.session.execute(statement.group_by(Customer.lead_person_id))}
