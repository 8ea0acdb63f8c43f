"""The steps of a run: read and check, fill the quarantine, publish date by date.

What a step found is on the disk before the next begins, so that a process that dies is followed by one that goes on; nothing is
announced before it is whole, and what is announced is announced once.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import StaleVersion, WorkbenchError
from services.chassis.lake.lake import Lake, Part, Pin, totals
from services.chassis.lake.watching import watched
from services.chassis.longwork.task import Preparation, Task, Work
from services.integration.model.dataset import Dataset
from services.integration.model.feed_definition import FeedDefinition
from services.integration.model.feed_run import FeedRun, QuarantinedRow, RowState, RunKind, RunState
from services.integration.usecases import datasets, definitions, landing, quarantine, replaying, running

if TYPE_CHECKING:
    from services.integration.engine.examining import Dependent, Examined, Surroundings

# As many as a transaction takes in a fraction of a second.
ROWS_PER_STEP = 1_000
DATES_PER_STEP = 20
# A file of more rows is read where it lies: one day of it may be more than memory holds.
ROWS_LOADED_MAX = 5_000_000


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
    # Of a replay: its rows, as they were corrected.
    corrected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Written:
    """A date's revision that is on the disk, and not announced yet; without parts where the date's rows are there already."""

    pin: Pin
    parts: list[Part]
    totals: dict[str, Any]
    rows: int


@dataclass(frozen=True, slots=True)
class _Dates:
    """Some dates' revisions, and how long it took to write them."""

    written: list[_Written]
    milliseconds: int


def prepare(preparation: Preparation, task: Task) -> Any:
    """The slow half of the next step; a refusal is answered, not raised, so that the run itself can tell it."""
    try:
        given = _given(preparation, task)
        match task.checkpoint.get("phase", "begin"):
            case "begin":
                return None
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
    match task.checkpoint.get("phase", "begin"):
        case "begin":
            # So that the run is seen to be under way while its file is read.
            run.state, run.start_time = RunState.RUNNING.value, work.now
            task.checkpoint = {"phase": "read"}
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
        lake, zone = work.database.lake, work.database.bank_time_zone
        folder = running.folder_of(lake, run.run_id)
        if run.kind == RunKind.REPLAY.value:
            definition = replaying.as_feed(definition, run.file_columns)
            corrected = tuple(row.corrected for row in quarantine.of_replay(work, run.run_id))
            return _Given(run, definition, lake, folder, folder / replaying.REPLAYED, "", zone, corrected)
        file = landing.find_file(work, run.file_id)
        return _Given(run, definition, lake, folder, lake.root / file.path, file.control_text, zone)


def _read(preparation: Preparation, given: _Given) -> Examined:
    from services.integration.engine import examining

    shutil.rmtree(given.folder, ignore_errors=True)
    given.folder.mkdir(parents=True)
    if given.run.kind == RunKind.REPLAY.value:
        replaying.write(given.definition, given.folder, given.corrected)
    surroundings = _surroundings(preparation, given)
    return watched(
        given.lake,
        preparation.beat,
        lambda connection: examining.examine(connection, given.lake, given.definition, given.path, given.folder, surroundings),
    )


def _surroundings(preparation: Preparation, given: _Given) -> Surroundings:
    """What a file is held against: the datasets that it refers to, the date before, the ledgers."""
    from services.integration.engine.examining import Surroundings

    definition, day = given.definition, given.run.business_date
    referred = {c.refers_to for c in definition.schema_.columns if c.refers_to and c.name in definition.columns}
    sought = sorted({lookup.dataset for lookup in definition.lookups.values()})
    as_of, system = day or date.max, definition.feed.source_system
    with preparation.transaction() as work:
        current = {name: [each.pin for each in datasets.current(work, name, as_of)] for name in sorted(referred)}
        ledgers = {rule.ledger: _pins_of(work, rule.ledger, day) for rule in definition.reconciliation}
        return Surroundings(
            business_date=day,
            zone=given.zone,
            control_text=given.control_text,
            lookup_pins={
                name: [each.pin for each in datasets.current(work, name, as_of, source_system=system)] for name in sought
            },
            references={} if definition.checks.references == "ignore" else current,
            rows_before=_rows_before(work, definition.name, day),
            ledgers=ledgers,
            dependents=_dependents(work, definition, day),
            added_to=_pins_of(work, definition.name, day) if given.run.kind == RunKind.REPLAY.value else None,
        )


