"""Who looks after a customer: the single hand-over, supporters, and history."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, tuple_
from workbench.customer.v1 import coverage_events_pb2, coverage_service_pb2, customer_service_pb2

from services.chassis.db import listing
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date
from services.chassis.kernel.errors import AlreadyExists, NotFound, RuleBroken
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.customer.model.coverage import Coverage
from services.customer.model.customer import Customer
from services.customer.rules.absences import dates_unfit
from services.customer.rules.hand_overs import crosses_branches
from services.customer.rules.kinds import CoverageRole
from services.customer.rules.lifecycle import require_alive
from services.customer.usecases import finding
from services.customer.usecases.moving import Move, move


def reassign_customer(work: UnitOfWork, request: customer_service_pb2.ReassignCustomerRequest) -> Customer:
    """Ends the present lead's coverage and begins the new one's, from today's business date on.

    Who leads the customer himself may hand it to a colleague of his branch, and is out of reach of it from then on.
    """
    customer = finding.customer_to_change(work, request.customer_id, request.etag)
    finding.require_in_charge(work, customer.lead_person_id, customer.organisation_path)
    require_alive(customer.state)
    lead = finding.successor(work, request.lead_person_id)
    if lead.person_id == customer.lead_person_id:
        raise RuleBroken("ALREADY_LEADS", "This relationship manager leads the customer already.")
    if crosses_branches(customer.organisation_path, lead.organisation_path):
        raise RuleBroken("SECOND_PERSON_NEEDED", "From one branch to another takes a second person: plan a hand-over.")
    move(work, [Move(customer.customer_id, customer.lead_person_id, customer.organisation_path, lead)], request.reason)
    work.session.refresh(customer)
    return customer


def create_coverage(work: UnitOfWork, request: coverage_service_pb2.CreateCoverageRequest) -> Coverage:
    """Lets somebody support a customer from a day on; raises as the contract says."""
    customer = finding.customer_to_change(work, request.customer_id)
    finding.require_in_charge(work, customer.lead_person_id, customer.organisation_path)
    require_alive(customer.state)
    person = finding.successor(work, request.person_id, "person_id")
    start_date, end_date = _days(work, request.start_date, request.end_date)
    if person.person_id == customer.lead_person_id:
        raise RuleBroken("ALREADY_LEADS", "This relationship manager leads the customer.")
    known = select(Coverage).filter_by(
        customer_id=customer.customer_id, person_id=person.person_id, role=CoverageRole.SUPPORTING.value
    )
    if any(each.days.overlap(start_date, end_date) for each in work.session.scalars(known)):
        raise AlreadyExists("ALREADY_SUPPORTS", "This relationship manager supports the customer on some of these days.")
    coverage = Coverage(
        coverage_id=work.new_id(),
        customer_id=customer.customer_id,
        person_id=person.person_id,
        organisation_path=person.organisation_path,
        role=CoverageRole.SUPPORTING,
        start_date=start_date,
        end_date=end_date,
        reason=request.reason,
    )
    work.session.add(coverage)
    work.resource = f"customers/{customer.customer_id}"
    work.record(
        coverage_events_pb2.CoverageStarted(
            customer_id=coverage.customer_id,
            coverage_id=coverage.coverage_id,
            person_id=coverage.person_id,
            organisation_path=coverage.organisation_path,
            start_date=start_date.isoformat(),
            end_date=end_date.isoformat() if end_date else "",
        )
    )
    return coverage


def end_coverage(work: UnitOfWork, request: coverage_service_pb2.EndCoverageRequest) -> Coverage:
    """Ends a supporting coverage at once, or with a day; raises as the contract says."""
    customer = finding.customer_to_change(work, request.customer_id)
    coverage = work.session.scalars(
        select(Coverage).filter_by(customer_id=customer.customer_id, coverage_id=request.coverage_id.lower())
    ).one_or_none()
    if coverage is None:
        raise NotFound("COVERAGE_NOT_FOUND", "The customer has no such coverage.")
    if coverage.person_id != work.caller.person_id:
        finding.require_in_charge(work, customer.lead_person_id, customer.organisation_path)
    coverage.end(optional_date(request.end_date, "end_date"), work.business_date)
    work.resource = f"customers/{customer.customer_id}"
    work.record(
        coverage_events_pb2.CoverageEnded(
            customer_id=coverage.customer_id,
            coverage_id=coverage.coverage_id,
            person_id=coverage.person_id,
            end_date=coverage.end_date.isoformat() if coverage.end_date else "",
            revoked=coverage.revoked,
        )
    )
    return coverage


def _days(work: UnitOfWork, start: str, end: str) -> tuple[date, date | None]:
    start_date = optional_date(start, "start_date") or work.business_date
    end_date = optional_date(end, "end_date")
    if start_date < work.business_date:
        raise dates_unfit("start_date", "Name today or a later day.")
    if end_date is not None and end_date < start_date:
        raise dates_unfit("end_date", "Name the first day or a later one.")
    return start_date, end_date


def list_coverages(work: UnitOfWork, request: customer_service_pb2.ListCoveragesRequest) -> Page:
    """A page of a customer's coverages, the latest first; raises NotFound CUSTOMER_NOT_FOUND."""
    customer_id = finding.shown_customer(work, request.customer_id).customer_id
    token, size = PageToken.decode(request.page_token, customer_id, keys=2), page_size(request.page_size)
    key = (Coverage.start_date, Coverage.coverage_id)
    statement = select(Coverage).where(Coverage.customer_id == customer_id).order_by(*(column.desc() for column in key))
    if token:
        statement = statement.where(tuple_(*key) < tuple_(listing.day(token.keys[0]), token.keys[1]))
    rows = work.session.scalars(statement.limit(size + 1)).all()
    return Page.of(rows, size, customer_id, lambda row: (row.start_date.isoformat(), row.coverage_id))
