"""Serves `workbench.customer.v1.CustomerService`: request to use case to answer."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.customer.v1 import customer_pb2, customer_service_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.mapping import Mapper
from services.chassis.service import Stream
from services.customer.usecases import coverages, customers, finding, listing, relationship_managers, searching, watching
from services.customer.usecases.answering import as_answer, as_listed

_coverage = Mapper(customer_pb2.Coverage)
_relationship_manager = Mapper(customer_service_pb2.RelationshipManager)


def create_customer(work: UnitOfWork, request: customer_service_pb2.CreateCustomerRequest) -> customer_pb2.Customer:
    accept = request.accept_likely_duplicates
    opened = customers.open_customer(work, request.customer, request.lead_person_id, accept_likely_duplicates=accept)
    return as_answer(work, opened)


def batch_create_customers(
    work: UnitOfWork, request: customer_service_pb2.BatchCreateCustomersRequest
) -> customer_service_pb2.BatchCreateCustomersResponse:
    return customer_service_pb2.BatchCreateCustomersResponse(customer_ids=customers.open_customers(work, request.requests))


def get_customer(work: UnitOfWork, request: customer_service_pb2.GetCustomerRequest) -> customer_pb2.Customer:
    return as_answer(work, finding.shown_customer(work, request.customer_id))


def list_customers(
    work: UnitOfWork, request: customer_service_pb2.ListCustomersRequest
) -> customer_service_pb2.ListCustomersResponse:
    page = listing.list_customers(work, request)
    return customer_service_pb2.ListCustomersResponse(customers=as_listed(work, page.rows), next_page_token=page.next_page_token)


def search_customers(
    work: UnitOfWork, request: customer_service_pb2.SearchCustomersRequest
) -> customer_service_pb2.SearchCustomersResponse:
    found = searching.search_customers(work, request)
    customers_found = as_listed(work, [hit.row for hit in found.hits])
    hits = [
        customer_service_pb2.SearchHit(customer=customer, match=hit.match)
        for customer, hit in zip(customers_found, found.hits, strict=True)
    ]
    return customer_service_pb2.SearchCustomersResponse(hits=hits, more=found.more)


def update_customer(work: UnitOfWork, request: customer_service_pb2.UpdateCustomerRequest) -> customer_pb2.Customer:
    return as_answer(work, customers.change_customer(work, request.customer, request.update_mask.paths))


def reveal_customer(work: UnitOfWork, request: customer_service_pb2.RevealCustomerRequest) -> customer_pb2.Customer:
    return as_answer(work, customers.reveal_customer(work, request.customer_id, request.purpose), reveal=True)


def reassign_customer(work: UnitOfWork, request: customer_service_pb2.ReassignCustomerRequest) -> customer_pb2.Customer:
    return as_answer(work, coverages.reassign_customer(work, request))


def list_coverages(
    work: UnitOfWork, request: customer_service_pb2.ListCoveragesRequest
) -> customer_service_pb2.ListCoveragesResponse:
    page = coverages.list_coverages(work, request)
    return customer_service_pb2.ListCoveragesResponse(coverages=map(_coverage, page.rows), next_page_token=page.next_page_token)


def list_relationship_managers(
    work: UnitOfWork, request: customer_service_pb2.ListRelationshipManagersRequest
) -> customer_service_pb2.ListRelationshipManagersResponse:
    page = relationship_managers.list_relationship_managers(work, request)
    return customer_service_pb2.ListRelationshipManagersResponse(
        relationship_managers=map(_relationship_manager, page.rows), next_page_token=page.next_page_token
    )


def watch_customers(
    stream: Stream, _request: customer_service_pb2.WatchCustomersRequest
) -> Iterator[customer_service_pb2.WatchCustomersResponse]:
    for customer in watching.watch_customers(stream):
        yield customer_service_pb2.WatchCustomersResponse(customer=customer)
