"""Rows of features as an analysis writes them, for tests that need no more than that one table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

_AMOUNTS = (
    "assets_now", "assets_7", "assets_30", "assets_90", "assets_before", "assets_peak_90", "inflow_30", "inflow_90", "outflow_30",
    "outflow_90", "own_transfer_30", "maturing_30", "unrenewed_30", "loan_now",
)  # fmt: skip
_RATIOS = (
    "fall_7", "fall_30", "fall_90", "fall_season", "draw_down", "volatility_90", "inflow_fall", "settlement_fall",
    "own_transfer_share", "unrenewed_share", "sign_in_fall", "online_seconds_fall", "top_person_share", "salary_interval_days",
)  # fmt: skip
_DATES = (
    "fall_onset_date", "salary_last_date", "settlement_last_date", "own_transfer_last_date", "product_last_close_date",
    "unrenewed_date", "sign_in_last_date", "contact_last_date", "complaint_date", "survey_low_date", "lead_change_date",
    "lead_left_date", "rate_gap_since_date",
)  # fmt: skip
_NUMBERS = (
    "kind", "tier", "history_days", "tenure_days", "below_days", "salary_overdue_days", "standing_orders",
    "standing_orders_cancelled_90", "product_count", "products_closed_90", "sign_ins_30", "contact_days", "contacts_90",
    "contact_cycle_days", "contact_overdue_days", "people_known", "complaints_open", "complaint_overdue_days",
    "complaint_severity", "complaint_days", "needs_open", "survey_low_days", "lead_changes_180", "lead_change_days",
    "lead_left_days", "rate_gap_e8",
)  # fmt: skip

TYPES: dict[str, pa.DataType] = {
    "customer_number": pa.string(),
    "customer_id": pa.string(),
    "thin": pa.bool_(),
    "loan_ended_90": pa.bool_(),
    **dict.fromkeys(_AMOUNTS, pa.int64()),
    **dict.fromkeys(_RATIOS, pa.float64()),
    **dict.fromkeys(_DATES, pa.date32()),
    **dict.fromkeys(_NUMBERS, pa.int32()),
}


def feature_table(rows: Sequence[dict[str, Any]]) -> pa.Table:
    """The rows with every column of features: NULL where a row says nothing, but for who it is.

    A customer is numbered by his place (`C000`), of the kind RETAIL and the tier MASS, and not thin, unless the row says so. Rows
    come sorted by the customer's number, as in an analysis; a column that features do not have is a mistake of the test's.
    """
    given = []
    for place, row in enumerate(rows):
        assert row.keys() <= TYPES.keys(), f"Features have no {sorted(row.keys() - TYPES.keys())}."
        number = f"C{place:03}"
        given.append({"customer_number": number, "customer_id": f"id-{number}", "kind": 1, "tier": 1, "thin": False} | row)
    given.sort(key=lambda row: row["customer_number"])
    return pa.table({name: pa.array([row.get(name) for row in given], type_) for name, type_ in TYPES.items()})


def write_features(rows: Sequence[dict[str, Any]], path: Path) -> Path:
    """The same as a file."""
    pq.write_table(feature_table(rows), path)
    return path
