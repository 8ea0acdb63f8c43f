"""Dependences, departures and plans as they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from workbench.analytics.v1 import departure_pb2
from workbench.type.v1 import money_pb2

from services.analytics.model.departure import Departure, DeparturePlan, DeparturePlanItem
from services.analytics.model.person import Person
from services.analytics.rules.dependence import WHOLE_E4, Tie
from services.analytics.rules.dependence_words import reasons
from services.analytics.usecases import reaching
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.money import Money
from services.chassis.mapping import Mapper, money_message

if TYPE_CHECKING:
    from services.analytics.engine.dependence import Dependence, PersonSum

_departure = Mapper(
    departure_pb2.Departure,
    omitted=("person_name",),
    renamed={
        "keep_rate_basis_points": "keep_rate_e4",
        "background_basis_points": "background_e4",
        "measured_keep_rate_basis_points": "measured_keep_rate_e4",
    },
    computed={
        "balance": lambda row: _money(row, "balance"),
        "at_risk": lambda row: _money(row, "at_risk"),
        "expected_loss": lambda row: _money(row, "expected"),
        "low_loss": lambda row: _money(row, "low"),
        "high_loss": lambda row: _money(row, "high"),
        "lost": lambda row: _money(row, "lost"),
        "early_lost": lambda row: _money(row, "early_lost"),
    },
)
_plan = Mapper(
    departure_pb2.DeparturePlan,
    omitted=("person_name", "owner_name", "item_count", "done_count", "unassigned_count"),
    computed={"at_risk": lambda row: _money(row, "at_risk")},
)
_item = Mapper(
    departure_pb2.DeparturePlanItem,
    omitted=("customer_name", "person_name", "balance", "at_risk", "leads"),
    renamed={"dependence_basis_points": "dependence_e4", "contact_share_basis_points": "contact_share_e4"},
)


def money(work: UnitOfWork, minor_units: int) -> money_pb2.Money:
    """An amount of the home currency, in which analyses are made."""
    amount = Money(minor_units, work.settings.home_currency_code)
    return money_pb2.Money(currency_code=amount.currency_code, amount=str(amount))


def dependences(work: UnitOfWork, rows: Iterable[Dependence], as_of_date: date) -> list[departure_pb2.Dependence]:
    """Customers with why; whom the caller does not reach any more is left out."""
    found = list(rows)
    customers = reaching.customers(work, (each.customer_id for each in found))
    told = {each.lead_person_id for each in customers.values()} | {each.person_id for each in found}
    names = reaching.person_names(work, told)
    shown = []
    for row in found:
        if customer := customers.get(row.customer_id):
            message = _dependence(work, row, as_of_date)
            message.customer_name, message.lead_person_id = customer.display_name, customer.lead_person_id
            message.lead_person_name, message.person_name = names.get(customer.lead_person_id, ""), names.get(row.person_id, "")
            shown.append(message)
    return shown


def _dependence(work: UnitOfWork, row: Dependence, as_of_date: date) -> departure_pb2.Dependence:
    tie_days = (as_of_date - row.first_date).days if row.first_date else None
    chinese, english = reasons(Tie(row.share_e4, tie_days, None, row.others_count), row.contact_count)
    return departure_pb2.Dependence(
        person_id=row.person_id,
        customer_id=row.customer_id,
        customer_number=row.customer_number,
        balance=money(work, row.balance_minor_units),
        loan=money(work, row.loan_minor_units),
        contact_count=row.contact_count,
        contact_share_basis_points=row.share_e4,
        first_date=row.first_date.isoformat() if row.first_date else "",
        last_date=row.last_date.isoformat() if row.last_date else "",
        others_count=row.others_count,
        single_threaded=row.others_count == 0,
        dependence_basis_points=row.dependence_e4,
        at_risk=money(work, row.at_risk_minor_units),
        reason_zh=chinese,
        reason_en=english,
    )


def people(work: UnitOfWork, rows: Sequence[PersonSum], unit_balance: int) -> list[departure_pb2.PersonDependence]:
    """People with what depends on each; their names everybody of the bank may know."""
    statement = select(Person.person_id, Person.display_name, Person.organisation_path)
    found = work.session.execute(statement.where(among(Person.person_id, [row.person_id for row in rows])))
    known = {each.person_id: each for each in found}
    shown = []
    for row in rows:
        person = known.get(row.person_id)
        shown.append(
            departure_pb2.PersonDependence(
                person_id=row.person_id,
                person_name=person.display_name if person else "",
                organisation_path=person.organisation_path if person else "",
                customer_count=row.customer_count,
                single_threaded_count=row.single_threaded_count,
                balance=money(work, row.balance_minor_units),
                loan=money(work, row.loan_minor_units),
                at_risk=money(work, row.at_risk_minor_units),
                unit_share_basis_points=row.at_risk_minor_units * WHOLE_E4 // unit_balance if unit_balance > 0 else 0,
            )
        )
    return shown


def departures(work: UnitOfWork, rows: Sequence[Departure]) -> list[departure_pb2.Departure]:
    """Departures with the names of who left."""
    names = reaching.person_names(work, {each.person_id for each in rows})
    shown = []
    for row in rows:
        message = _departure(row)
        message.person_name = names.get(row.person_id, "")
        shown.append(message)
    return shown


def plans(
    work: UnitOfWork, rows: Sequence[DeparturePlan], progress: dict[str, tuple[int, int, int]]
) -> list[departure_pb2.DeparturePlan]:
    """Plans with how far each is: by plan its items, those done, and those with nobody."""
    names = reaching.person_names(work, {name for each in rows for name in (each.person_id, each.owner_person_id)})
    shown = []
    for row in rows:
        message = _plan(row)
        message.person_name, message.owner_name = names.get(row.person_id, ""), names.get(row.owner_person_id, "")
        message.item_count, message.done_count, message.unassigned_count = progress.get(row.plan_id, (0, 0, 0))
        shown.append(message)
    return shown


def items(work: UnitOfWork, rows: Sequence[DeparturePlanItem]) -> list[departure_pb2.DeparturePlanItem]:
    """Items with the names of customers whom the caller reaches, and of who is assigned."""
    customers = reaching.customers(work, (each.customer_id for each in rows))
    names = reaching.person_names(work, {each.person_id for each in rows})
    shown = []
    for row in rows:
        message, customer = _item(row), customers.get(row.customer_id)
        message.person_name = names.get(row.person_id, "")
        message.balance.CopyFrom(money(work, row.balance_minor_units))
        message.at_risk.CopyFrom(money(work, row.at_risk_minor_units))
        if customer:
            message.customer_name = customer.display_name
            message.leads = bool(row.person_id) and customer.lead_person_id == row.person_id
        shown.append(message)
    return shown


def _money(row: Any, name: str) -> money_pb2.Money | None:
    """An amount of a row; None where nothing is known yet."""
    return money_message(Money(getattr(row, f"{name}_minor_units"), row.currency_code)) if row.currency_code else None
