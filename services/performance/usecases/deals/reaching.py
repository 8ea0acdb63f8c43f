"""Who reaches which deal: its members, those in charge of its unit, whoever reaches its customer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, or_, select
from workbench.performance.v1 import deal_service_pb2

from services.chassis.db import listing
from services.chassis.db.scope import below, reached
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotAllowed, NotFound, StaleVersion
from services.chassis.kernel.paging import Page
from services.performance.model.customer import Customer
from services.performance.model.deal import Deal, DealMember
from services.performance.usecases import reaching


def found(work: UnitOfWork, deal_id: str) -> Deal:
    """A deal in reach; raises NotFound DEAL_NOT_FOUND."""
    return _one(work, select(Deal).where(Deal.deal_id == deal_id.lower(), _in_reach(work)))


def found_to_change(work: UnitOfWork, deal_id: str, etag: str) -> Deal:
    """The same, held against other writers; raises StaleVersion DEAL_CHANGED where an ETag is given that is no longer its own."""
    statement = select(Deal).where(Deal.deal_id == deal_id.lower(), _in_reach(work)).with_for_update(of=Deal)
    deal = _one(work, statement.execution_options(populate_existing=True))
    if etag and etag != deal.etag:
        raise StaleVersion("DEAL_CHANGED", "It changed since you read it; read it again and repeat.")
    # A member writes to it though his scope hides it.
    work.reach(deal.organisation_path)
    work.resource = deal.source
    return deal


def leads(work: UnitOfWork, deal: Deal) -> bool:
    """Whether the caller is in charge of its unit."""
    return any(deal.organisation_path.startswith(path) for path in work.scope.organisation_paths)


def require_part(work: UnitOfWork, deal: Deal) -> None:
    """Raises NotAllowed NOT_IN_CHARGE for whoever is no member and not in charge of its unit."""
    if deal.member(work.caller.person_id) is None and not leads(work, deal):
        raise NotAllowed("NOT_IN_CHARGE", "Members decide over it, and who is in charge of its unit.")


def require_lead(work: UnitOfWork, deal: Deal) -> None:
    """Raises NotAllowed NOT_IN_CHARGE for whoever is not in charge of its unit."""
    if not leads(work, deal):
        raise NotAllowed("NOT_IN_CHARGE", "Who is in charge of its unit decides over it.")


def require_judge(work: UnitOfWork, deal: Deal) -> None:
    """Raises NotAllowed NOT_IN_CHARGE, and OWN_DEAL for whoever has a part in it or proposed how to share it."""
    require_lead(work, deal)
    former = (deal.terms.get("former_owner") or {}).get("person_id")
    if work.caller.person_id in (deal.proposer_person_id, former) or deal.member(work.caller.person_id):
        raise NotAllowed("OWN_DEAL", "Somebody decides who has no part in it and did not propose it.")


def list_deals(work: UnitOfWork, request: deal_service_pb2.ListDealsRequest) -> Page:
    """A page of a person's, a customer's or a unit's deals, the newest first."""
    statement = select(Deal).where(_subject(work, request), _in_reach(work))
    if request.state:
        statement = statement.where(Deal.state == request.state)
    with work.whole_bank():
        return listing.read_page(work, statement, request, ((Deal.deal_id, listing.text),), downwards=True)


def _subject(work: UnitOfWork, request: deal_service_pb2.ListDealsRequest) -> Any:
    """Of whom the deals are: looked up within the caller's scope."""
    named = [name for name in ("person_id", "customer_id", "organisation_path") if getattr(request, name)]
    if len(named) > 1:
        violations = tuple(FieldViolation(name, "One of a person, a customer and a unit.") for name in named)
        raise InvalidInput("SUBJECT_UNCLEAR", "Deals are of a person, of a customer or of a unit.", violations=violations)
    if request.customer_id:
        return Deal.customer_id == reaching.customer(work, request.customer_id).customer_id
    if request.organisation_path:
        return below(Deal.organisation_path, reaching.unit_path(work, request.organisation_path))
    person = reaching.person(work, request.person_id)
    return Deal.deal_id.in_(select(DealMember.deal_id).where(DealMember.person_id == person.person_id))


def _in_reach(work: UnitOfWork) -> Any:
    of_customer = exists().where(Customer.customer_id == Deal.customer_id, reached(Customer, work.scope, work.caller))
    as_member = exists().where(DealMember.deal_id == Deal.deal_id, DealMember.person_id == work.caller.person_id)
    return or_(reached(Deal, work.scope, work.caller), of_customer, as_member)


def _one(work: UnitOfWork, statement: Any) -> Deal:
    # The database's own scope knows nothing of members; the condition above does.
    with work.whole_bank():
        deal: Deal | None = work.session.scalars(statement).one_or_none()
    if deal is None:
        raise NotFound("DEAL_NOT_FOUND", "There is no such deal within your reach.")
    return deal
