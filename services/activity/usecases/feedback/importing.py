"""Takes over feedback of former systems, many at once, each by its number there: with dates in the past, and nobody is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import select
from workbench.activity.v1 import feedback_service_pb2

from services.activity.model.feedback import Feedback
from services.activity.rules.feedback import OTHER, FeedbackOutcome, FeedbackState, FeedbackStepKind, settle_severity
from services.activity.usecases.feedback import announcing, categories, recording, routing
from services.activity.usecases.history import Parties, parties
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date, parse_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput, RuleBroken, WorkbenchError

# No bank's record of what its customers said is older.
EARLIEST = date(1980, 1, 1)
_NOON = time(12)

Dates = Callable[[str, int, int, str, date], tuple[date, date]]


def take_over(
    work: UnitOfWork, request: feedback_service_pb2.ImportFeedbackRequest
) -> feedback_service_pb2.ImportFeedbackResponse:
    """Takes what is new, passes over what was taken before, and says of the rest why it cannot be."""
    system = request.source_system
    # Two who take over from one system at once: the second sees what the first has taken.
    work.hold(f"feedback from {system}")
    taken = _taken_before(work, system, [row.source_number for row in request.rows])
    known = parties(
        work,
        customer_ids=(row.customer_id for row in request.rows),
        customer_numbers=(row.customer_number for row in request.rows),
        person_ids=(row.owner_person_id for row in request.rows),
        staff_numbers=(row.staff_number for row in request.rows),
    )
    dates = _remembered_dates(work)
    answer = feedback_service_pb2.ImportFeedbackResponse()
    for place, row in enumerate(request.rows):
        if row.source_number in taken:
            answer.unchanged += 1
            continue
        try:
            item = _former(work, system, row, known, dates)
        except WorkbenchError as refusal:
            answer.refused.add(index=place, reason=refusal.reason)
            continue
        taken.add(row.source_number)
        work.session.add(item)
        _announce(work, item)
        answer.created += 1
    return answer


def _taken_before(work: UnitOfWork, system: str, numbers: list[str]) -> set[str]:
    taken = select(Feedback.source_number).where(Feedback.source_system == system, among(Feedback.source_number, numbers))
    # Also what the caller does not reach: one number is one piece of feedback.
    with work.whole_bank():
        return {number for number in work.session.scalars(taken) if number}


def _remembered_dates(work: UnitOfWork) -> Dates:
    """Deadlines, each looked up once: the rows of one call share most of their days."""

    @lru_cache(maxsize=4_096)
    def dates(category: str, kind: int, severity: int, path: str, since: date) -> tuple[date, date]:
        return routing.dates(work, categories.found(work, category), kind, severity, path, since)

    return dates


def _former(work: UnitOfWork, system: str, row: feedback_service_pb2.FormerFeedback, known: Parties, dates: Dates) -> Feedback:
    customer = known.customer(row.customer_id, row.customer_number)
    person_id, path = customer.lead_person_id, customer.organisation_path
    if row.owner_person_id or row.staff_number:
        owner = known.person(row.owner_person_id, row.staff_number)
        person_id, path = owner.person_id, owner.organisation_path
    if not person_id:
        raise RuleBroken("CUSTOMER_UNLED", "Nobody leads this customer: say who spoke with it.")
    severity = settle_severity(row.kind, row.severity)
    category = categories.found(work, row.category or OTHER)
    received = _day(work, row.received_date, "received_date", EARLIEST)
    due, seen_from = dates(category.feedback_category_id, row.kind, severity, path, received)
    happened = _noon(work, received)
    item = Feedback(
        feedback_id=work.new_id(),
        customer_id=customer.customer_id,
        owner_person_id=person_id,
        organisation_path=path,
        kind=row.kind,
        severity=severity,
        category=category.feedback_category_id,
        product=row.product.strip(),
        words=recording.filled(row.words, "words"),
        customer_tier=customer.tier,
        received_date=received,
        answer_due_date=due,
        # What is still open and late is taken up from the next look on.
        escalate_date=max(seen_from, work.business_date),
        source_system=system,
        source_number=row.source_number,
        create_time=happened,
        update_time=happened,
    )
    item.note(FeedbackStepKind.RECORDED, person_id, happened)
    if row.answer.strip():
        _answer(work, item, row)
    elif row.told_date or row.answered_date:
        raise RuleBroken("FEEDBACK_NOT_ANSWERED", "There is no answer of which the customer could have been told.")
    else:
        item.assignee_person_id = routing.answerer(work, category, path)
    return item


def _answer(work: UnitOfWork, item: Feedback, row: feedback_service_pb2.FormerFeedback) -> None:
    answered = _day(work, row.answered_date or row.received_date, "answered_date", item.received_date)
    outcome = int(row.outcome) or FeedbackOutcome.EXPLAINED.value
    item.take_answer(row.answer.strip(), outcome, None, answered, _noon(work, answered))
    item.note(FeedbackStepKind.ANSWERED, "", _noon(work, answered), row.answer.strip(), {"outcome": str(outcome)})
    if told_date := optional_date(row.told_date, "told_date"):
        told_date = _day(work, row.told_date, "told_date", answered)
        if not row.told_channel:
            violation = FieldViolation("told_channel", "By which way.")
            raise InvalidInput("TELLING_UNKNOWN", "Say how the customer was told.", violations=(violation,))
        item.take_telling(told_date, row.told_channel, None)
        item.note(FeedbackStepKind.TOLD, item.owner_person_id, _noon(work, told_date))
        item.close(_noon(work, told_date))
        item.note(FeedbackStepKind.CLOSED, item.owner_person_id, _noon(work, told_date))


def _announce(work: UnitOfWork, item: Feedback) -> None:
    announcing.recorded(work, item, _noon(work, item.received_date))
    if item.answered_date:
        announcing.answered(work, item, item.answered_date, item.answer_time)
    if item.told_date and item.state == FeedbackState.CLOSED:
        announcing.told(work, item, item.told_date, item.close_time)
        announcing.closed(work, item, item.told_date, item.close_time)


def _day(work: UnitOfWork, text: str, field: str, earliest: date) -> date:
    day = parse_date(text, field)
    if not earliest <= day <= work.business_date:
        violation = FieldViolation(field, f"From {earliest.isoformat()} to today.")
        raise InvalidInput("DATE_AHEAD", "It was after what came before it, and is not to come.", violations=(violation,))
    return day


def _noon(work: UnitOfWork, day: date) -> datetime:
    return datetime.combine(day, _NOON, ZoneInfo(work.database.bank_time_zone)).astimezone(work.now.tzinfo)
