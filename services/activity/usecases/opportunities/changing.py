"""Changes what is known of opportunities, whose they are, and which customer a prospect turned out to be."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.activity.v1 import opportunity_pb2, opportunity_service_pb2

from services.activity.model.lead import Lead
from services.activity.model.opportunity import Opportunity
from services.activity.rules.leads.kinds import TouchKind
from services.activity.usecases import pipelines, reaching
from services.activity.usecases.leads.capturing import require_one_of
from services.activity.usecases.opportunities import finding, opening, showing, steps, telling
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import NotFound, RuleBroken, located
from services.chassis.rpc import partial

CHANGEABLE_FIELDS = (
    "title", "note", "prospect_name", "product_codes", "expected_amount", "expected_close_date", "competitors", "members",
)  # fmt: skip
# Of one that is closed the rest is history.
_CHANGEABLE_WHEN_CLOSED = {"note"}


def change(work: UnitOfWork, sent: opportunity_pb2.Opportunity, fields: Sequence[str]) -> Opportunity:
    """Takes the named fields over and checks the opportunity whole; nothing happens where nothing differs."""
    partial.check_mask(fields, opportunity_pb2.Opportunity.DESCRIPTOR, "An opportunity")
    asked = opportunity_service_pb2.GetOpportunityRequest(opportunity_id=sent.opportunity_id)
    partial.check(asked, prefix="opportunity.")
    opportunity = finding.in_charge_of(work, sent.opportunity_id, sent.etag)
    after = showing.DRAFT(opportunity)
    wanted = _written(sent)
    changed = partial.take(after, wanted, [name for name in CHANGEABLE_FIELDS if name in fields and name != "members"])
    with_members = "members" in fields and _members(after) != _members(wanted)
    if not changed and not with_members:
        return opportunity
    if not opportunity.is_open and (with_members or not _CHANGEABLE_WHEN_CLOSED.issuperset(changed)):
        raise RuleBroken("OPPORTUNITY_CLOSED", "The opportunity was won or lost; open it again first.")
    if with_members:
        after.ClearField("members")
        after.members.extend(wanted.members)
    partial.check(after, prefix="opportunity.")
    with located("opportunity"):
        _take(work, opportunity, after, with_members=with_members)
    opportunity.update_time = work.now
    work.session.flush()
    return opportunity


def reassign(work: UnitOfWork, request: opportunity_service_pb2.ReassignOpportunityRequest) -> Opportunity:
    """Gives it to another owner; a member who becomes the owner is a member no more."""
    opportunity = finding.to_work_on(work, request.opportunity_id, request.etag)
    receiver = reaching.person(work, request.person_id)
    if receiver.disabled:
        raise NotFound("PERSON_NOT_FOUND", "There is no such person in your scope.")
    if receiver.person_id == opportunity.owner_person_id:
        raise RuleBroken("ALREADY_OWNER", "It is just there already.")
    work.reach(receiver.organisation_path)
    former = opportunity.owner_person_id
    for member in [each for each in opportunity.members if each.person_id == receiver.person_id]:
        steps.add(work, opportunity, TouchKind.MEMBER_REMOVED, person_id=member.person_id, role=member.role)
        opportunity.members.remove(member)
    opportunity.owner_person_id, opportunity.organisation_path = receiver.person_id, receiver.organisation_path
    opportunity.update_time = work.now
    steps.add(work, opportunity, TouchKind.REASSIGNED)
    telling.reassigned(work, opportunity, former)
    work.session.flush()
    return opportunity


def link_customer(work: UnitOfWork, request: opportunity_service_pb2.LinkOpportunityCustomerRequest) -> Opportunity:
    """Says which customer the prospect is; the lead from which it came goes along, whatever its state."""
    opportunity = finding.in_charge_of(work, request.opportunity_id, request.etag)
    if opportunity.customer_id:
        raise RuleBroken("CUSTOMER_KNOWN", "The opportunity is a customer's already.")
    customer = reaching.customer(work, request.customer_id, to_keep=True)
    opportunity.customer_id, opportunity.prospect_name = customer.customer_id, None
    opportunity.update_time = work.now
    lead = work.session.get(Lead, opportunity.lead_id, with_for_update=True) if opportunity.lead_id else None
    if lead and not lead.customer_id:
        lead.link(customer.customer_id)
    telling.linked(work, opportunity)
    work.session.flush()
    return opportunity


def _take(work: UnitOfWork, opportunity: Opportunity, after: opportunity_pb2.Opportunity, *, with_members: bool) -> None:
    require_one_of(after.customer_id, " ".join(after.prospect_name.split()))
    opening.fill(opportunity, after)
    if with_members:
        opening.take_members(work, opportunity, after.members)
    if opportunity.is_open:
        pipeline = pipelines.found(work, opportunity.pipeline_id, opportunity.pipeline_version_number)
        opening.require_known(opening.stage_of(pipeline, opportunity.stage_code), opportunity)


def _written(sent: opportunity_pb2.Opportunity) -> opportunity_pb2.Opportunity:
    """What was sent with members as they are written: a reader may send back all that he read."""
    wanted = opportunity_pb2.Opportunity()
    wanted.CopyFrom(sent)
    for member in wanted.members:
        member.ClearField("display_name")
        member.ClearField("start_time")
    return wanted


def _members(message: opportunity_pb2.Opportunity) -> set[tuple[str, int]]:
    return {(each.person_id.lower(), each.role) for each in message.members}
