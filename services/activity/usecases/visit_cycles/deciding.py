"""Accepts, moves and declines visits that are proposed, and sets single customers' cycles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workbench.activity.v1 import contact_pb2, contact_service_pb2, visit_cycle_pb2, visit_cycle_service_pb2

from services.activity.model.customer import Customer
from services.activity.model.person import Person
from services.activity.model.visit_cycle import VisitCycle, VisitProposal
from services.activity.rules.visit_cycles import CycleState, ProposalState
from services.activity.usecases import reaching
from services.activity.usecases.contacts import filling, recording
from services.activity.usecases.visit_cycles import assessing, listing, planning
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import parse_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotAllowed
from services.chassis.rpc import partial

# Where nothing is said.
BEGIN_AT = time(9, 0)
MINUTES = 30
_CHANGEABLE = ("own_cycle_days", "paused", "place")


def accept(work: UnitOfWork, request: visit_cycle_service_pb2.AcceptVisitProposalRequest) -> VisitProposal:
    """Makes a planned contact of it; where the same is planned already, that is it."""
    proposal = _proposed(work, request.visit_proposal_id, request.etag)
    zone = ZoneInfo(work.database.bank_time_zone)
    begin = datetime.combine(proposal.planned_date, BEGIN_AT, zone).astimezone(UTC)
    if request.HasField("start_time"):
        begin = filling.instant(request.start_time)
        # Near the calendar's ends an instant has no day in every zone, and is not of this week anyway.
        if abs(begin - datetime.combine(proposal.planned_date, BEGIN_AT, UTC)) > timedelta(days=2) or (
            begin.astimezone(zone).date() != proposal.planned_date
        ):
            raise _unfit("start_time", "On the visit's own day; move it first.")
    cycle = listing.cycles_of(work, [str(proposal.customer_id)]).get(str(proposal.customer_id))
    draft = contact_pb2.Contact(
        customer_id=str(proposal.customer_id),
        owner_person_id=proposal.owner_person_id,
        kind=request.kind or contact_pb2.CONTACT_KIND_VISIT,
        state=contact_pb2.CONTACT_STATE_PLANNED,
        purpose=contact_pb2.CONTACT_PURPOSE_CARE,
        minutes=request.minutes or MINUTES,
        place=cycle.place if cycle else "",
    )
    draft.start_time.FromDatetime(begin)
    contact = recording.record(work, draft, contact_service_pb2.DUPLICATE_HANDLING_JOIN)
    proposal.state, proposal.contact_id, proposal.update_time = ProposalState.ACCEPTED.value, contact.contact_id, work.now
    work.resource = f"visitProposals/{proposal.visit_proposal_id}"
    work.session.flush()
    return proposal


def move(work: UnitOfWork, request: visit_cycle_service_pb2.MoveVisitProposalRequest) -> VisitProposal:
    """Puts it on another day of its week that is worked."""
    proposal = _proposed(work, request.visit_proposal_id, request.etag)
    day = parse_date(request.planned_date, "planned_date")
    owner = work.session.get(Person, proposal.owner_person_id)
    if owner is None or day not in planning.working_days(work, owner, proposal.week_start_date):
        raise _unfit("planned_date", "A day of its week, from today on, on which its owner works.")
    if day != proposal.planned_date:
        proposal.planned_date, proposal.moved, proposal.update_time = day, True, work.now
        work.session.flush()
    return proposal


def decline(work: UnitOfWork, request: visit_cycle_service_pb2.DeclineVisitProposalRequest) -> VisitProposal:
    """It will not be."""
    proposal = _proposed(work, request.visit_proposal_id, request.etag)
    proposal.state, proposal.decline_reason = ProposalState.DECLINED.value, request.reason
    proposal.update_time = work.now
    work.session.flush()
    return proposal


def change(work: UnitOfWork, sent: visit_cycle_pb2.VisitCycle, fields: Sequence[str]) -> VisitCycle:
    """Takes over what the mask names of a customer's cycle; nothing happens where nothing differs."""
    partial.check_mask(fields, visit_cycle_pb2.VisitCycle.DESCRIPTOR, "A visit cycle")
    cycle = reaching.found(work, VisitCycle, sent.visit_cycle_id, to_change=True, etag=sent.etag)
    _require_in_charge(work, cycle)
    after = visit_cycle_pb2.VisitCycle(
        own_cycle_days=cycle.own_cycle_days, paused=cycle.state == CycleState.PAUSED, place=cycle.place
    )
    if changed := partial.take(after, sent, [name for name in _CHANGEABLE if name in fields]):
        cycle.own_cycle_days, cycle.place = after.own_cycle_days, " ".join(after.place.split())
        cycle.state = (CycleState.PAUSED if after.paused else CycleState.ACTIVE).value
        cycle.update_time = work.now
        customer = work.session.get(Customer, str(cycle.customer_id))
        if "own_cycle_days" in changed and customer is not None:
            cycle.due_date = assessing.due_date(work, customer, cycle.cycle_days, cycle.last_contact_date)
        work.session.flush()
    return cycle


def _proposed(work: UnitOfWork, visit_proposal_id: str, etag: str) -> VisitProposal:
    """One that is still to be decided, by whoever is to go, stands in for him, or is in charge of the unit."""
    proposal = reaching.found(work, VisitProposal, visit_proposal_id, to_change=True, etag=etag)
    _require_in_charge(work, proposal)
    proposal.require_proposed()
    return proposal


def _require_in_charge(work: UnitOfWork, item: VisitCycle | VisitProposal) -> None:
    if item.owner_person_id not in work.scope.stands_in_for and not reaching.in_charge(work, item):
        raise NotAllowed("NOT_IN_CHARGE", "Whoever leads the customer decides, or is in charge of the unit.")


def _unfit(field: str, fits: str) -> InvalidInput:
    return InvalidInput("DATE_UNFIT", "The visit cannot be then.", violations=(FieldViolation(field, fits),))
