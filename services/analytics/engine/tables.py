"""The tables of an analysis: what is in its files, which expressions name. Sorted by customer's number, and never changed."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
from ibis import ir

# One row a customer and business date; amounts are minor units of the home currency, of flows both ways positive. "Assets" are
# deposit, term and wealth together.
CUSTOMER_DAYS: Mapping[str, str] = {
    "customer_number": "string", "day": "date",
    # Closing balances: demand, savings and margin deposits; term deposits; wealth products; loans.
    "deposit": "int64", "term": "int64", "wealth": "int64", "loan": "int64", "account_count": "int32",
    "inflow": "int64", "outflow": "int64", "salary_inflow": "int64",
    # Transfers and bills into accounts of whoever is no private customer.
    "settlement_inflow": "int64",
    # Transfers to an account elsewhere that bears the customer's own name, which is never written.
    "own_transfer_out": "int64",
    "card_spending": "int64", "loan_drawn": "int64", "loan_repaid": "int64",
    "movement_count": "int32", "sign_in_count": "int32", "online_seconds": "int64",
}  # fmt: skip

CUSTOMERS: Mapping[str, str] = {
    "customer_id": "string", "customer_number": "string", "kind": "int64", "tier": "int64", "lead_person_id": "string",
    "organisation_path": "string", "open_date": "date",
}  # fmt: skip

ACCOUNTS: Mapping[str, str] = {
    "customer_number": "string", "source_system": "string", "account_number": "string", "kind": "string",
    "product_code": "string", "currency_code": "string", "open_date": "date", "maturity_date": "date", "close_date": "date",
    "state": "string", "interest_rate_e8": "int64", "balance": "int64", "unit_number": "string",
}  # fmt: skip

# As `model/happening.py`.
HAPPENINGS: Mapping[str, str] = {
    "customer_number": "string", "source": "string", "customer_id": "string", "kind": "int64", "start_date": "date",
    "end_date": "date", "due_date": "date", "person_id": "string", "other_person_ids": "array<string>", "sort": "int64",
    "channel": "int64", "state": "int64", "outcome": "int64", "minutes": "int64", "people_met_count": "int64",
    "customer_began": "boolean", "low": "boolean", "update_time": "timestamp",
}  # fmt: skip

# A customer and one of the bank's people: contacts of 365 days.
RELATIONS: Mapping[str, str] = {
    "customer_number": "string", "customer_id": "string", "person_id": "string", "contact_count": "int64",
    # Of the customer's contacts, in ten-thousandths.
    "share_e4": "int64",
    "first_date": "date", "last_date": "date", "is_lead": "boolean",
}  # fmt: skip

# One row a customer, as of a business date: nothing after it was read. NULL is what is not known, never 0.
FEATURES: Mapping[str, str] = {
    "customer_number": "string", "customer_id": "string", "kind": "int64", "tier": "int64",
    "history_days": "int64", "tenure_days": "int64", "thin": "boolean",
    "assets_now": "int64", "assets_7": "int64", "assets_30": "int64", "assets_90": "int64", "assets_before": "int64",
    "assets_peak_90": "int64", "fall_7": "float64", "fall_30": "float64", "fall_90": "float64", "fall_season": "float64",
    "draw_down": "float64", "below_days": "int64", "fall_onset_date": "date", "volatility_90": "float64",
    "inflow_30": "int64", "inflow_90": "int64", "outflow_30": "int64", "outflow_90": "int64", "inflow_fall": "float64",
    "salary_last_date": "date", "salary_interval_days": "int64", "salary_overdue_days": "int64", "settlement_fall": "float64",
    "settlement_last_date": "date", "own_transfer_30": "int64", "own_transfer_share": "float64",
    "own_transfer_last_date": "date",
    "standing_orders": "int64", "standing_orders_cancelled_90": "int64", "product_count": "int64",
    "products_closed_90": "int64", "product_last_close_date": "date", "maturing_30": "int64", "unrenewed_30": "int64",
    "unrenewed_share": "float64", "unrenewed_date": "date", "loan_now": "int64", "loan_ended_90": "boolean",
    "sign_ins_30": "int64", "sign_in_fall": "float64", "online_seconds_fall": "float64", "sign_in_last_date": "date",
    "contact_days": "int64", "contacts_90": "int64", "contact_cycle_days": "int64", "contact_overdue_days": "int64",
    "contact_last_date": "date", "people_known": "int64", "top_person_share": "float64",
    "complaints_open": "int64", "complaint_overdue_days": "int64", "complaint_severity": "int64", "complaint_days": "int64",
    "complaint_date": "date", "needs_open": "int64", "survey_low_days": "int64", "survey_low_date": "date",
    "lead_changes_180": "int64", "lead_change_days": "int64", "lead_change_date": "date", "lead_left_days": "int64",
    "lead_left_date": "date", "rate_gap_e8": "int64", "rate_gap_since_date": "date",
}  # fmt: skip

SIGNALS: Mapping[str, str] = {
    "customer_number": "string", "customer_id": "string", "signal_code": "string", "rule_version": "int64",
    "onset_date": "date", "severity": "int64",
    # JSON: of each feature its value, of each threshold its value.
    "evidence": "string",
}  # fmt: skip

SCORES: Mapping[str, str] = {
    "customer_number": "string", "customer_id": "string",
    # Empty where the rules ranked.
    "model_id": "string",
    # NULL where there is too little to say anything.
    "probability": "float64",
    # Assets that would go if the customer leaves, and what of it is to be expected.
    "value_at_risk": "int64", "expected_loss": "int64",
    # JSON: [{feature, value, contribution}], at most five.
    "reasons": "string",
}  # fmt: skip

SCHEMAS_OF_TABLES: Mapping[str, Mapping[str, str]] = {
    "customer_days": CUSTOMER_DAYS,
    "customers": CUSTOMERS,
    "accounts": ACCOUNTS,
    "happenings": HAPPENINGS,
    "relations": RELATIONS,
    "features": FEATURES,
    "signals": SIGNALS,
    "scores": SCORES,
}


def table(name: str) -> ir.Table:
    """The table of that name, bound to no engine."""
    return ibis.table(SCHEMAS_OF_TABLES[name], name=name)


def engine_type(type_: str) -> str:
    """The type's name in DuckDB."""
    return _ENGINE_TYPES[type_]


_ENGINE_TYPES = {
    "string": "VARCHAR", "int64": "BIGINT", "int32": "INTEGER", "float64": "DOUBLE", "date": "DATE", "boolean": "BOOLEAN",
    "timestamp": "TIMESTAMP", "array<string>": "VARCHAR[]",
}  # fmt: skip
