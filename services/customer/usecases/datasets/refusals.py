"""Rows that could not be applied: kept by the bank's number and with the reason, until they can, or a later snapshot's can."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.customer.model.dataset import DatasetApplication, DatasetRefusal
from services.customer.usecases import finding

# The bank's personnel may come after its customers: their rows are tried again once the unit is known.
UNIT_UNKNOWN = "UNIT_UNKNOWN"
_TABLE = DatasetRefusal.__table__


@dataclass(frozen=True, slots=True)
class Refused:
    """Why, and of which field; never what stands in it."""

    reason: str
    field: str = ""
    description: str = ""
    unit_number: str = ""


def feeds_of_known_units(work: UnitOfWork) -> set[str]:
    """The feeds that have rows which were refused for their unit, and whose unit is known by now."""
    refused = select(DatasetRefusal.feed, DatasetRefusal.unit_number).where(DatasetRefusal.reason == UNIT_UNKNOWN).distinct()
    rows = work.session.execute(refused).all()
    known = finding.paths_of_units(work) if rows else {}
    return {feed for feed, unit_number in rows if unit_number in known}


def keep(work: UnitOfWork, application: DatasetApplication, refused: Mapping[str, Refused], settled: Collection[str]) -> None:
    """Notes rows as refused, and forgets what was refused of those that are settled now."""
    named = sorted({*refused, *settled})
    work.session.execute(delete(_TABLE).where(_TABLE.c.feed == application.feed, among(_TABLE.c.row_key, named)))
    rows = [
        {
            "feed": application.feed,
            "row_key": key,
            "application_id": application.application_id,
            "unit_number": each.unit_number,
            "reason": each.reason,
            "field": each.field,
            "description": each.description,
            "refuse_time": work.now,
        }
        for key, each in refused.items()
    ]
    if rows:
        work.session.execute(insert(_TABLE), rows)
