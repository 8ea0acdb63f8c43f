"""Serves `workbench.integration.v1.QuarantineService`: request to use case to answer."""

from __future__ import annotations

from workbench.integration.v1 import quarantine_service_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.mapping import Mapper
from services.integration.rpc.feed_messages import run_messages
from services.integration.usecases import quarantine

_whole = Mapper(quarantine_service_pb2.QuarantinedRow)
_listed = Mapper(quarantine_service_pb2.QuarantinedRow, omitted=("raw", "corrected"))


def list_quarantined_rows(
    work: UnitOfWork, request: quarantine_service_pb2.ListQuarantinedRowsRequest
) -> quarantine_service_pb2.ListQuarantinedRowsResponse:
    page = quarantine.list_rows(work, request)
    return quarantine_service_pb2.ListQuarantinedRowsResponse(rows=map(_listed, page.rows), next_page_token=page.next_page_token)


def get_quarantined_row(
    work: UnitOfWork, request: quarantine_service_pb2.GetQuarantinedRowRequest
) -> quarantine_service_pb2.QuarantinedRow:
    return _whole(quarantine.find_row(work, request.row_id))


def correct_quarantined_row(
    work: UnitOfWork, request: quarantine_service_pb2.CorrectQuarantinedRowRequest
) -> quarantine_service_pb2.QuarantinedRow:
    return _listed(quarantine.correct(work, request.row_id, request.raw))


def discard_quarantined_row(
    work: UnitOfWork, request: quarantine_service_pb2.DiscardQuarantinedRowRequest
) -> quarantine_service_pb2.QuarantinedRow:
    return _listed(quarantine.discard(work, request.row_id))


def replay_quarantine(
    work: UnitOfWork, request: quarantine_service_pb2.ReplayQuarantineRequest
) -> quarantine_service_pb2.ReplayQuarantineResponse:
    return quarantine_service_pb2.ReplayQuarantineResponse(feed_runs=run_messages(quarantine.replay(work, request.feed)))
