"""On how few people each customer depends, as far as coverage tells: what analytics asks for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from workbench.customer.v1 import coverage_service_pb2

from services.chassis.db.among import among
from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.customer.model.coverage import Coverage
from services.customer.rules.coverage import Days, Dependence, dependence
from services.customer.rules.lifecycle import ENDED
from services.customer.usecases.finding import COLUMNS


@dataclass(frozen=True, slots=True)
class CustomerDependence:
    """One customer, and what its coverages say."""

    customer: Any
    found: Dependence


def list_coverage_dependence(work: UnitOfWork, request: coverage_service_pb2.ListCoverageDependenceRequest) -> Page:
    """A page of CustomerDependence in the caller's scope, by customer number."""
    query, size = f"dependence|{request.lead_person_id}", page_size(request.page_size)
    columns = (COLUMNS.customer_id, COLUMNS.customer_number, COLUMNS.lead_person_id)
    statement = in_scope(select(*columns).where(COLUMNS.state.not_in(ENDED)), COLUMNS, work.scope, work.caller)
    if request.lead_person_id:
        statement = statement.where(COLUMNS.lead_person_id == request.lead_person_id.lower())
    if token := PageToken.decode(request.page_token, query, keys=1):
        statement = statement.where(COLUMNS.customer_number > token.keys[0])
    rows = work.session.execute(statement.order_by(COLUMNS.customer_number).limit(size + 1)).all()
    page = Page.of(rows, size, query, lambda row: (row.customer_number,))
    days = _days(work, [row.customer_id for row in page.rows])
    found = [CustomerDependence(row, dependence(days[row.customer_id], work.business_date)) for row in page.rows]
    return Page(found, page.next_page_token)


def _days(work: UnitOfWork, customer_ids: list[str]) -> dict[str, list[Days]]:
    columns = (Coverage.customer_id, Coverage.person_id, Coverage.role, Coverage.start_date, Coverage.end_date, Coverage.revoked)
    found: dict[str, list[Days]] = defaultdict(list)
    for customer_id, *days in work.session.execute(select(*columns).where(among(Coverage.customer_id, customer_ids))):
        found[customer_id].append(Days(*days))
    return found
