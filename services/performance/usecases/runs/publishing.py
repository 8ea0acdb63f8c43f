"""Puts a run's results in the place of those before: of the month, its quarter and its year, all in one transaction.

Rows go in portion by portion; whoever reads meanwhile sees the results before, whole. What a database has afterwards is held
against what the engine said, before it is committed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from prometheus_client import Counter
from sqlalchemy import delete, func, insert, select
from workbench.performance.v1 import run_events_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import PATH_SEPARATOR
from services.chassis.kernel.errors import RuleBroken, StaleVersion
from services.performance.engine.measures import MEASURES, OWNER
from services.performance.engine.result_rows import EARNINGS, ROW
from services.performance.model.result import Result
from services.performance.model.run import ClosedMonth, Run, RunDifference, RunIssue, StaleMonth
from services.performance.rules.periods import PeriodKind
from services.performance.rules.runs import RunKind, RunState
from services.performance.usecases.runs import preparing, starting
from services.performance.usecases.runs.keeping import current_run
from services.performance.usecases.runs.preparing import Period, Prepared, tie

ROWS_AT_ONCE = 2_000
# Kept of a run: those of most account-days, and the largest differences. How many there are is counted.
ISSUES_MAX = 10_000
DIFFERENCES_MAX = 10_000

RUNS = Counter("workbench_performance_runs_total", "Runs that ended well, by kind.", ("kind",))


def publish(work: UnitOfWork, run: Run, prepared: Prepared) -> None:
    """Ends the run: its results stand, or, of a comparison, how they differ from those that stand.

    Raises StaleVersion RESULTS_OUTRUN where other months of the year have other results by now: it is prepared anew.
    """
    starting.hold(work, run.month_date)
    work.hold(f"performance.year|{run.month_date.year}")
    run.totals = {name: str(amount) for name, amount in prepared.totals.items()}
    run.account_day_count, run.day_sha256s = prepared.account_day_count, dict(prepared.day_sha256s)
    _keep_issues(work, run, prepared)
    if run.kind == RunKind.REGULAR:
        _take_place(work, run, prepared)
    else:
        _compare(work, run, prepared)
    run.end(RunState.SUCCEEDED, work.now)
    stale = work.session.get(StaleMonth, run.month_date, with_for_update=True)
    if stale is not None and stale.number == run.stale_number:
        work.session.delete(stale)
    kind = RunKind(run.kind).name.lower()
    work.after_commit.append(RUNS.labels(kind).inc)


def _take_place(work: UnitOfWork, run: Run, prepared: Prepared) -> None:
    if work.session.get(ClosedMonth, run.month_date) is not None:
        raise RuleBroken("MONTH_CLOSED", "The month was closed meanwhile: its results stand for good.")
    standing = preparing.standing(work, run.month_date)
    if {month: each.run_id for month, each in standing.items() if month != run.month_date} != dict(prepared.stands_on):
        raise StaleVersion("RESULTS_OUTRUN", "Another month of the year has other results by now.")
    if former := standing.get(run.month_date):
        former.current = False
        # The index lets one run be current.
        work.session.flush()
    run.current = True
    for period in prepared.periods:
        _replace(work, run, prepared, period)
    tie("month_published", prepared.totals, _published(work, PeriodKind.MONTH, run.month_date, run.month_date, MEASURES))
    earned = {name: prepared.totals[name] for name in EARNINGS}
    tie("days_published", earned, _published(work, PeriodKind.DAY, run.month_date, run.as_of_date, EARNINGS))
    work.record(
        run_events_pb2.ResultsComputed(
            month_date=run.month_date.isoformat(),
            as_of_date=run.as_of_date.isoformat(),
            run_id=run.run_id,
            number=run.number,
            restated=former is not None and former.as_of_date >= run.as_of_date,
        )
    )


def _replace(work: UnitOfWork, run: Run, prepared: Prepared, period: Period) -> None:
    former = delete(Result).where(Result.period_kind == period.kind, Result.start_date.in_(period.start_dates))
    work.session.execute(former.execution_options(synchronize_session=False))
    for rows in _portions(prepared, period):
        work.session.execute(insert(Result), [_row(run, prepared, period, row) for row in rows])


def _portions(prepared: Prepared, period: Period) -> Iterator[list[dict[str, Any]]]:
    """The rows of a period, by their columns' names, some at a time."""
    from services.performance.engine import periods

    if period.kind != PeriodKind.DAY:
        return periods.portions(prepared.connection, period.table, ROWS_AT_ONCE)
    return periods.portions(prepared.connection, period.table, ROWS_AT_ONCE, days=period.start_dates)


