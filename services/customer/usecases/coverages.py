"""Who looks after a customer: hand-over, and history."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, tuple_
from workbench.customer.v1 import customer_service_pb2, events_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import RuleBroken
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.customer.model.coverage import Coverage
from services.customer.model.customer import Customer
from services.customer.model.relationship_manager import RelationshipManager
from services.customer.rules.kinds import CoverageRole
from services.customer.usecases import finding
from services.customer.usecases.keeping import keep


def reassign_customer(work: UnitOfWork, request: customer_service_pb2.ReassignCustomerRequest) -> Customer:
    """Ends the present lead's coverage and begins the new one's, from today's business date on.

    Who leads the customer himself may hand it to a colleague of his branch, and is out of reach of it from then on.
    """
    customer = finding.customer_to_change(work, request.customer_id, request.etag)
    lead = finding.successor(work, request.lead_person_id)
    if lead.person_id == customer.lead_person_id:
        raise RuleBroken("ALREADY_LEADS", "This relationship manager leads the customer already.")
    event = events_pb2.CustomerReassigned(
        customer_id=customer.customer_id,
        former_lead_person_id=customer.lead_person_id,
        lead_person_id=lead.person_id,
        former_organisation_path=customer.organisation_path,
        organisation_path=lead.organisation_path,
        start_date=work.business_date.isoformat(),
        reason=request.reason,
    )
    work.reach(lead.organisation_path)
    customer.hand_over(lead, now=work.now)
    _continue_coverage(work, customer.customer_id, lead, request.reason)
    keep(work, [customer])
    work.record(event)
    return customer


def list_coverages(work: UnitOfWork, request: customer_service_pb2.ListCoveragesRequest) -> Page:
    """A page of a customer's coverages, the latest first; raises NotFound CUSTOMER_NOT_FOUND."""
    customer_id = finding.shown_customer(work, request.customer_id).customer_id
    token, size = PageToken.decode(request.page_token, customer_id, keys=2), page_size(request.page_size)
    key = (Coverage.start_date, Coverage.coverage_id)
    statement = select(Coverage).where(Coverage.customer_id == customer_id).order_by(*(column.desc() for column in key))
    if token:
        statement = statement.where(tuple_(*key) < tuple_(_day(token.keys[0]), token.keys[1]))
    rows = work.session.scalars(statement.limit(size + 1)).all()
    return Page.of(rows, size, customer_id, lambda row: (row.start_date.isoformat(), row.coverage_id))


def _continue_coverage(work: UnitOfWork, customer_id: str, lead: RelationshipManager, reason: str) -> None:
    open_lead = select(Coverage).filter_by(customer_id=customer_id, role=CoverageRole.LEAD.value, end_date=None)
    work.session.scalars(open_lead).one().hand_over(work.business_date)
    # The old one ends in the database before the new one begins: never two open leads, not for a moment.
    work.session.flush()
    work.session.add(
        Coverage(
            coverage_id=work.new_id(),
            customer_id=customer_id,
            person_id=lead.person_id,
            organisation_path=lead.organisation_path,
            role=CoverageRole.LEAD,
            start_date=work.business_date,
            reason=reason,
        )
    )
    work.session.flush()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PageToken.refused() from None
