"""What is delivered when: history by months where rows say their date, then a file for each day; snapshots as things stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from deploy.demonstration.books.bank_books import Books
from deploy.demonstration.feeds.writing import Rows, write_file
from services.integration.model.feed_definition import FeedDefinition, load

PACKS = Path(__file__).parents[3] / "services" / "integration" / "packs"
# In the order in which they refer to one another; the ledger before what is reconciled with it.
DELIVERED = (
    "hr/org_units", "hr/employees", "treasury/fx_rates", "treasury/ftp_curve", "core/customers", "core/interest_rates",
    "core/accounts", "core/account_holders", "core/standing_orders", "risk/risk_ratings", "risk/loan_classes", "bills/bills",
    "factoring/factoring", "trade/trade_finance", "ledger/gl_balances", "core/balances", "core/transactions",
    "counter/transactions", "fees/fees", "ebanking/events", "ledger/gl_postings",
)  # fmt: skip
# The last days come one by one, as they will from then on.
DAYS_ONE_BY_ONE = 2
# Of what is not read far back, so many months are enough, and the first load is the quicker.
_MONTHS_MAX = {"ledger.gl_postings": 1, "ledger.gl_balances": 3, "fees.fees": 6, "ebanking.events": 18}
# What is told of each quarter's end beside the last day, and what of each month's: results stand on it from day to day.
_AT_QUARTERS = ("core.accounts", "core.standing_orders", "core.interest_rates", "risk.risk_ratings", "risk.loan_classes")
_AT_MONTHS = ("bills.bills", "factoring.factoring", "trade.trade_finance")
_MONTHS, _QUARTERS = range(1, 13), (1, 4, 7, 10)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The dates of one file; it is named for the last of them."""

    since: date
    until: date


@cache
def definitions() -> Mapping[str, FeedDefinition]:
    """The feeds of the bank's systems, in the order in which they are delivered."""
    return {definition.name: definition for definition in map(load, pack_files())}


def pack_files() -> list[Path]:
    """Where they are defined, in the same order."""
    return [PACKS / f"{place}.toml" for place in DELIVERED]


def deliver(books: Books, inbox: Path, since: date, until: date) -> Iterator[Path]:
    """Writes what the systems tell of those dates into the inbox; yields each file as it is complete."""
    for definition in definitions().values():
        yield from deliver_feed(books, definition, inbox, since, until)


def deliver_feed(books: Books, definition: FeedDefinition, inbox: Path, since: date, until: date) -> Iterator[Path]:
    """The same of one feed."""
    for rows in rows_of(definition, since, until):
        if path := write_file(books.connection, definition, rows, folder_of(definition, inbox)):
            yield path


def folder_of(definition: FeedDefinition, inbox: Path) -> Path:
    """Where in the inbox a feed looks."""
    return inbox / definition.source.location.removeprefix("{inbox}/")


def rows_of(definition: FeedDefinition, since: date, until: date) -> Iterator[Rows]:
    """The files of a feed for those dates."""
    if definition.date.source != "column":
        for day in _snapshots(definition, since, until):
            yield Rows(f"SELECT * FROM {definition.feed.dataset}_on(DATE '{day}')", day)  # noqa: S608 - a name of our own schemas
        return
    months = _MONTHS_MAX.get(definition.name)
    since = max(since, until - timedelta(days=31 * months)) if months else since
    # A movement is told by one system.
    own = f" WHERE told_by = '{definition.feed.source_system}'" if definition.feed.dataset == "transactions" else ""
    for stretch in stretches(since, until):
        told = f"{definition.feed.dataset}_between(DATE '{stretch.since}', DATE '{stretch.until}')"
        yield Rows(f"SELECT * FROM {told}{own}", stretch.until)  # noqa: S608 - as above


def stretches(since: date, until: date) -> Iterator[Stretch]:
    """Whole months, what there is of the last one, and its last days one by one."""
    last_whole = until - timedelta(days=DAYS_ONE_BY_ONE)
    while since <= last_whole:
        month_end = (since.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        yield Stretch(since, min(month_end, last_whole))
        since = min(month_end, last_whole) + timedelta(days=1)
    while since <= until:
        yield Stretch(since, since)
        since += timedelta(days=1)


def _snapshots(definition: FeedDefinition, since: date, until: date) -> Iterator[date]:
    after = _QUARTERS if definition.name in _AT_QUARTERS else _MONTHS if definition.name in _AT_MONTHS else ()
    ends = (date(year, month, 1) - timedelta(days=1) for year in range(since.year, until.year + 2) for month in after)
    yield from (day for day in ends if since <= day < until)
    yield until
