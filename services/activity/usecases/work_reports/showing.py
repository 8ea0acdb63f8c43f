"""Reports as they are read: one, lists of them, and a unit's people with theirs and what they have done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import exists, select
from workbench.activity.v1 import work_report_pb2, work_report_service_pb2

from services.activity.model.customer import Absence
from services.activity.model.person import Person
from services.activity.model.work_report import WorkReport, WorkReportNote
from services.activity.rules.periods import Period
from services.activity.rules.work_reports import NOTES_MAX, ReportState
from services.activity.usecases import reaching
from services.activity.usecases.work_reports import counting, reports
from services.activity.usecases.workdays import workdays
from services.chassis.db import listing
from services.chassis.db.among import among
from services.chassis.db.scope import below
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date
from services.chassis.kernel.errors import InvalidInput
from services.chassis.kernel.paging import Page
from services.chassis.mapping import Mapper

# Each person of a page is counted.
TEAM_PAGE_MAX = 100
_RM_ROLE = "relationship_manager"
_HANDED_IN = (ReportState.SUBMITTED.value, ReportState.CONFIRMED.value)
_ORDER = [(WorkReport.start_date, listing.day), (WorkReport.work_report_id, listing.text)]

_report = Mapper(
    work_report_pb2.WorkReport,
    computed={"figures": lambda report: counting.kept(report.figures)},
    omitted=("owner_name", "notes"),
)


def as_message(work: UnitOfWork, report: WorkReport) -> work_report_pb2.WorkReport:
    """One report with what those in charge say of it."""
    message = _report(report)
    statement = select(WorkReportNote).where(WorkReportNote.work_report_id == report.work_report_id)
    notes = list(work.session.scalars(statement.order_by(WorkReportNote.work_report_note_id).limit(NOTES_MAX)))
    names = reaching.person_names(work, [report.owner_person_id, *(note.person_id for note in notes)])
    message.owner_name = names.get(report.owner_person_id, "")
    for note in notes:
        message.notes.add(
            person_id=note.person_id, person_name=names.get(note.person_id, ""), text=note.text, create_time=note.create_time
        )
    return message


def page(work: UnitOfWork, request: work_report_service_pb2.ListWorkReportsRequest) -> Page:
    """A page of messages, without notes; the latest days first."""
    if request.person_id and request.organisation_path:
        raise InvalidInput("REQUEST_INVALID", "Name a person or a unit.")
    statement = select(WorkReport)
    if request.organisation_path:
        path = reaching.unit_path(work, request.organisation_path)
        statement = statement.where(below(WorkReport.organisation_path, path))
    else:
        statement = statement.where(WorkReport.owner_person_id == reaching.person(work, request.person_id).person_id)
    if request.period:
        statement = statement.where(WorkReport.period == request.period)
    if request.states:
        statement = statement.where(WorkReport.state.in_(request.states))
    if start_date := optional_date(request.start_date, "start_date"):
        statement = statement.where(WorkReport.start_date >= start_date)
    if end_date := optional_date(request.end_date, "end_date"):
        statement = statement.where(WorkReport.start_date <= end_date)
    found = listing.read_page(work, statement, request, _ORDER, downwards=True)
    names = reaching.person_names(work, (report.owner_person_id for report in found.rows))
    return Page([_listed(report, names) for report in found.rows], found.next_page_token)


def team(work: UnitOfWork, request: work_report_service_pb2.ListTeamWorkReportsRequest) -> Page:
    """A page of a unit's relationship managers, each with his report of a period and how much of his work he has done."""
    path = reaching.unit_path(work, request.organisation_path or work.caller.organisation_path)
    period = reports.period_of(work, request.period, request.day_date)
    statement = reaching.people_below(path, _RM_ROLE).order_by(None)
    of_period = (WorkReport.period == period.kind, WorkReport.start_date == period.start_date)
    if request.unsubmitted_only:
        handed_in = exists().where(WorkReport.owner_person_id == Person.person_id, *of_period, WorkReport.state.in_(_HANDED_IN))
        statement = statement.where(~handed_in)
    bounded = type(request)()
    bounded.CopyFrom(request)
    bounded.page_size = min(request.page_size or TEAM_PAGE_MAX // 2, TEAM_PAGE_MAX)
    order = [(Person.staff_number, listing.text), (Person.person_id, listing.text)]
    found = listing.read_page(work, statement, bounded, order)
    people: Sequence[Person] = found.rows
    ids = [person.person_id for person in people]
    kept = select(WorkReport).where(among(WorkReport.owner_person_id, ids), *of_period)
    by_person = {report.owner_person_id: report for report in work.session.scalars(kept)} if ids else {}
    counted = counting.count(work, people, period)
    at_work = _at_work(work, path, ids, period)
    rows = [
        _of_team(each, by_person.get(each.person_id), counted[each.person_id], at_work=each.person_id in at_work)
        for each in people
    ]
    return Page(rows, found.next_page_token)


def completion(work: UnitOfWork, request: work_report_service_pb2.GetWorkCompletionRequest) -> work_report_pb2.WorkCompletion:
    """How much of his work somebody has done in a period."""
    person = reaching.person(work, request.person_id)
    period = reports.period_of(work, request.period, request.day_date)
    if report := reports.confirmed(work, person, period):
        return counting.kept(report.figures).completion
    return counting.count(work, [person], period)[person.person_id].completion


def _listed(report: WorkReport, names: Mapping[str, str]) -> work_report_pb2.WorkReport:
    message = _report(report)
    message.owner_name = names.get(report.owner_person_id, "")
    return message


def _at_work(work: UnitOfWork, path: str, people: Sequence[str], period: Period) -> set[str]:
    """Of whom a report is due: who had a workday in the period on which he was not away; nobody before it is over."""
    if period.end_date >= work.business_date or not people:
        return set()
    days = workdays(work, period.start_date, period.end_date, organisation_path=path)
    away = select(Absence).where(
        among(Absence.person_id, people), Absence.start_date <= period.end_date, Absence.end_date >= period.start_date
    )
    free: dict[str, set[date]] = {}
    for absence in work.session.scalars(away):
        free.setdefault(absence.person_id, set()).update(day for day in days if absence.start_date <= day <= absence.end_date)
    return {person_id for person_id in people if len(free.get(person_id, ())) < len(days)}


def _of_team(
    person: Person, report: WorkReport | None, counted: counting.Counted, *, at_work: bool
) -> work_report_pb2.TeamWorkReport:
    frozen = report is not None and report.confirmed
    return work_report_pb2.TeamWorkReport(
        person_id=person.person_id,
        person_name=person.display_name,
        staff_number=person.staff_number,
        work_report_id=report.work_report_id if report else "",
        state=report.state if report else ReportState.UNSPECIFIED.value,
        missing=at_work and not (report and report.handed_in),
        completion=counting.kept(report.figures).completion if report and frozen else counted.completion,
    )
