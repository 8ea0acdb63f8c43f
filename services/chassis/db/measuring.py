"""Metrics of what a service's database holds: read when somebody asks for them, so that all copies of a service tell the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import structlog
from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from services.chassis import telemetry
from services.chassis.db.session import Database, UnitOfWork

# Called in a transaction that reads, at each scrape: a query or two.
Measure = Callable[[UnitOfWork], Iterable[Metric]]

_log = structlog.get_logger(__name__)


class StateCollector(Collector):
    """What one service measures."""

    def __init__(self, database: Database, measure: Measure) -> None:
        self._database = database
        self._measure = measure

    def describe(self) -> Iterable[Metric]:
        """Nothing yet: to register must not mean to read."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The metrics of this moment; none where the database does not answer, which other metrics tell."""
        try:
            with self._database.transaction(read_only=True) as work:
                found = list(self._measure(work))
        except Exception as error:  # noqa: BLE001 - the process's other metrics are told all the same
            _log.error("measuring_failed", service=self._database.service_name, error=telemetry.kind_and_place(error))
            return
        yield from found


@contextmanager
def measured(database: Database, measure: Measure | None, registry: CollectorRegistry = REGISTRY) -> Iterator[None]:
    """Tells what the service measures until the block ends."""
    if measure is None:
        yield
        return
    collector = StateCollector(database, measure)
    registry.register(collector)
    try:
        yield
    finally:
        registry.unregister(collector)
