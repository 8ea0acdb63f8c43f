"""What a run computes: the tables that it writes, their columns and types, the same for whoever reads them.

Types are Ibis's, so that one table stands for DuckDB, Spark and Parquet alike. Amounts are whole minor units of the home
currency.
"""

from __future__ import annotations

from collections.abc import Mapping

# Amounts of an account in a month up to a day, and what they are added up from above it. All are stocks or accruals to date.
MEASURES = (
    # Closing balance of the last day.
    "balance",
    # Daily average 日均余额: the sum of the days' balances over the calendar days of the month so far.
    "average_balance",
    # The base 基数 in the same way: the balance at the end of the year before, on the days on which it is owned.
    "base_balance",
    # average_balance - base_balance.
    "increment",
    "ftp_profit",
    "fee_income",
    "expected_loss",
    "capital_cost",
    # ftp_profit + fee_income - expected_loss.
    "contribution",
    # contribution - capital_cost.
    "eva",
    # Unit price 计价 as the product's formula has it.
    "unit_price",
    # Movements of the days, and how many.
    "flow_amount",
    "flow_count",
)

# Those that a product's formulas accrue. Each is rounded once, of a whole account and month to date: half to even.
ACCRUALS = ("ftp_profit", "fee_income", "expected_loss", "capital_cost", "unit_price")

_EXACT = "decimal(38,0)"
_AMOUNTS = dict.fromkeys(MEASURES, "int64")

# Whose, of which product: by this results are added up.
OWNER = {"person_id": "string", "organisation_unit_id": "string", "product_code": "string"}

# The object of a row: an account in one of its currencies, or a fee, bill, contract or reference, by the bank's number.
_OBJECT = {
    # Of which dataset it is: `balances`, `fees`, …
    "dataset": "string",
    "source_system": "string",
    "account_number": "string",
    "currency_code": "string",
}

# The leaf of all figures: one row per object, version of a product, customer and owner. Only days of the month so far
# are in it. `person_id` is empty for the pool 公共池, `customer_id` where the customer is unknown here. The exact columns are what
# amounts were rounded from, before division.
ACCOUNT_RESULTS: Mapping[str, str] = {
    "month_date": "date",
    "as_of_date": "date",
    **_OBJECT,
    "product_version_id": "string",
    "customer_number": "string",
    "customer_id": "string",
    **OWNER,
    "days_owned": "int64",
    **_AMOUNTS,
    # Sums over the days: over the calendar days so far they are the averages.
    "balance_days": _EXACT,
    "base_days": _EXACT,
    # Sums over the days of the formulas' numerators: over `Staging.divisors` they are the accruals.
    **{f"{name}_numerator": _EXACT for name in ACCRUALS},
}

# By day: each amount as it stood in the month to that day, so that a day's own is the difference from the day before.
DAY_RESULTS: Mapping[str, str] = {
    "day": "date",
    **OWNER,
    "account_count": "int64",
    "customer_count": "int64",
    **_AMOUNTS,
}

# The grain: what explains every figure. One row per object's row, day and share line (none: the pool's).
ACCOUNT_DAYS: Mapping[str, str] = {
    "day": "date",
    **_OBJECT,
    # Where an object has several rows on a day, such as movements: the row's number. Else NULL.
    "row_key": "string",
    "product_version_id": "string",
    "customer_number": "string",
    "customer_id": "string",
    **OWNER,
    # Empty for the pool's part, which has no basis points where lines divide the object.
    "share_line_id": "string",
    "basis_points": "int64",
    "from_minor_units": "int64",
    # NULL without end.
    "to_minor_units": "int64",
    # The whole object's: in its own currency as the dataset has it, at the day's rate, and in the home currency.
    "original_amount": "int64",
    "exchange_rate_e8": "int64",
    "amount": "int64",
    # The same at the end of the year before.
    "base": "int64",
    # The owner's parts of `amount` and `base`.
    "part": "int64",
    "base_part": "int64",
    # What of them the product counts.
    "balance": "int64",
    "base_balance": "int64",
    "flow_amount": "int64",
    "flow_count": "int64",
    # What formulas were given beside amounts; NULL where the row has none, or no formula asks.
    "customer_rate_e8": "int64",
    "used_ftp_rate_e8": "int64",
    "used_probability_of_default_e8": "int64",
    "used_loss_given_default_e8": "int64",
    **{f"{name}_numerator": _EXACT for name in ACCRUALS},
    # Why the row is not counted; NULL where it is.
    "fault": "string",
    # A formula lacked something, and what it computes is 0.
    "incomplete": "boolean",
}

# What could not be counted, or not as it should be: of which object, in how many rows, and in which unit (empty where unknown).
ISSUES: Mapping[str, str] = {"reason": "string", "subject": "string", "row_count": "int64", "organisation_unit_id": "string"}
