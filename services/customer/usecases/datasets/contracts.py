"""Accounts, bills, factoring and trade finance become holdings: what each is, whose, and how it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.lake.schemas import SCHEMAS
from services.chassis.longwork.task import Preparation
from services.customer.model.dataset import DatasetApplication
from services.customer.model.holding import Holding
from services.customer.rules.holdings import (
    ACCOUNT_KINDS,
    ACCOUNT_STATES,
    BILL_STATES,
    ENDED,
    TRADE_STATES,
    HoldingKind,
    HoldingState,
)
from services.customer.usecases.datasets import linking, reading, telling
from services.customer.usecases.datasets.passes import Pass

ROWS_PER_STEP = 1_000
_TABLE = Holding.__table__.c
# What is read of each dataset: nothing that names another person.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "accounts": SCHEMAS["accounts"].names,
    "bills": (
        "bill_number", "customer_number", "kind", "currency_code", "face_minor_units", "discount_rate_e8", "issue_date",
        "maturity_date", "state", "unit_number",
    ),
    "factoring": (
        "contract_number", "customer_number", "currency_code", "receivable_minor_units", "financed_minor_units", "open_date",
        "maturity_date", "state", "unit_number",
    ),
    "trade_finance": (
        "reference", "customer_number", "kind", "currency_code", "amount_minor_units", "issue_date", "expiry_date", "state",
    ),
}  # fmt: skip
# Of a holding, what its contract says; its balance and its class come by other datasets.
_CONTRACT = (
    "customer_number", "customer_id", "kind", "product_code", "product_name", "unit_number", "state", "open_date",
    "maturity_date", "close_date", "missing_since_date", "principal_minor_units", "interest_rate_e8", "parent_number",
    "contract_feed", "update_time",
)  # fmt: skip


def read(preparation: Preparation, wanted: Pass, stack: ExitStack, _place: int) -> Callable[[int], list[Any]]:
    """The changed contracts of a snapshot."""
    with preparation.transaction() as work:
        dataset = work.session.get_one(DatasetApplication, wanted.application_ids[-1]).dataset
    return reading.changed_rows(preparation, wanted, stack, _COLUMNS[dataset], ROWS_PER_STEP)


def apply(work: UnitOfWork, application: DatasetApplication, rows: Sequence[Any], *, first: bool) -> Mapping[str, int]:
    """Writes contracts; one whose customer is not known here is kept without."""
    shaped = _SHAPES[application.dataset]
    key = SCHEMAS[application.dataset].key[0]
    present = _present(work, application, [row[key] for row in rows])
    records = linking.records_of(work, (row["customer_number"] for row in rows if row["customer_number"]))
    known, new, gone, told = [], [], [], []
    for row in rows:
        of_number = present.get(row[key], [])
        if row["gone"]:
            gone += [{"b_id": each.holding_id, "b_day": application.business_date} for each in of_number]
            continue
        values = shaped(row) | linking.owner(records, row["customer_number"] or "")
        values |= {"contract_feed": application.feed, "update_time": work.now, "missing_since_date": None}
        currency = row["currency_code"] or ""
        if not any(each.currency_code == currency for each in of_number):
            key_values = {"source_system": application.source_system, "dataset": application.dataset}
            new.append(_blank(work) | key_values | {"number": row[key], "currency_code": currency} | values)
            told.append((new[-1], None))
        for each in of_number:
            known.append({f"b_{name}": value for name, value in values.items()} | {"b_id": each.holding_id})
            told.append((values | {"holding_id": each.holding_id}, each))
    # The balance of an account comes by another dataset.
    balance = () if application.dataset == "accounts" else ("balance_minor_units",)
    _write(work, (*_CONTRACT, *balance), known, new, gone)
    if not first:
        telling.tell_states(work, application.business_date, told)
    unplaced = sum(not each.get("b_customer_id") for each in known) + sum(not each["customer_id"] for each in new)
    return {"created": len(new), "updated": len(known), "gone": len(gone), "without_customer": unplaced}


def _write(
    work: UnitOfWork, names: Sequence[str], known: list[dict[str, Any]], new: list[dict[str, Any]], gone: list[dict[str, Any]]
) -> None:
    """As statements over many rows: what became of the dataset is told by its application, not row by row."""
    table = Holding.__table__
    if known:
        values = {name: bindparam(f"b_{name}") for name in names}
        work.session.execute(update(table).where(_TABLE.holding_id == bindparam("b_id")).values(values), known)
    if new:
        work.session.execute(insert(table), new)
    if gone:
        ended = update(table).where(_TABLE.holding_id == bindparam("b_id"), _TABLE.missing_since_date.is_(None))
        work.session.execute(ended.values(missing_since_date=bindparam("b_day")), gone)


def _present(work: UnitOfWork, application: DatasetApplication, numbers: Sequence[str]) -> dict[str, list[Any]]:
    columns = (_TABLE.holding_id, _TABLE.number, _TABLE.currency_code, _TABLE.kind, _TABLE.state)
    rows = work.session.execute(
        select(*columns).where(
            _TABLE.source_system == application.source_system,
            _TABLE.dataset == application.dataset,
            among(_TABLE.number, numbers),
        )
    )
    present: dict[str, list[Any]] = {}
    for row in rows:
        present.setdefault(row.number, []).append(row)
    return present


def _blank(work: UnitOfWork) -> dict[str, Any]:
    """Every column of a new holding, with what is said where nothing is."""
    return {
        "holding_id": work.new_id(),
        "customer_number": "",
        "customer_id": None,
        **dict.fromkeys(("kind", "state", "loan_class", "overdue_days", "month_sum", "quarter_sum", "year_sum"), 0),
        **dict.fromkeys(("product_code", "product_name", "unit_number", "parent_number"), ""),
        **dict.fromkeys(("contract_feed", "balance_feed", "class_feed"), ""),
        **dict.fromkeys(("open_date", "maturity_date", "close_date", "missing_since_date", "since_date")),
        **dict.fromkeys(("principal_minor_units", "interest_rate_e8", "overdue_minor_units", "balance_minor_units")),
        "base_minor_units": 0,
        "update_time": work.now,
    }


blank = _blank


def _account(row: Mapping[str, Any]) -> dict[str, Any]:
    state = ACCOUNT_STATES[row["state"]]
    return {
        "kind": ACCOUNT_KINDS[row["kind"]].value,
        "product_code": row["product_code"] or "",
        "product_name": row["product_name"] or "",
        "unit_number": row["unit_number"],
        "state": state.value,
        "open_date": row["open_date"],
        "maturity_date": row["maturity_date"],
        "close_date": row["close_date"],
        "principal_minor_units": row["principal_minor_units"],
        "interest_rate_e8": row["interest_rate_e8"],
        "parent_number": row["parent_account_number"] or "",
    }


def _bill(row: Mapping[str, Any]) -> dict[str, Any]:
    state, face = BILL_STATES[row["state"]], row["face_minor_units"]
    return _contract(HoldingKind.BILL, row["kind"], state, row["unit_number"], row["issue_date"], row["maturity_date"], face) | {
        "interest_rate_e8": row["discount_rate_e8"],
        "balance_minor_units": _outstanding(state, face),
    }


def _factoring(row: Mapping[str, Any]) -> dict[str, Any]:
    state, receivable = ACCOUNT_STATES[row["state"]], row["receivable_minor_units"]
    of_row = (row["unit_number"], row["open_date"], row["maturity_date"], receivable)
    return _contract(HoldingKind.FACTORING, "", state, *of_row) | {
        "balance_minor_units": _outstanding(state, row["financed_minor_units"])
    }


def _trade_finance(row: Mapping[str, Any]) -> dict[str, Any]:
    state, amount = TRADE_STATES[row["state"]], row["amount_minor_units"]
    return _contract(HoldingKind.TRADE_FINANCE, row["kind"], state, "", row["issue_date"], row["expiry_date"], amount) | {
        "balance_minor_units": _outstanding(state, amount)
    }


def _contract(
    kind: HoldingKind,
    product_code: str,
    state: HoldingState,
    unit_number: str,
    open_date: date | None,
    maturity_date: date | None,
    principal: int | None,
) -> dict[str, Any]:
    return {
        "kind": kind.value,
        "product_code": product_code,
        "product_name": "",
        "unit_number": unit_number or "",
        "state": state.value,
        "open_date": open_date,
        "maturity_date": maturity_date,
        "close_date": None,
        "principal_minor_units": principal,
        "interest_rate_e8": None,
        "parent_number": "",
    }


def _outstanding(state: HoldingState, amount: int | None) -> int | None:
    return 0 if state in ENDED else amount


_SHAPES: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "accounts": _account,
    "bills": _bill,
    "factoring": _factoring,
    "trade_finance": _trade_finance,
}
