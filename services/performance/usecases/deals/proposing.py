"""Members propose how to share a deal, and say what they think of it."""

from __future__ import annotations

from workbench.performance.v1 import deal_service_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotAllowed
from services.chassis.words.texts import shows_something, tidy_lines
from services.performance.model.deal import Deal
from services.performance.model.scheme import SchemeVersion
from services.performance.rules.attribution import deals as rules
from services.performance.rules.attribution import schemes as rule
from services.performance.rules.attribution.kinds import DealState, MemberAnswer
from services.performance.usecases import schemes
from services.performance.usecases.deals import evidence, showing, telling
from services.performance.usecases.deals.reaching import found_to_change, require_part

REASON_LENGTH_MAX = 1_000


def propose(work: UnitOfWork, request: deal_service_pb2.ProposeSplitRequest) -> Deal:
    """Proposes a scheme; what was proposed before is replaced."""
    deal = found_to_change(work, request.deal_id, request.etag)
    require_part(work, deal)
    deal.require_undecided()
    scheme = schemes.offered(work, request.scheme_id)
    _, lines = shared_by(work, deal, scheme)
    deal.forget_proposal()
    deal.state = DealState.PROPOSED.value
    deal.proposed_scheme_id, deal.proposed_version_number = scheme.scheme_id, scheme.version_number
    deal.proposed_lines = showing.kept_lines(lines)
    deal.proposer_person_id, deal.propose_time, deal.update_time = work.caller.person_id, work.now, work.now
    if proposer := deal.member(work.caller.person_id):
        proposer.say(MemberAnswer.ACCEPTED, work.now)
    work.session.flush()
    telling.proposed(work, deal)
    return deal


def answer(work: UnitOfWork, request: deal_service_pb2.AnswerProposalRequest) -> Deal:
    """A member accepts, or objects and says why; he may change his mind until it is decided."""
    deal = found_to_change(work, request.deal_id, request.etag)
    member = deal.member(work.caller.person_id)
    if member is None:
        raise NotAllowed("NOT_A_MEMBER", "Only members answer what is proposed for a deal.")
    deal.require_proposed()
    objection = "" if request.accept else reason_of(request.reason, needed=True)
    member.say(MemberAnswer.ACCEPTED if request.accept else MemberAnswer.OBJECTED, work.now, objection)
    # With what is said of it the deal itself is another: who read it before decides on nothing that he has not seen.
    deal.update_time = work.now
    work.session.flush()
    telling.answered(work, deal, member)
    return deal


def shared_by(work: UnitOfWork, deal: Deal, scheme: SchemeVersion) -> tuple[rules.Deal, list[rule.Line]]:
    """What the scheme makes of the deal now, and of what; raises RuleBroken where it cannot share it."""
    kind, parameters = scheme.rule
    facts = evidence.with_past(work, deal, evidence.gathered(work, deal), kind, parameters)
    return facts, rule.lines(rule.split(kind, parameters, facts), facts)


def reason_of(text: str, *, needed: bool) -> str:
    """A reason as it is kept; raises InvalidInput REASON_NEEDED where there must be one, and TEXT_INVALID."""
    reason = tidy_lines(text, "reason", REASON_LENGTH_MAX)
    if needed and not shows_something(reason):
        violation = FieldViolation("reason", "Some words.")
        raise InvalidInput("REASON_NEEDED", "Say why.", violations=(violation,))
    return reason
