"""Opens opportunities, and takes over what a draft says of one."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from workbench.activity.v1 import opportunity_pb2, opportunity_service_pb2

from services.activity.model.opportunity import Opportunity, OpportunityMember
from services.activity.model.pipeline import PipelineVersion
from services.activity.rules.leads.kinds import MemberRole, OpportunityField, OpportunityState, TouchKind
from services.activity.rules.leads.prospects import tidy_line
from services.activity.rules.leads.stages import Stage
from services.activity.usecases import pipelines, reaching
from services.activity.usecases.leads.capturing import given_amount, require_one_of
from services.activity.usecases.opportunities import steps, telling
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date
from services.chassis.kernel.errors import AlreadyExists, FieldViolation, InvalidInput, NotFound, RuleBroken, located

_TOLD_MAX = 10


def open_own(work: UnitOfWork, request: opportunity_service_pb2.CreateOpportunityRequest) -> Opportunity:
    """A new opportunity of the caller's own."""
    with located("opportunity"):
        return open_one(
            work,
            request.opportunity,
            owner_person_id=work.caller.person_id,
            organisation_path=work.caller.organisation_path,
            accept_duplicate=request.accept_duplicate,
        )


def open_one(
    work: UnitOfWork,
    draft: opportunity_pb2.Opportunity,
    *,
    owner_person_id: str,
    organisation_path: str,
    lead_id: str = "",
    accept_duplicate: bool = False,
) -> Opportunity:
    """A new opportunity of somebody's; raises where there seems to be such a one already, and where it does not hold."""
    pipeline = pipelines.found(work, draft.pipeline_id)
    if pipeline.retired:
        raise RuleBroken("PIPELINE_RETIRED", "No new opportunities are opened in this pipeline.")
    stage = stage_of(pipeline, draft.stage_code) if draft.stage_code else pipeline.first_stage
    opportunity = blank(work, pipeline, owner_person_id, organisation_path)
    opportunity.lead_id = lead_id
    require_one_of(draft.customer_id, " ".join(draft.prospect_name.split()))
    if draft.customer_id:
        opportunity.customer_id = reaching.customer(work, draft.customer_id, to_keep=True).customer_id
    fill(opportunity, draft)
    opportunity.enter(stage.stage_code, stage.due_date(work.clock_date), work.now)
    if not accept_duplicate:
        _refuse_duplicate(work, opportunity)
    work.session.add(opportunity)
    steps.add(work, opportunity, TouchKind.OPENED)
    take_members(work, opportunity, draft.members)
    require_known(stage, opportunity)
    work.session.flush()
    work.resource = telling.resource(opportunity)
    telling.opened(work, opportunity)
    return opportunity


def blank(work: UnitOfWork, pipeline: PipelineVersion, owner_person_id: str, organisation_path: str) -> Opportunity:
    """An opportunity of which nothing is known but whose it is, and through which pipeline it goes."""
    return Opportunity(
        opportunity_id=work.new_id(),
        owner_person_id=owner_person_id,
        organisation_path=organisation_path,
        title="",
        pipeline_id=pipeline.pipeline_id,
        pipeline_version_number=pipeline.version_number,
        stage_code="",
        stage_enter_time=work.now,
        state=OpportunityState.OPEN.value,
        open_date=work.business_date,
        create_time=work.now,
        update_time=work.now,
    )


def fill(opportunity: Opportunity, draft: opportunity_pb2.Opportunity) -> None:
    """Takes over what is said of it, but for its customer, its members and its stage."""
    opportunity.prospect_name = " ".join(draft.prospect_name.split()) or None
    opportunity.title, opportunity.note = tidy_line(draft.title, "title"), draft.note.strip() or None
    opportunity.product_codes = list(draft.product_codes)
    opportunity.expected_amount = given_amount(draft)
    opportunity.expected_close_date = optional_date(draft.expected_close_date, "expected_close_date")
    competitors = [tidy_line(each, f"competitors[{place}]") for place, each in enumerate(draft.competitors)]
    opportunity.competitors = list(dict.fromkeys(competitors))


