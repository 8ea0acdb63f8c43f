"""A bank with a history of which models are learned: analyses of months' ends with features, and days that tell who left."""

import shutil
import time
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial

import duckdb
import pytest
from sqlalchemy import delete, select

from services.analytics.engine.learning import boosting, measures, training
from services.analytics.engine.tables import CUSTOMER_DAYS, FEATURES
from services.analytics.model import Analysis, Model, ModelDrift
from services.analytics.rules.analyses import AnalysisState
from services.analytics.rules.models import ModelState
from services.analytics.usecases.analyses import keeping
from services.analytics.usecases.models import drifting, looking, starting
from services.chassis.longwork.table import Operation

PATIENCE_SECONDS = 120
AS_OF = date(2026, 11, 24)
DATES = tuple(date(2026, month + 1, 1) - timedelta(days=1) for month in range(1, 8))
CUSTOMERS = 240
_KINDS = (starting.ITSELF, starting.ASKED, drifting.KIND)

# Two customers in seven leave, each on a day of his own; before it his balance has begun to fall.
_BANK = """
CREATE TABLE bank AS
SELECT 'M' || lpad(i::VARCHAR, 5, '0') AS customer_number, 100_000_00 + (i * 7_919 % 900) * 1_000_00 AS assets,
    CASE WHEN i % 7 < 2 THEN DATE '2026-01-20' + (i * 37 % 270)::INTEGER END AS leave_date, i
FROM range({customers}) AS t(i)
"""
_DAYS = """
SELECT customer_number, day, CASE WHEN day >= leave_date THEN assets // 20 ELSE assets END AS deposit FROM bank,
    (SELECT unnest(range(DATE '{first}', DATE '{last}' + 1, INTERVAL 1 DAY))::DATE AS day)
"""
_FEATURES = """
SELECT customer_number, 'id-' || customer_number AS customer_id, i % 2 + 1 AS kind, i % 3 + 1 AS tier, i % 60 = 7 AS thin,
    400 AS history_days, CASE WHEN '{day}'::DATE >= leave_date THEN assets // 20 ELSE assets END AS assets_now,
    CASE WHEN leave_date - '{day}'::DATE BETWEEN 1 AND 90 AND i % 5 <> 1 THEN 0.3 ELSE 0.0 END
        + (hash(customer_number || '{day}') % 1_000 / 1_000.0 - 0.5) * 0.7 + {shift} AS fall_30,
    (hash('{day}' || customer_number) % 40)::BIGINT AS contact_overdue_days
FROM bank
"""


