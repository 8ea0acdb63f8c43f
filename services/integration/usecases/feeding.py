"""The steps of a run: read and check, fill the quarantine, publish date by date.

What a step found is on the disk before the next begins, so that a process that dies is followed by one that goes on; nothing is
announced before it is whole, and what is announced is announced once.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillRunning
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import insert, select

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import StaleVersion, WorkbenchError
from services.chassis.lake.lake import Lake, Part, Pin
from services.chassis.longwork.task import Preparation, Task, Work
from services.integration.model.dataset import Dataset
from services.integration.model.feed_definition import FeedDefinition
from services.integration.model.feed_run import FeedRun, QuarantinedRow, RowState, RunKind, RunState
from services.integration.usecases import datasets, definitions, landing, running

if TYPE_CHECKING:
    from services.integration.engine.examining import Examined

# As many as a transaction takes in a fraction of a second.
ROWS_PER_STEP = 1_000
DATES_PER_STEP = 20
BEAT_SECONDS = 1.0
_FOLDER = ".staging"
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class _Given:
    """What a run works on, read once per step."""

    run: FeedRun
    definition: FeedDefinition
    lake: Lake
    folder: Path
    path: Path
    control_text: str
    zone: str


@dataclass(frozen=True, slots=True)
class _Written:
    """A date's revision that is on the disk, and not announced yet; without parts where the date's rows are there already."""

    pin: Pin
    parts: list[Part]
    totals: dict[str, Any]
    rows: int


def prepare(preparation: Preparation, task: Task) -> Any:
    """The slow half of the next step; a refusal is answered, not raised, so that the run itself can tell it."""
    try:
        given = _given(preparation, task)
        match task.checkpoint.get("phase", "read"):
            case "read":
                return _read(preparation, given)
            case "quarantine":
                return _bad_rows(preparation, given, task.checkpoint["position"])
            case _:
                return _write_dates(preparation, given, task.checkpoint["dates"][:DATES_PER_STEP])
    except WorkbenchError as error:
        if isinstance(error, StaleVersion):
            raise
        return error


def step(work: UnitOfWork, task: Task, prepared: Any) -> None:
    """Takes what was prepared into the database."""
    run = work.session.get(FeedRun, task.parameters["run_id"])
    if run is None or run.ended:
        task.finish("There is nothing to do.")
        return
    if isinstance(prepared, WorkbenchError):
        _finish(work, task, run, RunState.REFUSED, prepared.reason, prepared.message)
        return
    match task.checkpoint.get("phase", "read"):
        case "read":
            _note(work, task, run, prepared)
        case "quarantine":
            _quarantine(work, task, run, prepared)
        case _:
            _publish(work, task, run, prepared)


def _given(preparation: Preparation, task: Task) -> _Given:
    with preparation.transaction() as work:
        run = running.find_run(work, task.parameters["run_id"])
        definition = definitions.find(work.settings, run.feed)
        lake = work.database.lake
        file = landing.find_file(work, run.file_id)
        return _Given(
            run, definition, lake, folder_of(lake, run.run_id), lake.root / file.path, file.control_text,
            work.database.bank_time_zone,
        )  # fmt: skip


def folder_of(lake: Lake, run_id: str) -> Path:
    """Where a run keeps what it has found until it is published."""
    return lake.root / _FOLDER / run_id


def _read(preparation: Preparation, given: _Given) -> Examined:
    from services.integration.engine import examining

    shutil.rmtree(given.folder, ignore_errors=True)
    given.folder.mkdir(parents=True)
    surroundings = _surroundings(preparation, given)
    return _watched(
        preparation,
        given.lake,
        lambda connection: examining.examine(
            connection, given.lake, given.definition, given.path, given.folder, surroundings
        ),
    )


def _surroundings(preparation: Preparation, given: _Given) -> Any:
    """What a file is held against: other datasets, and the date before."""
    from services.integration.engine.examining import Surroundings

    as_of = given.run.business_date or date.max
    sought = {lookup.dataset for lookup in given.definition.lookups.values()}
    with preparation.transaction() as work:
        system = given.definition.feed.source_system
        pins = {name: [found.pin for found in datasets.current(work, name, as_of, source_system=system)] for name in sorted(sought)}
    return Surroundings(given.run.business_date, given.zone, given.control_text, pins)


def _note(work: UnitOfWork, task: Task, run: FeedRun, found: Examined) -> None:
    definition = definitions.find(work.settings, run.feed)
    run.state, run.start_time = RunState.RUNNING.value, run.start_time or work.now
    run.definition_sha256 = definitions.fingerprint(definition)
    run.file_columns, run.rows_read = found.columns, found.rows_read
    run.faults, run.checks, run.comparisons = found.faults, found.checks, found.comparisons
    run.timings = found.timings
    if run.kind == RunKind.CHECK.value:
        run.rows_quarantined, run.rows_published = found.rows_bad, 0
        _finish(work, task, run, RunState.CHECKED, found.refusal, found.told)
        return
    if found.refusal:
        # The bad rows are shown all the same: they are why, or part of it.
        run.reason, run.message = found.refusal, found.told
    task.checkpoint = {"phase": "quarantine", "position": 0, "dates": [] if found.refusal else found.dates}
    task.total = found.rows_read


def _bad_rows(preparation: Preparation, given: _Given, position: int) -> Any:
    from services.integration.engine import quarantine

    return _watched(preparation, given.lake, lambda connection: quarantine.kept(connection, given.folder, position, ROWS_PER_STEP))


def _quarantine(work: UnitOfWork, task: Task, run: FeedRun, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        work.session.execute(insert(QuarantinedRow), [_as_row(work, run, *row) for row in rows])
        run.rows_quarantined += len(rows)
    task.checkpoint["position"] += len(rows)
    if len(rows) == ROWS_PER_STEP:
        return
    if run.reason:
        _finish(work, task, run, RunState.REFUSED, run.reason, run.message)
        return
    task.checkpoint["phase"] = "publish"


def _as_row(work: UnitOfWork, run: FeedRun, line: int, reason: str, column: str, raw: str, day: date | None) -> dict[str, Any]:
    return {
        "row_id": work.new_id(),
        "feed": run.feed,
        "run_id": run.run_id,
        "replay_run_id": "",
        "business_date": run.business_date or day,
        "line": line,
        "reason": reason,
        "column": column,
        "raw": raw,
        "corrected": "",
        "state": RowState.OPEN.value,
        "person_id": "",
        "create_time": work.now,
        "update_time": work.now,
    }


def _write_dates(preparation: Preparation, given: _Given, dates: list[str]) -> list[_Written]:
    days = [date.fromisoformat(text) for text in dates]
    with preparation.transaction() as work:
        former = {day: (datasets.next_revision(work, given.run.feed, day), _current(work, given.run.feed, day)) for day in days}
    return _watched(
        preparation, given.lake, lambda connection: [_write(connection, given, day, *former[day]) for day in days]
    )


def _write(connection: Any, given: _Given, day: date, revision: int, current: Dataset | None) -> _Written:
    from services.integration.engine import publishing, staging
    from services.integration.engine.examining import excluded_url

    definition, schema = given.definition, given.definition.schema_
    by_column = definition.date.source == "column"
    query = publishing.good_rows(staging.staged_url(definition, given.folder), excluded_url(given.folder), day=day if by_column else None)
    sums = publishing.totals(connection, query, schema)
    if current is not None and current.totals == sums:
        there = given.lake.relation(connection, schema, [current.pin])
        if publishing.equal_rows(connection, query, there, schema):
            return _Written(current.pin, [], sums, current.rows)
    pin = Pin(definition.name, schema.name, definition.feed.source_system, day, revision)
    parts = given.lake.write(connection, query, schema, pin)
    return _Written(pin, parts, sums, sum(part.rows for part in parts))


def _publish(work: UnitOfWork, task: Task, run: FeedRun, written: list[_Written]) -> None:
    work.hold(f"datasets|{run.feed}")
    for each in written:
        if not each.parts:
            run.published = [*run.published, {"business_date": str(each.pin.business_date), "revision": 0, "rows": each.rows}]
            continue
        datasets.publish(work, each.pin, each.parts, run_id=run.run_id, totals=each.totals)
        told = {"business_date": str(each.pin.business_date), "revision": each.pin.revision, "rows": each.rows}
        run.published = [*run.published, told]
        run.rows_published += each.rows
    task.done = run.rows_published
    task.checkpoint["dates"] = task.checkpoint["dates"][len(written) :]
    if task.checkpoint["dates"]:
        return
    changed = any(entry["revision"] for entry in run.published)
    _finish(work, task, run, RunState.PUBLISHED if changed else RunState.UNCHANGED, "", "" if changed else "All of it was there already.")


def _finish(work: UnitOfWork, task: Task, run: FeedRun, state: RunState, reason: str, message: str) -> None:
    work.hold(f"feeds|{run.feed}")
    run.start_time = run.start_time or work.now
    run.end(state, work.now, reason=reason, message=message)
    folder = folder_of(work.database.lake, run.run_id)
    work.after_commit.append(lambda: shutil.rmtree(folder, ignore_errors=True))
    task.finish(message or f"{run.rows_published} rows published, {run.rows_quarantined} in quarantine.")
    work.session.flush()
    running.begin_next(work, run.feed)


def _current(work: UnitOfWork, feed: str, day: date) -> Dataset | None:
    return work.session.scalars(
        select(Dataset).where(Dataset.feed == feed, Dataset.business_date == day, Dataset.current, Dataset.remove_time.is_(None))
    ).one_or_none()


def _watched(preparation: Preparation, lake: Lake, function: Callable[[Any], _Answer]) -> _Answer:
    """What the function makes of an engine of its own, while the lease is renewed beside it."""
    with lake.connection() as connection, ThreadPoolExecutor(1) as executor:
        future = executor.submit(function, connection)
        while True:
            try:
                return future.result(timeout=BEAT_SECONDS)
            except StillRunning:
                if future.done():
                    raise
                try:
                    preparation.beat()
                except BaseException:
                    connection.interrupt()
                    raise


FEED = Work(running.WORK, "", step, prepare)
WORKS = (FEED,)
