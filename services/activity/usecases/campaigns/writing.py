"""Writes campaigns: what is asked, by when, of whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select
from workbench.activity.v1 import campaign_pb2, campaign_service_pb2

from services.activity.model.campaign import Campaign, CampaignCustomer
from services.activity.rules.campaigns import CUSTOMERS_MAX, CampaignAssignment, CampaignCustomerState
from services.activity.rules.tasks import TaskPriority
from services.activity.usecases import reaching
from services.activity.usecases.campaigns import finding
from services.activity.usecases.tasks import deadlines, deciding
from services.chassis.db import listing
from services.chassis.db.among import among
from services.chassis.db.audit import Change
from services.chassis.db.scope import below
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, LimitReached, NotFound, located
from services.chassis.kernel.paging import Page
from services.chassis.mapping import Mapper
from services.chassis.rpc import partial

_ALWAYS = ("display_name", "purpose", "script", "target_count")
_IN_DRAFT = ("due_date", "assignment", "assignee_person_ids", "priority")
_NAMED_MAX = 10
as_message = Mapper(campaign_pb2.Campaign)
_customer = Mapper(campaign_pb2.CampaignCustomer, omitted=("owner_person_id",))


def create(work: UnitOfWork, draft: campaign_pb2.Campaign) -> Campaign:
    """A campaign of the caller's, in a unit that he is in charge of."""
    with located("campaign"):
        path = reaching.unit_path(work, draft.organisation_path or work.caller.organisation_path)
        campaign = Campaign(
            campaign_id=work.new_id(),
            display_name="",
            owner_person_id=work.caller.person_id,
            organisation_path=path,
            due_date=work.business_date,
            create_time=work.now,
            update_time=work.now,
        )
        _fill(work, campaign, draft, (*_ALWAYS, *_IN_DRAFT))
    work.session.add(campaign)
    work.session.flush()
    work.resource = f"campaigns/{campaign.campaign_id}"
    return campaign


def change(work: UnitOfWork, sent: campaign_pb2.Campaign, fields: Sequence[str]) -> Campaign:
    """Takes over what the mask names; nothing happens where nothing differs."""
    partial.check_mask(fields, campaign_pb2.Campaign.DESCRIPTOR, "A campaign")
    campaign = finding.run_by(work, sent.campaign_id, sent.etag)
    campaign.require_running()
    after = as_message(campaign)
    changed = partial.take(after, sent, [name for name in (*_ALWAYS, *_IN_DRAFT) if name in fields])
    if changed:
        partial.check(after, "campaign.")
        if set(changed) & set(_IN_DRAFT):
            campaign.require_draft()
        with located("campaign"):
            _fill(work, campaign, after, changed)
        campaign.update_time = work.now
        work.session.flush()
    return campaign


def list_campaigns(work: UnitOfWork, request: campaign_service_pb2.ListCampaignsRequest) -> Page:
    """A page of those that the caller runs, or that run in units that he is in charge of; the latest first."""
    statement: Any = reaching.in_reach(work, select(Campaign), Campaign)
    if request.organisation_path:
        statement = statement.where(below(Campaign.organisation_path, reaching.unit_path(work, request.organisation_path)))
    if request.state:
        statement = statement.where(Campaign.state == request.state)
    return listing.read_page(work, statement, request, ((Campaign.campaign_id, listing.text),), downwards=True)


def add_customers(
    work: UnitOfWork, request: campaign_service_pb2.AddCampaignCustomersRequest
) -> campaign_service_pb2.AddCampaignCustomersResponse:
    """Names customers in the caller's scope; those whom he does not reach are refused or passed over, as he asks."""
    campaign = finding.run_by(work, request.campaign_id)
    campaign.require_draft()
    wanted = list(dict.fromkeys(each.lower() for each in request.customer_ids))
    reached = {key for key, known in reaching.customers(work, wanted).items() if known.stands}
    if len(reached) < len(wanted) and not request.skip_unreachable:
        raise _unreached(request.customer_ids, reached)
    members = select(CampaignCustomer.customer_id).where(CampaignCustomer.campaign_id == campaign.campaign_id)
    present = set(work.session.scalars(members.where(among(CampaignCustomer.customer_id, wanted))))
    fresh = [customer_id for customer_id in wanted if customer_id in reached and customer_id not in present]
    if campaign.customer_count + len(fresh) > CUSTOMERS_MAX:
        raise LimitReached("CAMPAIGN_TOO_LARGE", f"A campaign has at most {CUSTOMERS_MAX:,} customers.")
    if fresh:
        work.insert_all(CampaignCustomer, [_member(work, campaign, customer_id) for customer_id in fresh])
        campaign.customer_count += len(fresh)
        campaign.update_time = work.now
    return campaign_service_pb2.AddCampaignCustomersResponse(
        added=len(fresh), skipped=len(wanted) - len(reached), customer_count=campaign.customer_count
    )


