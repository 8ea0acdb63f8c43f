"""Who is in charge decides how a deal is shared, opens it again, takes it back. What was decided is frozen with its inputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import select
from workbench.performance.v1 import deal_service_pb2

from services.chassis.db import listing
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import moved, optional_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput, RuleBroken
from services.chassis.kernel.paging import Page
from services.performance.model.deal import Deal, DealDecision
from services.performance.model.scheme import SchemeVersion
from services.performance.rules.attribution import deals as rules
from services.performance.rules.attribution import schemes as rule
from services.performance.rules.attribution.freezing import digest, frozen
from services.performance.rules.attribution.kinds import DealState, MemberAnswer
from services.performance.usecases import schemes
from services.performance.usecases.deals import opening, sharing, showing, telling
from services.performance.usecases.deals.proposing import reason_of, shared_by
from services.performance.usecases.deals.reaching import found, found_to_change, require_judge, require_lead


def decide(work: UnitOfWork, request: deal_service_pb2.DecideDealRequest) -> Deal:
    """Approves what is proposed or another scheme, or sends it back."""
    deal = found_to_change(work, request.deal_id, request.etag)
    require_judge(work, deal)
    deal.require_proposed()
    deal.update_time = work.now
    if not request.approve:
        deal.leader_note = reason_of(request.reason, needed=True)
        deal.forget_proposal()
        work.session.flush()
        telling.sent_back(work, deal)
        return deal
    scheme = _chosen(work, deal, request.scheme_id)
    facts, lines = shared_by(work, deal, scheme)
    differences = list(_differences(deal, scheme, showing.kept_lines(lines)))
    if differences and not request.reason.strip():
        told = {"because": ", ".join(differences)}
        violation = FieldViolation("reason", "Some words.")
        raise InvalidInput("REASON_NEEDED", "Say why it is decided all the same.", metadata=told, violations=(violation,))
    begins = deal.restart_date or deal.close_date
    start_date = _day(request.start_date, begins, not_before=begins)
    _end(_decisions(work, deal), start_date, deal.leader_note)
    decision = _freeze(work, deal, scheme, facts, lines, start_date)
    decision.reason = reason_of(request.reason, needed=bool(differences))
    work.session.add(decision)
    work.session.flush()
    telling.decided(work, deal, decision)
    sharing.share(work, deal, _decisions(work, deal))
    return _written(work, deal)


def link(work: UnitOfWork, request: deal_service_pb2.LinkDealObjectsRequest) -> Deal:
    """Says what the deal's shares are of."""
    deal = found_to_change(work, request.deal_id, request.etag)
    require_lead(work, deal)
    if deal.state in (DealState.REVERSED, DealState.CANCELLED):
        raise RuleBroken("DEAL_CLOSED", "What was shared was taken back, or there is nothing to share.")
    gone = opening.set_objects(deal, request.objects)
    deal.update_time = work.now
    sharing.drop(work, deal, gone)
    sharing.share(work, deal, _decisions(work, deal))
    return _written(work, deal)


def reopen(work: UnitOfWork, request: deal_service_pb2.ReopenDealRequest) -> Deal:
    """It is to be decided anew from a day on; until it is, what was decided holds."""
    deal = found_to_change(work, request.deal_id, request.etag)
    require_judge(work, deal)
    deal.require_decided()
    deal.leader_note = reason_of(request.reason, needed=True)
    first = min(each.start_date for each in _decisions(work, deal))
    deal.restart_date = _day(request.start_date, max(work.business_date, first), not_before=first)
    deal.forget_proposal()
    deal.update_time = work.now
    work.session.flush()
    telling.reopened(work, deal, deal.restart_date)
    return deal


