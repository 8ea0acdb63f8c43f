"""Dependence of customers on people, over the files of an analysis: by the formula of `rules/dependence.py`, row by row the same.

Bounded reads for whoever looks: everything is a statement over Parquet, and only what is answered comes into Python.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.analytics.rules.departures import AtRisk
from services.analytics.rules.dependence import BANK_YEARS_STEPS, OTHERS_STEPS, SHARE_UNKNOWN_E4, TENURE_STEPS, WHOLE_E4
from services.chassis.engines.expressions import quoted
from services.chassis.kernel.caller import PATH_SEPARATOR

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Source:
    """The files of an analysis that dependence stands on, and whose customers count."""

    customers: Path
    features: Path
    relations: Path
    as_of_date: date
    # Of units that begin with one of these.
    organisation_paths: Collection[str]
    # Which feature is a customer's balance.
    balance: str = "assets_now"


@dataclass(frozen=True, slots=True)
class Dependence:
    """A customer, and how he depends on whom is asked about."""

    # Empty where it is several together.
    person_id: str
    customer_id: str
    customer_number: str
    kind: int
    tier: int
    lead_person_id: str
    organisation_path: str
    balance_minor_units: int
    loan_minor_units: int
    contact_count: int
    # None where the customer had no contacts in a year.
    share_e4: int | None
    first_date: date | None
    last_date: date | None
    # Of the bank's other people whom the customer knows and who stay.
    others_count: int
    dependence_e4: int
    at_risk_minor_units: int


@dataclass(frozen=True, slots=True)
class PersonSum:
    """What would go with one person, added up."""

    person_id: str
    customer_count: int
    single_threaded_count: int
    balance_minor_units: int
    loan_minor_units: int
    at_risk_minor_units: int


@dataclass(frozen=True, slots=True)
class UnitSum:
    """All customers of units."""

    customer_count: int
    balance_minor_units: int


_COLUMNS = (
    "group_id, customer_id, customer_number, kind, tier, lead_person_id, organisation_path, balance, loan, contact_count, "
    "share_e4, first_date, last_date, others_count, dependence_e4, at_risk"
)


class Dependences:
    """Asks about people: each of `person_ids` by himself, or with `together` as if all left at once.

    `present_person_ids` are all who are with the bank: a contact with somebody who is not binds nobody. They include those asked
    about.
    """

    def __init__(
        self,
        connection: DuckDBPyConnection,
        source: Source,
        present_person_ids: Iterable[str],
        person_ids: Iterable[str],
        *,
        together: bool = False,
    ) -> None:
        self._connection = connection
        leaving = sorted(set(person_ids))
        _texts(connection, "present", {"person_id": [*{*present_person_ids, *leaving}]})
        _texts(connection, "leaving", {"group_id": ["" if together else each for each in leaving], "person_id": leaving})
        few = len(leaving) <= _FEW
        self._query = _dependences(source, _TIES_TOGETHER if together else _TIES, _KNOWN_OF_FEW if few else _KNOWN)

        self._together = together

    @cached_property
    def _rows(self) -> str:
        """The rows: of several people together computed once, since several questions follow; else where they are used."""
        if not self._together:
            return f"({self._query})"
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE dependences AS {self._query}")
        return "dependences"

    def page(
        self,
        size: int,
        after: tuple[int, str, str] | None = None,
        *,
        least_dependence_e4: int = 0,
        single_threaded: bool = False,
    ) -> list[Dependence]:
        """The customers, those with most at risk first, behind an amount at risk, a customer's number and a person."""
        where = ["dependence_e4 >= ?"]
        values: list[Any] = [least_dependence_e4]
        if single_threaded:
            where.append("others_count = 0")
        if after:
            where.append("(-at_risk, customer_number, group_id) > (?, ?, ?)")
            values += [-after[0], after[1], after[2]]
        statement = (
            f"SELECT {_COLUMNS} FROM {self._rows} WHERE {' AND '.join(where)} "
            "ORDER BY at_risk DESC, customer_number, group_id LIMIT ?"
        )
        return [Dependence(*row) for row in self._connection.execute(statement, [*values, size]).fetchall()]

    def rows(self) -> list[Dependence]:
        """All of them, by customer's number."""
        return [
            Dependence(*row)
            for row in self._connection.execute(
                f"SELECT {_COLUMNS} FROM {self._rows} ORDER BY customer_number, group_id"
            ).fetchall()
        ]

    def at_risk(self) -> AtRisk:
        """All of them added up."""
        part = f"(dependence_e4 / {WHOLE_E4}.0)"
        (row,) = self._connection.execute(
            f"SELECT count(*), coalesce(sum(greatest(balance, 0)), 0)::HUGEINT, coalesce(sum(at_risk), 0)::HUGEINT, "
            f"coalesce(fsum(greatest(balance, 0)::DOUBLE ** 2 * {part}), 0), "
            f"coalesce(fsum(greatest(balance, 0)::DOUBLE ** 2 * {part} ** 2), 0) FROM {self._rows}"
        ).fetchall()
        return AtRisk(*row)

    def loans(self) -> tuple[int, int]:
        """How many of them have loans that somebody has to look after, and how much."""
        (row,) = self._connection.execute(
            f"SELECT count(*) FILTER (loan > 0), coalesce(sum(loan) FILTER (loan > 0), 0)::HUGEINT FROM {self._rows}"
        ).fetchall()
        return int(row[0]), int(row[1])

    def single_threaded_count(self) -> int:
        """How many know nobody else of the bank."""
        (row,) = self._connection.execute(f"SELECT count(*) FILTER (others_count = 0) FROM {self._rows}").fetchall()
        return int(row[0])

    def by_person(self) -> list[PersonSum]:
        """Each person's sums, most at risk first; of whom nobody depends there is none. No row is kept for it."""
        statement = (
            "SELECT group_id, count(*), count(*) FILTER (others_count = 0), sum(greatest(balance, 0))::HUGEINT, "
            f"sum(loan)::HUGEINT, sum(at_risk)::HUGEINT FROM {self._rows} "
            "GROUP BY group_id ORDER BY sum(at_risk) DESC, group_id"
        )
        return [PersonSum(*row) for row in self._connection.execute(statement).fetchall()]


