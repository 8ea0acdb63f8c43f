"""Small books of a bank: datasets in a lake, and the events that tell of them.

`Books` writes into any lake (the engine's tests need no database); `TownBooks` also lets the service learn of it. Each has a
source system of its own, so that the accounts of two tests never meet; `clear` takes away what the service computed and pinned
before, since that is the whole bank's.
"""

from __future__ import annotations

import importlib
import shutil
import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa
from sqlalchemy import delete
from workbench.integration.v1 import events_pb2

from services.chassis.lake.lake import Lake, Pin
from services.chassis.lake.schemas import SCHEMAS, Type

_ARROW = {
    Type.DATE: pa.date32(),
    Type.MONEY: pa.int64(),
    Type.RATE: pa.int64(),
    Type.INTEGER: pa.int64(),
    Type.TIME: pa.timestamp("us"),
    Type.FLAG: pa.bool_(),
}
# What a row has where the test does not care.
_USUAL: dict[str, dict[str, Any]] = {
    "accounts": {"kind": "DEMAND_DEPOSIT", "currency_code": "CNY", "state": "ACTIVE", "open_date": date(1990, 1, 1)},
    "balances": {"currency_code": "CNY"},
    "bills": {"kind": "BANK_ACCEPTANCE", "currency_code": "CNY", "state": "DISCOUNTED"},
    "ebanking_events": {"kind": "TRANSFER", "channel": "MOBILE"},
    "factoring": {"currency_code": "CNY", "recourse": True, "state": "ACTIVE"},
    "fees": {"currency_code": "CNY"},
    "ftp_curve": {"currency_code": "CNY"},
    "fx_rates": {"quote_currency_code": "CNY"},
    "interest_rates": {"currency_code": "CNY", "tenor_days": 0},
    "loan_classes": {"class": "NORMAL", "overdue_days": 0},
    "risk_ratings": {"rating": "A"},
    "trade_finance": {"kind": "REMITTANCE", "currency_code": "CNY", "state": "ISSUED"},
    "transactions": {"currency_code": "CNY", "kind": "OTHER"},
}


@dataclass
class Books:
    """The datasets of one source system, in a lake."""

    lake: Lake
    source_system: str = field(default_factory=lambda: f"core{uuid.uuid4().hex[:8]}")
    # Which unit keeps what no row says anything of.
    unit_number: str = "0101"

    def write(self, dataset: str, day: date, rows: list[dict[str, Any]], revision: int = 1) -> Pin:
        """A revision with these rows; columns that a row lacks are as usual there, and else NULL."""
        schema, pin = SCHEMAS[dataset], Pin(f"{self.source_system}.{dataset}", dataset, self.source_system, day, revision)
        usual = _USUAL.get(dataset, {}) | ({"unit_number": self.unit_number} if "unit_number" in schema.names else {})
        columns = {
            column.name: pa.array([(usual | row).get(column.name) for row in rows], _ARROW.get(column.type, pa.string()))
            for column in schema.columns
        }
        with self.lake.connection() as connection:
            connection.register("given", pa.table(columns))
            self.lake.write(connection, "SELECT * FROM given", schema, pin)
        return pin

    def accounts(self, day: date, numbers: dict[str, str], revision: int = 1, **fields: Any) -> Pin:
        """Accounts by number, each with its customer's number; all with these fields."""
        rows = [{"account_number": number, "customer_number": customer} | fields for number, customer in numbers.items()]
        return self.write("accounts", day, rows, revision)

    def balances(self, day: date, amounts: dict[str, int], revision: int = 1, **fields: Any) -> Pin:
        """Closing balances in minor units by account; all with these fields."""
        rows = [{"account_number": number, "balance_minor_units": amount} | fields for number, amount in amounts.items()]
        return self.write("balances", day, rows, revision)

    def exchange_rates(self, day: date, rates_e8: dict[str, int], revision: int = 1) -> Pin:
        """How much of the home currency one of each is."""
        return self.write("fx_rates", day, [{"currency_code": c, "exchange_rate_e8": r} for c, r in rates_e8.items()], revision)

    def ftp_curve(self, day: date, rates_e8: dict[int, int], revision: int = 1, currency_code: str = "CNY") -> Pin:
        """Internal prices by tenor in days."""
        rows = [{"tenor_days": t, "ftp_rate_e8": r, "currency_code": currency_code} for t, r in rates_e8.items()]
        return self.write("ftp_curve", day, rows, revision)


@dataclass
class TownBooks(Books):
    """The same, of which the service of a town hears."""

    town: Any = None

    @classmethod
    def of(cls, town: Any) -> TownBooks:
        """New books; what the service pinned and computed for other tests is gone."""
        clear(town)
        return cls(town.service.database.lake, town=town)

    def write(self, dataset: str, day: date, rows: list[dict[str, Any]], revision: int = 1) -> Pin:
        """Writes the revision, and tells the service."""
        pin = super().write(dataset, day, rows, revision)
        self.announce(pin, len(rows))
        return pin

    def announce(self, pin: Pin, rows: int = 1) -> None:
        """Tells the service of a revision, as integration does."""
        told = {"feed": pin.feed, "dataset": pin.dataset, "source_system": pin.source_system, "revision": pin.revision}
        self.town.announce(events_pb2.DatasetPublished(**told, business_date=str(pin.business_date), rows=rows))


# What a service pinned or made of datasets, by service; people, units and customers stay.
_CLEARED = {
    "analytics": ("analyses", "customer_months", "dataset_pins", "stale_days"),
    "performance": (
        "closed_months", "dataset_pins", "month_closings", "results", "run_differences", "run_issues", "runs", "share_lines",
        "stale_marks", "stale_months",
    ),
}  # fmt: skip


def clear(town: Any) -> None:
    """Takes away what the service pinned and computed."""
    definition = town.service.definition
    tables = importlib.import_module(f"{definition.package}.model").Base.metadata.tables
    with town.service.database.transaction() as work:
        for name in _CLEARED[definition.name]:
            work.session.execute(delete(tables[name]))
    # Beside the datasets: of an analysis of the same date and number the next test would take them for its own.
    shutil.rmtree(town.service.database.lake.root / f".{definition.name}", ignore_errors=True)