def take_members(
    work: UnitOfWork, opportunity: Opportunity, wanted: Iterable[opportunity_pb2.OpportunityMember], *, silently: bool = False
) -> None:
    """Brings its members up to date; who came and who went is a step each, and who came is told."""
    roles: dict[str, int] = {}
    for place, member in enumerate(wanted):
        with located(f"members[{place}]"):
            person_id = member.person_id.lower()
            if person_id in roles or person_id == opportunity.owner_person_id or member.role == MemberRole.OWNER:
                violation = FieldViolation("person_id", "Each member once; the owner is none beside himself.")
                raise InvalidInput("MEMBER_REPEATED", "Somebody is a member twice.", violations=(violation,))
            roles[person_id] = member.role
    kept = {each.person_id: each for each in opportunity.members if roles.get(each.person_id) == each.role}
    for gone in [each for each in opportunity.members if each.person_id not in kept]:
        steps.add(work, opportunity, TouchKind.MEMBER_REMOVED, person_id=gone.person_id, role=gone.role)
        opportunity.members.remove(gone)
    # Who comes back in another role is the same row to the database: it goes first.
    work.session.flush()
    joined = [person_id for person_id in roles if person_id not in kept]
    for person_id in joined:
        known = reaching.colleague(work, person_id)
        opportunity.members.append(OpportunityMember(person_id=known.person_id, role=roles[person_id], start_time=work.now))
        steps.add(work, opportunity, TouchKind.MEMBER_ADDED, person_id=person_id, role=roles[person_id])
    if not silently:
        telling.joined(work, opportunity, joined)


def stage_of(pipeline: PipelineVersion, stage_code: str) -> Stage:
    """A stage of a pipeline; raises NotFound STAGE_NOT_FOUND."""
    stage = pipeline.stage(stage_code)
    if stage is None:
        violation = FieldViolation("stage_code", "A stage of its pipeline.")
        raise NotFound("STAGE_NOT_FOUND", "Its pipeline has no such stage.", violations=(violation,))
    return stage


def require_known(stage: Stage, opportunity: Opportunity) -> None:
    """Raises RuleBroken STAGE_FIELDS_MISSING, with the fields, where the stage asks more than is known of it."""
    held = {
        OpportunityField.CUSTOMER: opportunity.customer_id,
        OpportunityField.PRODUCTS: opportunity.product_codes,
        OpportunityField.EXPECTED_AMOUNT: opportunity.expected_amount,
        OpportunityField.EXPECTED_CLOSE_DATE: opportunity.expected_close_date,
        OpportunityField.COMPETITORS: opportunity.competitors,
        OpportunityField.MEMBERS: opportunity.members,
        OpportunityField.NOTE: opportunity.note,
    }
    if missing := stage.missing([field.value for field, value in held.items() if value]):
        names = ",".join(OpportunityField(each).name.lower() for each in missing)
        raise RuleBroken("STAGE_FIELDS_MISSING", "The stage asks more than is known.", metadata={"fields": names})


def _refuse_duplicate(work: UnitOfWork, opportunity: Opportunity) -> None:
    if not opportunity.customer_id:
        return
    work.hold(f"activity.opportunity/{opportunity.customer_id}")
    alike = select(Opportunity.opportunity_id, Opportunity.product_codes).where(
        Opportunity.customer_id == opportunity.customer_id,
        Opportunity.pipeline_id == opportunity.pipeline_id,
        Opportunity.state == OpportunityState.OPEN.value,
    )
    ours = set(opportunity.product_codes)
    # Whoever reaches the customer reaches all that is done for it: there are none outside.
    same = [row.opportunity_id for row in work.session.execute(alike.limit(1_000)) if _overlap(ours, set(row.product_codes))]
    if same:
        told = {"opportunityIds": ",".join(sorted(same)[:_TOLD_MAX])}
        raise AlreadyExists("OPPORTUNITY_DUPLICATE", "The customer has an open one for the same.", metadata=told)


def _overlap(ours: set[str], theirs: set[str]) -> bool:
    return not ours.isdisjoint(theirs) or not (ours or theirs)
