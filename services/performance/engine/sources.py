"""What products are measured on, source by source: rows of a dataset as formulas are given them.

Each source answers the same columns: `day`, `source_system`, `account_number`, `currency_code`, `customer_number`, whose it is,
`unit_number`, `product_code` and `selected_kind` by which a product takes it, `open_date` and `maturity_date` by which funds are
priced, `banded` (what bands of share lines are measured on), `row_key` where an object has several rows on a day, `fault` where
it cannot be counted, and the inputs of `rules.formulas.inputs` by their names. Amounts are still in the row's own currency.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import ibis
from ibis import ir

from services.performance.engine.tables import table
from services.performance.rules.formulas.inputs import SOURCES, InputKind
from services.performance.rules.shares import ObjectKind


@dataclass(frozen=True, slots=True)
class Source:
    """One dataset as a source of results."""

    dataset: str
    # The column of the dataset that is the object's number.
    number: str
    rows: Callable[[], ir.Table]
    # As what its objects are claimed; None where only their customer is.
    object_kind: ObjectKind | None
    # Its main amount. The base of an increment is the same amount at the end of the year before.
    amount: str | None
    # Every row earns: one that no product takes is told.
    complete: bool = False

    @property
    def standing(self) -> bool:
        """Whether its rows stand for each day."""
        return SOURCES[self.dataset].standing

    @property
    def of_accounts(self) -> bool:
        """Whether its rows are accounts': what is known of an account says whose they are."""
        return self.object_kind is ObjectKind.ACCOUNT

    def inputs(self, *kinds: InputKind) -> list[str]:
        """The inputs of these kinds."""
        return [each.name for each in SOURCES[self.dataset].inputs.values() if each.kind in kinds]


def looked_up(rows: ir.Table, found: ir.Table, on: Mapping[str, str]) -> ir.Table:
    """The rows with the columns of the one row that is found by columns of theirs; NULL where there is none."""
    keys = found.rename({f"found_{name}": name for name in on.values()})
    joined = rows.left_join(keys, [rows[own] == keys[f"found_{name}"] for own, name in on.items()])
    return joined.drop(*(f"found_{name}" for name in on.values()))


def _balances() -> ir.Table:
    own = {"own_product_code": "product_code", "own_unit_number": "unit_number", "own_rate_e8": "interest_rate_e8"}
    rows = _of_accounts(table("balances").rename(own), _accounts().drop("account_system"))
    # The bank lists rates by product and currency: those of the account, which the row's may not be.
    as_listed = (rows.currency_code == rows.account_currency_code) & rows.own_product_code.isnull()
    return rows.mutate(
        unit_number=ibis.coalesce(rows.own_unit_number, rows.unit_number),
        product_code=ibis.coalesce(rows.own_product_code, rows.product_code),
        customer_rate=ibis.coalesce(rows.own_rate_e8, rows.interest_rate_e8, as_listed.ifelse(rows.listed_rate_e8, ibis.null())),
        selected_kind=rows.account_kind,
        balance=rows.balance_minor_units,
        days_since_open=_days(rows.open_date, rows.day),
    )


def _transactions() -> ir.Table:
    rows = _of_accounts(table("transactions"), _accounts())
    return rows.mutate(
        # The movement is told by one system of an account that another keeps.
        source_system=ibis.coalesce(rows.account_system, rows.source_system),
        selected_kind=rows.kind,
        amount=rows.amount_minor_units,
        row_key=rows.transaction_number,
    )


def _accounts() -> ir.Table:
    return table("accounts").rename(account_kind="kind", account_state="state", account_currency_code="currency_code")


def _of_accounts(rows: ir.Table, accounts: ir.Table) -> ir.Table:
    rows = looked_up(rows, accounts, {"source_system": "source_system", "account_number": "account_number"})
    return rows.mutate(fault=rows.account_kind.isnull().ifelse("ACCOUNT_UNKNOWN", ibis.null("string")))


def _bills() -> ir.Table:
    rows = table("bills")
    return rows.mutate(
        account_number=rows.bill_number,
        selected_kind=rows.kind,
        face=rows.face_minor_units,
        discount_rate=rows.discount_rate_e8,
        open_date=rows.issue_date,
        days_since_issue=_days(rows.issue_date, rows.day),
    )


def _factoring() -> ir.Table:
    rows = table("factoring")
    return rows.mutate(
        account_number=rows.contract_number,
        receivable=rows.receivable_minor_units,
        financed=rows.financed_minor_units,
        days_since_open=_days(rows.open_date, rows.day),
    )


def _trade_finance() -> ir.Table:
    rows = table("trade_finance")
    return rows.mutate(
        account_number=rows.reference,
        selected_kind=rows.kind,
        amount=rows.amount_minor_units,
        open_date=rows.issue_date,
        maturity_date=rows.expiry_date,
        days_since_issue=_days(rows.issue_date, rows.day),
        days_to_expiry=_days(rows.day, rows.expiry_date),
    )


def _fees() -> ir.Table:
    rows = table("fees")
    return rows.mutate(account_number=rows.fee_number, amount=rows.amount_minor_units, after_tax=rows.after_tax_minor_units)


def _ebanking_events() -> ir.Table:
    rows = table("ebanking_events")
    return rows.mutate(account_number=rows.customer_number, selected_kind=rows.kind, row_key=rows.event_number)


_SOURCES = (
    Source("balances", "account_number", _balances, ObjectKind.ACCOUNT, "balance", complete=True),
    Source("bills", "bill_number", _bills, ObjectKind.CONTRACT, "face"),
    Source("factoring", "contract_number", _factoring, ObjectKind.CONTRACT, "financed"),
    Source("trade_finance", "reference", _trade_finance, ObjectKind.CONTRACT, "amount"),
    Source("fees", "fee_number", _fees, ObjectKind.FEE_FLOW, "amount", complete=True),
    Source("transactions", "account_number", _transactions, ObjectKind.ACCOUNT, "amount"),
    Source("ebanking_events", "customer_number", _ebanking_events, None, None),
)
MEASURED: Mapping[str, Source] = {source.dataset: source for source in _SOURCES}

# What a source's rows may lack: it is NULL then.
_USUAL: Mapping[str, str] = {
    "customer_number": "string",
    "unit_number": "string",
    "product_code": "string",
    "selected_kind": "string",
    "open_date": "date",
    "maturity_date": "date",
    "row_key": "string",
    "fault": "string",
}


def rows_of(source: Source, home_currency_code: str) -> ir.Table:
    """The source's rows, with all the columns that this module names."""
    rows = source.rows()
    lacking: dict[str, Any] = {name: ibis.null(type_) for name, type_ in _USUAL.items() if name not in rows.columns}
    if "currency_code" not in rows.columns:
        # No amount has one: it is counted, and that in no currency.
        lacking["currency_code"] = ibis.literal(home_currency_code)
    rows = rows.mutate(**lacking)
    counted = {name: ibis.literal(1, "int64") for name in source.inputs(InputKind.COUNT)}
    rows = rows.mutate(
        banded=ibis.coalesce(rows[source.amount], 0) if source.amount else ibis.literal(0, "int64"),
        tenor_days=_days(rows.open_date, rows.maturity_date),
        days_to_maturity=_days(rows.day, rows.maturity_date),
        **counted,
    )
    if "rating" in SOURCES[source.dataset].inputs and "rating" not in rows.columns:
        rows = looked_up(rows, table("ratings"), {"customer_number": "customer_number"})
    return rows


def _days(first: ir.DateValue, last: ir.DateValue) -> ir.IntegerValue:
    return last.delta(first, unit="day").cast("int64")
