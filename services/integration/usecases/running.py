"""Asks for runs of feeds, one at a time for each feed, and finds them again."""

from __future__ import annotations

import re
import shutil
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotFound, RuleBroken
from services.chassis.lake.lake import Lake
from services.chassis.longwork.asking import ask_of_itself
from services.chassis.longwork.table import Operation
from services.integration.model.feed_definition import FeedDefinition
from services.integration.model.feed_run import ENDED_RUNS, FeedRun, LandedFile, QuarantinedRow, RowState, RunKind, RunState

WORK = "feeds.run"
_FOLDER = ".staging"
_DATE_IN_NAME = re.compile(r"\{date:([^}]*)\}")
_OPEN = (RunState.QUEUED.value, RunState.RUNNING.value)


def run_feed(
    work: UnitOfWork,
    definition: FeedDefinition,
    file: LandedFile,
    *,
    business_date: date | None = None,
    again: bool = False,
    check: bool = False,
) -> FeedRun:
    """Asks for a run of the file; it begins once the transaction has committed, and the feed's earlier runs have ended.

    A file that was published for the date already makes a run that is UNCHANGED at once, unless asked for `again`. A `check`
    publishes nothing and leaves nothing in quarantine. Raises InvalidInput BUSINESS_DATE_UNKNOWN.
    """
    dated = date_of(definition, file.file_name, business_date)
    work.hold(f"feeds|{definition.name}")
    kind = RunKind.CHECK if check else RunKind.FILE
    run = _new(work, definition.name, kind, business_date=dated, file_id=file.file_id, sha256=file.sha256, again=again)
    former = None if again or check else _former(work, run)
    if former is not None:
        run.former_run_id = former.run_id
        run.end(RunState.UNCHANGED, work.now, reason="FILE_SEEN", message="This file came before; nothing changed.")
    return _queue(work, run)


def replay(work: UnitOfWork, source: FeedRun) -> FeedRun:
    """Asks for a run of corrected rows that the source has left in quarantine."""
    work.hold(f"feeds|{source.feed}")
    of_source = {"business_date": source.business_date, "former_run_id": source.run_id, "file_columns": source.file_columns}
    return _queue(work, _new(work, source.feed, RunKind.REPLAY, **of_source))


def rerun(work: UnitOfWork, run_id: str, definition: FeedDefinition, file: LandedFile) -> FeedRun:
    """Asks for another run of what that run took, by the feed as it is now; raises RuleBroken RUN_NOT_OVER, RUN_OF_NO_FILE."""
    former = find_run(work, run_id)
    if not former.ended:
        raise RuleBroken("RUN_NOT_OVER", "The run is under way; wait until it has ended.")
    return run_feed(work, definition, file, business_date=former.business_date, again=True)


def find_run(work: UnitOfWork, run_id: str) -> FeedRun:
    """The run; raises NotFound RUN_NOT_FOUND."""
    run = work.session.get(FeedRun, run_id.lower())
    if run is None:
        raise NotFound("RUN_NOT_FOUND", "There is no such run.")
    return run


def begin_next(work: UnitOfWork, feed: str) -> None:
    """Begins the feed's next run, where none is under way. Whoever calls holds the feed's name."""
    settle(work, feed)
    waiting = select(FeedRun).where(FeedRun.feed == feed, FeedRun.state.in_(_OPEN)).order_by(FeedRun.run_id).limit(1)
    run = work.session.scalars(waiting).one_or_none()
    if run is not None and not run.operation_id:
        run.operation_id = ask_of_itself(work, WORK, {"run_id": run.run_id}, subject=f"feed_runs/{run.run_id}").operation_id


def settle_all(work: UnitOfWork) -> None:
    """Ends runs whose work broke, and begins those that wait behind them."""
    settle(work)
    waiting = select(FeedRun.feed).where(FeedRun.state == RunState.QUEUED.value, FeedRun.operation_id == "").distinct()
    for feed in work.session.scalars(waiting).all():
        work.hold(f"feeds|{feed}")
        begin_next(work, feed)


