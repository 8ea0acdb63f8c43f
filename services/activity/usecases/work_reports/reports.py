"""A report from its draft to its confirmation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table, delete, insert, select
from workbench.activity.v1 import work_report_events_pb2, work_report_pb2

from services.activity.model.person import Person
from services.activity.model.work_report import WorkReport, WorkReportLine, WorkReportNote
from services.activity.rules.periods import Period, PeriodKind
from services.activity.rules.work_reports import NOTES_MAX, ReportState
from services.activity.usecases import approvals, reaching
from services.activity.usecases.notifying import notify
from services.activity.usecases.work_reports import counting
from services.activity.usecases.work_reports.counting import Counted
from services.chassis.db.insertion import insert_if_absent
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import PATH_SEPARATOR
from services.chassis.kernel.dates import optional_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput, LimitReached, NotAllowed, RuleBroken
from services.chassis.mapping import values_of
from services.chassis.rpc import partial

_REPORTS = cast("Table", WorkReport.__table__)


def period_of(work: UnitOfWork, kind: int, day_date: str) -> Period:
    """The period in which the day lies, today's where none is named; raises InvalidInput DATE_INVALID and PERIOD_INVALID."""
    return Period.around(kind, optional_date(day_date, "day_date") or work.business_date)


def confirmed(work: UnitOfWork, person: Person, period: Period) -> WorkReport | None:
    """Somebody's report of a period where it stays as it is."""
    key = {"owner_person_id": person.person_id, "period": int(period.kind), "start_date": period.start_date}
    report = work.session.scalars(select(WorkReport).filter_by(**key)).one_or_none()
    return report if report is not None and report.confirmed else None


def draft(work: UnitOfWork, kind: int, day_date: str) -> WorkReport:
    """The caller's report of a period, counted anew unless it is confirmed; raises RuleBroken PERIOD_NOT_BEGUN."""
    period = period_of(work, kind, day_date)
    if period.start_date > work.business_date:
        violation = FieldViolation("day_date", "A day of a period that has begun.")
        raise RuleBroken("PERIOD_NOT_BEGUN", "The period has not begun.", violations=(violation,))
    person = reaching.person(work, "")
    report = held(work, person, period)
    if not report.confirmed:
        take_over(work, report, counting.count(work, [person], period)[person.person_id])
    work.resource = _resource(report)
    return report


def held(work: UnitOfWork, person: Person, period: Period) -> WorkReport:
    """Somebody's report of a period, held against other writers; a draft without figures where there was none."""
    key = {"owner_person_id": person.person_id, "period": int(period.kind), "start_date": period.start_date}
    insert_if_absent(
        work.session,
        _REPORTS,
        **key,
        work_report_id=work.new_id(),
        customer_id=None,
        organisation_path=person.organisation_path,
        end_date=period.end_date,
        state=ReportState.DRAFT.value,
        comment="",
        figures={},
        count_time=work.now,
        confirm_person_id="",
        create_time=work.now,
        update_time=work.now,
        version=1,
    )
    statement = select(WorkReport).filter_by(**key).with_for_update()
    return work.session.scalars(statement.execution_options(populate_existing=True)).one()


def take_over(work: UnitOfWork, report: WorkReport, counted: Counted) -> None:
    """Keeps what was counted anew, with what it was counted from."""
    report.count(values_of(counted.message), work.now)
    work.session.flush()
    former = delete(WorkReportLine).where(WorkReportLine.work_report_id == report.work_report_id)
    work.session.execute(former.execution_options(synchronize_session=False))
    rows = [
        {
            "work_report_id": report.work_report_id,
            "line_number": number,
            "kind": line.kind,
            "resource": line.resource,
            "business_date": line.business_date,
            "planned": line.planned,
            "done": line.done,
            "contact_kind": line.contact_kind,
            "tier": line.tier,
            "minutes": line.minutes,
        }
        for number, line in enumerate(counted.figures.lines, start=1)
    ]
    if rows:
        # Past the audit trail: they are what the trace itself says.
        work.session.execute(insert(WorkReportLine), rows)


def change(work: UnitOfWork, sent: work_report_pb2.WorkReport, fields: Sequence[str]) -> WorkReport:
    """Takes the comment over; raises NotAllowed NOT_WRITER and RuleBroken WORK_REPORT_CONFIRMED."""
    partial.check_mask(fields, work_report_pb2.WorkReport.DESCRIPTOR, "A report")
    report = _own(work, sent.work_report_id, sent.etag)
    if "comment" in fields and sent.comment != report.comment:
        partial.check(work_report_pb2.WorkReport(comment=sent.comment), "work_report.")
        report.comment, report.update_time = sent.comment, work.now
        work.session.flush()
    return report


def submit(work: UnitOfWork, work_report_id: str, etag: str) -> WorkReport:
    """Hands a report in, counted anew, and tells those in charge."""
    report = _own(work, work_report_id, etag)
    report.submit(work.now)
    person, period = reaching.person(work, ""), Period.around(report.period, report.start_date)
    take_over(work, report, counting.count(work, [person], period)[person.person_id])
    work.session.flush()
    told = _told(report) | {"personId": report.owner_person_id}
    notify(work, deciders(work, report), "work_report_submitted", resource=_resource(report), parameters=told)
    approvals.ask_decision(
        work,
        kind="work_report",
        resource=_resource(report),
        organisation_path=report.organisation_path,
        permission=approvals.REPORT_PERMISSION,
        requester_person_id=report.owner_person_id,
        parameters=_told(report),
    )
    work.record(work_report_events_pb2.WorkReportSubmitted(**_named(report)))
    return report


