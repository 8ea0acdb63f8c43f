"""What figures were counted from, one by one: the lines that a report keeps, or those that there are now.

Figures and lines are of one reading, so what is listed is what was counted, and nothing is divided by another number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Protocol

from sqlalchemy import select
from workbench.activity.v1 import work_report_pb2, work_report_service_pb2

from services.activity.model.contact import Contact
from services.activity.model.lead import Lead
from services.activity.model.opportunity import Opportunity
from services.activity.model.task import Task
from services.activity.model.work_report import WorkReport, WorkReportLine
from services.activity.usecases import reaching
from services.activity.usecases.work_reports import reports, sources
from services.chassis.db import listing
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.paging import Page, PageToken, page_size

# What the column of a line's number holds.
_LINE_NUMBER_MAX = 2**31 - 1
_MODELS = {"contacts": Contact, "leads": Lead, "opportunities": Opportunity, "tasks": Task}
# By which lines are ordered where they are not kept: together unique.
_Place = tuple[date, int, str]


class Shown(Protocol):
    """A line, kept or counted just now."""

    kind: Any
    resource: Any
    business_date: Any
    planned: Any
    done: Any
    contact_kind: Any
    tier: Any
    minutes: Any


def of_report(work: UnitOfWork, request: work_report_service_pb2.ListWorkReportLinesRequest) -> Page:
    """A page of the lines that a report keeps; customers are named as far as the reader reaches them."""
    report = reaching.found(work, WorkReport, request.work_report_id)
    statement = select(WorkReportLine).where(WorkReportLine.work_report_id == report.work_report_id)
    if request.kinds:
        statement = statement.where(WorkReportLine.kind.in_(request.kinds))
    return _shown(work, listing.read_page(work, statement, request, [(WorkReportLine.line_number, _line_number)]))


def of_person(work: UnitOfWork, request: work_report_service_pb2.ListWorkTraceRequest) -> Page:
    """A page of what somebody's figures of a period are counted from: the report's lines where it is confirmed."""
    person = reaching.person(work, request.person_id)
    period = reports.period_of(work, request.period, request.day_date)
    lines: list[Any]
    if report := reports.confirmed(work, person, period):
        kept = select(WorkReportLine).where(WorkReportLine.work_report_id == report.work_report_id)
        lines = list(work.session.scalars(kept.order_by(WorkReportLine.line_number)))
    else:
        lines = list(sources.gather(work, [person.person_id], period)[person.person_id].lines)
    query, size = listing.query(request), page_size(request.page_size)
    if token := PageToken.decode(request.page_token, query, keys=3):
        after = (listing.day(token.keys[0]), listing.number(token.keys[1]), token.keys[2])
        lines = [line for line in lines if _place(line) > after]
    if request.kinds:
        lines = [line for line in lines if line.kind in request.kinds]
    return _shown(work, Page.of(lines[: size + 1], size, query, _keys))


def _place(line: Shown) -> _Place:
    return line.business_date, int(line.kind), line.resource


def _keys(line: Shown) -> tuple[str, ...]:
    return line.business_date.isoformat(), str(int(line.kind)), line.resource


def _line_number(part: str) -> int:
    """A line's number in a token; one that no line has is none."""
    number = listing.number(part)
    if number > _LINE_NUMBER_MAX:
        raise PageToken.refused()
    return number


def _shown(work: UnitOfWork, page: Page) -> Page:
    customers = _customers_of(work, page.rows)
    names = reaching.customer_names(work, customers.values())
    return Page([_line(line, customers.get(line.resource, ""), names) for line in page.rows], page.next_page_token)


def _customers_of(work: UnitOfWork, lines: Iterable[Shown]) -> dict[str, str]:
    """By resource the customer for whom it is now."""
    by_kind: dict[str, list[str]] = {}
    for line in lines:
        kind, _, item_id = line.resource.partition("/")
        by_kind.setdefault(kind, []).append(item_id)
    customers: dict[str, str] = {}
    for kind, ids in by_kind.items():
        if (model := _MODELS.get(kind)) is not None:
            key: Any = model.__mapper__.primary_key[0]
            statement = select(key, model.customer_id).where(among(key, ids), model.customer_id.is_not(None))
            customers |= {f"{kind}/{item_id}": customer_id for item_id, customer_id in work.session.execute(statement)}
    return customers


def _line(line: Shown, customer_id: str, names: Mapping[str, str]) -> work_report_pb2.WorkReportLine:
    return work_report_pb2.WorkReportLine(
        kind=line.kind,
        resource=line.resource,
        business_date=line.business_date.isoformat(),
        planned=line.planned,
        done=line.done,
        contact_kind=line.contact_kind,
        customer_tier=line.tier,
        minutes=line.minutes,
        customer_id=customer_id if customer_id in names else "",
        customer_name=names.get(customer_id, ""),
    )
