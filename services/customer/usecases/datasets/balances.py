"""Closing balances become running balances of holdings: of the accounts that moved, and of no others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.lake.lake import Pin
from services.chassis.longwork.patience import patiently
from services.chassis.longwork.task import Preparation
from services.customer.model.dataset import DatasetApplication, DatasetBook
from services.customer.model.holding import Holding
from services.customer.usecases.datasets import passes
from services.customer.usecases.datasets.contracts import blank
from services.customer.usecases.datasets.passes import Pass

ROWS_PER_STEP = 2_000
# So many accounts are asked of the database at once.
_ACCOUNTS_AT_ONCE = 20_000
# A correction looks so far back for what it does not change: longer than any year to date, with the base before it.
HISTORY = timedelta(days=800)
_TABLE = Holding.__table__
# A holding's columns, by the engine's names of RUNNING without the key.
_KEPT = {
    "since": "since_date",
    "balance": "balance_minor_units",
    "month_sum": "month_sum",
    "quarter_sum": "quarter_sum",
    "year_sum": "year_sum",
    "base": "base_minor_units",
}
# What an account in another currency has of the account.
_COMMON = (
    "customer_number", "customer_id", "kind", "product_code", "product_name", "unit_number", "state", "open_date",
    "maturity_date", "close_date", "missing_since_date", "parent_number", "contract_feed",
)  # fmt: skip


def read(preparation: Preparation, wanted: Pass, stack: ExitStack, place: int) -> Callable[[int], list[Any]]:
    """The running balances that the pass makes others."""
    from services.customer.engine import balances, snapshots

    with preparation.transaction() as work:
        lake = work.database.lake
    connection = stack.enter_context(lake.connection())
    if wanted.corrected or wanted.everything:
        _recompute(preparation, wanted, lake, connection)
        begun = 0
    else:
        _go_on(preparation, wanted, lake, connection)
        # Opened again after a restart: what was written before is no change any more.
        begun = place
    return lambda place: snapshots.batch(connection, "results", balances.RUNNING, place - begun, ROWS_PER_STEP)


def apply(work: UnitOfWork, application: DatasetApplication, rows: Sequence[Any], *, first: bool) -> Mapping[str, int]:  # noqa: ARG001 - as all appliers are called
    """Writes running balances; of an account that has not come yet they wait for it."""
    source_system, feed = application.source_system, application.feed
    present: dict[tuple[str, str], str] = {}
    sibling: dict[str, Any] = {}
    columns = (_TABLE.c.holding_id, _TABLE.c.number, _TABLE.c.currency_code, *(_TABLE.c[name] for name in _COMMON))
    of_accounts = (_TABLE.c.source_system == source_system, _TABLE.c.dataset == "accounts")
    for row in work.session.execute(
        select(*columns).where(*of_accounts, among(_TABLE.c.number, sorted({row["account_number"] for row in rows})))
    ):
        present[row.number, row.currency_code] = row.holding_id
        sibling[row.number] = row
    known, new = [], []
    for row in rows:
        values = {column: row[name] if row[name] is not None else _NOTHING.get(column) for name, column in _KEPT.items()}
        values |= {"balance_feed": feed, "update_time": work.now}
        key = row["account_number"], row["currency_code"]
        if key in present:
            known.append({f"b_{name}": value for name, value in values.items()} | {"b_id": present[key]})
        elif row["since"] is not None:
            account = sibling.get(key[0])
            common = {name: getattr(account, name) for name in _COMMON} if account is not None else {}
            own = {"source_system": source_system, "dataset": "accounts", "number": key[0], "currency_code": key[1]}
            new.append(blank(work) | common | values | own)
    if known:
        set_values = {name: bindparam(f"b_{name}") for name in (*_KEPT.values(), "balance_feed", "update_time")}
        work.session.execute(update(_TABLE).where(_TABLE.c.holding_id == bindparam("b_id")).values(set_values), known)
    if new:
        work.session.execute(insert(_TABLE), new)
    return {"created": len(new), "updated": len(known)}


_NOTHING = dict.fromkeys(("month_sum", "quarter_sum", "year_sum", "base_minor_units"), 0)


def _go_on(preparation: Preparation, wanted: Pass, lake: Any, connection: Any) -> None:
    """The days after the last one: compared with each other, and added to what is kept of the accounts that moved."""
    from services.customer.engine import balances

    with preparation.transaction() as work:
        ids = [*filter(None, [wanted.former_id]), *wanted.application_ids]
        pins = [application.pin for application in passes.by_id(work, ids)]
        base_date = work.settings.base_date
    after = pins[0].business_date if wanted.former_id else None
    patiently(
        preparation.beat, lambda: balances.find_points(connection, lake, pins, after=after, affected=False), connection.interrupt
    )
    some = [""]
    while some := balances.moved_accounts(connection, some[-1], _ACCOUNTS_AT_ONCE):
        preparation.beat()
        with preparation.transaction() as work:
            balances.hold(connection, _kept_of(work, pins[0].source_system, some))
    patiently(preparation.beat, lambda: balances.fold(connection, base_date, affected=False), connection.interrupt)


def _recompute(preparation: Preparation, wanted: Pass, lake: Any, connection: Any) -> None:
    """Days that are applied say something else: the accounts of which they do are made anew from all days."""
    from services.customer.engine import balances

    with preparation.transaction() as work:
        pins, corrected = _history(work, wanted)
        base_date = work.settings.base_date

    def find() -> int:
        balances.find_affected(connection, lake, [] if wanted.everything else corrected)
        if wanted.everything:
            balances.find_all(connection, lake, pins)
        balances.find_points(connection, lake, pins, after=None, affected=True)
        return balances.fold(connection, base_date, affected=True)

    patiently(preparation.beat, find, connection.interrupt)


def _history(work: UnitOfWork, wanted: Pass) -> tuple[list[Pin], list[tuple[Pin, Pin | None]]]:
    book = work.session.get_one(DatasetBook, wanted.feed)
    new = passes.by_id(work, wanted.application_ids)
    until = book.business_date or date.max
    of_day = {
        each.business_date: each
        for each in passes.applied(work, wanted.feed)
        if each.business_date > until - HISTORY and passes.files_are_there(work, each)
    }
    of_day |= {each.business_date: each for each in new}
    ids = {former for _, former in wanted.corrected if former}
    formers = {each.application_id: each.pin for each in passes.by_id(work, sorted(ids))}
    by_id = {each.application_id: each.pin for each in new}
    corrected = [(by_id[pair[0]], formers.get(pair[1])) for pair in wanted.corrected]
    return [of_day[day].pin for day in sorted(of_day)], corrected


def _kept_of(work: UnitOfWork, source_system: str, numbers: Sequence[str]) -> list[tuple[Any, ...]]:
    columns = (_TABLE.c.number, _TABLE.c.currency_code, *(_TABLE.c[column] for column in _KEPT.values()))
    rows = work.session.execute(
        select(*columns).where(
            _TABLE.c.source_system == source_system,
            _TABLE.c.dataset == "accounts",
            among(_TABLE.c.number, numbers),
            _TABLE.c.since_date.is_not(None),
        )
    )
    return [tuple(row) for row in rows]
