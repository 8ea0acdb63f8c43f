"""Customers' days as expressions: from balances, movements and visits of some days to one row a customer and day.

What `day_staging` fills is here by name. What cannot be counted is counted by reason, of rows whose account nobody knows under no
customer's number.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

import ibis
from ibis import ir

from services.analytics.engine.tables import CUSTOMER_DAYS
from services.chassis.engines.rounding import EXACT, exact, half_even, summed

# Beyond it an amount is a mistake of the feed; so many of them fit that no sum ever fails.
AMOUNT_MAX = 10**15
SECONDS_MAX = 86_400


class Sort(IntEnum):
    """What a kind of account counts as."""

    OTHER = 0
    DEPOSIT = 1
    TERM = 2
    WEALTH = 3
    LOAN = 4


SORTS: Mapping[str, Sort] = {
    "DEMAND_DEPOSIT": Sort.DEPOSIT,
    "SAVINGS": Sort.DEPOSIT,
    "MARGIN_DEPOSIT": Sort.DEPOSIT,
    "TERM_DEPOSIT": Sort.TERM,
    "WEALTH_PRODUCT": Sort.WEALTH,
    "LOAN": Sort.LOAN,
}
_ASSETS = (int(Sort.DEPOSIT), int(Sort.TERM), int(Sort.WEALTH))

_ACCOUNT = {"day": "date", "source_system": "string", "account_number": "string", "currency_code": "string", "amount": "int64"}
_STAGED: Mapping[str, Mapping[str, str]] = {
    "balance_rows": _ACCOUNT,
    # `payee`: of whom an account elsewhere is, to which money goes; a number of his name.
    "movement_rows": {**_ACCOUNT, "kind": "string", "payee": "int64"},
    "visit_rows": {"customer_number": "string", "day": "date", "kind": "string", "duration_seconds": "int64"},
    # Days on which balances stand: on others they are not known.
    "balance_days": {"balance_day": "date"},
    "owners": {
        "owner_system": "string", "owner_account": "string", "customer_number": "string", "sort": "int8",
        "organisation": "boolean",
        # A number of its name.
        "called": "int64",
    },
    # What one minor unit is in minor units of the home currency: `factor` / `divisor`.
    "exchange": {"rate_day": "date", "rate_currency": "string", "factor": EXACT, "divisor": EXACT},
}  # fmt: skip
FAULTS = ("unknown_count", "unrated_count", "excessive_count")
_KEY = ("customer_number", "day")


def day_rows(home_currency_code: str) -> ir.Table:
    """The rows of CUSTOMER_DAYS, and of each how many could not be counted and why."""
    balances = _prefixed(_balances(home_currency_code), "b_")
    movements = _prefixed(_movements(home_currency_code), "m_")
    visits = _prefixed(_visits(), "v_")
    rows = balances.outer_join(movements, _same(balances, movements, "b_", "m_"))
    rows = rows.mutate(**{f"k_{name}": ibis.coalesce(rows[f"b_{name}"], rows[f"m_{name}"]) for name in _KEY})
    rows = rows.outer_join(visits, _same(rows, visits, "k_", "v_"))
    rows = rows.mutate(**{name: ibis.coalesce(rows[f"k_{name}"], rows[f"v_{name}"]) for name in _KEY})
    known = _table("balance_days")
    rows = rows.left_join(known, rows.day == known.balance_day)
    nothing = rows.balance_day.notnull().ifelse(ibis.literal(0, "int64"), ibis.null("int64"))
    stocks = {name: ibis.coalesce(rows[f"b_{name}"], nothing).cast("int64") for name in ("deposit", "term", "wealth", "loan")}
    flows = {
        name: ibis.coalesce(rows[f"{prefix}{name}"], 0).cast(type_)
        for name, type_ in CUSTOMER_DAYS.items()
        for prefix in ("b_", "m_", "v_")
        if name not in (*_KEY, *stocks) and f"{prefix}{name}" in rows.columns
    }
    faults = {name: ibis.coalesce(rows[f"b_{name}"], 0) + ibis.coalesce(rows[f"m_{name}"], 0) for name in FAULTS}
    return rows.mutate(**stocks, **flows, **faults).select(*CUSTOMER_DAYS, *FAULTS)


def _balances(home_currency_code: str) -> ir.Table:
    rows = _at_home(_table("balance_rows"), home_currency_code)
    sums = {
        sort.name.lower(): summed(rows.home_amount, rows.sort == int(sort))
        for sort in (Sort.DEPOSIT, Sort.TERM, Sort.WEALTH, Sort.LOAN)
    }
    return rows.group_by(_KEY).aggregate(**sums, account_count=rows.sort.count(where=rows.sort > 0), **_faults(rows))


def _movements(home_currency_code: str) -> ir.Table:
    """Flows are those of assets; of loans what is drawn and repaid, of cards what is spent."""
    rows = _at_home(_table("movement_rows"), home_currency_code)
    of_assets, amount = rows.sort.isin(_ASSETS), rows.home_amount
    comes_in = of_assets & (amount > 0)
    settles = comes_in & rows.organisation & (rows.sort == int(Sort.DEPOSIT)) & rows.kind.isin(("TRANSFER_IN", "BILL"))
    of_loan = rows.sort == int(Sort.LOAN)
    return rows.group_by(_KEY).aggregate(
        inflow=summed(amount, comes_in),
        outflow=summed(-amount, of_assets & (amount < 0)),
        salary_inflow=summed(amount, comes_in & (rows.kind == "SALARY")),
        settlement_inflow=summed(amount, settles),
        own_transfer_out=summed(-amount, of_assets & (rows.payee == rows.called) & (amount < 0)),
        card_spending=summed(amount.abs(), rows.kind.isin(("CARD_PAYMENT", "CARD_WITHDRAWAL"))),
        loan_drawn=summed(amount, of_loan & (amount > 0)),
        loan_repaid=summed(-amount, of_loan & (amount < 0)),
        movement_count=amount.count(),
        **_faults(rows),
    )


def _visits() -> ir.Table:
    rows = _table("visit_rows")
    told = ibis.coalesce(rows.duration_seconds, 0)
    seconds = ibis.greatest(ibis.least(told, SECONDS_MAX), 0)
    return rows.group_by(_KEY).aggregate(
        sign_in_count=rows.kind.count(where=rows.kind == "SIGN_IN"), online_seconds=summed(seconds)
    )


def _at_home(rows: ir.Table, home_currency_code: str) -> ir.Table:
    """With whose each row is, and its amount in the home currency; NULL where there is no rate or it is beyond all measure."""
    owners, rates = _table("owners"), _table("exchange")
    owned = (rows.source_system == owners.owner_system) & (rows.account_number == owners.owner_account)
    rows = rows.left_join(owners, owned)
    rows = rows.left_join(rates, [rows.day == rates.rate_day, rows.currency_code == rates.rate_currency])
    sane = rows.amount.between(-AMOUNT_MAX, AMOUNT_MAX)
    at_home = rows.currency_code == home_currency_code
    converted = half_even(exact(sane.ifelse(rows.amount, ibis.null("int64"))) * rows.factor, rows.divisor)
    converted = converted.between(-AMOUNT_MAX, AMOUNT_MAX).ifelse(converted, ibis.null(EXACT)).cast("int64")
    counted = ibis.cases((rows.customer_number.isnull() | ~sane, ibis.null("int64")), (at_home, rows.amount), else_=converted)
    return rows.mutate(home_amount=counted, unrated=~at_home & rows.factor.isnull())


def _faults(rows: ir.Table) -> dict[str, ir.IntegerScalar]:
    known = rows.customer_number.notnull()
    return {
        "unknown_count": known.count(where=~known),
        "unrated_count": known.count(where=known & rows.unrated),
        "excessive_count": known.count(where=known & ~rows.unrated & rows.home_amount.isnull()),
    }


def _prefixed(rows: ir.Table, prefix: str) -> ir.Table:
    return rows.rename({f"{prefix}{name}": name for name in rows.columns})


def _same(one: ir.Table, other: ir.Table, prefix: str, other_prefix: str) -> list[ir.BooleanValue]:
    return [one[f"{prefix}{name}"] == other[f"{other_prefix}{name}"] for name in _KEY]


def _table(name: str) -> ir.Table:
    return ibis.table(_STAGED[name], name=name)
