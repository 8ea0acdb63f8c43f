"""Opens deals by hand, and changes them until they are decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from workbench.performance.v1 import deal_pb2, deal_service_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date
from services.chassis.kernel.errors import AlreadyExists, FieldViolation, InvalidInput, NotFound, RuleBroken, located
from services.chassis.mapping import values_of
from services.chassis.rpc import partial
from services.chassis.words.texts import refusal, shows_something, tidy_text
from services.performance.model.deal import ContactTouch, Deal, DealMember
from services.performance.model.person import FIRST_DATE
from services.performance.rules.attribution.kinds import DealRole, DealState
from services.performance.rules.shares import WHOLE_BASIS_POINTS
from services.performance.usecases import reaching
from services.performance.usecases.deals import showing, telling
from services.performance.usecases.deals.reaching import found_to_change, require_lead, require_part
from services.performance.usecases.deals.terms import amount_of, kept_terms

TITLE_LENGTH_MAX = 200
CHANGEABLE_FIELDS = ("amount", "close_date", "members", "objects", "product_codes", "terms", "title")


def create(work: UnitOfWork, draft: deal_pb2.Deal) -> Deal:
    """A deal of the caller, or of somebody in his scope."""
    with located("deal"):
        customer = reaching.customer(work, draft.customer_id, to_keep=True)
        owner = reaching.person(work, draft.owner_person_id)
        _require_free(work, draft.opportunity_id.lower(), customer.customer_id)
        deal = Deal(
            deal_id=work.new_id(),
            title="",
            customer_id=customer.customer_id,
            opportunity_id=draft.opportunity_id.lower(),
            owner_person_id=owner.person_id,
            organisation_path=owner.organisation_path,
            amount_minor_units=0,
            currency_code="",
            close_date=work.business_date,
            create_time=work.now,
            update_time=work.now,
        )
        _take(work, deal, draft, CHANGEABLE_FIELDS)
    work.session.add(deal)
    work.session.flush()
    work.resource = deal.source
    telling.opened(work, deal)
    return deal


def change(work: UnitOfWork, sent: deal_pb2.Deal, fields: Sequence[str]) -> Deal:
    """Changes the named fields; what is proposed is proposed no more, where any of them differs."""
    partial.check_mask(fields, deal_pb2.Deal.DESCRIPTOR, "A deal")
    partial.check(deal_service_pb2.GetDealRequest(deal_id=sent.deal_id), prefix="deal.")
    deal = found_to_change(work, sent.deal_id, sent.etag)
    require_part(work, deal)
    deal.require_undecided()
    after = showing.draft(deal)
    changed = partial.take(after, showing.without_answers(sent), [name for name in CHANGEABLE_FIELDS if name in fields])
    if not changed:
        return deal
    partial.check(after, prefix="deal.")
    with located("deal"):
        _take(work, deal, after, changed)
    deal.update_time = work.now
    if deal.forget_proposal():
        telling.withdrawn(work, deal)
    work.session.flush()
    return deal


def cancel(work: UnitOfWork, request: deal_service_pb2.CancelDealRequest) -> Deal:
    """There is nothing to share; of one that was opened again, what was decided holds on."""
    deal = found_to_change(work, request.deal_id, request.etag)
    require_lead(work, deal)
    deal.require_undecided()
    proposed = deal.forget_proposal()
    deal.state = (DealState.DECIDED if deal.version_number else DealState.CANCELLED).value
    deal.restart_date, deal.update_time = None, work.now
    if proposed:
        telling.withdrawn(work, deal)
    work.session.flush()
    return deal


def set_objects(deal: Deal, objects: Iterable[deal_pb2.DealObject]) -> list[dict[str, object]]:
    """Gives the deal these objects and no others; answers those that it has no more. Raises InvalidInput OBJECTS_INVALID."""
    former, kept = deal.objects, [values_of(each) for each in objects]
    for place, each in enumerate(kept):
        if each in kept[:place]:
            violation = FieldViolation(f"objects[{place}]", "Each once.")
            raise InvalidInput("OBJECTS_INVALID", "Something is named twice.", violations=(violation,))
    deal.objects = kept
    return [each for each in former if each not in kept]


def _take(work: UnitOfWork, deal: Deal, draft: deal_pb2.Deal, fields: Sequence[str]) -> None:
    if "title" in fields:
        deal.title = tidy_text(draft.title, "title", TITLE_LENGTH_MAX)
        if not shows_something(deal.title):
            raise refusal("TEXT_EMPTY", "A text says nothing.", "title", "Give it words.")
    if "amount" in fields:
        amount = amount_of(draft.amount, "amount")
        deal.amount_minor_units, deal.currency_code = amount.minor_units, amount.currency_code
    if "close_date" in fields:
        deal.close_date = _close_date(work, draft.close_date)
    if "product_codes" in fields:
        deal.product_codes = list(draft.product_codes)
    if "objects" in fields:
        # Of one that was opened again shares stand: only who is in charge links others.
        if deal.version_number:
            raise RuleBroken("DEAL_CLOSED", "It was decided before: what its shares are of is linked by who is in charge.")
        set_objects(deal, draft.objects)
    if "members" in fields:
        _set_members(work, deal, draft.members)
    # Terms stand on the members and on the currency, also where only those change.
    if {"terms", "members", "amount"} & set(fields):
        people = {each.person_id for each in deal.members}
        deal.terms = kept_terms(work, draft.terms, people, deal.currency_code)


def _close_date(work: UnitOfWork, text: str) -> date:
    day = optional_date(text, "close_date") or work.business_date
    if not FIRST_DATE <= day <= work.business_date:
        violation = FieldViolation("close_date", f"From {FIRST_DATE} to today.")
        raise InvalidInput("DATE_UNFIT", "A deal was won on a day that has been.", violations=(violation,))
    return day


def _set_members(work: UnitOfWork, deal: Deal, members: Sequence[deal_pb2.DealMember]) -> None:
    wanted: dict[str, DealMember] = {}
    for place, each in enumerate(members):
        person_id, is_owner = each.person_id.lower(), each.role == DealRole.OWNER
        if person_id in wanted or is_owner is not (person_id == deal.owner_person_id):
            violation = FieldViolation(f"members[{place}]", "Each once, and the deal's owner as its owner.")
            raise InvalidInput("MEMBERS_INVALID", "A deal has one owner, and each member once.", violations=(violation,))
        filled = each.involvement_basis_points if each.HasField("involvement_basis_points") else WHOLE_BASIS_POINTS
        wanted[person_id] = DealMember(person_id=person_id, role=each.role, involvement_basis_points=filled)
    if deal.owner_person_id not in wanted:
        wanted[deal.owner_person_id] = DealMember(person_id=deal.owner_person_id, role=DealRole.OWNER.value)
    known = {each.person_id: each for each in deal.members}
    for person_id, member in wanted.items():
        if person_id not in known and person_id != deal.owner_person_id:
            reaching.colleague(work, person_id)
        elif kept := known.get(person_id):
            kept.role, kept.involvement_basis_points = member.role, member.involvement_basis_points
    deal.members = [known.get(person_id, member) for person_id, member in wanted.items()]


def _require_free(work: UnitOfWork, opportunity_id: str, customer_id: str) -> None:
    """Its contacts become the deal's evidence: so they are known, and of the customer whom the caller reaches."""
    if not opportunity_id:
        return
    work.hold(f"opportunities/{opportunity_id}")
    touches = select(ContactTouch.customer_id).where(ContactTouch.opportunity_id == opportunity_id).distinct()
    if set(work.session.scalars(touches)) != {customer_id}:
        raise NotFound("OPPORTUNITY_NOT_FOUND", "There is no such opportunity of the customer with contacts that are known.")
    with work.whole_bank():
        taken = work.session.scalar(select(Deal.deal_id).where(Deal.opportunity_id == opportunity_id))
    if taken:
        raise AlreadyExists("OPPORTUNITY_TAKEN", "There is a deal of this opportunity already.")
