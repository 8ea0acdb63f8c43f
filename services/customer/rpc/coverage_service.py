"""Serves `workbench.customer.v1.CoverageService`: request to use case to answer."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from workbench.customer.v1 import coverage_pb2, coverage_service_pb2, customer_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.mapping import Mapper
from services.customer.model.absence import Absence
from services.customer.model.hand_over import HandOver
from services.customer.usecases import (
    absences,
    coverages,
    dependence,
    hand_over_reading,
    hand_overs,
    leavers,
    planning,
)

_coverage = Mapper(customer_pb2.Coverage)
_summary = Mapper(coverage_pb2.HandOver, omitted=("receivers", "counts", "completions"))
_receiver = Mapper(coverage_pb2.HandOverReceiver)
_count = Mapper(coverage_pb2.HandOverCount)
_suggestion = Mapper(coverage_pb2.SuggestedReceiver, omitted=("customer_count",))
_left = Mapper(coverage_pb2.UncoveredPortfolio, omitted=("customer_count", "suggested_receivers"))


def create_coverage(work: UnitOfWork, request: coverage_service_pb2.CreateCoverageRequest) -> customer_pb2.Coverage:
    return _coverage(coverages.create_coverage(work, request))


def end_coverage(work: UnitOfWork, request: coverage_service_pb2.EndCoverageRequest) -> customer_pb2.Coverage:
    return _coverage(coverages.end_coverage(work, request))


def create_absence(work: UnitOfWork, request: coverage_service_pb2.CreateAbsenceRequest) -> coverage_pb2.Absence:
    return _absence(absences.create_absence(work, request))


def get_absence(work: UnitOfWork, request: coverage_service_pb2.GetAbsenceRequest) -> coverage_pb2.Absence:
    return _absence(absences.get_absence(work, request.absence_id))


def list_absences(
    work: UnitOfWork, request: coverage_service_pb2.ListAbsencesRequest
) -> coverage_service_pb2.ListAbsencesResponse:
    page = absences.list_absences(work, request)
    return coverage_service_pb2.ListAbsencesResponse(absences=map(_absence, page.rows), next_page_token=page.next_page_token)


def cancel_absence(work: UnitOfWork, request: coverage_service_pb2.CancelAbsenceRequest) -> coverage_pb2.Absence:
    return _absence(absences.cancel_absence(work, request.absence_id))


def create_hand_over(work: UnitOfWork, request: coverage_service_pb2.CreateHandOverRequest) -> coverage_pb2.HandOver:
    return _report(work, planning.create_hand_over(work, request))


def get_hand_over(work: UnitOfWork, request: coverage_service_pb2.GetHandOverRequest) -> coverage_pb2.HandOver:
    return _report(work, hand_over_reading.get_hand_over(work, request.hand_over_id))


def list_hand_overs(
    work: UnitOfWork, request: coverage_service_pb2.ListHandOversRequest
) -> coverage_service_pb2.ListHandOversResponse:
    page = hand_over_reading.list_hand_overs(work, request)
    return coverage_service_pb2.ListHandOversResponse(hand_overs=map(_summary, page.rows), next_page_token=page.next_page_token)


def list_hand_over_customers(
    work: UnitOfWork, request: coverage_service_pb2.ListHandOverCustomersRequest
) -> coverage_service_pb2.ListHandOverCustomersResponse:
    page, shown = hand_over_reading.list_customers(work, request)
    return coverage_service_pb2.ListHandOverCustomersResponse(
        customers=[_customer(row, shown.get(row.customer_id)) for row in page.rows], next_page_token=page.next_page_token
    )


def refresh_hand_over(work: UnitOfWork, request: coverage_service_pb2.RefreshHandOverRequest) -> coverage_pb2.HandOver:
    return _report(work, planning.refresh_hand_over(work, request.hand_over_id))


def execute_hand_over(work: UnitOfWork, request: coverage_service_pb2.ExecuteHandOverRequest) -> coverage_pb2.HandOver:
    return _report(work, hand_overs.execute_hand_over(work, request))


def approve_hand_over(work: UnitOfWork, request: coverage_service_pb2.ApproveHandOverRequest) -> coverage_pb2.HandOver:
    return _report(work, hand_overs.approve_hand_over(work, request))


def reject_hand_over(work: UnitOfWork, request: coverage_service_pb2.RejectHandOverRequest) -> coverage_pb2.HandOver:
    return _report(work, hand_overs.reject_hand_over(work, request.hand_over_id, request.reason))


def withdraw_hand_over(work: UnitOfWork, request: coverage_service_pb2.WithdrawHandOverRequest) -> coverage_pb2.HandOver:
    return _report(work, hand_overs.withdraw_hand_over(work, request.hand_over_id))


def return_hand_over(work: UnitOfWork, request: coverage_service_pb2.ReturnHandOverRequest) -> coverage_pb2.HandOver:
    return _report(work, hand_overs.return_hand_over(work, request.hand_over_id, request.customer_ids, request.reason))


def list_uncovered_portfolios(
    work: UnitOfWork, request: coverage_service_pb2.ListUncoveredPortfoliosRequest
) -> coverage_service_pb2.ListUncoveredPortfoliosResponse:
    page = leavers.list_uncovered_portfolios(work, request.page_size, request.page_token)
    return coverage_service_pb2.ListUncoveredPortfoliosResponse(
        uncovered_portfolios=map(_uncovered, page.rows), next_page_token=page.next_page_token
    )


def list_coverage_dependence(
    work: UnitOfWork, request: coverage_service_pb2.ListCoverageDependenceRequest
) -> coverage_service_pb2.ListCoverageDependenceResponse:
    page = dependence.list_coverage_dependence(work, request)
    return coverage_service_pb2.ListCoverageDependenceResponse(
        dependences=map(_dependence, page.rows), next_page_token=page.next_page_token
    )


def _report(work: UnitOfWork, hand_over: HandOver) -> coverage_pb2.HandOver:
    # What a use case changed is written first: the ETag counts the writes.
    work.session.flush()
    message = _summary(hand_over)
    message.receivers.extend(map(_receiver, hand_over_reading.receivers(work, hand_over)))
    message.counts.extend(map(_count, hand_over_reading.counts(work, hand_over)))
    message.completions.extend(hand_over_reading.completions(work, hand_over))
    return message


def _customer(row: Any, shown: Any) -> coverage_pb2.HandOverCustomer:
    return coverage_pb2.HandOverCustomer(
        customer_id=row.customer_id,
        customer_number=shown.customer_number if shown else "",
        display_name=shown.display_name if shown else "",
        kind=row.kind,
        tier=row.tier,
        former_lead_person_id=row.former_lead_person_id,
        lead_person_id=row.lead_person_id,
        state=row.state,
        obstacle=row.obstacle,
    )


def _absence(absence: Absence) -> coverage_pb2.Absence:
    by_person = groupby(sorted(absence.deputies, key=lambda each: each.person_id), key=lambda each: each.person_id)
    message = _plain_absence(absence)
    for person_id, several in by_person:
        customer_ids = [each.customer_id for each in several]
        if None in customer_ids:
            message.deputies.add(person_id=person_id)
        if named := [customer_id for customer_id in customer_ids if customer_id is not None]:
            message.deputies.add(person_id=person_id, customer_ids=named)
    return message


_plain_absence = Mapper(coverage_pb2.Absence, omitted=("deputies",))


def _uncovered(row: leavers.Uncovered) -> coverage_pb2.UncoveredPortfolio:
    message = _left(row.manager)
    message.customer_count = row.customer_count
    for manager, load in row.suggestions:
        suggestion = _suggestion(manager)
        suggestion.customer_count = load
        message.suggested_receivers.append(suggestion)
    return message


def _dependence(row: dependence.CustomerDependence) -> coverage_pb2.CoverageDependence:
    return coverage_pb2.CoverageDependence(
        customer_id=row.customer.customer_id,
        customer_number=row.customer.customer_number,
        lead_person_id=row.customer.lead_person_id,
        lead_tenure_days=row.found.lead_tenure_days,
        bank_people_count=row.found.bank_people_count,
        single_threaded=row.found.single_threaded,
        last_change_date=row.found.last_change_date.isoformat(),
    )
