"""Two systems' exports of the same facts, row by row: joined by key, each difference named by its column and kind.

A key that one side has several times is matched as often as the other side has it; what is left over is missing or extra. Dates
may be shifted by whole years and days, as in a copy that was made young.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from services.chassis.lake.schemas import Column, Schema, Type
from services.integration.engine.differences import amount_text, digits_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BUSINESS_DATE = Column("business_date", Type.DATE)


class DifferenceKind(Enum):
    """How two rows of one key differ in a column, or that there is only one."""

    # The right side has no such row.
    MISSING = "MISSING"
    # The left side has no such row.
    EXTRA = "EXTRA"
    # The right side's amount is the left one's, rounded to whole units of the currency.
    ROUNDED = "ROUNDED"
    # The amounts differ by no more than the tolerance.
    WITHIN_TOLERANCE = "WITHIN_TOLERANCE"
    # The left side has a value, the right one none.
    EMPTIED = "EMPTIED"
    # The other way round.
    FILLED = "FILLED"
    # They differ otherwise.
    DIFFERING = "DIFFERING"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared, and what counts as the same."""

    schema: Schema
    # The columns that are compared beside the key; all of the schema's, and the business date, where none is named.
    columns: tuple[str, ...] = ()
    # The right side's dates are the left side's, moved by these.
    shift_years: int = 0
    shift_days: int = 0
    tolerance_minor_units: int = 0

    @property
    def key(self) -> tuple[Column, ...]:
        """The columns by which rows are matched. Of a snapshot each date has every key."""
        own = tuple(self.schema.column(name) for name in self.schema.key)
        return (BUSINESS_DATE, *own) if self.schema.snapshot else own

    @property
    def compared(self) -> tuple[Column, ...]:
        """The columns that are compared, in the schema's order."""
        key = {column.name for column in self.key}
        return tuple(
            column
            for column in (BUSINESS_DATE, *self.schema.columns)
            if column.name not in key and (not self.columns or column.name in self.columns)
        )


def reconcile(connection: DuckDBPyConnection, comparison: Comparison) -> None:
    """From the views `left_rows` and `right_rows` (rows of the schema) the tables `matched` and `differences`.

    `differences` has the columns that are kept, and `match`. Its business dates are the left side's; a date among the values is
    told as the right side should have it. Values of columns that identify or reach a person are left out.
    """
    key = ", ".join(column.name for column in comparison.key)
    # Rows that have one key are told apart by what else they hold, so that equal ones meet.
    order = ", ".join(column.name for column in comparison.compared) or key
    for side, columns in (("left", _moved_dates(comparison)), ("right", f"*, {_moved_back(comparison)} AS told_date")):
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {side}_numbered AS "
            f"SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY {order}) AS repeat "
            f"FROM (SELECT {columns} FROM {side}_rows)"
        )
    connection.execute(_matched(comparison))
    connection.execute(_differences(comparison))


def row_counts(connection: DuckDBPyConnection) -> dict[str, int]:
    """Rows on the left, on the right, of one key on both sides, and of those the equal ones."""
    ((left, right, matched),) = connection.execute(
        "SELECT count(*) FILTER (on_left), count(*) FILTER (on_right), count(*) FILTER (on_left AND on_right) FROM matched"
    ).fetchall()
    ((unequal,),) = connection.execute("SELECT count(DISTINCT match) FROM differences WHERE column_name <> ''").fetchall()
    return {"left": left, "right": right, "matched": matched, "equal": matched - unequal}


def _moved_dates(comparison: Comparison) -> str:
    """The left side's columns, its dates moved to where the right side has them; `told_date` is its own business date."""
    years, days = int(comparison.shift_years), int(comparison.shift_days)
    dates = [column.name for column in (BUSINESS_DATE, *comparison.schema.columns) if column.type is Type.DATE]
    # Forwards, for a leap day has no counterpart: backwards two days would become one.
    moved = ", ".join(f"({name} + INTERVAL ({years}) YEAR + INTERVAL ({days}) DAY)::DATE AS {name}" for name in dates)
    return f"* REPLACE ({moved}), business_date AS told_date"


