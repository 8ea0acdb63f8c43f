"""Objections as they are shown."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.performance.v1 import claim_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.mapping import Mapper
from services.performance.model.claim import Objection
from services.performance.usecases import reaching
from services.performance.usecases.objections.escalating import adjudicating_units

_plain = Mapper(
    claim_pb2.Objection,
    renamed={"objector_person_id": "owner_person_id"},
    omitted=("customer_name", "objector_name", "organisation_path"),
)


def objection_messages(work: UnitOfWork, objections: Sequence[Objection]) -> list[claim_pb2.Objection]:
    """With the names of people, and of customers as far as the caller reaches them."""
    customers = reaching.customer_names(work, (each.customer_id for each in objections))
    people = reaching.person_names(work, (each.owner_person_id for each in objections))
    units, shown = adjudicating_units(work, objections), []
    for objection in objections:
        message = _plain(objection)
        message.customer_name = customers.get(objection.customer_id, "")
        message.organisation_path = units[objection.objection_id]
        message.objector_name = people.get(objection.owner_person_id, "")
        shown.append(message)
    return shown
