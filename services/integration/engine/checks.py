"""What must hold of a file's rows among themselves, against other datasets, and against what the sender says of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from services.chassis.kernel.money import fraction_digits
from services.chassis.lake.schemas import SCHEMAS, Column, Schema, Type
from services.integration.engine.columns import DATE_COLUMN
from services.integration.engine.expressions import listed, quoted
from services.integration.engine.reading.rows import check_faults
from services.integration.model.feed_definition import ColumnRule, FeedDefinition, Reconciliation

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PASSED, WARNED, FAILED, SKIPPED = "PASSED", "WARNED", "FAILED", "SKIPPED"
DIFFERENCES_MAX = 1_000
_EXACT = Context(prec=60)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found: nothing of a row, no amount."""

    check: str
    outcome: str
    told: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two amounts that should be one, in minor units as text, for whoever may see amounts."""

    check: str
    subject: str
    unit_number: str
    currency_code: str
    stated: str
    found: str


@dataclass(frozen=True, slots=True)
class Left:
    """Lines that do not go into the dataset: with a fault, or because their very row is there already."""

    faults: list[tuple[int, str, date | None]]
    repeated: list[int]


def repeated_keys(connection: DuckDBPyConnection, url: str, schema: Schema, *, by_column: bool) -> Left:
    """Rows of one key: of equal ones the first stays; of unlike ones none can be trusted, and all are at fault."""
    keys = [*schema.key, *([DATE_COLUMN] if by_column else [])]
    names = [*schema.names, *([DATE_COLUMN] if by_column else [])]
    key, row = ", ".join(keys), ", ".join(names)
    good = f"read_parquet('{url}') WHERE fault IS NULL"
    # Numbers in place of texts: most files have no key twice, and that is all to be known of them.
    twice = f"SELECT number FROM (SELECT hash({key}) AS number FROM {good}) GROUP BY number HAVING count(*) > 1"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE twice AS {twice}")
    if not connection.execute("SELECT 1 FROM twice LIMIT 1").fetchall():
        return Left([], [])
    suspects = f"SELECT line, {row} FROM {good} AND hash({key}) IN (SELECT number FROM twice)"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE suspects AS {suspects}")
    unlike = f"SELECT {key} FROM suspects GROUP BY {key} HAVING count(DISTINCT row({row})) > 1"
    day = DATE_COLUMN if by_column else "NULL"
    faulty = _limited(
        connection, f"SELECT line, 'KEY_REPEATED {schema.key[0]}', {day} FROM suspects SEMI JOIN ({unlike}) USING ({key})"
    )
    places = f"row_number() OVER (PARTITION BY {row} ORDER BY line) AS place"
    others = f"SELECT line, {places} FROM suspects ANTI JOIN ({unlike}) USING ({key})"
    repeated = connection.execute(f"SELECT line FROM ({others}) WHERE place > 1").fetchall()
    return Left(faulty, [line for (line,) in repeated])


def missing_references(rows: str, schema: Schema, column: Column, known: str, *, by_column: bool) -> str:
    """The statement for the lines, as faults, whose value refers to no row of the view `known`, nor of the file itself."""
    key = SCHEMAS[column.refers_to].key[0]
    own = f" UNION ALL SELECT {key} FROM ({rows})" if column.refers_to == schema.name else ""
    day = DATE_COLUMN if by_column else "NULL"
    return (
        f"SELECT line, {quoted(f'REFERENCE_MISSING {column.name}')}, {day} FROM ({rows}) WHERE {column.name} IS NOT NULL "
        f"AND {column.name} NOT IN (SELECT {key} FROM {known} WHERE {key} IS NOT NULL{own})"
    )


def taken_keys(rows: str, schema: Schema, current: str, *, by_column: bool) -> str:
    """The statement for the lines, as faults, whose key a row of the view `current` has, on their date."""
    on = " AND ".join(f"mine.{name} = there.{name}" for name in schema.key)
    day = DATE_COLUMN if by_column else "NULL"
    same_day = f" AND mine.{DATE_COLUMN} = there.business_date" if by_column else ""
    fault = quoted(f"KEY_TAKEN {schema.key[0]}")
    return (
        f"SELECT line, {fault}, {day} FROM ({rows}) AS mine WHERE EXISTS (SELECT 1 FROM {current} AS there WHERE {on}{same_day})"
    )


def faulty_lines(connection: DuckDBPyConnection, statement: str) -> list[tuple[int, str, date | None]]:
    """The lines that the statement finds; raises LimitReached FAULTS_TOO_MANY."""
    return _limited(connection, statement)


def controls(
    definition: FeedDefinition, text: str, rows_read: int, rows_bad: int, sums: Mapping[str, Mapping[str, str]]
) -> tuple[list[Verdict], list[Comparison]]:
    """What the sender says of the file against what it holds: the rows, good and bad, and the sums of the good ones."""
    stated = re.search(definition.controls.pattern, text, re.MULTILINE)
    if stated is None:
        return [Verdict("controls", FAILED, "What the sender says of the file is not there, or not as the feed expects it.")], []
    verdicts, comparisons = [], []
    for name, value in stated.groupdict().items():
        if value is None:
            continue
        if name == "rows":
            agree = value.strip().isdecimal() and int(value) == rows_read
            told = (
                f"The sender says {value.strip()} rows; the file has {rows_read}."
                if value.strip().isdecimal()
                else "The count is none."
            )
            verdicts.append(Verdict("control_rows", PASSED if agree else FAILED, told))
        elif name in definition.columns:
            verdict, comparison = _control_sum(definition, name, value, sums.get(name, {}), rows_bad)
            verdicts.append(verdict)
            comparisons.append(comparison)
    return verdicts, comparisons


def _control_sum(
    definition: FeedDefinition, name: str, value: str, found: Mapping[str, str], rows_bad: int
) -> tuple[Verdict, Comparison]:
    check = f"control_sum {name}"
    currency = ",".join(sorted(found))
    total = sum(int(amount) for amount in found.values())
    rule = definition.columns[name]
    digits = {fraction_digits(each) for each in found} if found and rule.unit == "major" else {2}
    # Yuan and yen have no sum but in minor units, as a total over all that a machine counts.
    stated = _minor_units(value, rule, digits.pop()) if len(digits) == 1 else None
    comparison = Comparison(check, name, "", currency, "" if stated is None else str(stated), str(total))
    if stated is None:
        return Verdict(check, FAILED, "The sum that the sender says is no amount of the file's currency."), comparison
    if stated == total:
        return Verdict(check, PASSED, "The sums agree."), comparison
    if rows_bad:
        return Verdict(check, WARNED, "The sums differ; the bad rows are not in the file's."), comparison
    return Verdict(check, FAILED, "The sums differ."), comparison


def row_change(rows: int, before: int | None, share_max: float) -> Verdict:
    """The count of rows against the date before."""
    if before is None:
        return Verdict("row_change", SKIPPED, "There is no date before.")
    agree = abs(rows - before) <= share_max * before
    return Verdict("row_change", PASSED if agree else FAILED, f"{rows} rows; {before} the date before.")


def reconcile(
    connection: DuckDBPyConnection, rule: Reconciliation, rows: str, ledger: str, amount: str, *, by_unit: bool
) -> tuple[Verdict, list[Comparison]]:
    """Sums by the ledger's subject, organisation unit and currency against the ledger's own, which is side less other side.

    `rows` answers `product_code`, `currency_code`, the amount, `unit_number` where it is told apart, and `day`; `ledger` the
    columns of gl_balances and `day`. Of a day that both have, what is on one side alone counts as nothing on the other.
    """
    cases = " ".join(f"WHEN product_code IN {listed(codes)} THEN {quoted(subject)}" for subject, codes in rule.subjects.items())
    unit = "unit_number" if by_unit else "''"
    other = "credit" if rule.side == "debit" else "debit"
    found = (
        f"SELECT day, CASE {cases} END AS subject, {unit} AS unit, currency_code AS currency, sum({amount}) AS found "
        f"FROM ({rows}) WHERE day IN (SELECT day FROM ({ledger})) GROUP BY ALL HAVING subject IS NOT NULL"
    )
    stated = (
        f"SELECT day, subject_code AS subject, {unit} AS unit, currency_code AS currency, "
        f"sum({rule.side}_minor_units - {other}_minor_units) AS stated FROM ({ledger}) "
        f"WHERE subject_code IN {listed(rule.subjects)} AND day IN (SELECT day FROM ({rows})) GROUP BY ALL"
    )
    differing = connection.execute(
        f"SELECT subject, unit, currency, coalesce(stated, 0), coalesce(found, 0) FROM ({found}) "
        f"FULL JOIN ({stated}) USING (day, subject, unit, currency) "
        f"WHERE abs(coalesce(stated, 0) - coalesce(found, 0)) > {rule.tolerance_minor_units} ORDER BY ALL LIMIT {DIFFERENCES_MAX}"
    ).fetchall()
    check = f"reconciliation {rule.ledger}"
    comparisons = [Comparison(check, s or "", u or "", c or "", str(there), str(here)) for s, u, c, there, here in differing]
    if not comparisons:
        return Verdict(check, PASSED, "The sums agree with the ledger's."), []
    return Verdict(check, FAILED, f"{len(comparisons)} sums differ from the ledger's."), comparisons


def amount_of(schema: Schema) -> str:
    """The column whose sums a ledger states."""
    return next(column.name for column in schema.columns if column.type is Type.MONEY and column.required)


def _minor_units(value: str, rule: ColumnRule, digits: int) -> int | None:
    text = value.strip().replace(rule.grouping_mark, "") if rule.grouping_mark else value.strip()
    if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", text.replace(rule.decimal_mark, "."), re.ASCII):
        return None
    try:
        scaled = Decimal(text.replace(rule.decimal_mark, ".")).scaleb(digits if rule.unit == "major" else 0, _EXACT)
    except InvalidOperation:
        return None
    return int(scaled) if scaled == scaled.to_integral_value() else None


def _limited(connection: DuckDBPyConnection, statement: str) -> list[Any]:
    ((count,),) = connection.execute(f"SELECT count(*) FROM ({statement})").fetchall()
    check_faults(count)
    return connection.execute(statement).fetchall()