def remove_customers(
    work: UnitOfWork, request: campaign_service_pb2.RemoveCampaignCustomersRequest
) -> campaign_service_pb2.RemoveCampaignCustomersResponse:
    """Takes customers out of one that is not launched."""
    campaign = finding.run_by(work, request.campaign_id)
    campaign.require_draft()
    of_campaign = CampaignCustomer.campaign_id == campaign.campaign_id
    customer_ids = [each.lower() for each in request.customer_ids]
    statement = delete(CampaignCustomer).where(of_campaign, among(CampaignCustomer.customer_id, customer_ids))
    gone = work.session.scalars(
        statement.returning(CampaignCustomer.campaign_customer_id).execution_options(synchronize_session=False)
    ).all()
    if gone:
        work.changes.extend(Change(f"campaign_customers/{each}", "delete", {}) for each in gone)
        counted = select(func.count()).select_from(CampaignCustomer).where(of_campaign)
        campaign.customer_count, campaign.update_time = work.session.scalar(counted) or 0, work.now
    return campaign_service_pb2.RemoveCampaignCustomersResponse(removed=len(gone), customer_count=campaign.customer_count)


def list_customers(work: UnitOfWork, request: campaign_service_pb2.ListCampaignCustomersRequest) -> Page:
    """A page of a campaign's customers, in the order in which they came in."""
    campaign = reaching.found(work, Campaign, request.campaign_id)
    statement = select(CampaignCustomer).where(CampaignCustomer.campaign_id == campaign.campaign_id)
    if request.state:
        statement = statement.where(CampaignCustomer.state == request.state)
    return listing.read_page(work, statement, request, ((CampaignCustomer.campaign_customer_id, listing.text),))


def as_customer(member: CampaignCustomer) -> campaign_pb2.CampaignCustomer:
    """A campaign's customer as it is shown."""
    message = _customer(member)
    if member.task_id:
        message.owner_person_id = member.owner_person_id
    return message


def _fill(work: UnitOfWork, campaign: Campaign, sent: campaign_pb2.Campaign, fields: Sequence[str]) -> None:
    campaign.display_name = " ".join(sent.display_name.split())
    if not campaign.display_name:
        raise InvalidInput("NAME_MISSING", "It needs a name.", violations=(FieldViolation("display_name", "Say something."),))
    campaign.purpose, campaign.script, campaign.target_count = sent.purpose, sent.script, sent.target_count
    campaign.assignment = sent.assignment or CampaignAssignment.LEAD.value
    campaign.priority = sent.priority or TaskPriority.NORMAL.value
    if "due_date" in fields:
        campaign.due_date = deadlines.checked(work, sent.due_date, "due_date") or campaign.due_date
    if "assignee_person_ids" in fields:
        people = [
            deciding.able(work, person_id, f"assignee_person_ids[{place}]")
            for place, person_id in enumerate(sent.assignee_person_ids)
        ]
        campaign.assignee_person_ids = [person.person_id for person in people]


def _member(work: UnitOfWork, campaign: Campaign, customer_id: str) -> dict[str, Any]:
    return {
        "campaign_customer_id": work.new_id(),
        "campaign_id": campaign.campaign_id,
        "customer_id": customer_id,
        "owner_person_id": campaign.owner_person_id,
        "organisation_path": campaign.organisation_path,
        "state": CampaignCustomerState.WAITING.value,
        "task_id": None,
    }


def _unreached(customer_ids: Sequence[str], reached: set[str]) -> NotFound:
    places = [place for place, customer_id in enumerate(customer_ids) if customer_id.lower() not in reached]
    violations = tuple(
        FieldViolation(f"customer_ids[{place}]", "Name customers in your scope that stand.") for place in places[:_NAMED_MAX]
    )
    return NotFound(
        "CUSTOMER_NOT_FOUND",
        "There are no such customers in your scope.",
        metadata={"count": str(len(places))},
        violations=violations,
    )