def _pins_of(work: UnitOfWork, feed: str, day: date | None) -> list[Pin]:
    """The current revision of the date; of all dates where there is none."""
    of_feed = select(Dataset).where(Dataset.feed == feed, Dataset.current, Dataset.remove_time.is_(None))
    return [each.pin for each in work.session.scalars(of_feed.where(Dataset.business_date == day) if day else of_feed)]


def _rows_before(work: UnitOfWork, feed: str, day: date | None) -> int | None:
    if day is None:
        return None
    before = select(Dataset.rows).where(Dataset.feed == feed, Dataset.current, Dataset.business_date < day)
    return work.session.scalar(before.order_by(Dataset.business_date.desc()).limit(1))


def _dependents(work: UnitOfWork, definition: FeedDefinition, day: date | None) -> list[Dependent]:
    from services.integration.engine.examining import Dependent

    feeds = definitions.definitions(work.settings).feeds.values() if definition.feed.dataset == "gl_balances" else ()
    reconciled = [(each, rule) for each in feeds for rule in each.reconciliation if rule.ledger == definition.name]
    found = [Dependent(each, rule, _pins_of(work, each.name, day)) for each, rule in reconciled]
    return [dependent for dependent in found if dependent.pins]


def _note(work: UnitOfWork, task: Task, run: FeedRun, found: Examined) -> None:
    definition = definitions.find(work.settings, run.feed)
    run.definition_sha256 = definitions.fingerprint(definition)
    # Of a replay they are what it was given.
    run.file_columns = run.file_columns or found.columns
    run.rows_read = found.rows_read
    run.faults, run.checks, run.comparisons = found.faults, found.checks, found.comparisons
    run.timings = found.timings
    if run.kind == RunKind.REPLAY.value:
        run.rows_quarantined = found.rows_bad
        bad = [[row.line, row.reason, row.column] for row in found.bad]
        task.checkpoint = {"phase": "publish", "bad": bad, "dates": found.dates if found.rows_bad < found.rows_read else []}
        return
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
    from services.integration.engine.quarantine import kept

    return watched(given.lake, preparation.beat, lambda connection: kept(connection, given.folder, position, ROWS_PER_STEP))


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


def _write_dates(preparation: Preparation, given: _Given, dates: list[str]) -> _Dates:
    started = time.monotonic()
    days = [date.fromisoformat(text) for text in dates]
    with preparation.transaction() as work:
        former = {day: (datasets.next_revision(work, given.run.feed, day), _current(work, given.run.feed, day)) for day in days}

    def write(connection: Any) -> list[_Written]:
        _load(connection, given, days)
        return [_write(connection, given, day, *former[day]) for day in days]

    written = watched(given.lake, preparation.beat, write)
    return _Dates(written, round((time.monotonic() - started) * 1000))


def _load(connection: Any, given: _Given, days: list[date]) -> None:
    """Has the days' rows at hand where they are few: so they are sought in the file once, and not once a day."""
    from services.integration.engine import publishing, staging
    from services.integration.engine.examining import excluded_url

    by_column = given.definition.date.source == "column"
    url, excluded = staging.staged_url(given.definition, given.folder), excluded_url(given.folder)
    few = by_column and given.run.rows_read < ROWS_LOADED_MAX
    publishing.load_days(connection, url, excluded, days if by_column else [], copied=few)


