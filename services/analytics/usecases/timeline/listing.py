"""Lists what happened around a customer."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from workbench.analytics.v1 import customer_timeline_service_pb2, timeline_pb2

from services.analytics.model.happening import Happening
from services.analytics.usecases import reaching
from services.analytics.usecases.timeline import items, whose
from services.chassis.db import listing
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date
from services.chassis.kernel.paging import Page
from services.chassis.mapping import Mapper

_ORDER: listing.Order = ((Happening.start_date, listing.day), (Happening.source, listing.text))
_happening = Mapper(
    timeline_pb2.Happening,
    computed={
        "resource": items.resource,
        "chinese": lambda row: items.told(row).chinese,
        "english": lambda row: items.told(row).english,
    },
    omitted=("person_name",),
)


def happenings(work: UnitOfWork, request: customer_timeline_service_pb2.ListHappeningsRequest) -> Page:
    """A page of what happened around a customer within reach, the latest first."""
    customer = whose.customer(work, request.customer_id)
    statement = select(Happening).where(Happening.customer_id == customer.customer_id)
    if request.kinds:
        statement = statement.where(Happening.kind.in_(request.kinds))
    if start_date := optional_date(request.start_date, "start_date"):
        statement = statement.where(Happening.start_date >= start_date)
    if end_date := optional_date(request.end_date, "end_date"):
        statement = statement.where(Happening.start_date <= end_date)
    page = listing.read_page(work, statement, request, _ORDER, downwards=True)
    return Page(_shown(work, page.rows), page.next_page_token)


def _shown(work: UnitOfWork, rows: Sequence[Happening]) -> list[timeline_pb2.Happening]:
    names = reaching.person_names(work, (row.person_id for row in rows))
    shown = [_happening(row) for row in rows]
    for each in shown:
        each.person_name = names.get(each.person_id, "")
    return shown
