"""A bank's systems as they publish datasets: rows to Parquet, the event to the service, and its work waited for."""

from __future__ import annotations

import time
import uuid
from datetime import date

import pyarrow as pa
from sqlalchemy import select
from workbench.integration.v1 import events_pb2

from services.chassis.lake.lake import Pin
from services.chassis.lake.schemas import SCHEMAS, Type
from services.chassis.longwork.table import ENDED, Operation
from services.customer.model.dataset import DatasetApplication
from services.customer.model.holding import Holding

_ARROW = {
    Type.DATE: pa.date32(), Type.MONEY: pa.int64(), Type.RATE: pa.int64(), Type.INTEGER: pa.int64(), Type.FLAG: pa.bool_(),
}  # fmt: skip
DEFAULTS = {
    "customers": {"kind": "RETAIL", "display_name": "王芳", "unit_number": "E01", "state": "ACTIVE"},
    "accounts": {
        "kind": "DEMAND_DEPOSIT", "currency_code": "CNY", "unit_number": "E01", "open_date": date(2020, 1, 1), "state": "ACTIVE",
    },
    "account_holders": {"role": "JOINT_OWNER"},
    "balances": {"currency_code": "CNY"},
    "loan_classes": {"overdue_days": 0},
    "bills": {
        "kind": "BANK_ACCEPTANCE", "currency_code": "CNY", "issue_date": date(2026, 1, 1), "state": "ISSUED",
        "unit_number": "E01",
    },
    "factoring": {
        "currency_code": "CNY", "recourse": True, "open_date": date(2026, 1, 1), "state": "ACTIVE", "unit_number": "E01",
    },
    "trade_finance": {"kind": "IMPORT_LETTER_OF_CREDIT", "state": "ISSUED"},
}  # fmt: skip
WAIT_SECONDS = 15


class Bank:
    """One source system, apart from those of every other test."""

    def __init__(self, database):
        self.database = database
        self.name = f"core{uuid.uuid4().hex[:8]}"
        self.revisions = {}

    def number(self, plain):
        """A number of this bank's: the same plain one is another's too."""
        return f"{self.name}-{plain}"

    def write(self, dataset, day, rows, *, system=None):
        """Writes a revision, and answers the event that tells of it."""
        schema, feed = SCHEMAS[dataset], f"{system or self.name}.{dataset}"
        revision = self.revisions[feed, day] = self.revisions.get((feed, day), 0) + 1
        pin = Pin(feed, dataset, system or self.name, day, revision)
        filled = [DEFAULTS[dataset] | row for row in rows]
        columns = {
            column.name: pa.array([row.get(column.name) for row in filled], _ARROW.get(column.type, pa.string()))
            for column in schema.columns
        }
        with self.database.lake.connection() as connection:
            connection.register("given", pa.table(columns))
            parts = self.database.lake.write(connection, "SELECT * FROM given", schema, pin)
        told = [events_pb2.DatasetPart(name=part.name, rows=part.rows, sha256=part.sha256) for part in parts]
        return events_pb2.DatasetPublished(
            feed=feed, dataset=dataset, source_system=pin.source_system, business_date=str(day), revision=revision,
            rows=len(rows), parts=told,
        )  # fmt: skip

    def publish(self, town, dataset, day, rows, **how):
        """Writes a revision, announces it, and waits until it is applied."""
        town.announce(self.write(dataset, day, rows, **how))
        self.wait()

    def wait(self):
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until:
            with self.database.transaction(read_only=True) as work:
                of_bank = Operation.subject.startswith(f"datasets/{self.name}") | Operation.subject.startswith("datasets/risk")
                if not work.session.scalars(select(Operation).where(of_bank, Operation.state.not_in(ENDED))).all():
                    return
            time.sleep(0.05)
        raise AssertionError("The datasets were not applied in time.")

    def holding(self, plain, currency="CNY", dataset="accounts"):
        with self.database.transaction(read_only=True) as work:
            found = select(Holding).filter_by(
                source_system=self.name, number=self.number(plain), currency_code=currency, dataset=dataset
            )
            return work.session.scalars(found).one_or_none()

    def applications(self, dataset):
        with self.database.transaction(read_only=True) as work:
            found = select(DatasetApplication).filter_by(feed=f"{self.name}.{dataset}")
            return work.session.scalars(found.order_by(DatasetApplication.business_date, DatasetApplication.revision)).all()
