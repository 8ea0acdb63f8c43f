"""Keeps which revisions of the datasets are current that analyses read, and which days they have not looked at yet."""

from __future__ import annotations

from datetime import date

from workbench.integration.v1 import events_pb2

from services.analytics.model.analysis import StaleDay
from services.analytics.model.dataset_pin import DatasetPin
from services.chassis.db.session import UnitOfWork
from services.chassis.replicas import datasets

DATASETS = (
    "account_holders",
    "accounts",
    "balances",
    "customers",
    "ebanking_events",
    "employees",
    "ftp_curve",
    "fx_rates",
    "interest_rates",
    "standing_orders",
    "transactions",
)


def take_dataset(work: UnitOfWork, event: events_pb2.DatasetPublished) -> None:
    """A revision is there to be read; of what is not needed here nothing is kept."""
    if event.dataset not in DATASETS or not datasets.pin(work, DatasetPin, event):
        return
    business_date = date.fromisoformat(event.business_date)
    stale = work.session.get(StaleDay, business_date, with_for_update=True)
    if stale is None:
        reason = f"feeds/{event.feed}/{event.business_date}/{event.revision}"
        stale = StaleDay(business_date=business_date, number=0, reason=reason, create_time=work.now, change_time=work.now)
        work.session.add(stale)
    stale.number += 1
    stale.change_time = work.now
    work.session.flush()
