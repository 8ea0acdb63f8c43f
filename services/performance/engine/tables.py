"""The tables of one step, which `staging` fills and expressions name: the same in every engine.

A step is a run of days on which everything stands still but amounts and rates; so nothing here but these has a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

import ibis
from ibis import ir

from services.chassis.lake.schemas import SCHEMAS
from services.performance.engine.measures import ACCOUNT_DAYS, ACCOUNT_RESULTS, ACCRUALS
from services.performance.engine.rounding import EXACT

# What is read of the datasets whose rows are measured: never what is personal.
READ: Mapping[str, tuple[str, ...]] = {
    "balances": ("account_number", "currency_code", "balance_minor_units", "product_code", "unit_number", "interest_rate_e8"),
    "bills": (
        "bill_number", "customer_number", "kind", "currency_code", "face_minor_units", "discount_rate_e8", "issue_date",
        "maturity_date", "state", "unit_number",
    ),
    "factoring": (
        "contract_number", "customer_number", "currency_code", "receivable_minor_units", "financed_minor_units", "recourse",
        "open_date", "maturity_date", "state", "unit_number",
    ),
    "trade_finance": (
        "reference", "customer_number", "kind", "currency_code", "amount_minor_units", "issue_date", "expiry_date", "state",
    ),
    "fees": (
        "fee_number", "customer_number", "product_code", "currency_code", "amount_minor_units", "after_tax_minor_units",
        "unit_number",
    ),
    "transactions": ("transaction_number", "account_number", "currency_code", "amount_minor_units", "kind", "channel"),
    "ebanking_events": ("event_number", "customer_number", "kind", "channel", "duration_seconds"),
}  # fmt: skip

_LINES = "array<struct<from_minor_units: int64, to_minor_units: int64, basis_points: int64>>"
# Columns of ACCOUNT_DAYS that a line has.
_OF_LINES = ("basis_points", "from_minor_units", "to_minor_units")

_TYPES = {"VARCHAR": "string", "BIGINT": "int64", "DATE": "date", "BOOLEAN": "boolean", "TIMESTAMP": "timestamp"}


class Division(IntEnum):
    """How an object goes to its owners."""

    # To one alone: its only line's, or the pool's.
    WHOLE = 0
    # By the basis points of its lines.
    BY_POINTS = 1
    # By what of its amount is in the bands of its lines.
    BY_BANDS = 2


# Whose an object is: nobody's (no `holding`), one owner's whole, or divided, as its lines say.
HOLDING = {
    "holding": "int64",
    # `Division`.
    "division": "int64",
    "sole_share_line_id": "string",
    "sole_person_id": "string",
    "sole_unit_id": "string",
}

# Rows of ACCOUNT_DAYS whose texts are not looked up yet: what is many times more than objects has nothing that objects have.
# `customer_number` is NULL of what is an account's, `line` of what is not divided.
KEYED_DAYS: Mapping[str, str] = {
    "day": "date", "source_system": "string", "account_number": "string", "currency_code": "string", "row_key": "string",
    "customer_number": "string", "unit_number": "string", "rule": "int64", "line": "int64", "fault": "string",
    **{name: type_ for name, type_ in ACCOUNT_DAYS.items() if type_ not in ("string", "date") and name not in _OF_LINES},
}  # fmt: skip

# What is added up; `fault` says why the rows are not counted, and is NULL of what is. Of them `new_days` are of this step.
ACCRUED: Mapping[str, str] = {
    "dataset": "string", "source_system": "string", "account_number": "string", "currency_code": "string",
    "product_version_id": "string", "product_code": "string", "customer_number": "string", "customer_id": "string",
    "person_id": "string", "organisation_unit_id": "string", "fault": "string", "days_owned": "int64", "balance": "int64",
    "flow_amount": "int64", "flow_count": "int64", "balance_days": EXACT, "base_days": EXACT,
    **{f"{name}_numerator": EXACT for name in ACCRUALS},
    "new_days": "int64", "incomplete_days": "int64",
}  # fmt: skip

ADDED: Mapping[str, str] = {"day": "date", **ACCRUED}

_BASE = {
    "dataset": "string", "source_system": "string", "account_number": "string", "currency_code": "string", "base_banded": "int64",
}  # fmt: skip

_STAGED: Mapping[str, Mapping[str, str]] = {
    # One row: the step's last day.
    "step": {"last_date": "date"},
    # The month so far, to each day whose leaf is computed.
    "period": {"month_date": "date", "as_of_date": "date", "days": "int64"},
    # By each source system that names it; `account_system` is the one that keeps it. Whose it is already says whether by its own
    # lines or by its customer's.
    "accounts": {
        "source_system": "string", "account_number": "string", "account_system": "string", "customer_number": "string",
        "kind": "string", "product_code": "string", "currency_code": "string", "unit_number": "string", "open_date": "date",
        "maturity_date": "date", "state": "string", "interest_rate_e8": "int64", "customer_id": "string", **HOLDING,
        "rating": "string", "probability_of_default": "int64", "loss_given_default": "int64", "loan_class": "string",
        "overdue_days": "int64", "listed_rate_e8": "int64",
    },
    "ratings": {
        "customer_number": "string", "rating": "string", "probability_of_default": "int64", "loss_given_default": "int64",
    },
    # Main amounts at the end of the year before, in the row's own currency and in the home currency at that day's rate.
    "base_rows": {**_BASE, "day": "date"},
    "base_amounts": {**_BASE, "base": "int64"},
    # What one minor unit of the currency is in minor units of the home currency: `factor` / `divisor`.
    "rates": {"day": "date", "currency_code": "string", "exchange_rate_e8": "int64", "factor": EXACT, "divisor": EXACT},
    # By whole days the tenor, of those that any curve names, that is nearest and not longer, or the shortest.
    "tenors": {"tenor_days": "int64", "ftp_tenor_days": "int64"},
    # The curve as it stood on a day, at all these tenors.
    "prices": {"currency_code": "string", "price_date": "date", "ftp_tenor_days": "int64", "ftp_rate_e8": "int64"},
    # Which rule takes a row, by its product's code or by its kind.
    "selectors": {"dataset": "string", "by_code": "boolean", "selector": "string", "rule": "int64"},
    "rules": {
        "rule": "int64", "product_version_id": "string", "product_code": "string", "ftp_method": "int64",
        "rule_tenor_days": "int64", "fixed_ftp_rate_e8": "int64",
    },
    "holdings": {"object_kind": "int64", "source_system": "string", "account_number": "string", **HOLDING},
    # The lines of objects that are divided, and where they leave something one row more for it: the pool's, `pool` is 1. Each has
    # the object's other lines that come before it, and those after it, in the order in which equal ones have one more.
    "lines": {
        "line": "int64", "holding": "int64", "division": "int64", "pool": "int64", "person_id": "string",
        "line_unit_id": "string", "share_line_id": "string", "from_minor_units": "int64", "to_minor_units": "int64",
        "basis_points": "int64", "pool_basis_points": "int64", "before": _LINES, "after": _LINES,
    },
    "customers": {"customer_number": "string", "customer_id": "string", **HOLDING},
    "units": {"unit_number": "string", "organisation_unit_id": "string"},
    "people": {"person_id": "string", "staff_number": "string"},
    # By rule's version and currency: the days of the basis, and over what each numerator is divided.
    "divisors": {
        "dataset": "string", "product_version_id": "string", "currency_code": "string", "basis_days": "int64",
        "ftp_profit_divisor": EXACT, "fee_income_divisor": EXACT, "expected_loss_divisor": EXACT, "capital_cost_divisor": EXACT,
        "unit_price_divisor": EXACT,
    },
    # What the days of the step add up to, and what all days so far do, by object and owner.
    "added": ADDED,
    "accrued": {"as_of_date": "date", **ACCRUED},
    "several": {"as_of_date": "date"}
    | dict.fromkeys(("dataset", "source_system", "account_number", "currency_code", "product_version_id"), "string"),
    # The leaf, and that of the day before these.
    "account_results": ACCOUNT_RESULTS,
    "formerly": ACCOUNT_RESULTS,
}  # fmt: skip


def _dataset(name: str) -> dict[str, str]:
    columns = {column: _TYPES[SCHEMAS[name].column(column).type.engine_type] for column in READ[name]}
    return {"day": "date", "source_system": "string", **columns}


SCHEMAS_OF_TABLES: Mapping[str, Mapping[str, str]] = {**{name: _dataset(name) for name in READ}, **_STAGED}


def table(name: str) -> ir.Table:
    """The table of that name, bound to no engine."""
    return ibis.table(SCHEMAS_OF_TABLES[name], name=name)
