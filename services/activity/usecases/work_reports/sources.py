"""What people did in a period, as the trace has it: contacts, leads, opportunities, tasks, and reports of days.

Read for several people at once, along the index that each kind has of its owner. It is read past the scope of rows: whoever may
see what a person did may see all of it, wherever he did it then; of customers nothing is told here but how many they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select

from services.activity.model.contact import Contact
from services.activity.model.customer import Customer
from services.activity.model.lead import Lead
from services.activity.model.opportunity import Opportunity
from services.activity.model.task import Task
from services.activity.model.work_report import WorkReport
from services.activity.rules.contacts import ContactKind, ContactState
from services.activity.rules.leads.kinds import OpportunityState
from services.activity.rules.periods import Period, PeriodKind
from services.activity.rules.tasks import TaskState
from services.activity.rules.work_reports import Figures, Line, LineKind, ReportState, in_order
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork

# A contact that was planned for the period is looked for so many days around it: later or earlier it is another contact.
_MOVED_DAYS = timedelta(days=31)
_CLOSED = {OpportunityState.WON.value: LineKind.WON_OPPORTUNITY, OpportunityState.LOST.value: LineKind.LOST_OPPORTUNITY}
_Found = Iterator[tuple[str, Line]]


@dataclass(frozen=True, slots=True)
class _Question:
    """Whose work, when."""

    people: Sequence[str]
    period: Period
    zone: ZoneInfo
    # The bank's date: what was due before it is late.
    today: date

    @property
    def start_time(self) -> datetime:
        """The instant at which the period begins."""
        return datetime.combine(self.period.start_date, time.min, self.zone).astimezone(UTC)

    @property
    def end_time(self) -> datetime:
        """The instant at which it is over."""
        return datetime.combine(self.period.next_date, time.min, self.zone).astimezone(UTC)

    def day(self, moment: datetime) -> date:
        """The day of an instant in the bank's zone."""
        return moment.astimezone(self.zone).date()


def gather(work: UnitOfWork, people: Sequence[str], period: Period) -> dict[str, Figures]:
    """What each of the people did, or was to do, in the period."""
    question = _Question(people, period, ZoneInfo(work.database.bank_time_zone), work.business_date)
    found: dict[str, list[Line]] = {person_id: [] for person_id in people}
    with work.whole_bank():
        for source in (_contacts, _leads, _opportunities, _tasks, _reports):
            for person_id, line in source(work, question):
                found[person_id].append(line)
    return {person_id: Figures(tuple(in_order(lines))) for person_id, lines in found.items()}


def _contacts(work: UnitOfWork, asked: _Question) -> _Found:
    columns = (
        Contact.contact_id, Contact.owner_person_id, Contact.customer_id, Contact.kind, Contact.state, Contact.start_time,
        Contact.plan_start_time, Contact.minutes, Contact.business_date, Contact.update_time, Customer.tier,
    )  # fmt: skip
    within = (asked.start_time, asked.end_time)
    statement = (
        select(*columns)
        .outerjoin(Customer, Customer.customer_id == Contact.customer_id)
        .where(
            among(Contact.owner_person_id, asked.people),
            Contact.start_time >= asked.start_time - _MOVED_DAYS,
            Contact.start_time < asked.end_time + _MOVED_DAYS,
            or_(
                and_(Contact.start_time >= within[0], Contact.start_time < within[1]),
                and_(Contact.plan_start_time >= within[0], Contact.plan_start_time < within[1]),
            ),
        )
    )
    for row in work.session.execute(statement):
        planned = _is_planned(row, asked)
        done = row.state == ContactState.DONE and row.business_date <= asked.period.end_date
        if planned or (done and asked.period.covers(row.business_date)):
            visit = row.kind == ContactKind.VISIT
            yield (
                row.owner_person_id,
                Line(
                    LineKind.VISIT if visit else LineKind.CONTACT,
                    f"contacts/{row.contact_id}",
                    asked.day(row.plan_start_time) if planned and not done else row.business_date,
                    planned=planned,
                    done=done,
                    missed=row.state in (ContactState.CANCELLED, ContactState.NO_SHOW),
                    contact_kind=row.kind,
                    tier=row.tier or 0 if visit else 0,
                    minutes=row.minutes if done else 0,
                    customer_id=row.customer_id or "",
                ),
            )


def _is_planned(row: Any, asked: _Question) -> bool:
    """Whether it counts as planned: one that was cancelled before its day does not, later it does."""
    if row.plan_start_time is None:
        return False
    day = asked.day(row.plan_start_time)
    return asked.period.covers(day) and not (row.state == ContactState.CANCELLED and asked.day(row.update_time) < day)


