"""Hears of the bank's datasets, and tells whoever of this service reads one: an event has one handler."""

from __future__ import annotations

from workbench.integration.v1 import events_pb2

from services.activity.usecases.visit_cycles import pinning
from services.chassis.db.session import UnitOfWork

# Each passes over what it does not read.
HEARERS = (
    pinning.take_dataset,
)  # fmt: skip


def hear(work: UnitOfWork, event: events_pb2.DatasetPublished) -> None:
    """A revision is there to be read."""
    for hearer in HEARERS:
        hearer(work, event)
