"""Makes opportunities of leads in one transaction: what refuses it leaves the lead as it was, and nothing beside it."""

from __future__ import annotations

from workbench.activity.v1 import lead_service_pb2, opportunity_pb2

from services.activity.model.lead import Lead
from services.activity.model.opportunity import Opportunity
from services.activity.rules.leads.kinds import LeadState
from services.activity.usecases.leads import finding, following, telling
from services.activity.usecases.opportunities import opening
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import located
from services.chassis.mapping import money_message
from services.chassis.rpc import partial


def convert(work: UnitOfWork, request: lead_service_pb2.ConvertLeadRequest) -> tuple[Lead, Opportunity]:
    """Opens an opportunity of the lead's owner and closes the lead."""
    lead = finding.to_work_on(work, request.lead_id, request.etag, owned=True)
    draft = _drafted(lead, request.opportunity)
    with located("opportunity"):
        partial.check(draft)
        opportunity = opening.open_one(
            work,
            draft,
            owner_person_id=lead.owner_person_id,
            organisation_path=lead.organisation_path,
            lead_id=lead.lead_id,
            accept_duplicate=request.accept_duplicate,
        )
    if opportunity.customer_id and not lead.customer_id:
        lead.link(opportunity.customer_id)
    following.note_followed(work, lead)
    lead.close(LeadState.CONVERTED.value, work.now, opportunity_id=opportunity.opportunity_id)
    lead.update_time = work.now
    telling.converted(work, lead)
    work.resource = telling.resource(lead)
    work.session.flush()
    return lead, opportunity


def _drafted(lead: Lead, given: opportunity_pb2.Opportunity) -> opportunity_pb2.Opportunity:
    """The opportunity as it is to be: what it leaves empty comes from the lead."""
    draft = opportunity_pb2.Opportunity()
    draft.CopyFrom(given)
    if not draft.customer_id and not draft.prospect_name:
        draft.customer_id, draft.prospect_name = lead.customer_id or "", lead.prospect_name or ""
    draft.title, draft.note = draft.title or lead.title, draft.note or lead.note or ""
    if not draft.product_codes:
        draft.product_codes.extend(lead.product_codes)
    if not draft.HasField("expected_amount") and lead.expected_amount:
        draft.expected_amount.CopyFrom(money_message(lead.expected_amount))
    return draft