def settle(work: UnitOfWork, feed: str = "") -> None:
    """Ends runs whose work has ended without them: it broke too often, or was stopped."""
    lost = (
        select(FeedRun, Operation)
        .join(Operation, Operation.operation_id == FeedRun.operation_id)
        .where(FeedRun.state.in_(_OPEN), Operation.end_time.is_not(None))
    )
    for run, operation in work.session.execute(lost.where(FeedRun.feed == feed) if feed else lost).all():
        run.end(RunState.FAILED, work.now, reason=operation.error_reason or "CANCELLED", message=operation.message)
        release(work, run.run_id)
        folder = folder_of(work.database.lake, run.run_id)
        work.after_commit.append(partial(shutil.rmtree, folder, ignore_errors=True))


def folder_of(lake: Lake, run_id: str) -> Path:
    """Where a run keeps what it has found until it is published."""
    return lake.root / _FOLDER / run_id


def release(work: UnitOfWork, run_id: str) -> None:
    """Lets the rows of a replay that came to nothing be mended, or replayed, again."""
    taken = update(QuarantinedRow).where(QuarantinedRow.replay_run_id == run_id, QuarantinedRow.state == RowState.CORRECTED.value)
    work.session.execute(taken.values(replay_run_id="").execution_options(synchronize_session=False))


def date_of(definition: FeedDefinition, file_name: str, asked: date | None) -> date | None:
    """The business date of a file; None where each of its rows says its own. Raises InvalidInput BUSINESS_DATE_UNKNOWN."""
    if definition.date.source == "column":
        return None
    named = _date_in(definition.source.file, file_name) if definition.date.source == "file_name" else None
    if named is not None and asked is not None and named != asked:
        raise _unknown(f"The file's name says {named}, and not {asked}.")
    if (dated := named or asked) is None:
        raise _unknown("The file's name says no business date; say for which date it is.")
    return dated


def _date_in(pattern: str, file_name: str) -> date | None:
    found = _DATE_IN_NAME.search(pattern)
    if found is None:
        return None
    before, after = pattern[: found.start()], pattern[found.end() :]
    name = re.fullmatch(f"{_shell(before)}(?P<date>.*){_shell(after)}", file_name)
    try:
        return datetime.strptime(name["date"], found[1]).date() if name else None  # noqa: DTZ007 - a plain date
    except ValueError:
        return None


def _shell(pattern: str) -> str:
    return "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern)


def _former(work: UnitOfWork, run: FeedRun) -> FeedRun | None:
    """The run that has this file for this date, published or about to be."""
    taken = [*_OPEN, RunState.PUBLISHED.value]
    same = select(FeedRun).where(
        FeedRun.feed == run.feed,
        FeedRun.kind == RunKind.FILE.value,
        FeedRun.sha256 == run.sha256,
        FeedRun.business_date == run.business_date if run.business_date else FeedRun.business_date.is_(None),
        FeedRun.run_id != run.run_id,
        FeedRun.state.in_(taken),
    )
    return work.session.scalars(same.order_by(FeedRun.run_id.desc()).limit(1)).one_or_none()


def _new(work: UnitOfWork, feed: str, kind: RunKind, **fields: Any) -> FeedRun:
    return FeedRun(
        run_id=work.new_id(), feed=feed, kind=kind.value, person_id=work.caller.person_id, create_time=work.now, **fields
    )


def _queue(work: UnitOfWork, run: FeedRun) -> FeedRun:
    work.session.add(run)
    work.session.flush()
    work.resource = f"feed_runs/{run.run_id}"
    if run.state not in ENDED_RUNS:
        begin_next(work, run.feed)
    return run


def _unknown(text: str) -> InvalidInput:
    return InvalidInput("BUSINESS_DATE_UNKNOWN", text, violations=(FieldViolation("business_date", text),))
