"""Captures leads, and changes what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.activity.v1 import lead_pb2, lead_service_pb2

from services.activity.model.lead import Lead
from services.activity.rules.leads.kinds import LeadState
from services.activity.rules.leads.prospects import amount_of, identifier_key, phone_key, tidy_line
from services.activity.usecases import reaching
from services.activity.usecases.leads import duplicates, finding, showing, telling
from services.activity.usecases.leads.dealing import Dealer, note_assignment
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import PATH_SEPARATOR
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotFound, located
from services.chassis.rpc import partial

CHANGEABLE_FIELDS = (
    "title", "note", "prospect_name", "phone", "identifier", "customer_id", "source", "source_key", "product_codes",
    "expected_amount",
)  # fmt: skip


def create(work: UnitOfWork, request: lead_service_pb2.CreateLeadRequest) -> Lead:
    """Keeps a new lead: the caller's own, or one that the rules give away."""
    lead = blank(work, request.lead)
    with located("lead"):
        _fill(work, lead, request.lead, new=True)
    if not request.accept_duplicate:
        duplicates.refuse(work, lead)
    work.resource = telling.resource(lead)
    dealer = Dealer(work)
    lead.organisation_path = _unit(work, request.organisation_path) if request.assign else work.caller.organisation_path
    telling.captured(work, lead)
    if not request.assign:
        deadline = dealer.deadline(lead.organisation_path)
        lead.give(work.caller.person_id, lead.organisation_path, deadline=deadline, now=work.now)
        note_assignment(work, lead, "")
    elif not dealer.by_rule(lead):
        telling.waits(work, lead)
    # Written once it is known whose it is: who gives a lead away keeps nothing of it in his reach.
    work.reach(lead.organisation_path)
    work.session.add(lead)
    work.session.flush()
    return lead


def change(work: UnitOfWork, sent: lead_pb2.Lead, fields: Sequence[str]) -> Lead:
    """Takes the named fields over and checks the lead whole; nothing happens where nothing differs."""
    partial.check_mask(fields, lead_pb2.Lead.DESCRIPTOR, "A lead")
    partial.check(lead_service_pb2.GetLeadRequest(lead_id=sent.lead_id), prefix="lead.")
    lead = finding.to_work_on(work, sent.lead_id, sent.etag)
    after = showing.DRAFT(lead)
    changed = partial.take(after, sent, [name for name in CHANGEABLE_FIELDS if name in fields])
    if changed:
        if "customer_id" in changed and after.customer_id:
            # The customer's own record has these from now on.
            for name in ("prospect_name", "phone", "identifier"):
                after.ClearField(name)
        partial.check(after, prefix="lead.")
        with located("lead"):
            _fill(work, lead, after, new="customer_id" in changed)
        lead.update_time = work.now
        work.session.flush()
    return lead


def blank(work: UnitOfWork, draft: lead_pb2.Lead) -> Lead:
    """A lead of which nothing is known but where it comes from."""
    return Lead(
        lead_id=work.new_id(),
        owner_person_id="",
        organisation_path="",
        title="",
        source=draft.source,
        state=LeadState.NEW.value,
        capturer_person_id=work.caller.person_id,
        capture_date=work.business_date,
        create_time=work.now,
        update_time=work.now,
    )


def _fill(work: UnitOfWork, lead: Lead, draft: lead_pb2.Lead, *, new: bool) -> None:
    customer_id = lead.customer_id
    if new and draft.customer_id and not draft.prospect_name:
        customer_id = reaching.customer(work, draft.customer_id, to_keep=True).customer_id
    take(lead, draft, customer_id if draft.customer_id else None)


def take(lead: Lead, draft: lead_pb2.Lead, customer_id: str | None) -> None:
    """Takes over what is said of a lead of that customer, or of the prospect whom the draft names."""
    prospect_name = " ".join(draft.prospect_name.split())
    require_one_of(customer_id or draft.customer_id, prospect_name, further=bool(draft.phone or draft.identifier))
    lead.customer_id = customer_id
    lead.name_prospect(
        prospect_name,
        draft.phone.strip(),
        draft.identifier,
        phone_key=phone_key(draft.phone),
        identifier_key=identifier_key(draft.identifier),
    )
    lead.title, lead.note = tidy_line(draft.title, "title"), draft.note.strip() or None
    lead.source, lead.source_key = draft.source, draft.source_key
    lead.product_codes = list(draft.product_codes)
    lead.expected_amount = given_amount(draft)


def require_one_of(customer_id: str, prospect_name: str, *, further: bool = False) -> None:
    """Raises InvalidInput WHO_UNCLEAR unless either a customer or a prospect is named, and nothing further of a customer."""
    if bool(customer_id) == bool(prospect_name) or (customer_id and further):
        fault = "Name a customer, or else a prospect with what is known of him."
        raise InvalidInput("WHO_UNCLEAR", "Say whom it concerns.", violations=(FieldViolation("customer_id", fault),))


def given_amount(draft: Any) -> Any:
    """The amount that a draft expects; None where it says nothing."""
    if not draft.HasField("expected_amount"):
        return None
    return amount_of(draft.expected_amount.amount, draft.expected_amount.currency_code, "expected_amount.amount")


def _unit(work: UnitOfWork, organisation_path: str) -> str:
    """Where a lead is to be given away: anywhere in the bank, since a lead may be another branch's business."""
    path = organisation_path or work.caller.organisation_path
    parts = work.caller.organisation_path.split(PATH_SEPARATOR)
    # The same bank: below the caller's topmost unit.
    if not path.startswith(f"/{parts[1]}/" if len(parts) > 1 else PATH_SEPARATOR):
        raise NotFound("UNIT_NOT_FOUND", "There is no such unit.", violations=(FieldViolation("organisation_path", "A unit."),))
    return path
