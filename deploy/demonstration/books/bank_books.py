"""The books of the demonstration bank: made from the seed by the statements beside this file, in columns, for any size."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deploy.demonstration.bank import Bank
from deploy.demonstration.books.seeding import seed_tables

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

HISTORY_MONTHS = 24
MEMORY_MB_MAX = 700
# More is made in a file, and not in memory.
CUSTOMERS_IN_MEMORY_MAX = 5_000
# Of whom the books tell, and who of them leaves: all that is needed where no money is told of.
WHO_BANKS = ("foundations", "customers")
_STATEMENTS = ("foundations", "customers", "accounts", "cycles", "movements", "passing", "business", "standing", "deliveries")


@dataclass(frozen=True, slots=True)
class Span:
    """The dates that the books tell of. `first` is the first of a month, and what happens on any date depends on it alone."""

    first: date
    last: date

    @classmethod
    def until(cls, last: date) -> Span:
        """The two years before a date, and its own month as far as it goes."""
        month = last.year * 12 + last.month - 1 - HISTORY_MONTHS
        return cls(date(month // 12, month % 12 + 1, 1), last)


@dataclass(frozen=True, slots=True)
class Departure:
    """The truth about a customer: he leaves and why, or only looks as if he would."""

    customer_number: str
    # RM_LEFT, RATE_ELSEWHERE, SALARY_MOVED, SETTLEMENT_MOVED, COMPLAINT, MOVED_AWAY, LOAN_REPAID; STAYS for who stays.
    reason: str
    # Leaves from one day to the next.
    quiet: bool
    decline_date: date
    # From here on next to nothing is left; of one who stays, when it is over.
    loss_date: date
    # Of RM_LEFT: whom he followed.
    former_staff_number: str


class Books:
    """The books, open."""

    def __init__(self, connection: DuckDBPyConnection, span: Span) -> None:
        self.connection = connection
        self.span = span

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a statement answers."""
        return self.connection.execute(statement, list(values)).fetchall()

    def departures(self) -> list[Departure]:
        """Who has begun to leave, and who only seems to, by the last date. No feed tells it."""
        return [
            Departure(*row)
            for row in self.rows(
                "SELECT customer_number, reason, quiet, decline_date, loss_date, coalesce(former_staff_number, '') "
                "FROM departures JOIN banked USING (idx) WHERE decline_date <= ? ORDER BY customer_number",
                self.span.last,
            )
        ]


@contextmanager
def books(bank: Bank, customers: int, span: Span, folder: Path, parts: tuple[str, ...] = _STATEMENTS) -> Iterator[Books]:
    """The books of the first so many customers, or parts of them; what does not fit into memory is in the folder meanwhile."""
    import duckdb

    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "books.duckdb"
    file.unlink(missing_ok=True)
    place = ":memory:" if customers <= CUSTOMERS_IN_MEMORY_MAX else str(file)
    try:
        with duckdb.connect(place) as connection:
            connection.execute("SET memory_limit = ?", [f"{MEMORY_MB_MAX}MB"])
            connection.execute("SET threads = 2")
            connection.execute("SET temp_directory = ?", [str(folder)])
            connection.execute("SET VARIABLE seed = $1::BIGINT", [bank.seed])
            for name, day in {"epoch": span.first, "last": span.last, "dawn": _month_before(span.first)}.items():
                connection.execute(f"SET VARIABLE {name} = $1::DATE", [day])
            seed_tables(connection, bank, customers, span.first)
            for name in parts:
                text = (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")
                for statement in connection.extract_statements(text):
                    connection.execute(statement)
            yield Books(connection, span)
    finally:
        file.unlink(missing_ok=True)


def _month_before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)
