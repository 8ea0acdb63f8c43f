"""Reads runs, what they could not count, how they differ, and how fresh results are.

A run is the whole bank's work: whoever may read runs sees that it was and how it stands. Amounts and accounts he sees of the
units in his scope alone, and totals only where that is the whole bank.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import false, func, or_, select
from workbench.performance.v1 import run_pb2, run_service_pb2

from services.chassis.db import listing
from services.chassis.db.among import among
from services.chassis.db.scope import below, in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import PATH_SEPARATOR
from services.chassis.kernel.dates import optional_date
from services.chassis.kernel.errors import NotAllowed, NotFound, RuleBroken
from services.chassis.kernel.money import Money
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.chassis.longwork.table import Operation, OperationState
from services.chassis.mapping import Mapper, money_message
from services.chassis.replicas import datasets
from services.performance.model.dataset_pin import DatasetPin
from services.performance.model.run import ClosedMonth, Run, RunDifference, RunIssue, StaleMark, StaleMonth
from services.performance.rules.periods import month_start
from services.performance.rules.runs import LASTING_DATASETS, RunKind, RunState
from services.performance.usecases.runs import gathering

# What is no single customer's.
_OPEN_REASONS = ("announcements/", "feeds/", "products/")
# Of these measures there are so many, in no currency.
COUNTED = ("flow_count",)
# The head office is one unit deep: its path has a separator before it and one after.
_HEAD_OFFICE_SEPARATORS = 2

_run = Mapper(run_pb2.Run, omitted=("done_count", "step_count", "message"), computed={"totals": lambda _run: ()})
_closing = Mapper(run_pb2.MonthClosing)
_issue = Mapper(run_pb2.RunIssue, computed={"last_date": lambda issue: issue.detail.get("last_date", "")})


def has_whole_bank(work: UnitOfWork) -> bool:
    """Whether the caller has the whole bank in scope: a post at the head office."""
    paths = work.scope.organisation_paths
    return any(path == PATH_SEPARATOR or path.count(PATH_SEPARATOR) == _HEAD_OFFICE_SEPARATORS for path in paths)


def check_whole_bank(work: UnitOfWork) -> None:
    """Raises NotAllowed WHOLE_BANK_NEEDED."""
    if not has_whole_bank(work):
        raise NotAllowed("WHOLE_BANK_NEEDED", "Results are the whole bank's: this needs a post at the head office.")


def found(work: UnitOfWork, run_id: str) -> Run:
    """The run; raises NotFound RUN_NOT_FOUND."""
    run = work.session.get(Run, run_id.lower())
    if run is None:
        raise NotFound("RUN_NOT_FOUND", "There is no such run.")
    return run


def cancel(work: UnitOfWork, run_id: str) -> Run:
    """Asks the run to stop; what has not begun stops at once."""
    check_whole_bank(work)
    run = found(work, run_id)
    work.resource = f"runs/{run.run_id}"
    operation = work.session.get(Operation, run.operation_id, with_for_update=True)
    if run.state != RunState.RUNNING or operation is None or operation.ended:
        raise RuleBroken("RUN_ENDED", "The run has ended already.")
    operation.cancel_requested = True
    if operation.state == OperationState.QUEUED:
        operation.end(OperationState.CANCELLED, work.now, message="Stopped before it began.")
    return run


def list_runs(work: UnitOfWork, asked: run_service_pb2.ListRunsRequest) -> Page:
    """A page of runs, the latest first."""
    statement = _of_month(select(Run), asked.month_date)
    if asked.kind:
        statement = statement.where(Run.kind == asked.kind)
    if asked.state:
        statement = statement.where(Run.state == asked.state)
    return listing.read_page(work, statement, asked, ((Run.run_id, listing.text),), downwards=True)


def list_late_changes(work: UnitOfWork, asked: run_service_pb2.ListLateChangesRequest) -> Page:
    """A page of what came late of closed months and would have changed them, the latest first."""
    statement = _of_month(select(Run), asked.month_date).where(
        Run.kind == RunKind.COMPARISON,
        Run.requester_person_id == "",
        Run.state == RunState.SUCCEEDED,
        Run.difference_count > 0,
    )
    return listing.read_page(work, statement, asked, ((Run.run_id, listing.text),), downwards=True)


def list_issues(work: UnitOfWork, asked: run_service_pb2.ListRunIssuesRequest) -> Page:
    """A page of a run's issues of units in scope, by reason and subject."""
    statement = select(RunIssue).where(RunIssue.run_id == found(work, asked.run_id).run_id)
    if asked.reason:
        statement = statement.where(RunIssue.reason == asked.reason)
    if not has_whole_bank(work):
        statement = statement.where(
            or_(false(), *(below(RunIssue.organisation_path, path) for path in work.scope.organisation_paths))
        )
    order = ((RunIssue.reason, listing.text), (RunIssue.subject, listing.text))
    return listing.read_page(work, statement, asked, order)


def list_differences(work: UnitOfWork, asked: run_service_pb2.ListRunDifferencesRequest) -> Page:
    """A page of a comparison's differences of units in scope, by owner, unit, product and measure."""
    statement = select(RunDifference).where(RunDifference.run_id == found(work, asked.run_id).run_id)
    names = ("person_id", "organisation_unit_id", "product_code", "measure")
    order = tuple((getattr(RunDifference, name), listing.text) for name in names)
    if has_whole_bank(work):
        # Also what stands in no unit that is known.
        with work.whole_bank():
            return listing.read_page(work, statement, asked, order)
    return listing.read_page(work, in_scope(statement, RunDifference, work.scope, work.caller), asked, order)


