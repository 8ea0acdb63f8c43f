"""Formulas as columns of DuckDB: row by row what plain numbers come to."""

import random

import duckdb
import ibis
import pytest

from services.performance.engine.formulas import numerator, within_bounds
from services.performance.rules.formulas import PLAIN, SCALE_MAX, SOURCES, InputKind
from services.performance.rules.formulas.values import Whole
from tests.unit.performance.test_formulas import LOAN_NET_PROFIT, read

TYPES = {InputKind.TEXT: ("string", "VARCHAR"), InputKind.FLAG: ("boolean", "BOOLEAN")}
FORMULAS = (
    LOAN_NET_PROFIT,
    "balance * (ftp_rate - customer_rate)",
    "balance * LEAST(ftp_rate, customer_rate, 0.01)",
    "balance * GREATEST(ftp_rate - customer_rate, -0.02) / 8",
    "balance * ABS(COALESCE(customer_rate, probability_of_default, 0.5) - ftp_rate)",
    "CASE WHEN loan_class IN ('LOSS', 'DOUBTFUL') OR NOT overdue_days <= 5 THEN balance ELSE -balance END * ftp_rate",
    "balance * CASE WHEN account_state IS NULL THEN 30 WHEN overdue_days BETWEEN 1 AND 3 THEN 2 ELSE 1 END * ftp_rate / 100",
    "balance * CASE WHEN customer_rate = 0.03 THEN 30 ELSE 50 END / 100 * customer_rate",
    "COALESCE(balance * customer_rate, balance * 0.02)",
    "CASE WHEN days_since_open = 0 THEN balance * fee_share ELSE 0 END",
    "count * price_a_year + balance * 0.003",
)


def _any_row(rng):
    """A row within the bounds, now and then at them, now and then with something missing."""
    row = {}
    for name, each in SOURCES["balances"].inputs.items():
        if each.kind is InputKind.TEXT:
            made = rng.choice(each.codes or ("A", "B"))
        else:
            made = rng.choice(
                (each.low, each.high, rng.randint(each.low, each.high), min(3_000_000, each.high), min(3, each.high))
            )
        row[name] = None if rng.random() < 0.2 and name != "balance" else made
    return row


@pytest.fixture(scope="module")
def rows():
    """A table of rows, in DuckDB and in Python."""
    rng = random.Random(6)
    made = [_any_row(rng) for _ in range(400)]
    inputs = SOURCES["balances"].inputs
    with duckdb.connect() as connection:
        columns = ", ".join(f"{name} {TYPES.get(each.kind, ('', 'BIGINT'))[1]}" for name, each in inputs.items())
        connection.execute(f"CREATE TABLE t (place BIGINT, {columns})")
        marks = ", ".join("?" * (len(inputs) + 1))
        connection.executemany(f"INSERT INTO t VALUES ({marks})", [[place, *row.values()] for place, row in enumerate(made)])
        schema = {"place": "int64"} | {name: TYPES.get(each.kind, ("int64", ""))[0] for name, each in inputs.items()}
        yield connection, ibis.table(schema, name="t"), made


def _plain(formula, row):
    inputs = SOURCES["balances"].inputs
    columns = {n: v if inputs[n].kind in (InputKind.TEXT, InputKind.FLAG) else Whole(v) for n, v in row.items()}
    return formula.value(PLAIN, columns).number


@pytest.mark.parametrize("text", FORMULAS)
def test_duckdb_comes_to_the_same_whole_numbers(rows, text):
    connection, table, made = rows
    formula = read(text)
    columns = {name: table[name] for name in SOURCES["balances"].inputs}
    finer = numerator(formula, columns, scale=SCALE_MAX)
    statement = table.select("place", whole=numerator(formula, columns), finer=finer, fits=within_bounds(formula.inputs, columns))
    found = connection.sql(ibis.to_sql(statement.order_by("place"), dialect="duckdb"))
    assert [str(each) for each in found.types[1:3]] == ["DECIMAL(38,0)"] * 2
    for (_, whole, finest, fits), row in zip(found.fetchall(), made, strict=True):
        expected = _plain(formula, row)
        assert whole == expected
        assert finest == (None if expected is None else expected * 10 ** (SCALE_MAX - formula.scale))
        assert fits


def test_a_row_beyond_the_bounds_is_told(rows):
    connection, table, _ = rows
    formula = read("balance * ftp_rate")
    beyond = {"balance": ibis.literal(10**15 + 1), "ftp_rate": ibis.null("int64")}
    sql = ibis.to_sql(table.limit(1).select(fits=within_bounds(formula.inputs, beyond)), dialect="duckdb")
    assert connection.sql(sql).fetchall() == [(False,)]


def test_digits_are_never_lost(rows):
    _, table, _ = rows
    with pytest.raises(ValueError, match="lose some"):
        numerator(read("balance * ftp_rate"), {"balance": table.balance, "ftp_rate": table.ftp_rate}, scale=7)
