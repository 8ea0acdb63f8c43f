"""What becomes of leads in their owners' hands: followed, qualified, disqualified; and those that nobody follows."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, text
from workbench.activity.v1 import lead_service_pb2

from services.activity.model.contact import Contact
from services.activity.model.lead import UNFOLLOWED, Lead
from services.activity.model.opportunity import Opportunity
from services.activity.rules.leads.kinds import LEAD_OPEN, DisqualifyReason, LeadState
from services.activity.rules.leads.prospects import joined_notes
from services.activity.usecases import reaching
from services.activity.usecases.leads import finding, telling
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, RuleBroken

NOTE_LENGTH_MAX = 4_000
# Of one customer with one owner there are rarely two.
_FOLLOWED_AT_ONCE = 50
_FORGOTTEN_AT_ONCE = 200
# Told of in one turn of the timer.
_OVERDUE_AT_ONCE = 200


def follow(work: UnitOfWork, request: lead_service_pb2.FollowLeadRequest) -> Lead:
    """Notes that it was followed; a second time changes nothing."""
    lead = finding.to_work_on(work, request.lead_id, request.etag, owned=True)
    note_followed(work, lead)
    work.session.flush()
    return lead


def contact_done(work: UnitOfWork, contact: Contact) -> None:
    """A contact took place: its owner has followed the lead that it names, and his leads of that customer that he had by then."""
    of_customer = and_(Lead.customer_id == contact.customer_id, Lead.assign_time <= contact.start_time)
    unfollowed = select(Lead).where(
        or_(Lead.lead_id == contact.lead_id, of_customer) if contact.customer_id else Lead.lead_id == contact.lead_id,
        Lead.owner_person_id == contact.owner_person_id,
        Lead.state.in_(LEAD_OPEN),
        Lead.followed_time.is_(None),
    )
    held = reaching.in_reach(work, unfollowed.order_by(Lead.lead_id).limit(_FOLLOWED_AT_ONCE), Lead).with_for_update()
    for lead in work.session.scalars(held):
        note_followed(work, lead, contact.start_time)


def qualify(work: UnitOfWork, request: lead_service_pb2.QualifyLeadRequest) -> Lead:
    """Says how good it is; can be said anew."""
    lead = finding.to_work_on(work, request.lead_id, request.etag, owned=True)
    note_followed(work, lead)
    lead.state, lead.grade = LeadState.QUALIFIED.value, request.grade
    _note(work, lead, request.note)
    telling.qualified(work, lead)
    work.session.flush()
    return lead


def disqualify(work: UnitOfWork, request: lead_service_pb2.DisqualifyLeadRequest) -> Lead:
    """Says that it leads nowhere."""
    lead = finding.to_work_on(work, request.lead_id, request.etag)
    note_followed(work, lead)
    repeated = _repeated(work, lead, request)
    lead.close(LeadState.DISQUALIFIED.value, work.now, disqualify_reason=request.reason, duplicate_of_lead_id=repeated)
    _note(work, lead, request.note)
    telling.disqualified(work, lead)
    work.session.flush()
    return lead


def reopen(work: UnitOfWork, request: lead_service_pb2.ReopenLeadRequest) -> Lead:
    """Opens a disqualified one again, as new; that it was followed stays true."""
    lead = finding.in_charge_of(work, request.lead_id, request.etag)
    if lead.state != LeadState.DISQUALIFIED:
        raise RuleBroken("LEAD_NOT_DISQUALIFIED", "Only a disqualified lead is opened again.")
    lead.state, lead.grade, lead.disqualify_reason, lead.duplicate_of_lead_id = LeadState.NEW.value, 0, 0, ""
    lead.close_time, lead.update_time = None, work.now
    work.session.flush()
    return lead


def tell_overdue(work: UnitOfWork) -> None:
    """Tells owners, and those in charge of them, of leads whose deadline passed; each once, some hundreds a turn."""
    due = select(Lead).where(text(UNFOLLOWED), Lead.follow_deadline < work.now).order_by(Lead.follow_deadline, Lead.lead_id)
    leaders: dict[str, list[str]] = {}
    for lead in work.session.scalars(due.limit(_OVERDUE_AT_ONCE).with_for_update(skip_locked=True)):
        path = lead.organisation_path
        if path not in leaders:
            leaders[path] = reaching.leaders_of(work, path)
        telling.overdue(work, lead, leaders[path])
        lead.overdue_told = True


def forget_prospects(work: UnitOfWork) -> None:
    """Takes what names prospects out of leads and opportunities that were closed long ago, some hundreds a turn."""
    before = work.now - timedelta(days=work.settings.prospect_kept_days)
    for model in (Lead, Opportunity):
        old = select(model).where(model.prospect_name.is_not(None), model.close_time.is_not(None), model.close_time < before)
        for item in work.session.scalars(
            old.order_by(model.close_time).limit(_FORGOTTEN_AT_ONCE).with_for_update(skip_locked=True)
        ):
            for name, emptied in model.__erased__.items():
                setattr(item, name, emptied)


def note_followed(work: UnitOfWork, lead: Lead, followed_time: datetime | None = None) -> None:
    """Keeps that its owner followed it, now or then, if he had not yet; the event tells whether in time."""
    if lead.follow(max(followed_time, lead.assign_time or followed_time) if followed_time else work.now):
        lead.update_time = work.now
        telling.followed(work, lead)


def _note(work: UnitOfWork, lead: Lead, note: str) -> None:
    lead.note = joined_notes(lead.note, note, NOTE_LENGTH_MAX)
    lead.update_time = work.now


def _repeated(work: UnitOfWork, lead: Lead, request: lead_service_pb2.DisqualifyLeadRequest) -> str:
    """The lead that it repeats; empty for another reason."""
    if (request.reason == DisqualifyReason.DUPLICATE) != bool(request.duplicate_of_lead_id):
        raise _duplicate_unclear("Of a duplicate, and of no other, say which lead it repeats.")
    if not request.duplicate_of_lead_id:
        return ""
    repeated = reaching.found(work, Lead, request.duplicate_of_lead_id)
    if repeated.lead_id == lead.lead_id:
        raise _duplicate_unclear("It does not repeat itself.")
    return repeated.lead_id


def _duplicate_unclear(fault: str) -> InvalidInput:
    violation = FieldViolation("duplicate_of_lead_id", fault)
    return InvalidInput("DUPLICATE_UNCLEAR", "Say which lead it repeats.", violations=(violation,))
