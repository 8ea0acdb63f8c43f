"""Keeps which revisions of the datasets are current that results are computed from."""

from __future__ import annotations

from datetime import date

from workbench.integration.v1 import events_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.replicas import datasets
from services.performance.model.dataset_pin import DatasetPin
from services.performance.usecases.runs import marking

DATASETS = (
    "accounts",
    "balances",
    "bills",
    "ebanking_events",
    "factoring",
    "fees",
    "ftp_curve",
    "fx_rates",
    "interest_rates",
    "loan_classes",
    "risk_ratings",
    "trade_finance",
    "transactions",
)


def take_dataset(work: UnitOfWork, event: events_pb2.DatasetPublished) -> None:
    """A revision is there to be read; of what is not needed here nothing is kept."""
    if event.dataset in DATASETS and datasets.pin(work, DatasetPin, event):
        told = f"feeds/{event.feed}/{event.business_date}/{event.revision}"
        marking.inputs_changed(work, date.fromisoformat(event.business_date), reason=told)
