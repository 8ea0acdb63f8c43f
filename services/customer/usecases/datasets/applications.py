"""Lists what became of the bank's datasets here, for whoever sees to their quality."""

from __future__ import annotations

from sqlalchemy import or_, select
from workbench.customer.v1 import holding_service_pb2

from services.chassis.db import listing
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.customer.model.dataset import DatasetApplication, DatasetRefusal
from services.customer.usecases import finding

# A path of the topmost unit has its two separators and no more.
_SEPARATORS_AT_TOP = 2


def list_applications(work: UnitOfWork, request: holding_service_pb2.ListDatasetApplicationsRequest) -> Page:
    """A page of revisions, the latest that came first."""
    query, size = listing.query(request), page_size(request.page_size)
    statement = select(DatasetApplication).order_by(DatasetApplication.application_id.desc()).limit(size + 1)
    if request.feed:
        statement = statement.where(DatasetApplication.feed == request.feed)
    if token := PageToken.decode(request.page_token, query, keys=1):
        statement = statement.where(DatasetApplication.application_id < token.keys[0])
    return Page.of(work.session.scalars(statement).all(), size, query, lambda row: (row.application_id,))


def list_refusals(work: UnitOfWork, request: holding_service_pb2.ListDatasetRefusalsRequest) -> Page:
    """A page of refused rows of units in scope; of units that nobody here knows, for whoever has the whole bank in scope."""
    query, size = listing.query(request), page_size(request.page_size)
    paths = finding.paths_of_units(work)
    reached = [unit for unit, path in paths.items() if work.scope.covers(path, "-", "")]
    whole = any(path.count("/") <= _SEPARATORS_AT_TOP for path in work.scope.organisation_paths)
    within = DatasetRefusal.unit_number.in_(reached)
    statement = select(DatasetRefusal).where(
        DatasetRefusal.feed == request.feed, or_(within, DatasetRefusal.unit_number.not_in(list(paths))) if whole else within
    )
    if token := PageToken.decode(request.page_token, query, keys=1):
        statement = statement.where(DatasetRefusal.row_key > token.keys[0])
    rows = work.session.scalars(statement.order_by(DatasetRefusal.row_key).limit(size + 1)).all()
    return Page.of(rows, size, query, lambda row: (row.row_key,))