def _row(run: Run, prepared: Prepared, period: Period, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row as the table has it."""
    start = row.get("day", period.start_dates[0])
    return {
        "period_kind": period.kind.value,
        "start_date": start,
        "as_of_date": start if period.kind == PeriodKind.DAY else period.as_of_date,
        # Where a unit is unknown, whoever sees the whole bank sees it.
        "organisation_path": prepared.paths.get(row["organisation_unit_id"], PATH_SEPARATOR),
        "run_id": run.run_id,
        **{name: row[name] for name in ROW},
    }


def _published(work: UnitOfWork, kind: PeriodKind, start: date, end: date, measures: Sequence[str]) -> dict[str, int]:
    """The exact sums of what the database has: in two halves, which no column's type is too small for."""
    half = 1_000_000_000
    columns = [getattr(Result, name) for name in measures]
    sums = [func.coalesce(func.sum(part), 0) for each in columns for part in (_quotient(each, half), each % half)]
    row = work.session.execute(select(*sums).where(Result.period_kind == kind, Result.start_date.between(start, end))).one()
    return {name: int(row[2 * at]) * half + int(row[2 * at + 1]) for at, name in enumerate(measures)}


def _quotient(column: Any, divisor: int) -> Any:
    # `/` of SQLAlchemy is a true division; both databases have `//` as `/` of whole numbers, cut off towards zero as `%` is.
    return column.op("/")(divisor)


def _keep_issues(work: UnitOfWork, run: Run, prepared: Prepared) -> None:
    ((count,),) = prepared.connection.execute("SELECT count(*) FROM issues").fetchall()
    silent = run.inputs.get("silent", {})
    run.issue_count = int(count) + len(silent)
    found = prepared.connection.execute(
        "SELECT reason, subject, organisation_unit_id, row_count FROM issues ORDER BY row_count DESC, reason, subject LIMIT ?",
        [ISSUES_MAX],
    )
    while rows := found.fetchmany(ROWS_AT_ONCE):
        work.session.execute(
            insert(RunIssue),
            [
                {
                    "run_id": run.run_id,
                    "reason": reason,
                    "subject": subject,
                    "organisation_path": prepared.paths.get(unit, PATH_SEPARATOR),
                    "row_count": row_count,
                    "detail": {},
                }
                for reason, subject, unit, row_count in rows
            ],
        )
    for feed, last in silent.items():
        work.session.add(
            RunIssue(
                run_id=run.run_id,
                reason="FEED_ENDED",
                subject=feed,
                organisation_path=PATH_SEPARATOR,
                row_count=(run.as_of_date - max(date.fromisoformat(last), run.month_date)).days,
                detail={"last_date": last},
            )
        )


def _compare(work: UnitOfWork, run: Run, prepared: Prepared) -> None:
    """Keeps where the month's results and those of the comparison differ."""
    present = {
        tuple(getattr(row, name) for name in OWNER): row
        for row in work.session.execute(
            select(*(getattr(Result, name) for name in (*OWNER, "organisation_path", *MEASURES))).where(
                Result.period_kind == PeriodKind.MONTH, Result.start_date == run.month_date
            )
        )
    }
    differences = []
    (period,) = prepared.periods
    for rows in _portions(prepared, period):
        for compared in rows:
            key = tuple(compared[name] for name in OWNER)
            differences += _differences(run, prepared, key, present.pop(key, None), compared)
    for key, row in present.items():
        differences += _differences(run, prepared, key, row, {})
    run.difference_count = len(differences)
    differences.sort(key=lambda each: -abs(each["compared_amount"] - each["present_amount"]))
    for at in range(0, min(len(differences), DIFFERENCES_MAX), ROWS_AT_ONCE):
        work.session.execute(insert(RunDifference), differences[at : min(at + ROWS_AT_ONCE, DIFFERENCES_MAX)])
    if work.session.get(ClosedMonth, run.month_date) is not None and not run.requester_person_id and differences:
        closed = current_run(work, run.month_date)
        work.record(
            run_events_pb2.ClosedMonthOutdated(
                month_date=run.month_date.isoformat(),
                run_id=run.run_id,
                closed_run_id=closed.run_id if closed else "",
                difference_count=run.difference_count,
            )
        )


def _differences(
    run: Run, prepared: Prepared, key: tuple[str, ...], present: Any, compared: Mapping[str, Any]
) -> list[dict[str, Any]]:
    owner = dict(zip(OWNER, key, strict=True))
    path = prepared.paths.get(owner["organisation_unit_id"], PATH_SEPARATOR)
    found = []
    for name in MEASURES:
        former, now = (getattr(present, name) if present else 0), compared.get(name, 0)
        if former != now:
            amounts = {"measure": name, "present_amount": former, "compared_amount": now}
            found.append({"run_id": run.run_id, "organisation_path": path, **owner, **amounts})
    return found
