"""Holds a file's rows against all that must hold of them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.chassis.lake.lake import Lake, Pin, totals
from services.chassis.lake.schemas import SCHEMAS
from services.integration.engine import checks, lookups, publishing, quarantine, staging
from services.integration.engine.checks import FAILED, PASSED, SKIPPED, WARNED, Comparison, Verdict
from services.integration.engine.columns import DATE_COLUMN
from services.integration.engine.staging import BadRow
from services.integration.model.feed_definition import FeedDefinition, Reconciliation

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EXCLUDED = "excluded.parquet"
_LEDGER = "gl_balances"
Faulty = tuple[int, str, date | None]


@dataclass(frozen=True, slots=True)
class Dependent:
    """A published feed that a ledger's file is to be held against, since it came first."""

    definition: FeedDefinition
    rule: Reconciliation
    pins: Sequence[Pin]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a file is held against."""

    business_date: date | None
    zone: str
    control_text: str = ""
    # What lookups read, by canonical dataset.
    lookup_pins: Mapping[str, Sequence[Pin]] = field(default_factory=dict)
    # The current datasets that columns refer to, by the dataset's name.
    references: Mapping[str, Sequence[Pin]] = field(default_factory=dict)
    # How many rows the date before has; None where there is none.
    rows_before: int | None = None
    # The current datasets of the ledgers that the feed is reconciled with, by the ledger's feed.
    ledgers: Mapping[str, Sequence[Pin]] = field(default_factory=dict)
    # Of a ledger: the feeds that are reconciled with it.
    dependents: Sequence[Dependent] = ()
    # What corrected rows are added to; None for a whole file.
    added_to: Sequence[Pin] | None = None


@dataclass(slots=True)
class Examined:
    """What became of a file; its good rows are on the disk."""

    columns: list[str]
    rows_read: int = 0
    rows_bad: int = 0
    # The dates to publish, in their order.
    dates: list[str] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)
    comparisons: list[dict[str, Any]] = field(default_factory=list)
    timings: dict[str, int] = field(default_factory=dict)
    bad: Sequence[BadRow] = ()
    # Why nothing of it is to be published; empty where it is.
    refusal: str = ""
    told: str = ""


def examine(
    connection: DuckDBPyConnection,
    lake: Lake,
    definition: FeedDefinition,
    path: Path,
    folder: Path,
    surroundings: Surroundings,
) -> Examined:
    """Reads the sealed file, checks it, and leaves typed rows and bad rows in the folder."""
    lookups.load(connection, lake, definition, surroundings.lookup_pins)
    with staging.content_of(path, definition.format.compression) as file:
        staged = staging.stage(connection, definition, file, folder, surroundings.zone)
    examination = _Examination(connection, lake, definition, folder, surroundings)
    examination.verdicts += [Verdict(reason.lower(), WARNED, f"{count} times.") for reason, count in staged.warnings.items()]
    examined = Examined(staged.columns, staged.rows_read, timings=staged.timings)
    with _timed(examined.timings, "check"):
        faults = examination.faulty()
    with _timed(examined.timings, "quarantine"):
        bad = [*staged.bad, *quarantine.with_raw(definition, path, faults)]
        quarantine.keep(connection, folder, bad)
    with _timed(examined.timings, "reconcile"):
        examination.compare(staged.rows_read, len(bad), "\n".join(staged.trailer) or surroundings.control_text)
    _sum_up(examined, definition, examination, bad)
    return examined


def excluded_url(folder: Path) -> str:
    """The file of the lines that are left out beside those at fault; empty where there are none."""
    path = folder / EXCLUDED
    return str(path) if path.exists() else ""


class _Examination:
    """One file's checks, from the cheapest to those that need all its good rows."""

    def __init__(
        self, connection: DuckDBPyConnection, lake: Lake, definition: FeedDefinition, folder: Path, surroundings: Surroundings
    ) -> None:
        self._connection = connection
        self._lake = lake
        self._definition = definition
        self._schema = definition.schema_
        self._folder = folder
        self._surroundings = surroundings
        self._by_column = definition.date.source == "column"
        self._url = staging.staged_url(definition, folder)
        self._excluded: list[int] = []
        self.verdicts: list[Verdict] = []
        self.comparisons: list[Comparison] = []
        self.dates: list[str] = []

    def faulty(self) -> list[Faulty]:
        """All lines that are at fault, each once, but for those that are no rows."""
        day = DATE_COLUMN if self._by_column else "NULL"
        statement = f"SELECT line, fault, {day} FROM read_parquet('{self._url}') WHERE fault IS NOT NULL"
        faults = list(checks.faulty_lines(self._connection, statement))
        left = checks.repeated_keys(self._connection, self._url, self._schema, by_column=self._by_column)
        self._exclude([*(line for line, *_ in left.faults), *left.repeated])
        self._tell("keys", not left.faults, f"{len(left.faults)} rows share their key with an unlike one.")
        self._tell("repeated_rows", not left.repeated, f"{len(left.repeated)} rows are there twice; one of each was taken.")
        return [*faults, *left.faults, *self._taken(), *self._unreferred()]

    def compare(self, rows_read: int, rows_bad: int, control_text: str) -> None:
        """Counts and sums: against what the sender says, the date before, and the ledger."""
        definition, good = self._definition, self._good
        found = publishing.dates_of(self._connection, good) if self._by_column else []
        self.dates = [str(day) for day, _ in found] or ([str(self._surroundings.business_date)] if not self._by_column else [])
        if definition.controls.source:
            sums = totals(self._connection.sql(good), self._schema)
            verdicts, comparisons = checks.controls(definition, control_text, rows_read, rows_bad, sums)
            self.verdicts += verdicts
            self.comparisons += comparisons
        if definition.checks.rows_change_share_max and not self._by_column:
            share = definition.checks.rows_change_share_max
            self.verdicts.append(checks.row_change(rows_read - rows_bad, self._surroundings.rows_before, share))
        self._reconcile()

    @property
    def _good(self) -> str:
        return publishing.good_rows(self._url, excluded_url(self._folder), day=None)

    def _taken(self) -> list[Faulty]:
        """Corrected rows whose key is in the dataset already."""
        pins = self._surroundings.added_to
        if not pins:
            return []
        self._lake.relation(self._connection, self._schema, pins).create_view("added_to", replace=True)
        taken = checks.taken_keys(self._good, self._schema, "added_to", by_column=self._by_column)
        found = checks.faulty_lines(self._connection, taken)
        self._exclude([line for line, *_ in found])
        return found

    def _unreferred(self) -> Iterator[Faulty]:
        wanted = self._definition.checks.references
        for column in self._schema.columns:
            if wanted == "ignore" or not column.refers_to or column.name not in self._definition.columns:
                continue
            check = f"reference {column.name}"
            pins = self._surroundings.references.get(column.refers_to, ())
            if not pins and column.refers_to != self._schema.name:
                self.verdicts.append(Verdict(check, SKIPPED, f"There are no {column.refers_to} yet."))
                continue
            self._lake.relation(self._connection, SCHEMAS[column.refers_to], pins).create_view("known", replace=True)
            missing = checks.missing_references(self._good, self._schema, column, "known", by_column=self._by_column)
            if wanted == "quarantine":
                lines = checks.faulty_lines(self._connection, missing)
                self._exclude([line for line, *_ in lines])
                yield from lines
                count = len(lines)
            else:
                ((count,),) = self._connection.execute(f"SELECT count(*) FROM ({missing})").fetchall()
            self._tell(check, not count, f"{count} rows refer to {column.refers_to} that are not there.")

    def _reconcile(self) -> None:
        for rule in self._definition.reconciliation:
            pins = self._surroundings.ledgers.get(rule.ledger, ())
            if not pins:
                self.verdicts.append(
                    Verdict(f"reconciliation {rule.ledger}", SKIPPED, "The ledger of the date is not there yet.")
                )
                continue
            ledger = self._lake.relation(self._connection, SCHEMAS[_LEDGER], pins)
            ledger.create_view("ledger", replace=True)
            self._hold(rule, self._definition, self._with_day(self._good), "SELECT *, business_date AS day FROM ledger")
        for dependent in self._surroundings.dependents:
            rows = self._lake.relation(self._connection, dependent.definition.schema_, dependent.pins)
            rows.create_view("dependent", replace=True)
            verdict = self._hold(
                dependent.rule, dependent.definition, "SELECT *, business_date AS day FROM dependent", self._with_day(self._good)
            )
            # It was published before the ledger came: it is told, and no fault of the ledger's.
            self.verdicts[-1] = Verdict(
                f"reconciliation of {dependent.definition.name}", WARNED if verdict.outcome == FAILED else PASSED, verdict.told
            )

    def _hold(self, rule: Reconciliation, definition: FeedDefinition, rows: str, ledger: str) -> Verdict:
        schema = definition.schema_
        by_unit = "unit_number" in definition.columns
        verdict, comparisons = checks.reconcile(self._connection, rule, rows, ledger, checks.amount_of(schema), by_unit=by_unit)
        self.verdicts.append(verdict)
        self.comparisons += comparisons
        return verdict

    def _with_day(self, query: str) -> str:
        day = DATE_COLUMN if self._by_column else f"DATE '{self._surroundings.business_date}'"
        return f"SELECT *, {day} AS day FROM ({query})"

    def _exclude(self, lines: list[int]) -> None:
        import pyarrow as pa

        if not lines:
            return
        self._excluded += lines
        self._connection.register("excluded_lines", pa.table({"line": pa.array(self._excluded, pa.int64())}))
        self._connection.execute(f"COPY excluded_lines TO '{self._folder / EXCLUDED}' (FORMAT parquet)")
        self._connection.unregister("excluded_lines")

    def _tell(self, check: str, passed: bool, told: str) -> None:  # noqa: FBT001 - the two outcomes of a check that refuses nothing
        self.verdicts.append(Verdict(check, PASSED, "") if passed else Verdict(check, WARNED, told))


def _sum_up(examined: Examined, definition: FeedDefinition, examination: _Examination, bad: Sequence[BadRow]) -> None:
    examined.rows_bad, examined.bad, examined.dates = len(bad), bad, examination.dates
    counted = Counter((row.reason, row.column) for row in bad)
    examined.faults = [{"reason": reason, "column": column, "rows": rows} for (reason, column), rows in sorted(counted.items())]
    examined.checks = [asdict(verdict) for verdict in examination.verdicts]
    examined.comparisons = [asdict(comparison) for comparison in examination.comparisons]
    failed = [verdict for verdict in examination.verdicts if verdict.outcome == FAILED]
    if len(bad) > definition.checks.bad_rows_share_max * examined.rows_read:
        examined.refusal, examined.told = "BAD_ROWS_TOO_MANY", f"{len(bad)} of {examined.rows_read} rows are bad."
    elif failed and definition.checks.disagreement == "refuse":
        examined.refusal, examined.told = "CHECKS_FAILED", " ".join(verdict.told for verdict in failed)


@contextmanager
def _timed(timings: dict[str, int], name: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    timings[name] = timings.get(name, 0) + round((time.monotonic() - started) * 1000)
