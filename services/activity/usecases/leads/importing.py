"""Takes over leads of other systems, many at once, each by its number there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from workbench.activity.v1 import lead_service_pb2

from services.activity.model.lead import Lead
from services.activity.model.opportunity import Opportunity
from services.activity.model.person import Person
from services.activity.rules.leads.kinds import DisqualifyReason, LeadState
from services.activity.rules.workdays import Workdays
from services.activity.usecases.history import Parties, parties
from services.activity.usecases.leads import capturing, telling
from services.activity.usecases.leads.dealing import note_assignment
from services.activity.usecases.leads.former import BEGINS, ENDS, description, instant, require_order, wrong_day
from services.activity.usecases.workdays import calendar
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date, parse_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotFound, WorkbenchError

# The calendar is read once for all rows of a unit: so far beyond their days reach holidays and deadlines.
_BEYOND = timedelta(days=200)
_Refused = lead_service_pb2.RefusedLead
_Row = lead_service_pb2.ImportedLead


def take_over(work: UnitOfWork, request: lead_service_pb2.BatchImportLeadsRequest) -> lead_service_pb2.BatchImportLeadsResponse:
    """Takes what is new, passes over what was taken before, and says of the rest why it cannot be."""
    system = request.source_system
    # Two who take over from one system at once: the second sees what the first has taken.
    work.hold(f"activity.leads from {system}")
    taken = _taken_before(work, system, (row.source_number for row in request.leads))
    taker = _Taker(work, system, request.leads)
    answer = lead_service_pb2.BatchImportLeadsResponse()
    for position, row in enumerate(request.leads):
        if row.source_number in taken:
            answer.unchanged_count += 1
            continue
        try:
            taker.take(row)
        except WorkbenchError as refusal:
            told = {"reason": refusal.reason, "description": description(refusal)}
            answer.refused.append(_Refused(position=position, source_number=row.source_number, **told))
        else:
            taken.add(row.source_number)
            answer.created_count += 1
    work.session.flush()
    taker.tell()
    return answer


class _Taker:
    """Takes rows one by one: each is checked whole before anything of it is kept."""

    def __init__(self, work: UnitOfWork, system: str, rows: Iterable[_Row]) -> None:
        rows = list(rows)
        self._work, self._system = work, system
        self._known = _parties(work, rows)
        self._opportunities = _opportunities(work, system, {row.opportunity_number for row in rows} - {""})
        self._calendars: dict[str, Workdays] = {}
        self._taken: list[Lead] = []

    def take(self, row: _Row) -> None:
        """Keeps one; raises WorkbenchError where it does not hold."""
        work, owner = self._work, self._known.person(row.owner_person_id, row.staff_number)
        capture_date = parse_date(row.capture_date, "capture_date")
        follow_date, close_date = optional_date(row.follow_date, "follow_date"), optional_date(row.close_date, "close_date")
        require_order(work, "capture_date", *(day for day in (capture_date, follow_date, close_date) if day))
        opportunity = self._outcome(row, close_date)
        lead = self._captured(row, owner, capture_date)
        if follow_date or close_date:
            lead.followed_time = instant(work, follow_date or close_date or capture_date, ENDS)
        lead.grade = row.grade
        if close_date:
            reason = row.disqualify_reason
            lead.close(row.state, instant(work, close_date, ENDS), disqualify_reason=reason)
        lead.state = row.state
        if opportunity:
            lead.opportunity_id = opportunity.opportunity_id
            opportunity.lead_id = lead.lead_id
        # What is past is told of nobody any more.
        lead.overdue_told = True
        work.session.add(lead)
        note_assignment(work, lead, "")
        self._taken.append(lead)

    def tell(self) -> None:
        """Tells of all that were taken, each on its days."""
        for lead in self._taken:
            telling.captured(self._work, lead)
            telling.record_assigned(self._work, lead, "")
            if lead.followed_time:
                telling.followed(self._work, lead)
            if lead.grade:
                telling.qualified(self._work, lead, lead.followed_time or lead.create_time)
            if lead.state == LeadState.DISQUALIFIED:
                telling.disqualified(self._work, lead)
            elif lead.state == LeadState.CONVERTED:
                telling.converted(self._work, lead)

    def _captured(self, row: _Row, owner: Person, capture_date: date) -> Lead:
        work = self._work
        lead = capturing.blank(work, row.lead)
        lead.source_system, lead.source_number = self._system, row.source_number
        customer = None
        if row.lead.customer_id or row.customer_number:
            customer = self._known.customer(row.lead.customer_id, row.customer_number)
        capturing.take(lead, row.lead, customer.customer_id if customer else None)
        lead.capture_date, lead.create_time = capture_date, instant(work, capture_date, BEGINS)
        lead.capturer_person_id = owner.person_id
        deadline = self._deadline(owner.organisation_path, capture_date)
        lead.give(owner.person_id, owner.organisation_path, deadline=deadline, now=lead.create_time)
        return lead

    def _outcome(self, row: _Row, close_date: date | None) -> Opportunity | None:
        """What became of it; raises InvalidInput where its state and the rest do not fit."""
        converted, disqualified = row.state == LeadState.CONVERTED.value, row.state == LeadState.DISQUALIFIED.value
        if (converted or disqualified) != (close_date is not None):
            raise wrong_day("close_date", "One that is closed has one, and no other.")
        if disqualified != bool(row.disqualify_reason) or row.disqualify_reason == DisqualifyReason.DUPLICATE.value:
            raise _unfit("disqualify_reason", "Why it leads nowhere, of such a one alone; duplicates are left out.")
        if converted != bool(row.opportunity_number):
            raise _unfit("opportunity_number", "The opportunity that it became, of such a one alone.")
        if not converted:
            return None
        opportunity = self._opportunities.get(row.opportunity_number)
        if opportunity is None:
            violation = FieldViolation("opportunity_number", "One that was taken over before.")
            raise NotFound("OPPORTUNITY_NOT_FOUND", "There is no such opportunity of that system.", violations=(violation,))
        return opportunity

    def _deadline(self, organisation_path: str, capture_date: date) -> datetime:
        work = self._work
        if organisation_path not in self._calendars:
            start = min(capture_date, work.clock_date - timedelta(days=1_100)) - _BEYOND
            end = min(start + timedelta(days=3_600), work.clock_date + _BEYOND)
            self._calendars[organisation_path] = calendar(work, start, end, organisation_path=organisation_path)
        day = self._calendars[organisation_path].add(capture_date, work.settings.lead_follow_workdays)
        zone = ZoneInfo(work.database.bank_time_zone)
        return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def _taken_before(work: UnitOfWork, system: str, numbers: Iterable[str]) -> set[str]:
    asked = among(Lead.source_number, sorted(set(numbers)))
    with work.whole_bank():
        return set(work.session.scalars(select(Lead.source_number).where(Lead.source_system == system, asked)))


def _opportunities(work: UnitOfWork, system: str, numbers: set[str]) -> dict[str, Opportunity]:
    asked = among(Opportunity.source_number, sorted(numbers))
    found = select(Opportunity).where(Opportunity.source_system == system, asked) if numbers else None
    return {each.source_number: each for each in work.session.scalars(found)} if found is not None else {}


def _parties(work: UnitOfWork, rows: list[_Row]) -> Parties:
    return parties(
        work,
        customer_ids=(row.lead.customer_id for row in rows),
        customer_numbers=(row.customer_number for row in rows),
        person_ids=(row.owner_person_id for row in rows),
        staff_numbers=(row.staff_number for row in rows),
    )


def _unfit(field: str, fault: str) -> InvalidInput:
    return InvalidInput("OUTCOME_UNCLEAR", "Its state and its end do not fit.", violations=(FieldViolation(field, fault),))
