"""From a run's files to the rows of results: in tables of the engine, checked, and nothing of it in the database yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client import Counter
from sqlalchemy import select

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import RuleBroken
from services.performance.engine.result_rows import EARNINGS
from services.performance.model.person import Unit
from services.performance.model.run import Run
from services.performance.rules.periods import PeriodKind, period_end, period_start
from services.performance.rules.runs import RunKind
from services.performance.usecases.runs import gathering, keeping, owning

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from services.chassis.lake.lake import Lake
    from services.performance.engine.computing import MonthInputs

MISMATCHES = Counter(
    "workbench_performance_mismatches_total", "Runs that failed because a total was not the sum of its parts.", ("check",)
)
LEAF, DAYS, ISSUES_TO_DATE = "account_results.parquet", "day_results.parquet", "issues_to_date.parquet"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run goes by, read at once."""

    run: Run
    lake: Lake
    spark_master_url: str
    inputs: MonthInputs
    # From which it goes on, so that only later days are read; None where all are.
    before: Run | None
    # Of the year by month: the runs whose results stand.
    standing: Mapping[date, Run]
    # Where each unit is.
    paths: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Period:
    """Rows of results that take the place of others."""

    kind: PeriodKind
    # Of days the days; else the one first day.
    start_dates: tuple[date, ...]
    as_of_date: date
    # Where the rows are; of days with the column `day`.
    table: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a run has come to, all in tables of its connection."""

    connection: DuckDBPyConnection
    periods: tuple[Period, ...]
    totals: Mapping[str, int]
    account_day_count: int
    day_sha256s: Mapping[str, str]
    # The runs of other months that quarter and year stand on, by month.
    stands_on: Mapping[date, str]
    paths: Mapping[str, str]


def planned(work: UnitOfWork, run_id: str, before_run_id: str) -> Plan:
    """What there is to do; `before_run_id` is empty where it does not go on from another run."""
    run = work.session.get_one(Run, run_id)
    return Plan(
        run=run,
        lake=work.database.lake,
        spark_master_url=work.settings.spark_master_url,
        inputs=keeping.inputs_of(work, run),
        before=work.session.get_one(Run, before_run_id) if before_run_id else None,
        standing=standing(work, run.month_date),
        paths={row[0]: row[1] for row in work.session.execute(select(Unit.organisation_unit_id, Unit.organisation_path))},
    )


def standing(work: UnitOfWork, month: date) -> dict[date, Run]:
    """The runs whose results are those of the months of the same year, by month."""
    start = period_start(PeriodKind.YEAR, month)
    of_year = select(Run).where(Run.current, Run.month_date.between(start, period_end(PeriodKind.YEAR, start)))
    return {run.month_date: run for run in work.session.scalars(of_year)}


def goes_on_from(connection: DuckDBPyConnection, plan: Plan) -> str:
    """The id of the month's current run where all that it read stands as it was, up to its last day; else empty."""
    run, current = plan.run, plan.standing.get(plan.run.month_date)
    if current is None or current.as_of_date >= run.as_of_date or current.engine != run.engine:
        return ""
    if not gathering.equal_until(current.inputs, run.inputs, current.as_of_date):
        return ""
    results = keeping.results_folder(plan.lake, current)
    former, now = keeping.ownership_folder(plan.lake, current), keeping.ownership_folder(plan.lake, run)
    if not _same_accounts(connection, current, run, results):
        return ""
    return current.run_id if owning.same_of(connection, former, now, results / LEAF) else ""


def _same_accounts(connection: DuckDBPyConnection, current: Run, run: Run, results: Path) -> bool:
    """Whether an account that the run before looked for in a later revision, or did not find, is found as it was."""
    from services.performance.engine import periods

    looked, now = (gathering.later_accounts(each.inputs, current.as_of_date) for each in (current, run))
    if looked == now:
        return True
    return not looked and not periods.has_issue(connection, results / ISSUES_TO_DATE, "ACCOUNT_UNKNOWN")


