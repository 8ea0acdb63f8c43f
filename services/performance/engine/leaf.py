"""Looks into the leaf of results: what a figure is made of, by whatever tells its parts.

Plain queries, for an answer that somebody waits for: what is computed stands in the other modules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.performance.engine.measures import MEASURES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Beside what else a run has written.
FILE = "account_results.parquet"
_SUMS = ", ".join(f"coalesce(sum({name}), 0)::HUGEINT AS {name}" for name in MEASURES)
_OBJECT = ("dataset", "source_system", "account_number", "currency_code")
POOL_ORDER = (*_OBJECT, "organisation_unit_id")
# Within it an amount is rounded.
_WHOLE = (*_OBJECT, "product_version_id")


@dataclass(frozen=True, slots=True)
class Account:
    """An account in one of its currencies, or another object, as results name it."""

    dataset: str
    source_system: str
    account_number: str
    currency_code: str

    def __str__(self) -> str:
        return f"{self.dataset}/{self.source_system}/{self.account_number}/{self.currency_code}"

    @classmethod
    def parse(cls, text: str) -> Account:
        """The same back from text; ValueError where it is none. The bank's number may have slashes in it."""
        dataset, source_system, rest = text.split("/", 2)
        account_number, currency_code = rest.rsplit("/", 1)
        return cls(dataset, source_system, account_number, currency_code)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which rows of the leaf are looked at; None is no condition."""

    person_id: str | None = None
    organisation_unit_ids: tuple[str, ...] | None = None
    product_code: str | None = None
    customer_number: str | None = None
    account: Account | None = None

    @property
    def of_objects(self) -> bool:
        """Whether it is narrower than prepared results are."""
        return self.customer_number is not None or self.account is not None

    def conditions(self) -> dict[str, Any]:
        """Conditions by what is to equal, with the values."""
        found: dict[str, Any] = {}
        for name in ("person_id", "product_code", "customer_number"):
            if (value := getattr(self, name)) is not None:
                found[f"{name} = ?"] = value
        if self.organisation_unit_ids is not None:
            found["list_contains(?::VARCHAR[], organisation_unit_id)"] = list(self.organisation_unit_ids)
        for name in _OBJECT if self.account else ():
            found[f"{name} = ?"] = getattr(self.account, name)
        return found


def load(connection: DuckDBPyConnection, files: Sequence[Path], narrowing: Narrowing, table: str) -> None:
    """Makes a table of the rows of leaves that are looked at."""
    conditions = narrowing.conditions()
    where = " AND ".join(["true", *conditions])
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS FROM read_parquet(?) WHERE {where}",
        [[str(file) for file in files], *conditions.values()],
    )


def load_period(
    connection: DuckDBPyConnection,
    files: Mapping[date, Path],
    people: Path,
    days: tuple[date, date],
    narrowing: Narrowing,
    table: str,
) -> None:
    """The same of a quarter or a year, from its months' leaves, first and last day: averages are rounded and shared anew.

    They are shared among all owners of an account, also those that are not looked at.
    """
    from services.performance.engine.periods import account_rows

    load(connection, list(files.values()), narrowing, "narrowed")
    wanted = f"({', '.join(_WHOLE)}) IN (SELECT DISTINCT {', '.join(_WHOLE)} FROM narrowed)"
    read = [[str(file) for file in files.values()]]
    connection.execute(f"CREATE OR REPLACE TEMP TABLE period_leaf AS FROM read_parquet(?) WHERE {wanted}", read)
    connection.execute("CREATE OR REPLACE TEMP TABLE period_people AS FROM read_parquet(?)", [str(people)])
    account_rows(connection, max(files), *days, "period_accounts")
    conditions = narrowing.conditions()
    where = " AND ".join(["true", *conditions])
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS FROM period_accounts WHERE {where}", list(conditions.values()))


def total(connection: DuckDBPyConnection, table: str) -> tuple[int, ...]:
    """What all rows sum up to, measure by measure."""
    (row,) = connection.execute(f"SELECT {_SUMS} FROM {table}").fetchall()
    return tuple(int(value) for value in row)


def count(connection: DuckDBPyConnection, table: str, by: Sequence[str]) -> int:
    """How many parts there are."""
    ((found,),) = connection.execute(f"SELECT count(*) FROM (SELECT DISTINCT {', '.join(by)} FROM {table})").fetchall()
    return int(found)


def parts(
    connection: DuckDBPyConnection, table: str, by: Sequence[str], measure: str, after: tuple[int, str] | None, limit: int
) -> list[tuple[Mapping[str, str], tuple[int, ...], str]]:
    """The largest parts by the size of a measure, after the one with that size and key: what tells each, its sums, its key."""
    keys, key = ", ".join(by), f"concat_ws(chr(31), {', '.join(f'{name}::VARCHAR' for name in by)})"
    beyond = f"WHERE abs({measure}) < ? OR (abs({measure}) = ? AND key > ?)" if after else ""
    rows = connection.execute(
        f"SELECT * FROM (SELECT {keys}, {_SUMS}, {key} AS key FROM {table} GROUP BY {keys}) {beyond} "
        f"ORDER BY abs({measure}) DESC, key LIMIT ?",
        [*((after[0], after[0], after[1]) if after else ()), limit],
    ).fetchall()
    return [
        (dict(zip(by, map(str, row), strict=False)), tuple(int(value) for value in row[len(by) : -1]), str(row[-1]))
        for row in rows
    ]


def accounts(connection: DuckDBPyConnection, table: str, limit: int) -> list[tuple[str, str, str]]:
    """The objects (dataset, source system, number) that the rows are of, so many at most."""
    query = f"SELECT DISTINCT dataset, source_system, account_number FROM {table} ORDER BY ALL LIMIT ?"
    return [(str(row[0]), str(row[1]), str(row[2])) for row in connection.execute(query, [limit]).fetchall()]


def pool(
    connection: DuckDBPyConnection, file: Path, narrowing: Narrowing, after: Sequence[str], limit: int
) -> list[Mapping[str, Any]]:
    """The next objects of which the pool has a part, by dataset, system, number, currency and unit."""
    narrowed = replace(narrowing, person_id="")
    conditions, order = narrowed.conditions(), ", ".join(POOL_ORDER)
    beyond = f"AND ({order}) > ({', '.join('?' for _ in POOL_ORDER)})" if after else ""
    sums = ", ".join(f"sum({name})::BIGINT AS {name}" for name in ("balance", "average_balance", "contribution"))
    found = connection.execute(
        f"SELECT {order}, any_value(customer_number) AS customer_number, {sums} FROM read_parquet(?)"
        f" WHERE {' AND '.join(conditions)} {beyond} GROUP BY {order} ORDER BY {order} LIMIT ?",
        [str(file), *conditions.values(), *after, limit],
    )
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
