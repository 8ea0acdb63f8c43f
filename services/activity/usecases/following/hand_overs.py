"""Lets open work go with a customer to its new lead, and reports of it to the hand-over by which the customer moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from workbench.customer.v1 import coverage_events_pb2, events_pb2
from workbench.operations.v1 import hand_over_events_pb2

from services.activity.model.base import working_models
from services.activity.model.hand_over import HandOverReport
from services.activity.usecases import approvals
from services.chassis.db.session import UnitOfWork

# So many hand-overs are reported of in one turn.
_REPORTS_AT_ONCE = 100


def follow_customer(work: UnitOfWork, event: events_pb2.CustomerReassigned) -> None:
    """Gives what is open of the customer, and was the former lead's, to the new one."""
    moved: dict[str, int] = {}
    for model in working_models():
        if not model.__open__:
            continue
        column, states = model.__open__
        statement = update(model).where(
            model.customer_id == event.customer_id,
            model.owner_person_id == event.former_lead_person_id,
            getattr(model, column).in_(states),
        )
        values: dict[str, Any] = {"owner_person_id": event.lead_person_id, "organisation_path": event.organisation_path}
        if hasattr(model, "version"):
            values["version"] = model.version + 1
        result = work.session.execute(statement.values(values).execution_options(synchronize_session=False))
        moved[str(model.__tablename__)] = cast("CursorResult[Any]", result).rowcount
    if event.hand_over_id:
        report = _report(work, event.hand_over_id)
        report.add(moved)


def expect(work: UnitOfWork, event: coverage_events_pb2.CoverageHandedOver) -> None:
    """Notes how many customers a hand-over moves, by which it is known when all have come."""
    _report(work, event.hand_over_id).customer_count = event.customer_count
    approvals.end_hand_over(work, event)


def report(work: UnitOfWork) -> None:
    """Tells hand-overs what moved for them since they were told last."""
    untold = select(HandOverReport).where(~HandOverReport.told).order_by(HandOverReport.hand_over_id).limit(_REPORTS_AT_ONCE)
    for each in work.session.scalars(untold):
        work.record(
            hand_over_events_pb2.HandOverFollowed(
                hand_over_id=each.hand_over_id,
                service=work.database.service_name,
                lines=_lines(each.moved),
                complete=each.complete,
            )
        )
        each.told = True


def _lines(moved: Mapping[str, int]) -> list[hand_over_events_pb2.HandOverFollowedLine]:
    return [
        hand_over_events_pb2.HandOverFollowedLine(kind=kind, moved_count=count) for kind, count in sorted(moved.items()) if count
    ]


def _report(work: UnitOfWork, hand_over_id: str) -> HandOverReport:
    known = work.session.get(HandOverReport, hand_over_id)
    if known is None:
        known = HandOverReport(hand_over_id=hand_over_id)
        work.session.add(known)
    return known