def prepared(connection: DuckDBPyConnection, plan: Plan, folder: Path, before: Path | None) -> Prepared:
    """The rows of the run's periods; raises RuleBroken RESULTS_DO_NOT_TIE where a total is not the sum of its parts."""
    from services.performance.engine import periods

    run = plan.run
    periods.month_rows(connection, folder / LEAF, "month_rows")
    periods.day_rows(connection, folder / DAYS, before / DAYS if before else None, run.month_date, run.as_of_date, "day_rows")
    periods.load_issues(connection, folder / ISSUES_TO_DATE, "issues")
    totals = periods.sums(connection, "month_rows")
    tie("leaf", totals, periods.sums(connection, "month_leaf"))
    tie("day", totals, periods.sums(connection, "days_to_date", where=f"day = DATE '{run.as_of_date}'"))
    sha256s = periods.day_sha256s(connection, "day_rows")
    kept = {} if plan.before is None else plan.before.day_sha256s
    made = [Period(PeriodKind.MONTH, (run.month_date,), run.as_of_date, "month_rows")]
    if run.kind == RunKind.REGULAR:
        made += [_days(plan, sha256s), *_longer(connection, plan, totals)]
    return Prepared(
        connection=connection,
        periods=tuple(made),
        totals=totals,
        account_day_count=periods.sums(connection, "month_leaf", ("days_owned",))["days_owned"],
        day_sha256s={**kept, **sha256s},
        stands_on={month: each.run_id for month, each in plan.standing.items() if month != run.month_date},
        paths=plan.paths,
    )


def tie(check: str, left: Mapping[str, int], right: Mapping[str, int]) -> None:
    """Raises RuleBroken RESULTS_DO_NOT_TIE where two ways to the same totals differ, and wakes somebody by a metric."""
    differing = sorted(name for name in left if left[name] != right[name])
    if differing:
        MISMATCHES.labels(check).inc()
        told = {"check": check, "measures": ",".join(differing)}
        raise RuleBroken("RESULTS_DO_NOT_TIE", "A total is not the sum of its parts: nothing was published.", metadata=told)


def _days(plan: Plan, sha256s: Mapping[str, str]) -> Period:
    """The days whose rows are others than those that stand: of a new day that one, of a restated one those from it on."""
    current = plan.standing.get(plan.run.month_date)
    known = current.day_sha256s if current else {}
    computed_from = plan.before.as_of_date.isoformat() if plan.before else ""
    changed = {day for day in {*known, *sha256s} if day > computed_from and known.get(day) != sha256s.get(day)}
    days = tuple(date.fromisoformat(day) for day in sorted(changed))
    return Period(PeriodKind.DAY, days, plan.run.as_of_date, "day_rows")


def _longer(connection: DuckDBPyConnection, plan: Plan, totals: Mapping[str, int]) -> list[Period]:
    """The quarter and the year so far, from the leaves of their months that stand, with this run's in its place."""
    from services.performance.engine import periods

    run, made = plan.run, []
    runs = dict(plan.standing) | {run.month_date: run}
    for kind, table in ((PeriodKind.QUARTER, "quarter_rows"), (PeriodKind.YEAR, "year_rows")):
        start = period_start(kind, run.month_date)
        inside = {month: each for month, each in sorted(runs.items()) if start <= month <= period_end(kind, start)}
        as_of = max(each.as_of_date for each in inside.values())
        leaves = {month: keeping.results_folder(plan.lake, each) / LEAF for month, each in inside.items()}
        people = keeping.ownership_folder(plan.lake, run) / "people.parquet"
        periods.period_rows(connection, leaves, people, start, as_of, table)
        months = [totals if month == run.month_date else each.totals for month, each in inside.items()]
        earned = {name: sum(int(each[name]) for each in months) for name in EARNINGS}
        tie(kind.name.lower(), earned, periods.sums(connection, table, EARNINGS))
        made.append(Period(kind, (start,), as_of, table))
    return made