def unit_sum(connection: DuckDBPyConnection, source: Source) -> UnitSum:
    """How many customers the units have, and what those have."""
    features = f"(SELECT customer_number, {source.balance} AS balance FROM read_parquet({quoted(source.features)}))"
    (row,) = connection.execute(
        "SELECT count(*), coalesce(sum(greatest(coalesce(balance, 0), 0)), 0)::HUGEINT "
        f"FROM ({_scoped(source)}) AS scoped LEFT JOIN {features} USING (customer_number)"
    ).fetchall()
    return UnitSum(*row)


def contact_shares(
    connection: DuckDBPyConnection, source: Source, customer_ids: Sequence[str], person_ids: Sequence[str]
) -> Iterator[tuple[str, str, int]]:
    """By customer and person which part of the contacts of a year he held, where he had any."""
    _texts(connection, "asked_customers", {"customer_id": list(customer_ids)})
    _texts(connection, "asked_people", {"person_id": list(person_ids)})
    statement = (
        f"SELECT customer_id, person_id, share_e4 FROM read_parquet({quoted(source.relations)}) "
        "WHERE share_e4 > 0 AND customer_id IN (FROM asked_customers) AND person_id IN (FROM asked_people)"
    )
    yield from connection.execute(statement).fetchall()


def _texts(connection: DuckDBPyConnection, name: str, columns: dict[str, list[str]]) -> None:
    import pyarrow as pa

    given = f"given_{name}"
    connection.register(given, pa.table({column: pa.array(values, pa.string()) for column, values in columns.items()}))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM {given}")
    connection.unregister(given)


