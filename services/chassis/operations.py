"""What every service serves of itself: its audit trail and its events (`workbench.operations.v1`)."""

from __future__ import annotations

from sqlalchemy import select
from workbench.operations.v1 import operations_service_pb2 as operations

from services.chassis.bus.port import ParkedMessage
from services.chassis.db.audit import AuditRecord, verify
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.paging import PageToken, page_size
from services.chassis.mapping import Mapper
from services.chassis.outbox.table import outbox_lag

_record = Mapper(operations.AuditRecord, computed={"seal": lambda row: row.seal or 0})


def list_audit_records(work: UnitOfWork, request: operations.ListAuditRecordsRequest) -> operations.ListAuditRecordsResponse:
    """A page of the trail, the latest first."""
    query = f"{request.person_id}|{request.resource_id}|{request.method}"
    token = PageToken.decode(request.page_token, query, keys=1)
    size = page_size(request.page_size)
    statement = select(AuditRecord).order_by(AuditRecord.sequence.desc()).limit(size + 1)
    if token:
        statement = statement.where(AuditRecord.sequence < _sequence(token))
    if request.person_id:
        statement = statement.where(AuditRecord.person_id == request.person_id)
    if request.method:
        statement = statement.where(AuditRecord.method == request.method)
    if request.resource_id:
        statement = statement.where(AuditRecord.resource_id == request.resource_id)
    rows = work.session.scalars(statement).all()
    following = PageToken((str(rows[size - 1].sequence),)).encode(query) if len(rows) > size else ""
    return operations.ListAuditRecordsResponse(audit_records=map(_record, rows[:size]), next_page_token=following)


def verify_audit_trail(work: UnitOfWork, _request: operations.VerifyAuditTrailRequest) -> operations.VerifyAuditTrailResponse:
    """Recomputes the whole trail."""
    report = verify(work.session)
    return operations.VerifyAuditTrailResponse(
        intact=not report.fault,
        sealed_records=report.sealed_records,
        unsealed_records=report.unsealed_records,
        seals=report.seals,
        chain_head=report.chain_head,
        fault=report.fault,
    )


def get_event_lag(work: UnitOfWork, _request: operations.GetEventLagRequest) -> operations.EventLag:
    """How far the service's events lag behind."""
    unpublished, oldest_seconds = outbox_lag(work.session, work.now)
    waiting, parked = work.database.parking.depth()
    return operations.EventLag(
        unpublished_events=unpublished, oldest_unpublished_seconds=oldest_seconds, waiting_events=waiting, parked_events=parked
    )


def list_parked_events(work: UnitOfWork, request: operations.ListParkedEventsRequest) -> operations.ListParkedEventsResponse:
    """The events that the service could not handle, the oldest first."""
    parked = work.database.parking.list(limit=page_size(request.page_size))
    return operations.ListParkedEventsResponse(parked_events=map(_parked, parked))


def redrive_events(work: UnitOfWork, request: operations.RedriveEventsRequest) -> operations.RedriveEventsResponse:
    """Hands parked events back to their handlers."""
    work.resource = f"parked_events/{request.service}"
    return operations.RedriveEventsResponse(redriven_events=work.database.parking.redrive(list(request.event_ids) or None))


def _parked(message: ParkedMessage) -> operations.ParkedEvent:
    return operations.ParkedEvent(
        event_id=message.event_id,
        type=message.type,
        aggregate_id=message.subject,
        attempts=message.attempts,
        error=message.error,
        park_time=message.park_time,
    )


def _sequence(token: PageToken) -> int:
    try:
        return int(token.keys[0])
    except ValueError:
        raise PageToken.refused() from None
