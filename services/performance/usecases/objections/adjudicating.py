"""Adjudicates objections 裁定: by whoever is in charge of the unit, and has no part in it."""

from __future__ import annotations

from datetime import date

from workbench.performance.v1 import objection_service_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import InvalidInput, NotAllowed
from services.performance.model.claim import Claim, Objection
from services.performance.rules.claims import ClaimKind, ClaimState, Division, ObjectionState, divide
from services.performance.rules.shares import SharedObject, ShareState
from services.performance.usecases.claims import deciding, finding, making
from services.performance.usecases.objections import escalating, raising
from services.performance.usecases.objections.parties import claim_of, parties
from services.performance.usecases.shares.lines import end_lines, put_lines


def adjudicate(work: UnitOfWork, request: objection_service_pb2.AdjudicateObjectionRequest) -> Objection:
    """Dismisses it, or upholds it: then a claim that waits is rejected, and what counts is divided anew from a day on."""
    # Objection, claim, object: all who decide take what they hold in this order.
    objection = finding.found(work, Objection, request.objection_id, to_change=True, etag=request.etag)
    thing, claim = objection.thing, claim_of(work, objection, to_change=True)
    _require_judge(work, objection, claim)
    state, waits = ObjectionState(request.state), claim is not None and claim.state == ClaimState.PENDING
    division = None if state is ObjectionState.DISMISSED or waits else _division(work, thing, request)
    if division is None and (request.parts or request.start_date or request.kind):
        raise InvalidInput("DIVISION_UNFIT", "Nothing is divided anew where it is dismissed, or a claim that waits is rejected.")
    with work.whole_bank():
        objection.adjudicator_person_id, objection.finding = work.caller.person_id, request.finding.strip()
        objection.start_date = division[0] if division else None
    raising.decide(work, objection, state, also=(part.person_id for part in division[1].parts) if division else ())
    if state is ObjectionState.UPHELD and claim is not None and waits:
        deciding.settle(work, claim, ClaimState.REJECTED, request.finding)
    if division:
        source, (start_date, divided) = f"objections/{objection.objection_id}", division
        end_lines(work, thing, start_date, source, which=lambda line: line.state == ShareState.APPROVED)
        put_lines(work, thing, divided.parts, source)
    work.resource = f"objections/{objection.objection_id}"
    return objection


def _division(
    work: UnitOfWork, thing: SharedObject, request: objection_service_pb2.AdjudicateObjectionRequest
) -> tuple[date, Division]:
    start_date, _ = making.days_of(work, request.start_date or work.business_date.isoformat(), "")
    if not request.parts:
        return start_date, Division()
    kind = ClaimKind(request.kind or ClaimKind.RATIO)
    division = divide(thing.kind, kind, making.asked_of(request.parts), start_date)
    making.check_posts(work, thing, making.colleagues(work, division))
    return start_date, division


def _require_judge(work: UnitOfWork, objection: Objection, claim: Claim | None) -> None:
    """Raises NotAllowed OWN_OBJECTION and NOT_IN_CHARGE."""
    decided = claim.decider_person_id if claim else ""
    if work.caller.person_id in {objection.owner_person_id, decided, *parties(work, objection)}:
        raise NotAllowed("OWN_OBJECTION", "Nobody judges what he asked for, has a part of, or decided himself.")
    unit = escalating.adjudicating_unit(work, objection)
    if not any(unit.startswith(path) for path in work.scope.organisation_paths):
        raise NotAllowed("NOT_IN_CHARGE", "Whoever is in charge of the unit adjudicates.", metadata={"organisationPath": unit})