def _leads(work: UnitOfWork, asked: _Question) -> _Found:
    due = select(Lead.lead_id, Lead.owner_person_id, Lead.follow_deadline, Lead.followed_time, Lead.customer_id).where(
        among(Lead.owner_person_id, asked.people),
        Lead.follow_deadline >= asked.start_time,
        Lead.follow_deadline < asked.end_time,
    )
    for row in work.session.execute(due):
        in_time = row.followed_time is not None and row.followed_time <= row.follow_deadline
        day, customer_id = asked.day(row.follow_deadline), row.customer_id or ""
        line = Line(LineKind.LEAD, f"leads/{row.lead_id}", day, planned=True, done=in_time, customer_id=customer_id)
        yield row.owner_person_id, line
    captured = select(Lead.lead_id, Lead.owner_person_id, Lead.capture_date, Lead.customer_id).where(
        among(Lead.owner_person_id, asked.people),
        Lead.create_time >= asked.start_time - _MOVED_DAYS,
        Lead.capture_date.between(asked.period.start_date, asked.period.end_date),
    )
    for row in work.session.execute(captured):
        line = Line(
            LineKind.CAPTURED_LEAD, f"leads/{row.lead_id}", row.capture_date, done=True, customer_id=row.customer_id or ""
        )
        yield row.owner_person_id, line


def _opportunities(work: UnitOfWork, asked: _Question) -> _Found:
    first, last = asked.period.start_date, asked.period.end_date
    columns = (
        Opportunity.opportunity_id, Opportunity.owner_person_id, Opportunity.customer_id, Opportunity.state,
        Opportunity.open_date, Opportunity.close_date, Opportunity.expected_minor_units, Opportunity.expected_currency,
    )  # fmt: skip
    statement = select(*columns).where(
        among(Opportunity.owner_person_id, asked.people),
        or_(Opportunity.open_date.between(first, last), Opportunity.close_date.between(first, last)),
    )
    for row in work.session.execute(statement):
        resource, customer_id = f"opportunities/{row.opportunity_id}", row.customer_id or ""
        if asked.period.covers(row.open_date):
            opened = Line(LineKind.OPENED_OPPORTUNITY, resource, row.open_date, done=True, customer_id=customer_id)
            yield row.owner_person_id, opened
        if asked.period.covers(row.close_date) and row.state in _CLOSED:
            amount = {"minor_units": row.expected_minor_units or 0, "currency_code": row.expected_currency or ""}
            kind, done = _CLOSED[row.state], row.state == OpportunityState.WON
            yield row.owner_person_id, Line(kind, resource, row.close_date, done=done, customer_id=customer_id, **amount)


def _tasks(work: UnitOfWork, asked: _Question) -> _Found:
    first, last = asked.period.start_date, asked.period.end_date
    columns = (Task.task_id, Task.owner_person_id, Task.customer_id, Task.state, Task.due_date, Task.finish_date, Task.open)
    statement = select(*columns).where(
        among(Task.owner_person_id, asked.people),
        or_(Task.due_date.between(first, last), Task.finish_date.between(first, last)),
        Task.state != TaskState.CANCELLED,
    )
    for row in work.session.execute(statement):
        due = asked.period.covers(row.due_date)
        finished = row.state == TaskState.DONE and row.finish_date is not None
        yield (
            row.owner_person_id,
            Line(
                LineKind.TASK,
                f"tasks/{row.task_id}",
                row.due_date if due else row.finish_date,
                planned=due,
                done=due and finished and row.finish_date <= row.due_date,
                missed=due and row.open and row.due_date < asked.today,
                ended=finished and asked.period.covers(row.finish_date),
                customer_id=row.customer_id or "",
            ),
        )


def _reports(work: UnitOfWork, asked: _Question) -> _Found:
    """The reports of days, for a week and for a month."""
    if asked.period.kind is PeriodKind.DAY:
        return
    statement = select(WorkReport.work_report_id, WorkReport.owner_person_id, WorkReport.start_date, WorkReport.state).where(
        among(WorkReport.owner_person_id, asked.people),
        WorkReport.period == PeriodKind.DAY,
        WorkReport.start_date.between(asked.period.start_date, asked.period.end_date),
    )
    for row in work.session.execute(statement):
        confirmed = row.state == ReportState.CONFIRMED
        line = Line(LineKind.REPORT, f"workReports/{row.work_report_id}", row.start_date, planned=True, done=confirmed)
        yield row.owner_person_id, line
