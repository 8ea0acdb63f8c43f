"""Analyses for tests: a bank whose customers are looked at, and waiting for it.

`SmallEngine` stands in for the engine where a test is about the life of analyses: days are balances alone, a feature is the
assets of the last day. What it writes has the engine's own shape.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import date, timedelta

import pyarrow as pa
import pytest
from pyarrow import parquet
from sqlalchemy import delete, select, update

from services.analytics.__main__ import SERVICE
from services.analytics.engine import customer_days, features, relations, signals, tables
from services.analytics.engine.learning import scoring
from services.analytics.model import Analysis, Customer, Happening, StaleDay
from services.analytics.rules.analyses import AnalysisState
from services.analytics.usecases.analyses import judging, keeping
from services.chassis.lake.schemas import SCHEMAS
from services.chassis.longwork.table import Operation
from tests.component.books import TownBooks, clear

_ARROW = {
    "string": pa.string(), "int64": pa.int64(), "int32": pa.int32(), "float64": pa.float64(), "date": pa.date32(),
    "boolean": pa.bool_(),
}  # fmt: skip
PATIENCE_SECONDS = 90


class SmallEngine:
    """Does what the engine does, of balances alone."""

    def __init__(self):
        # What was made: the months, and of how many customers features were.
        self.months, self.looked_at = [], []
        # Called before anything of a stage is written; a test may wait or fail in it.
        self.before = lambda _stage: None
        self.portions = {"take": [], "warn": []}

    def write_month(self, connection, lake, inputs, folder, **_options):
        self.before("days")
        self.months.append((inputs.month_date, inputs.end_date))
        rows = []
        owners = self._owners(connection, lake, inputs)
        for each in inputs.days:
            if each.pin.dataset == "balances":
                read = lake.relation(connection, SCHEMAS["balances"], [each.pin]).select("account_number, balance_minor_units")
                of_day = {}
                for number, amount in read.fetchall():
                    customer = owners.get(number, number)
                    of_day[customer] = of_day.get(customer, 0) + amount
                rows += [{"customer_number": c, "day": each.day, "deposit": a} for c, a in of_day.items()]
        put(folder / "customer_days.parquet", "customer_days", rows)

    def _owners(self, connection, lake, inputs):
        pins = [each.pin for each in inputs.days if each.pin.dataset == "accounts"]
        rows = lake.relation(connection, SCHEMAS["accounts"], pins).select("account_number, customer_number").fetchall()
        return dict(rows)

    def write_features(self, connection, inputs, path, **_options):
        self.before("features")
        days = ", ".join(f"'{each}'" for each in inputs.days)
        among = f"SEMI JOIN read_parquet('{inputs.touched}') USING (customer_number)" if inputs.touched else ""
        found = connection.sql(
            f"SELECT c.customer_number, c.customer_id, c.kind, c.tier, count(day), sum(deposit) FILTER (day = "
            f"DATE '{inputs.as_of_date}')::BIGINT FROM read_parquet('{inputs.customers}') c LEFT JOIN read_parquet([{days}]) d "
            f"USING (customer_number) {among} GROUP BY ALL"
        ).fetchall()
        self.looked_at.append(len(found))
        names = ("customer_number", "customer_id", "kind", "tier", "history_days", "assets_now")
        rows = [dict(zip(names, row, strict=True)) | {"thin": row[4] < inputs.history_days_min} for row in found]
        put(path, "features", rows)

    def write_relations(self, _connection, *, path, **_options):
        put(path, "relations", [])

    def write_signals(self, _connection, _features, _rules, _as_of_date, path, **_options):
        self.before("signals")
        put(path, "signals", [])

    def write_scores(self, _connection, features_path, _model_folder, _signals, path, **_options):
        rows = parquet.read_table(features_path).select(["customer_number", "customer_id"]).to_pylist()
        put(path, "scores", [row | {"model_id": "", "probability": 0.5} for row in rows])

    def take(self, _work, _connection, files, analysis, after):
        self.portions["take"].append((analysis.as_of_date, after))
        assert files.signals.exists()
        return {"": "a", "a": "b", "b": ""}[after]

    def warn(self, _work, _connection, files, analysis, after):
        self.portions["warn"].append((analysis.as_of_date, after))
        assert files.scores.exists()
        return ""


def put(path, table, rows):
    """Writes rows of one of the engine's tables, sorted by customer's number; what a row lacks is NULL."""
    schema = pa.schema([(name, _ARROW[type_]) for name, type_ in tables.SCHEMAS_OF_TABLES[table].items()])
    rows = sorted(rows, key=lambda row: (row["customer_number"], row.get("day", date.min)))
    parquet.write_table(pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in rows], schema), path)


class Bank:
    """A bank whose customers are looked at."""

    def __init__(self, town):
        self.town, self.books = town, TownBooks.of(town)
        with town.service.database.transaction() as work:
            # Those of other tests would be looked at too.
            work.session.execute(update(Customer).values(gone=True).execution_options(synchronize_session=False))
            work.session.execute(delete(Happening).execution_options(synchronize_session=False))
            work.session.execute(delete(Operation).execution_options(synchronize_session=False))

    def customer(self, lead=None, **fields):
        """The number of a new customer with an account of the same number."""
        customer_id = self.town.customer(lead or self.town.rm1_east, **fields)
        return customer_id[:12]

    def read(self, statement):
        with self.town.service.database.transaction(read_only=True) as work:
            return work.session.scalars(statement).all()

    def look(self):
        self.town.run_timer("analyses.look")

    def settle(self):
        """Lets the service do what it has to, until nothing waits."""
        until = time.monotonic() + PATIENCE_SECONDS
        idle = 0
        while time.monotonic() < until:
            self.look()
            # The first look may only take notice of what ended.
            idle = 0 if self.read(select(Analysis.analysis_id).where(Analysis.state == AnalysisState.RUNNING)) else idle + 1
            if idle == 2:
                return
            if self.read(select(Operation.operation_id).where(Operation.failures > 0, Operation.state < 3)):
                pytest.fail("A step of an analysis broke.")
            time.sleep(0.02)
        pytest.fail("Analyses did not come to an end.")

    def analyses(self, **fields):
        return self.read(select(Analysis).filter_by(**fields).order_by(Analysis.analysis_id))

    def waiting(self):
        return self.read(select(StaleDay).order_by(StaleDay.business_date))

    def files(self, analysis=None):
        """The files of an analysis, or of the one that counts."""
        with self.town.service.database.transaction(read_only=True) as work:
            found = analysis or keeping.current(work)
            return keeping.files_of(work, found)

    def rows(self, path):
        return parquet.read_table(path).to_pylist()

    def balances(self, start, count, amounts, **fields):
        """Balances of so many days from one on."""
        for offset in range(count):
            self.books.balances(start + timedelta(days=offset), amounts, **fields)


@contextmanager
def bank_of(town, monkeypatch, **settings):
    """A bank that waits for nothing once something came, and whose history is not looked at unless asked for."""
    chosen = {"quiet_seconds": 0, "history_months_max": 0, "history_days_min": 7} | settings
    monkeypatch.setattr(town.service.database, "settings", SERVICE.settings(**chosen))
    yield Bank(town)
    clear(town)


def small_engine(put_in):
    """The small engine in the place of the engine, and of what takes in what was found; `put_in` as `setattr` does it."""
    small = SmallEngine()
    for module, name in (
        (customer_days, "write_month"),
        (features, "write_features"),
        (relations, "write_relations"),
        (signals, "write_signals"),
        (scoring, "write_scores"),
        (judging, "take"),
        (judging, "warn"),
    ):
        put_in(module, name, getattr(small, name))
    put_in(judging, "rules", lambda _work: ())
    put_in(judging, "model", lambda _work: ("", None))
    return small
