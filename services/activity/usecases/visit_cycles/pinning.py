"""Keeps which revisions of the datasets are current by which customers are valued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import delete, func, select
from workbench.integration.v1 import events_pb2

from services.activity.engine.customer_values import PERIOD_DAYS
from services.activity.model.visit_cycle import DatasetPin
from services.chassis.db.session import UnitOfWork
from services.chassis.lake.lake import Pin
from services.chassis.replicas import datasets

BALANCES = "balances"
# For so many days before the latest one revisions are kept: balances of the period and somewhat longer, as the day before it
# counts; of the others the latest is read, and a few stand by.
_KEPT_DAYS = {BALANCES: PERIOD_DAYS + 15, "accounts": 10, "fx_rates": 10}


def take_dataset(work: UnitOfWork, event: events_pb2.DatasetPublished) -> None:
    """A revision is there to be read; of what is not needed here nothing is kept."""
    if event.dataset not in _KEPT_DAYS:
        return
    datasets.pin(work, DatasetPin, event)
    _forget(work, event.feed, _KEPT_DAYS[event.dataset])


def current(work: UnitOfWork) -> dict[str, Sequence[Pin]]:
    """The revisions to read, by dataset: all days of balances, of the others the latest of each feed."""
    pins: dict[str, list[Pin]] = {dataset: [] for dataset in _KEPT_DAYS}
    latest: dict[str, Pin] = {}
    for row in work.session.scalars(select(DatasetPin).order_by(DatasetPin.feed, DatasetPin.business_date)):
        if row.dataset == BALANCES:
            pins[BALANCES].append(row.pin)
        else:
            latest[row.feed] = row.pin
    for pin in latest.values():
        pins[pin.dataset].append(pin)
    return {dataset: tuple(found) for dataset, found in pins.items()}


def _forget(work: UnitOfWork, feed: str, kept_days: int) -> None:
    newest = work.session.scalar(select(func.max(DatasetPin.business_date)).where(DatasetPin.feed == feed))
    if newest is not None and (newest - date.min).days > kept_days:
        old = delete(DatasetPin).where(DatasetPin.feed == feed, DatasetPin.business_date < newest - timedelta(days=kept_days))
        work.session.execute(old.execution_options(synchronize_session=False))
