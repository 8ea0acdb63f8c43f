"""Rows in quarantine: seen, mended, put aside, and asked to be taken after all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, func, select, update
from workbench.integration.v1 import quarantine_service_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotFound, RuleBroken
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.integration.model.feed_definition import FeedDefinition
from services.integration.model.feed_run import FeedRun, QuarantinedRow, RowState, RunState
from services.integration.usecases import definitions, running

# Of one replay: its rows' ids are kept with its place.
REPLAY_ROWS_MAX = 2_000
_DATES_AT_A_TIME = 500
_MENDABLE = frozenset({RowState.OPEN, RowState.CORRECTED})


def list_rows(work: UnitOfWork, request: quarantine_service_pb2.ListQuarantinedRowsRequest) -> Page:
    """A page, in the order in which they came."""
    size = page_size(request.page_size)
    query = f"{request.feed}|{request.run_id}|{sorted(request.states)}|{request.reason}"
    statement = select(QuarantinedRow).order_by(QuarantinedRow.row_id).limit(size + 1)
    for column, asked in ((QuarantinedRow.feed, request.feed), (QuarantinedRow.run_id, request.run_id.lower())):
        statement = statement.where(column == asked) if asked else statement
    if request.states:
        statement = statement.where(QuarantinedRow.state.in_(request.states))
    if request.reason:
        statement = statement.where(QuarantinedRow.reason == request.reason)
    if token := PageToken.decode(request.page_token, query, keys=1):
        statement = statement.where(QuarantinedRow.row_id > token.keys[0])
    return Page.of(work.session.scalars(statement).all(), size, query, lambda row: (row.row_id,))


def find_row(work: UnitOfWork, row_id: str, *, to_change: bool = False) -> QuarantinedRow:
    """The row; raises NotFound ROW_NOT_FOUND."""
    statement = select(QuarantinedRow).where(QuarantinedRow.row_id == row_id.lower())
    row = work.session.scalars(statement.with_for_update() if to_change else statement).one_or_none()
    if row is None:
        raise NotFound("ROW_NOT_FOUND", "There is no such row in quarantine.")
    work.resource = f"quarantined_rows/{row.row_id}"
    return row


def correct(work: UnitOfWork, row_id: str, raw: str) -> QuarantinedRow:
    """Keeps what the row should have said; a replay takes it. Raises RuleBroken where the row's file was not published."""
    row = find_row(work, row_id, to_change=True)
    _refuse_in_replay(row)
    run = running.find_run(work, row.run_id)
    if run.state not in (RunState.PUBLISHED, RunState.UNCHANGED):
        raise RuleBroken("RUN_NOT_PUBLISHED", "The row's file was not published; run it again, or have it sent anew.")
    _check_one_row(definitions.find(work.settings, row.feed), raw)
    row.turn(RowState.CORRECTED, work.now, among=_MENDABLE)
    row.corrected, row.person_id = raw, work.caller.person_id
    return row


def discard(work: UnitOfWork, row_id: str) -> QuarantinedRow:
    """Puts the row aside for good."""
    row = find_row(work, row_id, to_change=True)
    _refuse_in_replay(row)
    row.turn(RowState.DISCARDED, work.now, among=_MENDABLE)
    row.person_id = work.caller.person_id
    return row


def replay(work: UnitOfWork, feed: str) -> list[FeedRun]:
    """Asks for runs of the feed's corrected rows, one for each run that they come from; raises RuleBroken NOTHING_CORRECTED."""
    definitions.find(work.settings, feed)
    # The rows are taken here: nobody mends one while it is on its way.
    corrected = (
        select(QuarantinedRow.run_id, QuarantinedRow.row_id)
        .where(QuarantinedRow.feed == feed, QuarantinedRow.state == RowState.CORRECTED, QuarantinedRow.replay_run_id == "")
        .order_by(QuarantinedRow.run_id, QuarantinedRow.row_id)
        .limit(REPLAY_ROWS_MAX)
        .with_for_update()
    )
    by_run: dict[str, list[str]] = {}
    for run_id, row_id in work.session.execute(corrected):
        by_run.setdefault(run_id, []).append(row_id)
    if not by_run:
        raise RuleBroken("NOTHING_CORRECTED", "No row of the feed has been corrected since the last replay.")
    runs = []
    for run_id, row_ids in by_run.items():
        run = running.replay(work, running.find_run(work, run_id))
        _mark(work, row_ids, replay_run_id=run.run_id)
        runs.append(run)
    return runs


