"""What every service serves of itself: its audit trail and its events (`workbench.operations.v1`)."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, select, text, tuple_
from workbench.operations.v1 import operations_service_pb2 as operations

from services.chassis.bus.port import ParkedMessage
from services.chassis.db import listing
from services.chassis.db.audit import AuditRecord, touches, verify
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput
from services.chassis.kernel.paging import PageToken, page_size
from services.chassis.mapping import Mapper
from services.chassis.outbox.table import outbox_lag

# A page ends before it is longer than this: far below what one gRPC message holds, whatever the records tell.
PAGE_CHANGES_BYTES_MAX = 4 * 1024 * 1024
_RECORDS_AT_ONCE = 50
BY_TIME = (AuditRecord.act_time, AuditRecord.sequence)
_WENT_WELL = "OK"

_record = Mapper(operations.AuditRecord, computed={"seal": lambda row: row.seal or 0})


def list_audit_records(work: UnitOfWork, request: operations.ListAuditRecordsRequest) -> operations.ListAuditRecordsResponse:
    """A page of the trail, the latest first; a page of long records has fewer of them than were asked for."""
    query, size = listing.query(request), page_size(request.page_size)
    statement = sought(request)
    if token := PageToken.decode(request.page_token, query, keys=2):
        place = listing.instant(token.keys[0]), listing.number(token.keys[1])
        # With the columns' own types: SQLite keeps an instant as a text of its own.
        statement = statement.where(tuple_(*BY_TIME) < tuple_(*place, types=[column.type for column in BY_TIME]))
    statement = statement.order_by(*(column.desc() for column in BY_TIME)).limit(size + 1)
    rows, more = _bounded(work, statement, size)
    following = PageToken((rows[-1].act_time.isoformat(), str(rows[-1].sequence))).encode(query) if more else ""
    return operations.ListAuditRecordsResponse(audit_records=map(_record, rows), next_page_token=following)


def sought(request: operations.ListAuditRecordsRequest) -> Select[Any]:
    """The records that the request's filters leave."""
    start, end = _bound(request, "start_time"), _bound(request, "end_time")
    if start and end and end <= start:
        raise InvalidInput(
            "PERIOD_INVALID", "It ends before it starts.", violations=(FieldViolation("end_time", "After the start."),)
        )
    statement = select(AuditRecord)
    if start:
        statement = statement.where(AuditRecord.act_time >= start)
    if end:
        statement = statement.where(AuditRecord.act_time < end)
    if request.person_id:
        statement = statement.where(AuditRecord.person_id == request.person_id)
    if request.method:
        statement = statement.where(AuditRecord.method == request.method)
    if request.outcome:
        statement = statement.where(AuditRecord.outcome == request.outcome)
    if request.refused or request.outcome not in ("", _WENT_WELL):
        # Written as the index of refusals has it: it is used for one of them too.
        statement = statement.where(text("audit_records.outcome <> 'OK'"))
    if request.resource_id:
        statement = statement.where(touches(request.resource_id))
    return statement


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
    waiting, parked = work.database.parking.depth(work)
    return operations.EventLag(
        unpublished_events=unpublished, oldest_unpublished_seconds=oldest_seconds, waiting_events=waiting, parked_events=parked
    )


def list_parked_events(work: UnitOfWork, request: operations.ListParkedEventsRequest) -> operations.ListParkedEventsResponse:
    """The events that the service could not handle, the oldest first."""
    parked = work.database.parking.list(work, limit=page_size(request.page_size))
    return operations.ListParkedEventsResponse(parked_events=map(_parked, parked))


def redrive_events(work: UnitOfWork, request: operations.RedriveEventsRequest) -> operations.RedriveEventsResponse:
    """Hands parked events back to their handlers."""
    work.resource = f"parked_events/{request.service}"
    return operations.RedriveEventsResponse(redriven_events=work.database.parking.redrive(work, list(request.event_ids) or None))


def _bounded(work: UnitOfWork, statement: Select[Any], size: int) -> tuple[list[AuditRecord], bool]:
    """As many of the records as fit into a page, at least one, and whether more follow."""
    page: list[AuditRecord] = []
    room = PAGE_CHANGES_BYTES_MAX
    with closing(work.session.scalars(statement.execution_options(yield_per=_RECORDS_AT_ONCE))) as records:
        for record in records:
            room -= len(record.changes_json.encode())
            if len(page) == size or (page and room < 0):
                return page, True
            page.append(record)
    return page, False


def _parked(message: ParkedMessage) -> operations.ParkedEvent:
    return operations.ParkedEvent(
        event_id=message.event_id,
        type=message.type,
        aggregate_id=message.subject,
        attempts=message.attempts,
        error=message.error,
        park_time=message.park_time,
    )


def _bound(request: operations.ListAuditRecordsRequest, field: str) -> datetime | None:
    if not request.HasField(field):
        return None
    try:
        return getattr(request, field).ToDatetime(UTC)  # type: ignore[no-any-return]  # protobuf's stubs leave it open
    except (ValueError, OverflowError):
        violation = FieldViolation(field, "An instant that exists.")
        raise InvalidInput("TIME_INVALID", "There is no such instant.", violations=(violation,)) from None