def confirm(work: UnitOfWork, work_report_id: str, note: str, etag: str) -> WorkReport:
    """Lets a report that was handed in stay as it is."""
    report = _to_decide(work, work_report_id, etag)
    report.confirm(work.caller.person_id, work.now)
    approvals.end_decision(work, _resource(report))
    _keep_note(work, report, note)
    work.session.flush()
    _tell_owner(work, report, "work_report_confirmed")
    work.record(
        work_report_events_pb2.WorkReportConfirmed(
            **_named(report), confirm_person_id=work.caller.person_id, figures=counting.kept(report.figures)
        )
    )
    return report


def give_back(work: UnitOfWork, work_report_id: str, note: str, etag: str) -> WorkReport:
    """Gives a report that was handed in back to its owner."""
    report = _to_decide(work, work_report_id, etag)
    report.give_back(work.now)
    approvals.end_decision(work, _resource(report))
    _keep_note(work, report, note)
    work.session.flush()
    _tell_owner(work, report, "work_report_returned")
    work.record(
        work_report_events_pb2.WorkReportReturned(
            work_report_id=report.work_report_id,
            owner_person_id=report.owner_person_id,
            return_person_id=work.caller.person_id,
        )
    )
    return report


def add_note(work: UnitOfWork, work_report_id: str, text: str) -> WorkReport:
    """Says something of a report, and tells its owner; raises LimitReached NOTES_TOO_MANY."""
    report = _to_decide(work, work_report_id, "")
    _keep_note(work, report, text)
    _tell_owner(work, report, "work_report_commented")
    return report


def deciders(work: UnitOfWork, report: WorkReport) -> list[str]:
    """Those who may confirm it: whoever is in charge of the unit, or of the one above where that is its owner himself."""
    path = report.organisation_path
    while path != PATH_SEPARATOR:
        leaders = reaching.leaders_of(work, path)
        if not leaders or set(leaders) - {report.owner_person_id}:
            return [each for each in leaders if each != report.owner_person_id]
        path = path[: path.rstrip(PATH_SEPARATOR).rindex(PATH_SEPARATOR) + 1]
    return []


def _own(work: UnitOfWork, work_report_id: str, etag: str) -> WorkReport:
    report = reaching.found(work, WorkReport, work_report_id, to_change=True, etag=etag)
    work.resource = _resource(report)
    if report.owner_person_id != work.caller.person_id:
        raise NotAllowed("NOT_WRITER", "Its owner alone writes in a report.")
    report.require_open()
    return report


def _to_decide(work: UnitOfWork, work_report_id: str, etag: str) -> WorkReport:
    report = reaching.found(work, WorkReport, work_report_id, to_change=True, etag=etag)
    work.resource = _resource(report)
    if report.owner_person_id == work.caller.person_id:
        raise NotAllowed("OWN_REPORT", "Somebody else in charge decides of your report.")
    if not any(report.organisation_path.startswith(path) for path in work.scope.organisation_paths):
        raise NotAllowed("NOT_IN_CHARGE", "You are not in charge of the unit.")
    return report


def _keep_note(work: UnitOfWork, report: WorkReport, text: str) -> None:
    if not text:
        return
    if not text.strip():
        raise InvalidInput("REQUEST_INVALID", "Say something.", violations=(FieldViolation("note", "A text."),))
    kept = select(WorkReportNote.work_report_note_id).where(WorkReportNote.work_report_id == report.work_report_id)
    if len(work.session.scalars(kept.limit(NOTES_MAX)).all()) >= NOTES_MAX:
        raise LimitReached("NOTES_TOO_MANY", f"A report has at most {NOTES_MAX} notes.")
    work.session.add(
        WorkReportNote(
            work_report_note_id=work.new_id(),
            work_report_id=report.work_report_id,
            owner_person_id=report.owner_person_id,
            organisation_path=report.organisation_path,
            person_id=work.caller.person_id,
            text=text,
            create_time=work.now,
        )
    )
    work.session.flush()


def _tell_owner(work: UnitOfWork, report: WorkReport, kind: str) -> None:
    notify(work, [report.owner_person_id], kind, resource=_resource(report), parameters=_told(report))


def _resource(report: WorkReport) -> str:
    return f"workReports/{report.work_report_id}"


def _told(report: WorkReport) -> dict[str, str]:
    return {"startDate": report.start_date.isoformat(), "period": PeriodKind(report.period).name.lower()}


def _named(report: WorkReport) -> dict[str, Any]:
    return {
        "work_report_id": report.work_report_id,
        "owner_person_id": report.owner_person_id,
        "organisation_path": report.organisation_path,
        "period": report.period,
        "start_date": report.start_date.isoformat(),
        "end_date": report.end_date.isoformat(),
    }
