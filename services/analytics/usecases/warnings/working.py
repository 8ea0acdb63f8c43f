"""What people do with warnings: they take them up, give them to others, let them rest, and say what became of them."""

from __future__ import annotations

from workbench.analytics.v1 import warning_service_pb2

from services.analytics.model.warning import CustomerWarning
from services.analytics.rules.warnings import WarningOutcome
from services.analytics.usecases import reaching
from services.analytics.usecases.warnings import telling
from services.analytics.usecases.warnings.due_dates import due_date
from services.analytics.usecases.warnings.finding import found
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import parse_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput, RuleBroken


def accept(work: UnitOfWork, request: warning_service_pb2.AcceptWarningRequest) -> CustomerWarning:
    """The caller is at it; what waited to be assigned becomes his."""
    warning = _to_change(work, request.warning_id, request.etag)
    waited = not warning.assignee_person_id
    warning.accept(work.caller.person_id, work.now)
    work.session.flush()
    if waited:
        telling.assigned(work, warning, "")
    return warning


def assign(work: UnitOfWork, request: warning_service_pb2.AssignWarningRequest) -> CustomerWarning:
    """It is somebody else's from now on; nothing happens where it is his already."""
    person = reaching.person(work, request.assignee_person_id)
    if person.disabled:
        violation = FieldViolation("assignee_person_id", "Somebody who is not shut out.")
        raise RuleBroken("PERSON_DISABLED", "He is shut out and can do nothing.", violations=(violation,))
    warning = _to_change(work, request.warning_id, request.etag)
    warning.require_open()
    former = warning.assignee_person_id
    if former != person.person_id:
        warning.assign(person.person_id, due_date(work), work.now)
        work.session.flush()
        telling.assigned(work, warning, former)
    return warning


def postpone(work: UnitOfWork, request: warning_service_pb2.PostponeWarningRequest) -> CustomerWarning:
    """It rests until a day."""
    day = parse_date(request.postpone_date, "postpone_date")
    days_max, count_max = work.settings.warning_postpone_days_max, work.settings.warning_postpone_count_max
    if not 0 < (day - work.business_date).days <= days_max:
        violation = FieldViolation("postpone_date", f"After today, and within {days_max} days.")
        raise InvalidInput("POSTPONE_DATE_UNFIT", "It cannot rest until then.", violations=(violation,))
    warning = _to_change(work, request.warning_id, request.etag)
    warning.require_open()
    if warning.postpone_count >= count_max:
        told = {"postponeCountMax": str(count_max)}
        raise RuleBroken("POSTPONED_TOO_OFTEN", "It was postponed as often as it may be.", metadata=told)
    warning.postpone(day, work.now)
    work.session.flush()
    return warning


def record_outcome(work: UnitOfWork, request: warning_service_pb2.RecordWarningOutcomeRequest) -> CustomerWarning:
    """It is said what became of it."""
    warning = _to_change(work, request.warning_id, request.etag)
    outcome = WarningOutcome(request.outcome)
    warning.close(outcome, work.caller.person_id, work.now, work.business_date, request.note.strip())
    work.session.flush()
    telling.closed(work, warning)
    return warning


def _to_change(work: UnitOfWork, warning_id: str, etag: str) -> CustomerWarning:
    warning = found(work, warning_id, to_change=True, etag=etag)
    work.resource = f"warnings/{warning.warning_id}"
    return warning
