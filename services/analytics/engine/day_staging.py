"""Fills the tables of `day_rows` from the lake, in DuckDB, whichever engine computes.

Names of people stay here: an engine compares numbers of them, which nobody can make without what this connection alone knows.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from services.analytics.engine.day_rows import SORTS
from services.analytics.engine.inputs import DayInputs, PinnedDay
from services.chassis.engines.expressions import quoted
from services.chassis.kernel.money import FRACTION_DIGITS, fraction_digits
from services.chassis.lake.schemas import SCHEMAS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from services.chassis.lake.lake import Lake

# Of so many rows of accounts together the days are computed that make one step: what memory holds does not grow with the bank.
_STEP_ROWS = 8_000_000
_DAY = timedelta(days=1)


class DayStaging:
    """The tables of a month, some days at a time. `begin` and `take` answer the names of those that they have filled anew."""

    def __init__(self, connection: DuckDBPyConnection, lake: Lake, inputs: DayInputs) -> None:
        self._connection = connection
        self._lake = lake
        self._inputs = inputs
        # Names leave this connection only as what cannot be told without it.
        self._salt = quoted(secrets.token_hex(16))
        self._accounts = 0
        self._views = 0

    def begin(self) -> list[str]:
        """What holds for the whole month: whose accounts are, and rates of exchange by day."""
        self._fill_owners()
        self._fill_exchange()
        return ["owners", "exchange"]

    def steps(self) -> list[list[date]]:
        """The month's days, as many at a time as fit."""
        days = [self._inputs.month_date + n * _DAY for n in range((self._inputs.end_date - self._inputs.month_date).days + 1)]
        size = max(1, _STEP_ROWS // max(self._accounts, 1))
        return [days[start : start + size] for start in range(0, len(days), size)]

    def take(self, days: Sequence[date]) -> list[str]:
        """What stands, and what was moved and looked at, on those days."""
        pinned = {name: self._on(name, days) for name in ("balances", "transactions", "ebanking_events")}
        known = sorted({each.day for each in pinned["balances"]})
        values = ", ".join(f"(DATE '{day}')" for day in known) or "(NULL::DATE)"
        self._run(f"CREATE OR REPLACE TEMP TABLE balance_days AS SELECT * FROM (VALUES {values}) known(balance_day)")
        account = "day, source_system, account_number, currency_code"
        self._run(
            f"CREATE OR REPLACE TEMP VIEW balance_rows AS SELECT {account}, balance_minor_units AS amount "
            f"FROM {self._view('balances', pinned['balances'])}"
        )
        self._run(_MOVEMENTS.format(view=self._view("transactions", pinned["transactions"]), salt=self._salt))
        self._run(
            "CREATE OR REPLACE TEMP VIEW visit_rows AS SELECT customer_number, day, kind, duration_seconds "
            f"FROM {self._view('ebanking_events', pinned['ebanking_events'])}"
        )
        return ["balance_days", "balance_rows", "movement_rows", "visit_rows"]

    def unrated(self) -> list[tuple[str, int]]:
        """Currencies without a rate on the days that were taken, and how many rows are of them."""
        return self._connection.execute(_UNRATED, {"home": self._inputs.home_currency_code}).fetchall()

    def _on(self, dataset: str, days: Sequence[date]) -> list[PinnedDay]:
        return [each for each in self._inputs.pins(dataset) if days[0] <= each.day <= days[-1]]

    def _fill_owners(self) -> None:
        """The latest word on each account and customer, and the ones before it for those that it lacks."""
        self._run(_NO_OWNERS)
        for dataset, statement in (("accounts", _MORE_ACCOUNTS), ("customers", _MORE_CUSTOMERS)):
            pins = {each.pin: each for each in self._inputs.pins(dataset)}
            for each in sorted(pins.values(), key=lambda each: (each.pin.business_date, each.pin.feed), reverse=True):
                self._run(statement.format(view=self._view(dataset, [each])))
        keeping = {each.pin.source_system for each in self._inputs.pins("accounts")}
        telling = {each.pin.source_system for each in self._inputs.pins("transactions")} - keeping
        systems = ", ".join(f"({quoted(name)})" for name in sorted(telling)) or "(NULL)"
        sorts = " ".join(f"WHEN {quoted(kind)} THEN {int(sort)}" for kind, sort in SORTS.items())
        self._run(_OWNERS.format(sorts=sorts, systems=systems, salt=self._salt))
        ((self._accounts,),) = self._connection.execute("SELECT count(*) FROM owners").fetchall()

    def _fill_exchange(self) -> None:
        home = self._inputs.home_currency_code
        digits = ", ".join(f"({quoted(code)}, {count})" for code, count in FRACTION_DIGITS.items())
        self._run(
            _EXCHANGE.format(
                view=self._view("fx_rates", self._inputs.pins("fx_rates")),
                home=quoted(home),
                digits=digits,
                home_factor=10 ** fraction_digits(home),
                first=self._inputs.month_date,
                last=self._inputs.end_date,
            )
        )

    def _view(self, dataset: str, pinned: Sequence[PinnedDay]) -> str:
        """The query of the pinned rows, each on the `day` on which it stands, with its `feed`."""
        parts = []
        for feed in sorted({each.pin.feed for each in pinned}) or [""]:
            of_feed = [each for each in pinned if each.pin.feed == feed]
            self._views += 1
            name = f"read_{dataset}_{self._views}"
            self._lake.relation(self._connection, SCHEMAS[dataset], [each.pin for each in of_feed]).create_view(name)
            parts.append(f"SELECT {quoted(feed)} AS feed, * FROM {_of_days(name, of_feed)}")
        return f"({' UNION ALL BY NAME '.join(parts)})"

    def _run(self, statement: str) -> None:
        self._connection.execute(statement)


def _of_days(view: str, pinned: Sequence[PinnedDay]) -> str:
    """The view's rows, with the day on which they stand."""
    if all(each.day == each.pin.business_date for each in pinned):
        return f"(SELECT business_date AS day, * FROM {view})"
    days = ", ".join(f"(DATE '{each.pin.business_date}', DATE '{each.day}')" for each in pinned)
    return f"{view} JOIN (VALUES {days}) days(revision_date, day) ON business_date = revision_date"


_NO_OWNERS = """
    CREATE OR REPLACE TEMP TABLE known_accounts (
        source_system VARCHAR, account_number VARCHAR, customer_number VARCHAR, kind VARCHAR
    );
    CREATE OR REPLACE TEMP TABLE known_customers (customer_number VARCHAR, kind VARCHAR, name VARCHAR)
"""
_MORE_ACCOUNTS = """
    INSERT INTO known_accounts
    SELECT source_system, account_number, any_value(customer_number), any_value(kind) FROM {view} found
    ANTI JOIN known_accounts USING (source_system, account_number) GROUP BY source_system, account_number
"""
_MORE_CUSTOMERS = """
    INSERT INTO known_customers
    SELECT customer_number, min(kind), min(nullif(trim(display_name), '')) FROM {view} found
    ANTI JOIN known_customers USING (customer_number) GROUP BY customer_number
"""
# Each once more under the name of each system that tells of movements and keeps no accounts.
_OWNERS = """
    CREATE OR REPLACE TEMP TABLE owners AS
    SELECT source_system AS owner_system, account_number AS owner_account, known_accounts.customer_number,
        (CASE known_accounts.kind {sorts} ELSE 0 END)::TINYINT AS sort,
        coalesce(known_customers.kind <> 'RETAIL', false) AS organisation,
        CASE WHEN name IS NOT NULL THEN (hash({salt} || name) >> 1)::BIGINT END AS called
    FROM known_accounts LEFT JOIN known_customers USING (customer_number);

    INSERT INTO owners
    SELECT DISTINCT ON (telling, owner_account) telling, owner_account, customer_number, sort, organisation, called
    FROM owners CROSS JOIN (VALUES {systems}) systems(telling) WHERE telling IS NOT NULL ORDER BY owner_system
"""

# By day and currency the last rate in the home currency that is known by then.
_EXCHANGE = """
    CREATE OR REPLACE TEMP TABLE exchange AS
    WITH digits(currency_code, digits) AS (VALUES {digits}),
    told AS (
        SELECT day, currency_code, arg_max(exchange_rate_e8, feed) AS rate FROM {view}
        WHERE quote_currency_code = {home} AND currency_code <> {home} AND exchange_rate_e8 BETWEEN 1 AND 100000000000000
        GROUP BY day, currency_code
    ), days AS (
        SELECT unnest(generate_series(DATE '{first}', DATE '{last}', INTERVAL 1 DAY))::DATE AS rate_day
    )
    SELECT rate_day, currency_code AS rate_currency,
        (arg_max(rate, told.day)::HUGEINT * {home_factor})::DECIMAL(38, 0) AS factor,
        (100000000 * 10::HUGEINT ** coalesce(any_value(digits), 2))::DECIMAL(38, 0) AS divisor
    FROM days JOIN told ON told.day <= rate_day LEFT JOIN digits USING (currency_code)
    GROUP BY rate_day, currency_code
"""

# Whom money goes to that leaves the bank; to an account that the bank itself keeps it does not.
_MOVEMENTS = """
    CREATE OR REPLACE TEMP VIEW movement_rows AS
    SELECT day, source_system, account_number, currency_code, amount_minor_units AS amount, kind,
        CASE WHEN kind = 'TRANSFER_OUT' AND counterparty_name IS NOT NULL AND coalesce(
            (CASE WHEN kind = 'TRANSFER_OUT' AND counterparty_name IS NOT NULL THEN counterparty_account_number END)
            NOT IN (SELECT account_number FROM known_accounts), true
        ) THEN (hash({salt} || trim(counterparty_name)) >> 1)::BIGINT END AS payee
    FROM {view}
"""
_UNRATED = """
    SELECT currency_code, count(*) FROM (
        SELECT day, currency_code FROM balance_rows UNION ALL SELECT day, currency_code FROM movement_rows
    ) ANTI JOIN exchange ON rate_day = day AND rate_currency = currency_code
    WHERE currency_code <> $home GROUP BY currency_code ORDER BY currency_code
"""