def list_months(work: UnitOfWork, asked: run_service_pb2.ListResultMonthsRequest) -> tuple[list[run_pb2.ResultMonth], str]:
    """A page of months, the latest first, and the token of the next."""
    current = {run.month_date: run for run in work.session.scalars(select(Run).where(Run.current))}
    stale = {each.month_date: each for each in work.session.scalars(select(StaleMonth))}
    closed = set(work.session.scalars(select(ClosedMonth.month_date)))
    months = sorted({*current, *gathering.months(work)}, reverse=True)
    size, bound = page_size(asked.page_size), listing.query(asked)
    if token := PageToken.decode(asked.page_token, bound, keys=1):
        before = listing.day(token.keys[0])
        months = [month for month in months if month < before]
    page = Page.of(months[: size + 1], size, bound, lambda month: (month.isoformat(),))
    shown = []
    for month in page.rows:
        run, waits = current.get(month), stale.get(month)
        shown.append(
            run_pb2.ResultMonth(
                month_date=month.isoformat(),
                as_of_date=run.as_of_date.isoformat() if run else "",
                run_id=run.run_id if run else "",
                stale_time=waits.create_time if waits else None,
                stale_reason=_reason(waits.reason, whole_bank=has_whole_bank(work)) if waits else "",
                closed=month in closed,
            )
        )
    return shown, page.next_page_token


def freshness(work: UnitOfWork) -> run_service_pb2.Freshness:
    """How far results and the feeds are from which they are computed."""
    last = work.session.scalar(select(Run).where(Run.current).order_by(Run.month_date.desc()).limit(1))
    latest = gathering.latest_day(work)
    # What is marked and not taken in yet waits too.
    waiting = [
        work.session.execute(select(func.count(), func.min(model.create_time)).select_from(model)).one()
        for model in (StaleMonth, StaleMark)
    ]
    since = [first for _, first in waiting if first is not None]
    return run_service_pb2.Freshness(
        as_of_date=last.as_of_date.isoformat() if last else "",
        compute_time=last.end_time if last else None,
        latest_date=latest.isoformat() if latest else "",
        business_date=work.business_date.isoformat(),
        stale_month_count=waiting[0][0],
        stale_time=min(since) if since else None,
        feeds=_feeds(work, last),
    )


def _feeds(work: UnitOfWork, last: Run | None) -> list[run_pb2.FeedFreshness]:
    return [
        run_pb2.FeedFreshness(
            feed=pin.feed,
            dataset=pin.dataset,
            business_date=pin.business_date.isoformat(),
            revision=pin.revision,
            # What holds until it is told anew is never late.
            late=last is not None and pin.dataset not in LASTING_DATASETS and pin.business_date < last.as_of_date,
        )
        for pin in datasets.latest(work, DatasetPin)
    ]


def run_messages(work: UnitOfWork, rows: Any) -> list[run_pb2.Run]:
    """Runs as they are answered: how far they are, and the whole bank's totals for whoever has it in scope."""
    running = [run.operation_id for run in rows if run.state == RunState.RUNNING]
    under_way = work.session.scalars(select(Operation).where(among(Operation.operation_id, running)))
    operations = {each.operation_id: each for each in under_way}
    currency, whole_bank, messages = work.settings.home_currency_code, has_whole_bank(work), []
    for run in rows:
        message = _run(run)
        message.reason = _reason(run.reason, whole_bank=whole_bank)
        if whole_bank:
            message.totals.extend(_total(name, int(amount), currency) for name, amount in sorted(run.totals.items()))
        if operation := operations.get(run.operation_id):
            message.done_count, message.step_count, message.message = operation.done, operation.total, operation.message
        messages.append(message)
    return messages


def _reason(reason: str, *, whole_bank: bool) -> str:
    """Why, without what it was of where that may be an account or a customer out of the caller's scope."""
    return reason if whole_bank or reason.startswith(_OPEN_REASONS) else reason.partition("/")[0]


def closing_message(row: Any) -> run_pb2.MonthClosing:
    """As it is answered."""
    return _closing(row)


def issue_message(row: RunIssue) -> run_pb2.RunIssue:
    """As it is answered."""
    return _issue(row)


def difference_message(work: UnitOfWork, row: RunDifference) -> run_pb2.RunDifference:
    """As it is answered: a count is no money."""
    names = ("person_id", "organisation_unit_id", "product_code", "measure")
    owner = {name: getattr(row, name) for name in names}
    if row.measure in COUNTED:
        return run_pb2.RunDifference(**owner, present_count=row.present_amount, compared_count=row.compared_amount)
    currency = work.settings.home_currency_code
    present, compared = (money_message(Money(amount, currency)) for amount in (row.present_amount, row.compared_amount))
    return run_pb2.RunDifference(**owner, present_amount=present, compared_amount=compared)


def _total(name: str, amount: int, currency_code: str) -> run_pb2.MeasureTotal:
    if name in COUNTED:
        return run_pb2.MeasureTotal(measure=name, count=amount)
    return run_pb2.MeasureTotal(measure=name, amount=money_message(Money(amount, currency_code)))


def _of_month(statement: Any, month_date: str) -> Any:
    day = optional_date(month_date, "monthDate")
    return statement.where(Run.month_date == month_start(day)) if day else statement