def _write(connection: Any, given: _Given, day: date, revision: int, current: Dataset | None) -> _Written:
    from services.integration.engine import publishing

    definition, schema = given.definition, given.definition.schema_
    query = publishing.loaded_rows(day if definition.date.source == "column" else None)
    if given.run.kind == RunKind.REPLAY.value:
        there = given.lake.relation(connection, schema, [current.pin]) if current is not None else None
        query = publishing.added(query, schema, there)
    sums = totals(connection.sql(query), schema)
    if current is not None and current.totals == sums:
        there = given.lake.relation(connection, schema, [current.pin])
        if publishing.equal_rows(connection, query, there, schema):
            return _Written(current.pin, [], sums, current.rows)
    pin = Pin(definition.name, schema.name, definition.feed.source_system, day, revision)
    parts = given.lake.write(connection, query, schema, pin)
    return _Written(pin, parts, sums, sum(part.rows for part in parts))


def _publish(work: UnitOfWork, task: Task, run: FeedRun, dates: _Dates) -> None:
    datasets.hold(work, run.feed)
    run.timings = run.timings | {"publish": run.timings.get("publish", 0) + dates.milliseconds}
    for each in dates.written:
        if not each.parts:
            run.published = [*run.published, {"business_date": str(each.pin.business_date), "revision": 0, "rows": each.rows}]
            continue
        datasets.publish(work, each.pin, each.parts, run_id=run.run_id, totals=each.totals)
        told = {"business_date": str(each.pin.business_date), "revision": each.pin.revision, "rows": each.rows}
        run.published = [*run.published, told]
        run.rows_published += each.rows
    task.done = run.rows_published
    task.checkpoint["dates"] = task.checkpoint["dates"][len(dates.written) :]
    if task.checkpoint["dates"]:
        return
    if run.kind == RunKind.REPLAY.value:
        _settle_rows(work, run, task.checkpoint["bad"])
    else:
        quarantine.supersede(work, run)
    changed = any(entry["revision"] for entry in run.published)
    told = "" if changed else "Nothing changed."
    _finish(work, task, run, RunState.PUBLISHED if changed else RunState.UNCHANGED, "", told)


def _settle_rows(work: UnitOfWork, run: FeedRun, bad: Sequence[Sequence[Any]]) -> None:
    """The rows that the replay took are in the dataset; one that is still bad is told why, and waits for the next correction."""
    rows = quarantine.of_replay(work, run.run_id)
    places = replaying.places_of([row.corrected for row in rows], [line for line, *_ in bad])
    faults = {place: fault for place, (_, *fault) in zip(places, bad, strict=True)}
    for place, row in enumerate(rows):
        fault = faults.get(place)
        row.turn(RowState.OPEN if fault else RowState.REPLAYED, work.now, among=frozenset({RowState.CORRECTED}))
        if fault:
            row.reason, row.column = fault
            row.replay_run_id = ""


def _finish(work: UnitOfWork, task: Task, run: FeedRun, state: RunState, reason: str, message: str) -> None:
    work.hold(f"feeds|{run.feed}")
    run.start_time = run.start_time or work.now
    if run.kind == RunKind.REPLAY.value and state not in (RunState.PUBLISHED, RunState.UNCHANGED):
        running.release(work, run.run_id)
    run.end(state, work.now, reason=reason, message=message)
    folder = running.folder_of(work.database.lake, run.run_id)
    work.after_commit.append(lambda: shutil.rmtree(folder, ignore_errors=True))
    task.finish(message or f"{run.rows_published} rows published, {run.rows_quarantined} in quarantine.")
    work.session.flush()
    running.begin_next(work, run.feed)


def _current(work: UnitOfWork, feed: str, day: date) -> Dataset | None:
    return work.session.scalars(
        select(Dataset).where(Dataset.feed == feed, Dataset.business_date == day, Dataset.current, Dataset.remove_time.is_(None))
    ).one_or_none()


FEED = Work(running.WORK, "", step, prepare)
WORKS = (FEED,)