def of_replay(work: UnitOfWork, run_id: str) -> Sequence[QuarantinedRow]:
    """The rows that the replay takes, in their order."""
    return work.session.scalars(_of_replay(run_id).order_by(QuarantinedRow.row_id)).all()


def supersede(work: UnitOfWork, run: FeedRun) -> None:
    """Closes what a run has made pointless: the rows of earlier ones of the dates that it brought, and of its very file."""
    dates = [entry["business_date"] for entry in run.published]
    open_rows = (QuarantinedRow.feed == run.feed, QuarantinedRow.run_id < run.run_id, QuarantinedRow.state.in_(_MENDABLE))
    same_file = select(FeedRun.run_id).where(FeedRun.feed == run.feed, FeedRun.sha256 == run.sha256, FeedRun.run_id != run.run_id)
    closed = {"state": RowState.SUPERSEDED.value, "update_time": work.now}
    statement = update(QuarantinedRow).where(*open_rows).values(closed).execution_options(synchronize_session=False)
    for start in range(0, len(dates), _DATES_AT_A_TIME):
        some = [date.fromisoformat(text) for text in dates[start : start + _DATES_AT_A_TIME]]
        work.session.execute(statement.where(QuarantinedRow.business_date.in_(some)))
    work.session.execute(statement.where(QuarantinedRow.run_id.in_(same_file)))


def open_counts(work: UnitOfWork) -> dict[str, int]:
    """How many rows wait in quarantine, by feed."""
    counted = select(QuarantinedRow.feed, func.count()).where(QuarantinedRow.state.in_(_MENDABLE)).group_by(QuarantinedRow.feed)
    return {feed: count for feed, count in work.session.execute(counted)}  # noqa: C416 - rows are no tuples to a type checker


def _of_replay(run_id: str) -> Select[tuple[QuarantinedRow]]:
    return select(QuarantinedRow).where(QuarantinedRow.replay_run_id == run_id, QuarantinedRow.state == RowState.CORRECTED.value)


def _mark(work: UnitOfWork, row_ids: Sequence[str], **fields: str) -> None:
    for start in range(0, len(row_ids), _DATES_AT_A_TIME):
        some = QuarantinedRow.row_id.in_(row_ids[start : start + _DATES_AT_A_TIME])
        work.session.execute(update(QuarantinedRow).where(some).values(fields).execution_options(synchronize_session=False))


def _refuse_in_replay(row: QuarantinedRow) -> None:
    if row.replay_run_id and row.state == RowState.CORRECTED:
        raise RuleBroken("ROW_IN_REPLAY", "The row is being replayed; wait until that has ended.")


def _check_one_row(definition: FeedDefinition, raw: str) -> None:
    """Raises InvalidInput ROW_INVALID where the text would be read as several rows, or cannot be written as the file is."""
    format_ = definition.format
    may_break = format_.kind == "delimited" and format_.quote and format_.quote in raw and "\r" not in raw
    if not raw.strip() or "\0" in raw or (not may_break and ("\n" in raw or "\r" in raw)) or not _is_writable(definition, raw):
        told = "One row of the file, without line ends, as the file would have it."
        raise InvalidInput("ROW_INVALID", "This is not one row.", violations=(FieldViolation("raw", told),))


def _is_writable(definition: FeedDefinition, raw: str) -> bool:
    try:
        raw.encode(definition.format.encoding if definition.format.kind == "fixed" else "utf-8")
    except UnicodeEncodeError:
        return False
    return True
