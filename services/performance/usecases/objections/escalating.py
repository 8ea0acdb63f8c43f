"""Gives objections whose deadline passed to the unit above."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from workbench.performance.v1 import claim_events_pb2

from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import paths_above
from services.chassis.kernel.dates import moved
from services.performance.model.claim import Objection
from services.performance.model.customer import Customer
from services.performance.rules.claims import ObjectionState

LOOK_EVERY_SECONDS = 60.0
_AT_ONCE = 100


def adjudicating_units(work: UnitOfWork, objections: Sequence[Objection]) -> dict[str, str]:
    """The unit whose head adjudicates, by objection: the customer's own, after each deadline one above, up to the bank's own."""
    with work.whole_bank():
        of_customers = among(Customer.customer_id, sorted({each.customer_id for each in objections}))
        rows = work.session.execute(select(Customer.customer_id, Customer.organisation_path).where(of_customers)).all()
    units = {customer_id: paths_above(path)[1:] for customer_id, path in rows}
    return {each.objection_id: _level(units.get(each.customer_id, []), each) for each in objections}


def adjudicating_unit(work: UnitOfWork, objection: Objection) -> str:
    """The same of one."""
    return adjudicating_units(work, [objection])[objection.objection_id]


def _level(units: list[str], objection: Objection) -> str:
    return units[max(0, len(units) - 1 - objection.escalation_level)] if units else objection.organisation_path


def escalate(work: UnitOfWork) -> None:
    """A portion of those that are late; in the bank's own unit already, they are told anew."""
    late = (
        select(Objection)
        .where(Objection.state == ObjectionState.RAISED.value, Objection.due_date < work.business_date)
        .order_by(Objection.due_date, Objection.objection_id)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    for objection in work.session.scalars(late):
        objection.escalation_level += 1
        objection.due_date = moved(work.business_date, work.settings.adjudication_days)
        objection.update_time = work.now
        work.record(
            claim_events_pb2.ObjectionEscalated(
                objection_id=objection.objection_id,
                objector_person_id=objection.owner_person_id,
                organisation_path=adjudicating_unit(work, objection),
                due_date=objection.due_date.isoformat(),
                escalation_level=objection.escalation_level,
            )
        )
