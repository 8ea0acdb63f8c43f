"""Keeps which revisions of the datasets are current that results are computed from."""

from __future__ import annotations

from datetime import date

from workbench.integration.v1 import events_pb2

from services.chassis.db.session import UnitOfWork
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
    if event.dataset not in DATASETS:
        return
    business_date = date.fromisoformat(event.business_date)
    pin = work.session.get(DatasetPin, (event.feed, business_date), with_for_update=True)
    if pin is None:
        work.session.add(
            DatasetPin(
                feed=event.feed,
                business_date=business_date,
                dataset=event.dataset,
                source_system=event.source_system,
                revision=event.revision,
                rows=event.rows,
            )
        )
    elif event.revision > pin.revision:
        pin.revision, pin.rows = event.revision, event.rows
    else:
        return
    marking.inputs_changed(work, business_date, reason=f"feeds/{event.feed}/{business_date}/{event.revision}")
