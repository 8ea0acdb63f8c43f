"""What Prometheus is told of mail; `deploy/prometheus/` has a rule that wakes somebody by it."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select

from services.activity.model.notification import Digest, DigestState
from services.chassis.db.session import UnitOfWork


def measure(work: UnitOfWork) -> Iterator[Metric]:
    """How many digests wait for the mail server, and since when the one that has waited longest: 0 where none does."""
    waiting = select(func.count(), func.min(Digest.create_time)).where(Digest.state == DigestState.WAITING)
    count, oldest = work.session.execute(waiting).one()
    yield GaugeMetricFamily("workbench_mail_waiting", "Digests that the mail server has not taken yet.", value=count)
    seconds = (work.now - oldest).total_seconds() if oldest else 0.0
    yield GaugeMetricFamily("workbench_mail_waiting_seconds", "For how long the oldest of them has waited.", value=seconds)
