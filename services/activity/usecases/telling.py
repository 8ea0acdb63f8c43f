"""Tells a customer's timeline, which the customer service keeps, what happened here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import IntEnum
from typing import Any

from workbench.timeline.v1 import events_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import InvalidInput
from services.chassis.rpc import partial

# What the timeline takes (`workbench.timeline.v1.CustomerTimelineEntryRecorded`).
_VALUE_LENGTH_MAX = 500


class Category(IntEnum):
    """What sort of thing it is: those numbers of `workbench.timeline.v1.TimelineCategory` that this service tells of."""

    CONTACT = 5
    SALES = 6
    FEEDBACK = 7
    WARNING = 8


def tell(work: UnitOfWork, customer_id: str, kind: str, category: Category, **told: Any) -> None:
    """Records an entry of the customer's timeline, made as `entry` makes it, in the transaction of the act."""
    work.record(entry(work, customer_id, kind, category, **told))


def entry(  # noqa: PLR0913 - what an entry is made of, given by name
    work: UnitOfWork,
    customer_id: str,
    kind: str,
    category: Category,
    *,
    resource: str,
    parameters: Mapping[str, str] | None = None,
    occur_time: datetime | None = None,
    business_date: date | None = None,
    entry_id: str = "",
    person_id: str = "",
) -> events_pb2.CustomerTimelineEntryRecorded:
    """An entry of the customer's timeline, to be recorded with others.

    `kind` is a name in small letters, such as `visit_recorded`; `parameters` are what a sentence about it names: ids, numbers,
    names of products, nothing that identifies a person and no free text. Told twice under one `entry_id` it stands there once.
    Who did it is the caller, where nobody else is named. Raises ValueError for what the contract does not let through: whoever
    keeps timelines would park it, and nobody here would notice.
    """
    event = events_pb2.CustomerTimelineEntryRecorded(
        customer_id=customer_id,
        source_service=work.database.service_name,
        source_entry_id=entry_id or work.new_id(),
        business_date=(business_date or work.business_date).isoformat(),
        category=category.value,
        kind=kind,
        parameters={name: value[:_VALUE_LENGTH_MAX] for name, value in (parameters or {}).items() if value},
        person_id=person_id or work.caller.person_id,
        resource=resource,
    )
    event.occur_time.FromDatetime(occur_time or work.now)
    try:
        partial.check(event)
    except InvalidInput as misfit:
        raise ValueError(str(misfit)) from misfit
    return event