def _scoped(source: Source) -> str:
    """The customers that count, where not all of the bank do only those of the units."""
    where = (
        "true"
        if PATH_SEPARATOR in source.organisation_paths
        else " OR ".join(
            ["false", *(f"starts_with(organisation_path, {quoted(path)})" for path in sorted(source.organisation_paths))]
        )
    )
    return f"SELECT * FROM read_parquet({quoted(source.customers)}) WHERE {where}"


def _dependences(source: Source, ties: str, known: str) -> str:
    relations, features = f"read_parquet({quoted(source.relations)})", f"read_parquet({quoted(source.features)})"
    as_of = f"DATE '{source.as_of_date.isoformat()}'"
    share = f"coalesce(share_e4, {SHARE_UNKNOWN_E4})"
    product = (
        f"{share}::BIGINT * {_stepped(TENURE_STEPS, f'{as_of} - first_date')} "
        f"* {_stepped(BANK_YEARS_STEPS, f'{as_of} - open_date')} * {_stepped(OTHERS_STEPS, 'others_count')}"
    )
    dependence = f"(({product} + {WHOLE_E4**3 // 2}) // {WHOLE_E4**3})::INTEGER"
    return f"""
    WITH scoped AS (
        SELECT customers.*, coalesce({source.balance}, 0)::BIGINT AS balance, coalesce(loan_now, 0)::BIGINT AS loan
        FROM ({_scoped(source)}) AS customers
        LEFT JOIN (SELECT customer_number, {source.balance}, loan_now FROM {features}) AS features USING (customer_number)
    ),
    ties AS ({ties}),
    known AS ({known}),
    joined AS (
        SELECT
            group_id,
            scoped.*,
            contact_count,
            CASE WHEN held_by_all > 0 THEN (2 * {WHOLE_E4} * held + held_by_all) // (2 * held_by_all) END AS share_e4,
            first_date,
            last_date,
            known_count - leaving_count AS others_count
        FROM ties
        JOIN scoped USING (customer_number)
        JOIN known USING (customer_number)
    ),
    computed AS (SELECT *, {dependence} AS dependence_e4 FROM joined)
    SELECT
        *,
        ((greatest(balance, 0)::HUGEINT * dependence_e4 + {WHOLE_E4 // 2}) // {WHOLE_E4})::BIGINT AS at_risk
    FROM computed
    """.replace("RELATIONS", relations)


# A customer and a person are one row of relations: to group them would cost most of all.
_TIES = """
    SELECT
        group_id,
        customer_number,
        contact_count,
        share_e4 AS held,
        CASE WHEN contact_count > 0 THEN 1 ELSE 0 END AS leaving_count,
        first_date,
        last_date
    FROM RELATIONS JOIN leaving USING (person_id)
"""
_TIES_TOGETHER = """
    SELECT
        group_id,
        customer_number,
        sum(contact_count)::BIGINT AS contact_count,
        sum(share_e4)::BIGINT AS held,
        count(*) FILTER (contact_count > 0) AS leaving_count,
        min(first_date) AS first_date,
        max(last_date) AS last_date
    FROM RELATIONS JOIN leaving USING (person_id)
    GROUP BY ALL
"""
_KNOWN = """
    SELECT customer_number, sum(share_e4)::BIGINT AS held_by_all, count(*) FILTER (contact_count > 0) AS known_count
    FROM RELATIONS SEMI JOIN present USING (person_id)
    GROUP BY ALL
"""
_KNOWN_OF_FEW = _KNOWN.replace("GROUP BY ALL", "WHERE customer_number IN (SELECT customer_number FROM ties) GROUP BY ALL")
# With so many people asked about it is cheaper to look at all customers than to say which.
_FEW = 100


def _stepped(steps: Sequence[tuple[int, int]], value: str) -> str:
    """`rules.dependence.stepped` in SQL."""
    cases = " ".join(f"WHEN {value} >= {start} THEN {factor}" for start, factor in reversed(steps))
    return f"(CASE {cases} ELSE {steps[0][1]} END)"
