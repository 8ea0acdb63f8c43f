"""Raises objections, and takes them back."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from workbench.performance.v1 import claim_events_pb2, claim_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import moved
from services.chassis.kernel.errors import AlreadyExists, NotAllowed, RuleBroken, located
from services.performance.model.claim import Claim, Objection
from services.performance.model.customer import Customer
from services.performance.rules.claims import ClaimState, ObjectionState
from services.performance.rules.shares import SharedObject
from services.performance.usecases.claims import finding, things
from services.performance.usecases.objections import escalating
from services.performance.usecases.objections.parties import parties
from services.performance.usecases.shares import listing as share_listing

_CLOSED = (ClaimState.REJECTED, ClaimState.WITHDRAWN)


def create(work: UnitOfWork, draft: claim_pb2.Objection) -> Objection:
    """An objection that waits for whoever is in charge of the customer's unit."""
    claim, thing = _about(work, draft)
    work.hold(f"objections/{thing.kind}/{thing.key}/{work.caller.person_id}")
    with work.whole_bank():
        same = select(Objection.objection_id).where(
            Objection.owner_person_id == work.caller.person_id,
            Objection.customer_id == thing.customer_id,
            Objection.object_kind == int(thing.kind),
            Objection.object_key == thing.key,
            Objection.state == ObjectionState.RAISED.value,
        )
        if known := work.session.scalar(same.limit(1)):
            raise AlreadyExists("OBJECTION_EXISTS", "Your objection about it waits already.", metadata={"objectionId": known})
    objection = Objection(
        objection_id=work.new_id(),
        claim_id=claim.claim_id if claim else "",
        object_kind=int(thing.kind),
        object_key=thing.key,
        customer_id=str(thing.customer_id),
        owner_person_id=work.caller.person_id,
        organisation_path=work.caller.organisation_path,
        evidence=draft.evidence.strip(),
        due_date=moved(work.business_date, work.settings.adjudication_days),
        create_time=work.now,
        update_time=work.now,
    )
    work.session.add(objection)
    work.session.flush()
    work.resource = f"objections/{objection.objection_id}"
    work.record(
        claim_events_pb2.ObjectionRaised(
            objection_id=objection.objection_id,
            claim_id=objection.claim_id,
            customer_id=objection.customer_id,
            objector_person_id=objection.owner_person_id,
            organisation_path=escalating.adjudicating_unit(work, objection),
            due_date=objection.due_date.isoformat(),
            party_person_ids=sorted(parties(work, objection)),
        )
    )
    return objection


def withdraw(work: UnitOfWork, objection_id: str, etag: str) -> Objection:
    """Whoever raised it takes it back."""
    objection = finding.found(work, Objection, objection_id, to_change=True, etag=etag)
    if objection.owner_person_id != work.caller.person_id:
        raise NotAllowed("NOT_THE_OBJECTOR", "Whoever raised it takes it back.")
    decide(work, objection, ObjectionState.WITHDRAWN)
    return objection


def decide(work: UnitOfWork, objection: Objection, state: ObjectionState, *, also: Iterable[str] = ()) -> None:
    """Notes what came of it, and tells whoever waits, those who get a part by it among them."""
    with work.whole_bank():
        objection.decide(state, work.now)
        work.session.flush()
    work.resource = f"objections/{objection.objection_id}"
    work.record(
        claim_events_pb2.ObjectionDecided(
            objection_id=objection.objection_id,
            objector_person_id=objection.owner_person_id,
            state=state.value,  # type: ignore[arg-type]
            adjudicator_person_id=objection.adjudicator_person_id,
            party_person_ids=sorted({*parties(work, objection), *also}),
        )
    )


def _about(work: UnitOfWork, draft: claim_pb2.Objection) -> tuple[Claim | None, SharedObject]:
    if not draft.claim_id:
        with located("objection"):
            thing = things.named(draft)
        share_listing.check_reach(work, thing)
        with work.whole_bank():
            customer = work.session.get_one(Customer, thing.customer_id)
        things.check_owner(work, thing, customer)
        return None, thing
    claim = finding.found(work, Claim, draft.claim_id)
    if claim.state in _CLOSED:
        raise RuleBroken("CLAIM_CLOSED", "It was rejected or taken back; there is nothing to object to.")
    return claim, claim.thing
