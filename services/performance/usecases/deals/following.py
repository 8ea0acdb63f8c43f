"""Keeps deals and their evidence by what the activity service tells of opportunities and contacts, in whatever order it comes.

A contact's own event is the better witness: it has a version, and says when the contact counts no more. What an opportunity
tells of its contacts fills in what came before this service followed, and at which stage each was.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, update
from workbench.activity.v1 import contact_events_pb2, contact_pb2, lead_events_pb2, opportunity_pb2
from workbench.customer.v1 import duplicate_events_pb2, exchange_events_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.erasure import ERASED_NAME
from services.chassis.kernel.money import Money
from services.performance.model.deal import ContactTouch, Deal, DealDecision, DealMember, OpportunityEnd
from services.performance.rules.attribution.kinds import DealState
from services.performance.usecases import catalogue
from services.performance.usecases.deals import telling

_CONTACTS = "contacts/"
_UNNAMED = "商机成交 Won opportunity"
_TITLE_LENGTH_MAX = 200
# The touches that say at which stage an opportunity stands from then on.
_STEPS = (opportunity_pb2.TOUCH_KIND_OPENED, opportunity_pb2.TOUCH_KIND_STAGE_CHANGED)


def take_contact(work: UnitOfWork, event: contact_events_pb2.ContactRecorded) -> None:
    """A contact was kept, corrected, or withdrawn."""
    known = work.session.scalars(select(ContactTouch).where(ContactTouch.contact_id == event.contact_id)).all()
    counted = event.state == contact_pb2.CONTACT_STATE_DONE and bool(event.opportunity_id)
    if (not known and not counted) or any(row.contact_version >= event.version for row in known):
        return
    by_person = {row.person_id: row for row in known}
    for row in known:
        # It stays, so that what the opportunity tells late does not bring it back.
        row.counted, row.contact_version = False, event.version
    if not counted:
        return
    for person_id in {event.owner_person_id, *event.colleague_person_ids}:
        told = {
            "opportunity_id": event.opportunity_id,
            "customer_id": event.customer_id,
            "touch_time": event.start_time.ToDatetime(tzinfo=work.now.tzinfo),
            "business_date": date.fromisoformat(event.business_date),
            "contact_kind": event.kind,
            "minutes": event.minutes,
            "contact_version": event.version,
            "counted": True,
        }
        row = by_person.get(person_id)
        if row is None:
            work.session.add(ContactTouch(contact_id=event.contact_id, person_id=person_id, **told))
            continue
        if row.opportunity_id != event.opportunity_id:
            row.stage_code = ""
        for name, value in told.items():
            setattr(row, name, value)


def take_history(work: UnitOfWork, event: contact_events_pb2.ContactsTakenOver) -> None:
    """Contacts of the past came from another system."""
    for contact in event.contacts:
        take_contact(work, contact)


def take_won(work: UnitOfWork, event: lead_events_pb2.OpportunityWon) -> None:
    """An opportunity was won: there is a deal to be shared."""
    _end(work, event.opportunity_id, date.fromisoformat(event.business_date), won=True)
    work.hold(f"opportunities/{event.opportunity_id}")
    _take_touches(work, event)
    deal = _deal(work, event.opportunity_id)
    new = deal is None
    if deal is None:
        deal = _opened(work, event)
        work.session.add(deal)
    elif deal.state in (DealState.DECIDED, DealState.REVERSED) or deal.version_number:
        # What was decided stands until who is in charge opens it again.
        return
    _take_won(work, deal, event)
    work.session.flush()
    if new:
        telling.opened(work, deal)


def take_lost(work: UnitOfWork, event: lead_events_pb2.OpportunityLost) -> None:
    """An opportunity was lost: of that schemes learn too."""
    _end(work, event.opportunity_id, date.fromisoformat(event.business_date), won=False)


def take_reopened(work: UnitOfWork, event: lead_events_pb2.OpportunityReopened) -> None:
    """An opportunity is open again: there is nothing to share, unless that is decided already."""
    if end := work.session.get(OpportunityEnd, event.opportunity_id):
        work.session.delete(end)
    deal = _deal(work, event.opportunity_id)
    if deal is not None and deal.state in (DealState.OPEN, DealState.PROPOSED) and not deal.version_number:
        proposed = deal.forget_proposal()
        deal.state, deal.update_time = DealState.CANCELLED.value, work.now
        if proposed:
            telling.withdrawn(work, deal)


def take_customer(work: UnitOfWork, event: lead_events_pb2.OpportunityCustomerLinked) -> None:
    """A prospect turned out to be a customer."""
    deal = _deal(work, event.opportunity_id)
    if deal is not None and deal.customer_id is None:
        deal.customer_id = event.customer_id


def take_merge(work: UnitOfWork, event: duplicate_events_pb2.CustomersMerged) -> None:
    """Deals of a record that was merged are those of the record that stands for it."""
    statement = update(Deal).where(Deal.customer_id == event.merged_customer_id).values(customer_id=event.survivor_customer_id)
    work.session.execute(statement.execution_options(synchronize_session=False))


def take_erasure(work: UnitOfWork, event: exchange_events_pb2.CustomerErased) -> None:
    """A customer's data was erased by law: what anybody wrote of his deals goes with it; figures stay."""
    for deal in work.session.scalars(select(Deal).where(Deal.customer_id == event.customer_id)):
        deal.title, deal.leader_note = ERASED_NAME, ""
        for member in deal.members:
            member.objection = ""
        for decision in work.session.scalars(select(DealDecision).where(DealDecision.deal_id == deal.deal_id)):
            decision.reason = decision.end_reason = ""


