"""The tables that expressions of features name: what `feature_staging` fills of some customers at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
from ibis import ir


@dataclass(frozen=True, slots=True)
class Window:
    """Days back from the business date, which itself is 0: the first and the last included."""

    first: int
    last: int

    @property
    def days(self) -> int:
        """How many they are."""
        return self.last - self.first + 1

    def of(self, back: ir.IntegerValue) -> ir.BooleanValue:
        """Whether a day is one of them."""
        return back.between(self.first, self.last)


# What used to be is seen in the three months before the last 30 days.
USUAL = Window(30, 119)
WINDOWS: Mapping[str, Window] = {
    "7": Window(0, 6),
    "30": Window(0, 29),
    "90": Window(0, 89),
    "usual": USUAL,
    "before": Window(90, 179),
    "120": Window(0, 119),
    # The same two a year before.
    "30_year": Window(365, 394),
    "usual_year": Window(395, 484),
}
BACK_MAX = max(window.last for window in WINDOWS.values())
# Of which windows it matters on how many days movements, and visits, are known.
FLOW_WINDOWS = ("30", "90", "usual")

_CUSTOMER = {"customer_number": "string"}
_STAGED: Mapping[str, Mapping[str, str]] = {
    # One row. The last day with balances, and with movements; whether anything is known of visits and of standing orders.
    "moment": {
        "as_of_date": "date", "latest_date": "date", "latest_back": "int64", "moved_date": "date", "visits_known": "boolean",
        "orders_known": "boolean",
    },
    # Days on which balances are known.
    "calendar": {"calendar_day": "date", "calendar_back": "int64"},
    # Of a customer whose first day it is, how many known days each window has.
    "spans": {
        "span_date": "date", "history_days": "int64",
        **{f"days_{name}": "int64" for name in WINDOWS},
        **{f"{sort}_days_{name}": "int64" for sort in ("flow", "visit") for name in FLOW_WINDOWS},
    },
    "feature_days": {
        **_CUSTOMER, "day": "date", "back": "int64",
        # NULL where no balance is known on the day. `placed` is what of the assets is in terms and wealth products.
        "assets": "int64", "placed": "int64",
        **dict.fromkeys(
            (
                "loan", "inflow", "outflow", "salary_inflow", "settlement_inflow", "own_transfer_out", "sign_in_count",
                "online_seconds",
            ),
            "int64",
        ),
    },
    "feature_customers": {
        **_CUSTOMER, "customer_id": "string", "kind": "int64", "tier": "int64", "tenure_days": "int64",
        "contact_cycle_days": "int64",
    },
    # `placed`: a term or wealth product. `maturity_back` is negative where it falls due later, `closed_back` NULL while open.
    "feature_accounts": {
        **_CUSTOMER, "account_key": "string", "product": "string", "placed": "boolean", "is_open": "boolean",
        "open_date": "date", "maturity_date": "date", "maturity_back": "int64", "close_date": "date", "closed_back": "int64",
        "balance": "int64",
        # What is missing to the best rate that could be had, and since when; NULL of what bears no interest.
        "gap_e8": "int64", "gap_date": "date",
    },
    "feature_orders": {**_CUSTOMER, "active": "boolean", "active_before": "boolean"},
    # `is_open`: had no end on the day. `overdue_days`: since an answer was due.
    "feature_happenings": {
        **_CUSTOMER, "kind": "int64", "start_date": "date", "back": "int64", "is_open": "boolean", "overdue_days": "int64",
        "person_id": "string", "other_person_ids": "array<string>", "sort": "int64", "low": "boolean",
    },
    # Kept from one expression to the next.
    "history": {
        **_CUSTOMER, "first_day": "date", "rows_90": "int64", "rows_120": "int64",
        **{f"assets_{name}": "int64" for name in WINDOWS},
        "assets_now": "int64", "loan_now": "int64", "peak_90": "int64", "loan_peak_90": "int64", "squares_90": "decimal(38,0)",
        "nonzero": "boolean",
        **{
            f"{name}_{window}": "int64"
            for name in ("inflow", "outflow", "settlement_inflow", "own_transfer_out", "sign_in_count", "online_seconds")
            for window in FLOW_WINDOWS
        },
        "settlement_last_date": "date", "own_transfer_last_date": "date", "sign_in_last_date": "date",
    },
    "steadiness": {**_CUSTOMER, "usual": "float64", "steady_date": "date"},
}  # fmt: skip


def staged(name: str) -> ir.Table:
    """The table of that name, bound to no engine."""
    return ibis.table(_STAGED[name], name=name)


def columns(name: str) -> list[str]:
    """Its columns."""
    return list(_STAGED[name])


def looked_up(rows: ir.Table, found: ir.Table) -> ir.Table:
    """The rows with the columns of the customer's one row in the other table; NULL where there is none."""
    found = found.rename(found_number="customer_number")
    return rows.left_join(found, rows.customer_number == found.found_number).drop("found_number")
