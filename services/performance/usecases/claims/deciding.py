"""Decides claims: by the level above all who are to have a part, never by anyone of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import exists, select
from workbench.performance.v1 import claim_events_pb2, claim_service_pb2

from services.chassis.db.attempts import attempt
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import paths_above
from services.chassis.kernel.dates import moved, parse_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotAllowed, RuleBroken, WorkbenchError
from services.chassis.replicas.directory import LEADING_ROLES
from services.performance.model.claim import Claim, Objection
from services.performance.model.person import Person
from services.performance.model.share import ShareLine
from services.performance.rules.claims import ClaimState, ObjectionState
from services.performance.rules.shares import ShareState
from services.performance.usecases import reaching
from services.performance.usecases.claims.finding import found
from services.performance.usecases.shares.lines import end_lines, put_lines


def approve(work: UnitOfWork, claim_id: str, reason: str, etag: str = "") -> Claim:
    """From now on it counts."""
    claim = _to_decide(work, claim_id, etag)
    with work.whole_bank():
        waits = exists().where(Objection.claim_id == claim.claim_id, Objection.state == ObjectionState.RAISED.value)
        objected = work.session.scalar(select(waits))
    if objected:
        raise RuleBroken("OBJECTION_OPEN", "An objection to it waits for adjudication.")
    return settle(work, claim, ClaimState.APPROVED, reason)


def reject(work: UnitOfWork, claim_id: str, reason: str, etag: str = "") -> Claim:
    """What it asked for is free again."""
    return settle(work, _to_decide(work, claim_id, etag), ClaimState.REJECTED, reason)


def decide_many(
    work: UnitOfWork, request: claim_service_pb2.BatchDecideClaimsRequest
) -> claim_service_pb2.BatchDecideClaimsResponse:
    """Decides each by itself; what cannot be decided stays as it is."""
    decide: Callable[[UnitOfWork, str, str], Claim] = approve if request.state == ClaimState.APPROVED else reject
    refused: dict[str, WorkbenchError] = {}
    # In one order for all, so that two who decide the same ones at once never wait for each other.
    for claim_id in sorted(request.claim_ids):
        try:
            with attempt(work, keep=True):
                decide(work, claim_id, request.reason)
        except WorkbenchError as refusal:
            refused[claim_id] = refusal
    work.resource = "claims"
    return claim_service_pb2.BatchDecideClaimsResponse(
        decided_count=len(request.claim_ids) - len(refused),
        refused=[
            claim_service_pb2.RefusedClaim(
                claim_id=claim_id, reason=refused[claim_id].reason, description=refused[claim_id].message
            )
            for claim_id in request.claim_ids
            if claim_id in refused
        ],
    )


def withdraw(work: UnitOfWork, claim_id: str, etag: str) -> Claim:
    """Whoever made it takes it back."""
    claim = found(work, Claim, claim_id, to_change=True, etag=etag)
    if claim.owner_person_id != work.caller.person_id:
        raise NotAllowed("NOT_THE_CLAIMANT", "Whoever made it takes it back.")
    return settle(work, claim, ClaimState.WITHDRAWN, "")


def end(work: UnitOfWork, claim_id: str, end_date: str, etag: str) -> Claim:
    """What is left of it ends with a day."""
    day = parse_date(end_date, "end_date")
    claim = found(work, Claim, claim_id, to_change=True, etag=etag)
    if claim.state != ClaimState.APPROVED:
        raise RuleBroken("CLAIM_NOT_APPROVED", "Only what counts can end.")
    if claim.person_ids != [work.caller.person_id]:
        _require_in_charge(work, deciding_unit(work, claim))
    if not claim.start_date <= day < (claim.end_date or day.max):
        violation = FieldViolation("end_date", f"From {claim.start_date} on, and before its last day.")
        raise InvalidInput("DATE_UNFIT", "It cannot end then.", violations=(violation,))
    with work.whole_bank():
        claim.end_date, claim.update_time = day, work.now
        work.session.flush()
    end_lines(work, claim.thing, moved(day, 1), claim.source, which=lambda line: line.source == claim.source)
    work.record(claim_events_pb2.ClaimEnded(claim_id=claim.claim_id, end_date=day.isoformat()))
    return claim


def settle(work: UnitOfWork, claim: Claim, state: ClaimState, reason: str) -> Claim:
    """Notes what came of a claim, and makes its lines count or void."""
    with work.whole_bank():
        claim.decide(state, work.caller.person_id, reason, work.now)
        work.session.flush()
        pending = [line.part for line in _lines(work, claim)] if state is ClaimState.APPROVED else []
    put_lines(work, claim.thing, pending, claim.source, state=ShareState.APPROVED)
    work.resource = claim.source
    work.record(
        claim_events_pb2.ClaimDecided(
            claim_id=claim.claim_id,
            claimant_person_id=claim.owner_person_id,
            state=state.value,  # type: ignore[arg-type]
            decider_person_id=work.caller.person_id,
            person_ids=claim.person_ids,
        )
    )
    return claim


def deciding_unit(work: UnitOfWork, claim: Claim) -> str:
    """The unit whose head decides: the nearest above all who are to have a part, and above what any of them is in charge of.

    Raises RuleBroken NOBODY_DECIDES where there is none, or nobody is in charge there.
    """
    # Whoever took it over from another system asked for nothing.
    makers = () if claim.import_system else (claim.owner_person_id,)
    people = [work.session.get_one(Person, person_id) for person_id in (*makers, *claim.person_ids)]
    path = _common_unit(_unit_above(person) for person in people)
    if path is None or not reaching.leaders_of(work, path):
        raise RuleBroken("NOBODY_DECIDES", "Nobody stands above all who are to have a part.")
    return path


def _unit_above(person: Person) -> list[str]:
    """The units whose heads are above somebody, from the bank's own down to the nearest."""
    led = [post.organisation_path for post in person.posts if post.role in LEADING_ROLES]
    units = paths_above(person.organisation_path)[1:]
    return [path for path in units if not any(path.startswith(own) for own in led)]


def _common_unit(chains: Iterable[list[str]]) -> str | None:
    first, *others = chains
    shared = [path for path in first if all(path in chain for chain in others)]
    return shared[-1] if shared else None


def _to_decide(work: UnitOfWork, claim_id: str, etag: str) -> Claim:
    claim = found(work, Claim, claim_id, to_change=True, etag=etag)
    if work.caller.person_id in (claim.owner_person_id, *claim.person_ids):
        raise NotAllowed("OWN_CLAIM", "Nobody decides what he asked for, or is to have a part of.")
    _require_in_charge(work, deciding_unit(work, claim))
    return claim


def _require_in_charge(work: UnitOfWork, organisation_path: str) -> None:
    if not any(organisation_path.startswith(path) for path in work.scope.organisation_paths):
        told = {"organisationPath": organisation_path}
        raise NotAllowed("NOT_IN_CHARGE", "Whoever is in charge of the unit above all of them decides.", metadata=told)


def _lines(work: UnitOfWork, claim: Claim) -> Iterable[ShareLine]:
    return work.session.scalars(
        select(ShareLine)
        .where(ShareLine.source == claim.source, ShareLine.state == ShareState.PENDING.value)
        .order_by(ShareLine.share_line_id)
    )