class Bank:
    """What models are learned from, and waiting for them."""

    def __init__(self, town):
        self.town, self.database = town, town.service.database
        self.lake = self.database.lake
        shutil.rmtree(self.lake.root / keeping.ROOT, ignore_errors=True)
        self.number = 0
        self.months = {}

    def history(self, dates=DATES, customers=CUSTOMERS, as_of=AS_OF, shift=0.0):
        """Analyses of months' ends, and one of the latest day, which knows all days."""
        with duckdb.connect() as connection:
            connection.execute(_BANK.format(customers=customers))
            self._write_days(connection, as_of)
            for day in dates:
                self._analysis(connection, day, month_end=True, shift=0.0)
            return self._analysis(connection, as_of, month_end=False, shift=shift)

    def analysis_again(self, as_of, shift=0.0, customers=CUSTOMERS):
        """Another day's analysis, whose features may have moved."""
        with duckdb.connect() as connection:
            connection.execute(_BANK.format(customers=customers))
            self._write_days(connection, as_of)
            return self._analysis(connection, as_of, month_end=False, shift=shift)

    def _write_days(self, connection, as_of):
        first = date(2025, 10, 1)
        while first <= as_of:
            following = (first + timedelta(days=31)).replace(day=1)
            folder = keeping.month_folder(self.lake, first, "test")
            last = min(following - timedelta(days=1), as_of)
            self._copy(connection, _DAYS.format(first=first, last=last), CUSTOMER_DAYS, folder / "customer_days.parquet")
            self.months[f"{first:%Y-%m}"] = "test"
            first = following

    def _analysis(self, connection, day, *, month_end, shift):
        self.number += 1
        with self.database.transaction() as work:
            analysis = Analysis(
                analysis_id=work.new_id(), as_of_date=day, number=self.number, month_end=month_end, current=True,
                state=AnalysisState.SUCCEEDED.value, inputs={"months": self.months}, inputs_sha256=f"sha-{day}",
                create_time=work.now, end_time=work.now - looking.QUIET,
            )  # fmt: skip
            work.session.add(analysis)
            path = keeping.folder(self.lake, analysis) / "features.parquet"
            self._copy(connection, _FEATURES.format(day=day, shift=shift), FEATURES, path)
            return analysis.analysis_id

    def _copy(self, connection, query, schema, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        types = {"string": "VARCHAR", "int64": "BIGINT", "int32": "INTEGER", "float64": "DOUBLE"}
        given = {row[0] for row in connection.execute(f"DESCRIBE {query}").fetchall()}
        # Of days what is not said is 0; of features it is not known.
        nothing = "0" if schema is CUSTOMER_DAYS else "NULL"
        columns = ", ".join(
            f"{name if name in given else nothing}::{types.get(type_, type_.upper())} AS {name}" for name, type_ in schema.items()
        )
        connection.execute(f"COPY (SELECT {columns} FROM ({query}) ORDER BY customer_number) TO '{path}' (FORMAT parquet)")

    def read(self, statement):
        with self.database.transaction(read_only=True) as work:
            return work.session.scalars(statement).all()

    def models(self, **fields):
        return self.read(select(Model).filter_by(**fields).order_by(Model.number))

    def settle(self):
        """Waits until nothing is trained or measured any more."""
        until = time.monotonic() + PATIENCE_SECONDS
        waiting = select(Operation.operation_id).where(Operation.kind.in_(_KINDS), Operation.end_time.is_(None))
        while time.monotonic() < until:
            if not self.read(waiting):
                return
            time.sleep(0.02)
        pytest.fail("Models did not come to an end.")

    def look(self):
        self.town.run_timer("models.look")
        self.settle()

    def trained(self, person=None, **fields):
        """A model that somebody has asked for, once it is trained."""
        model = (person or self.town.analyst).call("TrainModel", **fields)
        self.settle()
        return model.model_id

    def put(self, state=ModelState.CHALLENGER, **fields):
        """A model that is there without having been trained."""
        self.number += 1
        with self.database.transaction() as work:
            told = {"inputs": {}, "inputs_sha256": "", "create_time": work.now, "kind": 1, "number": self.number} | fields
            model = Model(model_id=work.new_id(), state=state.value, **told)
            work.session.add(model)
            return model.model_id


@contextmanager
def bank_of(town, monkeypatch):
    """A bank with no models, whose training takes a moment only."""
    monkeypatch.setattr(boosting, "TREES_MAX", 12)
    monkeypatch.setattr(starting, "MODEL_FEATURES", ("kind", "tier", "fall_30", "contact_overdue_days", "sign_ins_30"))
    monkeypatch.setattr(training, "TESTS_MAX", 2)
    monkeypatch.setattr(training, "with_intervals", partial(measures.with_intervals, resamples=20))
    monkeypatch.setattr(training, "gain_with_interval", lambda *_args, **_options: (0.01, -0.01, 0.02))
    clear(town)
    yield Bank(town)
    clear(town)


def clear(town):
    """Takes away all models and analyses: they are the whole bank's, and other tests' too."""
    with town.service.database.transaction() as work:
        work.session.execute(delete(Operation).where(Operation.kind.in_(_KINDS)))
        for table in (Model, ModelDrift, Analysis):
            work.session.execute(delete(table))
