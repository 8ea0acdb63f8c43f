"""Rows that could not be applied: kept by the bank's number and with the reason, until they can, or a later snapshot's can."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.customer.model.dataset import DatasetApplication, DatasetBook, DatasetRefusal
from services.customer.usecases import finding

# The bank's personnel may come after its customers: their rows are tried again once the manager is known, or at least the unit.
UNIT_UNKNOWN, LEAD_UNKNOWN = "UNIT_UNKNOWN", "LEAD_UNKNOWN"
_TABLE = DatasetRefusal.__table__


@dataclass(frozen=True, slots=True)
class Refused:
    """Why, and of which field; never what stands in it."""

    reason: str
    field: str = ""
    description: str = ""
    unit_number: str = ""
    manager_staff_number: str = ""


def feeds_to_try_again(work: UnitOfWork) -> set[str]:
    """The feeds that have rows which were refused for want of a manager or a unit that is known by now.

    Only of the snapshot that each feed is at: a row that an older one had, and this has not, cannot be tried again.
    """
    refused = (
        select(DatasetRefusal.feed, DatasetRefusal.reason, DatasetRefusal.unit_number, DatasetRefusal.manager_staff_number)
        .join(DatasetApplication, DatasetApplication.application_id == DatasetRefusal.application_id)
        .join(
            DatasetBook,
            (DatasetBook.feed == DatasetApplication.feed)
            & (DatasetBook.business_date == DatasetApplication.business_date)
            & (DatasetBook.revision == DatasetApplication.revision),
        )
        .where(DatasetRefusal.reason.in_((UNIT_UNKNOWN, LEAD_UNKNOWN)))
        .distinct()
    )
    rows = work.session.execute(refused).all()
    if not rows:
        return set()
    managers = finding.managers_by_staff_number(work, {row.manager_staff_number for row in rows})
    units = finding.paths_of_units(work)
    return {
        row.feed
        for row in rows
        if row.manager_staff_number in managers or (row.reason == UNIT_UNKNOWN and row.unit_number in units)
    }


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
            "manager_staff_number": each.manager_staff_number,
            "reason": each.reason,
            "field": each.field,
            "description": each.description,
            "refuse_time": work.now,
        }
        for key, each in refused.items()
    ]
    if rows:
        work.session.execute(insert(_TABLE), rows)
