"""Analyses that are no more than their signs and scores, and what they raise."""

import json
import math
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import delete, select, update

from services.analytics.model import Analysis, CustomerWarning, SignalMeasure
from services.analytics.rules.analyses import AnalysisState
from services.analytics.usecases.warnings import raising
from services.chassis.kernel.errors import WorkbenchError

AS_OF = date(2026, 11, 24)
# On the day after, in the morning.
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
CALLS_MAX = 50
_SIGNALS = {
    "customer_number": pa.string(),
    "customer_id": pa.string(),
    "signal_code": pa.string(),
    "rule_version": pa.int64(),
    "onset_date": pa.date32(),
    "severity": pa.int64(),
    "evidence": pa.string(),
}
_SCORES = {
    "customer_number": pa.string(),
    "customer_id": pa.string(),
    "model_id": pa.string(),
    "probability": pa.float64(),
    "value_at_risk": pa.int64(),
    "expected_loss": pa.int64(),
    "reasons": pa.string(),
}


@dataclass
class Bank:
    """What analyses of a town find, one after the other."""

    town: object
    folder: object
    signals: list = field(default_factory=list)
    scores: list = field(default_factory=list)
    analyses: int = 0

    def score(self, customer_id, probability=0.5, value=100_000_00, reasons=(("fall_30", 0.62, 1.4),), model_id="m1"):
        """How probable it is that the customer leaves, in place of what was said before."""
        self.scores = [row for row in self.scores if row["customer_id"] != customer_id]
        self.scores.append(
            {
                "customer_number": number(customer_id),
                "customer_id": customer_id,
                "model_id": model_id,
                "probability": probability,
                "value_at_risk": value,
                "expected_loss": None if probability is None or math.isnan(probability) else round(probability * value),
                "reasons": json.dumps([dict(zip(("feature", "value", "contribution"), each, strict=True)) for each in reasons]),
            }
        )

    def sign(self, customer_id, code="BALANCE_FALL", severity=3, onset_date=AS_OF - timedelta(days=9), **evidence):
        """A sign of the customer."""
        self.signals.append(
            {
                "customer_number": number(customer_id),
                "customer_id": customer_id,
                "signal_code": code,
                "rule_version": 1,
                "onset_date": onset_date,
                "severity": severity,
                "evidence": json.dumps({"features": {"fall_30": 0.62} | evidence, "thresholds": {"fall_min": 0.3}}),
            }
        )

    def forget(self, customer_id):
        """The customer has no sign and no probability any more."""
        self.signals = [row for row in self.signals if row["customer_id"] != customer_id]
        self.score(customer_id, 0.01)

    def analyse(self, as_of_date=AS_OF):
        """Has an analysis of that date made of what is known, and warnings raised; answers how many calls that took."""
        return self.warn(*self.found(as_of_date))

    def found(self, as_of_date=AS_OF):
        """An analysis of that date of what is known: its id and its files."""
        self.analyses += 1
        folder = self.folder / str(self.analyses)
        folder.mkdir()
        files = SimpleNamespace(
            signals=_written(folder / "signals.parquet", _SIGNALS, self.signals),
            scores=_written(folder / "scores.parquet", _SCORES, self.scores),
        )
        return self._analysis(as_of_date), files

    def warn(self, analysis_id, files):
        """Has warnings raised from what an analysis found."""
        after = ""
        database = self.town.service.database
        with database.lake.connection() as connection:
            for calls in range(1, CALLS_MAX):
                with database.transaction() as work:
                    analysis = work.session.get_one(Analysis, analysis_id)
                    after = raising.raise_warnings(work, connection, files, analysis, after)
                if not after:
                    return calls
        raise AssertionError("It never ends.")

    def _analysis(self, as_of_date):
        with self.town.service.database.transaction() as work:
            of_day = Analysis.as_of_date == as_of_date
            work.session.execute(update(Analysis).where(of_day).values(current=False))
            analysis = Analysis(
                analysis_id=str(uuid.uuid4()),
                as_of_date=as_of_date,
                number=self.analyses,
                state=AnalysisState.SUCCEEDED.value,
                current=True,
                create_time=work.now,
            )
            work.session.add(analysis)
            return analysis.analysis_id


def number(customer_id):
    """The number that a town gives a customer of that id."""
    return customer_id[:12]


def _written(path, types, rows):
    ordered = sorted(rows, key=lambda row: row["customer_number"])
    pq.write_table(pa.table({name: pa.array([row[name] for row in ordered], type_) for name, type_ in types.items()}), path)
    return path


def new_bank(town, folder):
    """A bank of which no analysis has been made, of whose customers nobody was warned, and of whose rules nothing is measured."""
    with town.service.database.transaction() as work:
        for model in (CustomerWarning, Analysis, SignalMeasure):
            work.session.execute(delete(model))
    return Bank(town, folder)


def listed(person, **fields):
    """The warnings that somebody is shown, as they are ranked."""
    return list(person.call("ListWarnings", **fields).warnings)


def kept(town, customer_id):
    """The rows of a customer's warnings, the oldest first."""
    with town.service.database.transaction(read_only=True) as work:
        of_customer = select(CustomerWarning).where(CustomerWarning.customer_id == customer_id)
        return work.session.scalars(of_customer.order_by(CustomerWarning.warning_id)).all()


def settings(town, **changed):
    """A context in which the service has other settings."""

    @contextmanager
    def replaced():
        database = town.service.database
        before = database.settings
        database.settings = before.model_copy(update=changed)
        try:
            yield
        finally:
            database.settings = before

    return replaced()


def refused(reason):
    """Expects a refusal."""
    return pytest.raises(WorkbenchError, match=reason)


def business_date(town):
    """The bank's date."""
    with town.service.database.transaction(read_only=True) as work:
        return work.business_date