def _deal(work: UnitOfWork, opportunity_id: str) -> Deal | None:
    statement = select(Deal).where(Deal.opportunity_id == opportunity_id).with_for_update(of=Deal)
    deal: Deal | None = work.session.scalars(statement).one_or_none()
    return deal


def _opened(work: UnitOfWork, event: lead_events_pb2.OpportunityWon) -> Deal:
    return Deal(
        deal_id=work.new_id(),
        # Nobody wrote one yet, and what an opportunity is called no event tells.
        title=_title(work, event),
        customer_id=event.customer_id or None,
        opportunity_id=event.opportunity_id,
        owner_person_id=event.owner_person_id,
        organisation_path=event.organisation_path,
        amount_minor_units=0,
        currency_code=work.settings.home_currency_code,
        close_date=date.fromisoformat(event.business_date),
        create_time=work.now,
        update_time=work.now,
    )


def _title(work: UnitOfWork, event: lead_events_pb2.OpportunityWon) -> str:
    """What it was won with, as the catalogue calls it on that day. Whose it is, who reaches the customer is told beside it."""
    names = catalogue.names_of(work, event.product_codes, date.fromisoformat(event.business_date))
    title = "、".join(names.get(code, code) for code in event.product_codes) or _UNNAMED
    return title if len(title) <= _TITLE_LENGTH_MAX else f"{title[: _TITLE_LENGTH_MAX - 1]}…"


def _take_won(work: UnitOfWork, deal: Deal, event: lead_events_pb2.OpportunityWon) -> None:
    """It is as the opportunity ended; what was proposed or agreed before was of another end."""
    if event.HasField("amount"):
        amount = Money.parse(event.amount.amount, event.amount.currency_code)
        deal.amount_minor_units, deal.currency_code = max(amount.minor_units, 0), amount.currency_code
    deal.owner_person_id, deal.organisation_path = event.owner_person_id, event.organisation_path
    deal.customer_id = event.customer_id or deal.customer_id
    deal.product_codes, deal.close_date = list(event.product_codes), date.fromisoformat(event.business_date)
    deal.stages = [
        [touch.touch_time.ToDatetime(tzinfo=work.now.tzinfo).isoformat(), touch.stage_code]
        for touch in event.touches
        if touch.kind in _STEPS
    ]
    roles = {member.person_id: member.role for member in event.members}
    known = {each.person_id: each for each in deal.members}
    deal.members = [known.get(each) or DealMember(person_id=each, role=role) for each, role in roles.items()]
    for member in deal.members:
        member.role = roles[member.person_id]
    if set(known) != set(roles):
        deal.terms = {}
    if deal.forget_proposal():
        telling.withdrawn(work, deal)
    deal.update_time = work.now


def _take_touches(work: UnitOfWork, event: lead_events_pb2.OpportunityWon) -> None:
    """What it tells of contacts: new ones, and at which stage known ones were."""
    known = work.session.scalars(select(ContactTouch).where(ContactTouch.opportunity_id == event.opportunity_id)).all()
    told = {(row.contact_id, row.person_id): row for row in known}
    for touch in event.touches:
        if touch.kind != opportunity_pb2.TOUCH_KIND_CONTACT or not touch.resource.startswith(_CONTACTS):
            continue
        key = touch.resource.removeprefix(_CONTACTS), touch.person_id
        row = told.get(key) or work.session.get(ContactTouch, key)
        if row is None:
            told[key] = row = ContactTouch(
                contact_id=key[0],
                person_id=key[1],
                opportunity_id=event.opportunity_id,
                customer_id=event.customer_id,
                touch_time=touch.touch_time.ToDatetime(tzinfo=work.now.tzinfo),
                business_date=date.fromisoformat(touch.business_date),
                contact_kind=touch.contact_kind,
                minutes=touch.minutes,
            )
            work.session.add(row)
        if row.opportunity_id == event.opportunity_id:
            row.stage_code = touch.stage_code


def _end(work: UnitOfWork, opportunity_id: str, close_date: date, *, won: bool) -> None:
    end = work.session.get(OpportunityEnd, opportunity_id)
    if end is None:
        work.session.add(OpportunityEnd(opportunity_id=opportunity_id, won=won, close_date=close_date))
    else:
        end.won, end.close_date = won, close_date