def reverse(work: UnitOfWork, request: deal_service_pb2.ReverseDealRequest) -> Deal:
    """Takes back what was shared from a day on."""
    deal = found_to_change(work, request.deal_id, request.etag)
    require_judge(work, deal)
    deal.require_decided()
    reason, decisions = reason_of(request.reason, needed=True), _decisions(work, deal)
    first = min(each.start_date for each in decisions)
    day = _day(request.start_date, first, not_before=first)
    _end(decisions, day, reason)
    deal.state, deal.update_time = DealState.REVERSED.value, work.now
    telling.taken_back(work, deal, day)
    sharing.share(work, deal, decisions)
    sharing.take_back(work, deal, deal.objects, day)
    return _written(work, deal)


def versions(work: UnitOfWork, request: deal_service_pb2.ListDealVersionsRequest) -> tuple[Deal, Page]:
    """A page of what was decided, the last first."""
    deal = found(work, request.deal_id)
    statement = select(DealDecision).where(DealDecision.deal_id == deal.deal_id)
    order = ((DealDecision.version_number, listing.number),)
    return deal, listing.read_page(work, statement, request, order, downwards=True)


def _written(work: UnitOfWork, deal: Deal) -> Deal:
    # Writing lines ends with the caller's own scope, in which whoever is in charge has the deal.
    work.session.flush()
    return deal


def _chosen(work: UnitOfWork, deal: Deal, scheme_id: str) -> SchemeVersion:
    if scheme_id and scheme_id.lower() != deal.proposed_scheme_id:
        return schemes.offered(work, scheme_id)
    # In the version that the members saw, also where there is a later one.
    return schemes.found(work, deal.proposed_scheme_id, deal.proposed_version_number)


def _freeze(
    work: UnitOfWork, deal: Deal, scheme: SchemeVersion, facts: rules.Deal, lines: Sequence[rule.Line], start_date: date
) -> DealDecision:
    """The deal is decided so: what it is shared by, with all that this was computed from."""
    inputs, kept = frozen(*scheme.rule, facts), showing.kept_lines(lines)
    deal.version_number += 1
    deal.state, deal.restart_date, deal.leader_note = DealState.DECIDED.value, None, ""
    deal.proposed_scheme_id, deal.proposed_version_number, deal.proposed_lines = scheme.scheme_id, scheme.version_number, kept
    return DealDecision(
        deal_id=deal.deal_id,
        version_number=deal.version_number,
        scheme_id=scheme.scheme_id,
        scheme_version_number=scheme.version_number,
        kind=scheme.kind,
        start_date=start_date,
        lines=kept,
        inputs=inputs,
        inputs_sha256=digest(inputs),
        decider_person_id=work.caller.person_id,
        decide_time=work.now,
    )


def _differences(deal: Deal, scheme: SchemeVersion, lines: list[list[object]]) -> Iterator[str]:
    """What whoever decides must give reasons for, in stable names."""
    if any(each.answer == MemberAnswer.OBJECTED for each in deal.members):
        yield "OBJECTED"
    if any(each.answer == MemberAnswer.UNSPECIFIED for each in deal.members):
        yield "NOT_ANSWERED"
    if scheme.scheme_id != deal.proposed_scheme_id:
        yield "ANOTHER_SCHEME"
    elif lines != deal.proposed_lines:
        yield "OTHER_NUMBERS"


def _day(text: str, default: date, *, not_before: date) -> date:
    day = optional_date(text, "start_date") or default
    if day < not_before:
        violation = FieldViolation("start_date", f"Not before {not_before}.")
        raise InvalidInput("DATE_UNFIT", "It cannot hold from such a day on.", violations=(violation,))
    return day


def _decisions(work: UnitOfWork, deal: Deal) -> Sequence[DealDecision]:
    statement = select(DealDecision).where(DealDecision.deal_id == deal.deal_id).order_by(DealDecision.version_number)
    return work.session.scalars(statement).all()


def _end(decisions: Sequence[DealDecision], day: date, reason: str) -> None:
    """From that day on none of them holds; one that begins later never does."""
    for decision in decisions:
        if decision.holds and (decision.end_date is None or decision.end_date >= day):
            decision.end_date, decision.end_reason = moved(max(day, decision.start_date), -1), reason