def _moved_back(comparison: Comparison) -> str:
    """About where the left side would have the right side's business date."""
    years, days = int(comparison.shift_years), int(comparison.shift_days)
    return f"(business_date - INTERVAL ({days}) DAY - INTERVAL ({years}) YEAR)::DATE"


def _matched(comparison: Comparison) -> str:
    key = [column.name for column in comparison.key]
    names = [column.name for column in comparison.compared]
    # The currency stays at hand, for amounts to be told in its units.
    beside = {c.currency for c in comparison.compared if c.type is Type.MONEY} - set(names) - set(key)
    sides = ", ".join(f"l.{name} AS left_{name}, r.{name} AS right_{name}" for name in [*names, *sorted(beside)])
    return (
        f"CREATE OR REPLACE TEMP TABLE matched AS SELECT row_number() OVER () AS match, {', '.join(key)}, "
        f"coalesce(l.told_date, r.told_date) AS told_date, "
        f"l.repeat IS NOT NULL AS on_left, r.repeat IS NOT NULL AS on_right, {sides} "
        f"FROM left_numbered l FULL JOIN right_numbered r USING ({', '.join(key)}, repeat)"
    )


def _differences(comparison: Comparison) -> str:
    """Long: one row a difference, in the columns that are kept."""
    names = [column.name for column in comparison.key if column is not BUSINESS_DATE]
    key = f"concat_ws(' ', {', '.join(names)})"
    nothing = ", ".join(f"NULL::VARCHAR AS {side}_value" for side in ("left", "right", "step"))
    alone = (
        f"SELECT match, {key} AS key, told_date AS business_date, '' AS column_name, "
        f"if(on_left, 'MISSING', 'EXTRA') AS kind, {nothing} FROM matched WHERE NOT (on_left AND on_right)"
    )
    parts = [alone, *(_of_column(column, comparison, key) for column in comparison.compared)]
    return (
        "CREATE OR REPLACE TEMP TABLE differences AS SELECT row_number() OVER (ORDER BY business_date, key, match, column_name) "
        f"AS number, * FROM ({' UNION ALL '.join(parts)})"
    )


def _of_column(column: Column, comparison: Comparison, key: str) -> str:
    left, right = f"left_{column.name}", f"right_{column.name}"
    amounts = _kinds_of_amounts(column, comparison)
    kind = f"CASE WHEN {right} IS NULL THEN 'EMPTIED' WHEN {left} IS NULL THEN 'FILLED' {amounts} ELSE 'DIFFERING' END"
    values = "NULL, NULL" if column.personal else f"{_told(column, 'left', comparison)}, {_told(column, 'right', comparison)}"
    return (
        f"SELECT match, {key}, told_date, '{column.name}', {kind}, {values}, NULL "
        f"FROM matched WHERE on_left AND on_right AND {left} IS DISTINCT FROM {right}"
    )


def _kinds_of_amounts(column: Column, comparison: Comparison) -> str:
    if column.type is not Type.MONEY:
        return ""
    left, right, unit = (
        f"left_{column.name}",
        f"right_{column.name}",
        f"(10 ** {digits_of(_currency(column, 'left', comparison))})::BIGINT",
    )
    # Half a unit is rounded either way by one system or another.
    return (
        f"WHEN {right} % {unit} = 0 AND abs({left}::HUGEINT - {right}) * 2 <= {unit} THEN 'ROUNDED' "
        f"WHEN abs({left}::HUGEINT - {right}) <= {int(comparison.tolerance_minor_units)} THEN 'WITHIN_TOLERANCE'"
    )


def _told(column: Column, side: str, comparison: Comparison) -> str:
    value = f"{side}_{column.name}"
    return amount_text(value, _currency(column, side, comparison)) if column.type is Type.MONEY else f"{value}::VARCHAR"


def _currency(column: Column, side: str, comparison: Comparison) -> str:
    """Where the amount's currency stands; a key has no sides."""
    return column.currency if column.currency in {each.name for each in comparison.key} else f"{side}_{column.currency}"
