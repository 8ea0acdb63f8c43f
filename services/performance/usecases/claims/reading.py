"""Claims as they are shown."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from workbench.performance.v1 import claim_pb2

from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.mapping import Mapper
from services.performance.model.claim import Claim, Objection
from services.performance.rules.claims import ObjectionState
from services.performance.usecases import reaching

_plain = Mapper(
    claim_pb2.Claim,
    renamed={"claimant_person_id": "owner_person_id"},
    computed={"parts": lambda claim: [claim_pb2.ClaimPart(**part) for part in claim.parts]},
    omitted=("claimant_name", "customer_name", "objected"),
)


def claim_messages(work: UnitOfWork, claims: Sequence[Claim]) -> list[claim_pb2.Claim]:
    """With the names of people, of customers as far as the caller reaches them, and whether an objection waits."""
    customers = reaching.customer_names(work, (claim.customer_id for claim in claims))
    people = reaching.person_names(work, (each for claim in claims for each in (claim.owner_person_id, *claim.person_ids)))
    objected = _objected(work, [claim.claim_id for claim in claims])
    shown = []
    for claim in claims:
        message = _plain(claim)
        message.claimant_name = people.get(claim.owner_person_id, "")
        message.customer_name = customers.get(claim.customer_id, "")
        message.objected = claim.claim_id in objected
        for part in message.parts:
            part.person_name = people.get(part.person_id, "")
        shown.append(message)
    return shown


def _objected(work: UnitOfWork, claim_ids: Sequence[str]) -> set[str]:
    statement = select(Objection.claim_id).where(
        among(Objection.claim_id, claim_ids), Objection.state == ObjectionState.RAISED.value
    )
    with work.whole_bank():
        return set(work.session.scalars(statement))
