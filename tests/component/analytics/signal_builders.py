"""What analyses see in a town's customers, from features that a test states."""

from datetime import date

from sqlalchemy import delete, select
from workbench.analytics.v1 import signal_pb2

from services.analytics.engine.signals import write_signals
from services.analytics.model import Signal, SignalMeasure, SignalRuleVersion
from services.analytics.model.customer import Customer
from services.analytics.usecases.analyses import keeping
from services.analytics.usecases.signals import taking
from services.analytics.usecases.signals.rules import rules_in_force
from tests.component.analytics.timeline_builders import AS_OF, Found

# A sign each, and nothing else.
FALL = {"fall_30": 0.6, "assets_before": 5_000_000, "assets_30": 2_000_000, "fall_onset_date": date(2026, 10, 1)}
OVERDUE = {"contact_overdue_days": 70, "contact_cycle_days": 90, "contact_last_date": date(2026, 6, 17)}


class Analysed:
    """A town whose customers are analysed again and again; what was seen and decided for other tests is gone."""

    def __init__(self, town):
        self.town = town
        with town.service.database.transaction() as work:
            for model in (Signal, SignalMeasure, SignalRuleVersion):
                work.session.execute(delete(model))

    def look(self, features, as_of=AS_OF, but_take=None):
        """An analysis finds these features of customers, by id; signals are taken over. Answers in how many batches."""
        numbers = self._numbers(features)
        usual = {"kind": 1, "tier": 1, "thin": False}
        rows = [usual | {"customer_id": each, "customer_number": numbers[each]} | row for each, row in features.items()]
        Found(self.town, features=rows, as_of=as_of)
        return self.take(but_take or as_of)

    def take(self, as_of=AS_OF):
        """Takes over what the newest analysis sees."""
        database, after, batches = self.town.service.database, "", 0
        with database.transaction(read_only=True) as work:
            files, rules = keeping.files_of(work, keeping.current(work)), rules_in_force(work)
        with database.lake.connection() as connection:
            files.signals.unlink()
            write_signals(connection, files.features, rules, as_of, files.signals)
            while not batches or after:
                with database.transaction() as work:
                    after = taking.take_signals(work, connection, files, as_of, after)
                batches += 1
        return batches

    def rows(self):
        """All signals that are kept, by their code."""
        with self.town.service.database.transaction(read_only=True) as work:
            return work.session.scalars(select(Signal).order_by(Signal.rule_code, Signal.signal_id)).all()

    def _numbers(self, customer_ids):
        with self.town.service.database.transaction(read_only=True) as work:
            found = select(Customer.customer_id, Customer.customer_number).where(Customer.customer_id.in_(customer_ids))
            return dict(work.session.execute(found).all())


def definition(**fields):
    """A rule of a test's own: assets have fallen by more than a share."""
    told = {
        "chinese_name": "资产下降",
        "english_name": "Assets fall",
        "condition": "fall_30 >= :fall_min",
        "serious_condition": "fall_30 >= :fall_serious",
        "thresholds": [signal_pb2.SegmentThresholds(values={"fall_min": "0.5", "fall_serious": "0.7"})],
        "onset_feature": "fall_onset_date",
        "evidence_features": ["assets_30"],
        "chinese_words": "资产下降{fall_30}，还剩{assets_30}",
        "english_words": "Assets fell by {fall_30}, {assets_30} are left",
        "needs_history": True,
    }
    return signal_pb2.SignalRuleDefinition(**told | fields)
