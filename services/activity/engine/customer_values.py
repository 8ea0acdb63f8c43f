"""What customers are worth to the bank: the daily average of their balances, and who of a branch is among the most valuable.

All at once, from pinned datasets, in whole minor units of one currency: what is held in another is converted at the latest rate,
and left out where there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from services.chassis.kernel.errors import NotFound
from services.chassis.kernel.money import FRACTION_DIGITS, fraction_digits
from services.chassis.lake.schemas import SCHEMAS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from services.chassis.lake.lake import Lake, Pin

# A quarter, in calendar days.
PERIOD_DAYS = 90
_RATE_SCALE = 10**8
_MEMBERS = ("customer_id", "customer_number", "tier", "population", "share_basis_points")


def begin(connection: DuckDBPyConnection) -> None:
    """Makes the tables that the other functions fill."""
    connection.execute(
        """
        CREATE TEMP TABLE members (
            customer_id VARCHAR, customer_number VARCHAR, tier INTEGER, population VARCHAR, share_basis_points INTEGER
        );
        CREATE TEMP TABLE numbers (customer_number VARCHAR, customer_id VARCHAR);
        CREATE TEMP TABLE totals (customer_number VARCHAR, currency_code VARCHAR, total HUGEINT);
        CREATE TEMP TABLE rates (currency_code VARCHAR, exchange_rate_e8 BIGINT, fraction_digits INTEGER);
        CREATE TEMP MACRO pow10_of(n) AS (10::HUGEINT ** n)::HUGEINT;
        """
    )


def add_members(connection: DuckDBPyConnection, rows: Sequence[Sequence[Any]]) -> None:
    """Adds customers: id, number, tier, the unit among whose customers he is ranked, and the share of these that is key."""
    import pyarrow as pa

    if rows:
        columns = dict(zip(_MEMBERS, map(list, zip(*rows, strict=True)), strict=True))
        connection.register("chunk", pa.table(columns))
        connection.execute(f"INSERT INTO members SELECT {', '.join(_MEMBERS)} FROM chunk")
        connection.execute("INSERT INTO numbers SELECT customer_number, customer_id FROM chunk")
        connection.unregister("chunk")


def add_merged(connection: DuckDBPyConnection, numbers: Mapping[str, str]) -> None:
    """Adds numbers of records that were merged, each with the id of the one that stands for it: what they have is its own."""
    import pyarrow as pa

    if numbers:
        connection.register("chunk", pa.table({"customer_number": list(numbers), "customer_id": list(numbers.values())}))
        connection.execute("INSERT INTO numbers SELECT customer_number, customer_id FROM chunk")
        connection.unregister("chunk")


def value(connection: DuckDBPyConnection, lake: Lake, pins: Mapping[str, Sequence[Pin]], currency_code: str) -> None:
    """Sums up what the members have, over the days of the period up to the latest day of balances.

    `pins` has the revisions by dataset: `balances` of the period and the last one before it, and the latest of `accounts` and
    `fx_rates`. A day without a revision has the balances of the one before; an account that a revision does not have has none.
    """
    balances = pins.get("balances", ())
    if not balances:
        return
    end = max(pin.business_date for pin in balances)
    start = end - timedelta(days=PERIOD_DAYS - 1)
    _read_rates(connection, lake, pins.get("fx_rates", ()), currency_code)
    accounts = _present(connection, lake, pins.get("accounts", ()))
    lake.relation(connection, SCHEMAS["accounts"], accounts).create("accounts")
    for feed in sorted({pin.feed for pin in balances}):
        of_feed = _present(connection, lake, [pin for pin in balances if pin.feed == feed])
        weights = list(_weights([pin.business_date for pin in of_feed], start, end))
        if weights:
            _add_totals(connection, lake, [pin for pin in of_feed if pin.business_date in dict(weights)], weights)


def rank(connection: DuckDBPyConnection, currency_code: str) -> int:
    """Fills `results` with each member, his value and whether he is key, by id; answers how many there are.

    Within a population the most valuable come first; whose value is unknown comes after them, the highest tier first.
    """
    digits = fraction_digits(currency_code)
    connection.execute(
        f"""
        CREATE TEMP TABLE results AS
        WITH converted AS (
            SELECT customer_number,
                total * exchange_rate_e8 * pow10_of(greatest({digits} - fraction_digits, 0))
                    // ({_RATE_SCALE}::HUGEINT * pow10_of(greatest(fraction_digits - {digits}, 0)) * {PERIOD_DAYS}) AS part
            FROM totals JOIN rates USING (currency_code)
        ), valued AS (
            SELECT customer_id, least(greatest(sum(part), -{2**62}), {2**62})::BIGINT AS value
            FROM converted JOIN numbers USING (customer_number) GROUP BY ALL
        ), ranked AS (
            SELECT customer_id, value, share_basis_points,
                row_number() OVER (PARTITION BY population ORDER BY value DESC NULLS LAST, tier DESC, customer_number) AS place,
                count(*) OVER (PARTITION BY population) AS customers
            FROM members LEFT JOIN valued USING (customer_id)
        )
        SELECT customer_id, value, place <= (customers * share_basis_points + 9999) // 10000 AS key FROM ranked
        """
    )
    ((count,),) = connection.execute("SELECT count(*) FROM results").fetchall()
    return int(count)


def batch(connection: DuckDBPyConnection, after: str, size: int) -> list[tuple[str, int | None, bool]]:
    """The next members by id: id, value, whether he is key."""
    found = connection.execute(
        "SELECT customer_id, value, key FROM results WHERE customer_id > ? ORDER BY customer_id LIMIT ?", [after, size]
    )
    return [tuple(row) for row in found.fetchall()]


def _read_rates(connection: DuckDBPyConnection, lake: Lake, pins: Sequence[Pin], currency_code: str) -> None:
    present = _present(connection, lake, pins)
    lake.relation(connection, SCHEMAS["fx_rates"], present).create("quoted")
    connection.execute(
        "INSERT INTO rates SELECT currency_code, max(exchange_rate_e8), 2 FROM quoted"
        " WHERE quote_currency_code = $home AND currency_code <> $home AND exchange_rate_e8 > 0 GROUP BY ALL"
        " UNION ALL SELECT $home, $scale, 2",
        {"home": currency_code, "scale": _RATE_SCALE},
    )
    for code, digits in sorted(FRACTION_DIGITS.items()):
        connection.execute("UPDATE rates SET fraction_digits = ? WHERE currency_code = ?", [digits, code])


def _add_totals(connection: DuckDBPyConnection, lake: Lake, pins: Sequence[Pin], weights: Sequence[tuple[date, int]]) -> None:
    lake.relation(connection, SCHEMAS["balances"], pins).create_view("days", replace=True)
    connection.execute("CREATE OR REPLACE TEMP TABLE weights (business_date DATE, days INTEGER)")
    connection.executemany("INSERT INTO weights VALUES (?, ?)", [list(weight) for weight in weights])
    connection.execute(
        """
        INSERT INTO totals
        SELECT accounts.customer_number, days.currency_code, sum(days.balance_minor_units::HUGEINT * weights.days)
        FROM days
        JOIN weights USING (business_date)
        JOIN accounts ON accounts.source_system = days.source_system AND accounts.account_number = days.account_number
        GROUP BY ALL
        """
    )


def _weights(days: Sequence[date], start: date, end: date) -> Iterator[tuple[date, int]]:
    """For how many days of the period the balances of each day stand."""
    ordered = [*sorted(set(days)), end + timedelta(days=1)]
    for day, following in pairwise(ordered):
        count = (following - max(day, start)).days
        if count > 0:
            yield day, count


def _present(connection: DuckDBPyConnection, lake: Lake, pins: Sequence[Pin]) -> list[Pin]:
    """Those whose files are there: what is kept no longer counts for nothing, and stops nobody."""
    found = []
    for pin in pins:
        try:
            lake.relation(connection, SCHEMAS[pin.dataset], [pin])
        except NotFound:
            continue
        found.append(pin)
    return found
