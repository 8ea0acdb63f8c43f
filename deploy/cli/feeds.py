"""`workbench feeds`: which feeds there are, how they stand, and files taken in by hand."""

from __future__ import annotations

import fcntl
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Column, Table

from deploy.cli.console import console, databases, operator

if TYPE_CHECKING:
    from services.chassis.db.session import Database
    from services.integration.model.feed_run import FeedRun

application = typer.Typer(no_args_is_help=True, help="Feeds: files of other systems on their way into the datasets.")

POLL_SECONDS = 0.3
# So long a command waits for a run before it leaves it to the deployment.
WAIT_SECONDS = 3_600.0

FeedName = Annotated[str, typer.Argument(help="The feed's name, such as core.balances.")]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The file, as the system sent it.")]
Day = Annotated[
    str, typer.Option("--date", help="The business date, YYYY-MM-DD, where neither the file's name nor its rows say it.")
]
Control = Annotated[str, typer.Option("--control", help="The file that says what this one holds, where the feed has such.")]


@application.command("list")
def list_feeds() -> None:
    """List the feeds of this deployment, and how they stand."""
    from services.integration.usecases import definitions, feeds

    names = ("feed", "dataset", "latest date", "latest run", "bad")
    table = Table(*(Column(name, no_wrap=True) for name in names), box=None)
    with _reading("feeds list") as work:
        known = definitions.definitions(work.settings)
        for each in feeds.standings(work, sorted(known.feeds)):
            feed = each.definition
            run = _state(each.latest_run) if each.latest_run else ""
            cells = (feed.name, feed.feed.dataset, each.latest_business_date or "", run, each.quarantined_rows or "")
            table.add_row(*map(str, cells))
    console.print(table)
    for file, fault in known.faults.items():
        console.print(f"{file}: {fault}", style="red", markup=False)


@application.command("check")
def check(
    feed: Annotated[str, typer.Argument(help="The feed's name, or the TOML file of one that is yet to be.")],
    file: Annotated[Path | None, typer.Argument(exists=True, dir_okay=False, help="A file to try it on.")] = None,
    day: Day = "",
    control: Control = "",
) -> None:
    """Check a feed's definition, and a file by it, without publishing anything; ends with 1 where anything is wrong."""
    if not feed.endswith(".toml"):
        if file is None:
            console.print(f"{_find(feed).name}: the definition is in order.")
            return
        _show_and_end(_run(feed, file, day, control, check=True), wanted=("CHECKED",))
        return
    from services.integration.usecases import feeds

    definition, faults = feeds.check_definition(Path(feed).read_text(encoding="utf-8"))
    for fault in faults:
        console.print(fault, style="red", markup=False)
    if definition is None:
        raise typer.Exit(1)
    console.print(f"{definition.name}: the definition is in order.")
    if file is not None and not _try(definition, file, _day(day), control):
        raise typer.Exit(1)


@application.command("run")
def run(
    feed: FeedName,
    file: File,
    day: Day = "",
    control: Control = "",
    *,
    again: Annotated[bool, typer.Option("--again", help="Take the file though it was taken before.")] = False,
) -> None:
    """Take a file in, and wait until it is published, or refused; ends with 1 where it is not there in the end."""
    _show_and_end(_run(feed, file, day, control, again=again))


@application.command("rerun")
def rerun(
    run_id: Annotated[str, typer.Argument(help="The run whose file is taken once more, by the feed as it is now.")],
) -> None:
    """Take a run's file once more, and wait for it."""
    from services.integration.usecases import feeds

    with _integration() as database:
        with _writing(database, "RerunFeedRun") as work:
            asked = feeds.rerun(work, run_id).run_id
        _show_and_end(_see_through(database, asked))


@application.command("status")
def status(
    feed: Annotated[str, typer.Argument(help="A feed, to see its latest runs, or the id of a run, to see all of it.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1_000)] = 20,
) -> None:
    """Show how far the feeds are, the latest runs of one, or one run."""
    from services.integration.usecases import running

    with _reading("feeds status") as work:
        if feed.count("-") == _DASHES_OF_ID:
            _show(running.find_run(work, feed))
        elif feed:
            console.print(_runs_of(work, feed, limit))
        else:
            _show_progress(work)


@application.command("quarantine")
def quarantine(
    feed: FeedName,
    *,
    replay: Annotated[bool, typer.Option("--replay", help="Take the rows that were corrected.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1_000)] = 50,
) -> None:
    """List the rows of a feed that wait in quarantine, without what they say; or replay those that were corrected."""
    from workbench.integration.v1 import quarantine_service_pb2

    from services.integration.model.feed_run import RowState
    from services.integration.usecases import quarantine as rows

    if replay:
        with _integration() as database:
            with _writing(database, "ReplayQuarantine") as work:
                asked = [run.run_id for run in rows.replay(work, feed)]
            for run_id in asked:
                _show(_see_through(database, run_id))
        return
    table = Table("row", "date", "line", "reason", "column", "state")
    waiting = [RowState.OPEN.value, RowState.CORRECTED.value]
    with _reading("feeds quarantine") as work:
        asked_for = quarantine_service_pb2.ListQuarantinedRowsRequest(feed=feed, states=waiting, page_size=limit)
        for row in rows.list_rows(work, asked_for).rows:
            cells = (row.row_id, row.business_date or "", row.line, row.reason, row.column, RowState(row.state).name)
            table.add_row(*map(str, cells))
    console.print(table)


_DASHES_OF_ID = 4


def _show_progress(work: Any) -> None:
    """One line a feed: what waits, what runs, what is done."""
    from services.integration.model.feed_run import RunState
    from services.integration.usecases import feeds

    table = Table(Column("feed", no_wrap=True), "waiting", "running", "done", "refused", "rows", "bad")
    waiting = 0
    for name, states, published, quarantined in feeds.progress(work):
        queued, running = states.get(RunState.QUEUED, 0), states.get(RunState.RUNNING, 0)
        refused = states.get(RunState.REFUSED, 0) + states.get(RunState.FAILED, 0)
        done = sum(states.values()) - queued - running - refused
        waiting += queued + running
        counts = (queued, running, done, refused, published, quarantined)
        table.add_row(name, *(f"{count:,}" if count else "" for count in counts))
    console.print(table)
    console.print(f"{waiting} files to go." if waiting else "Nothing waits.")


def _runs_of(work: Any, feed: str, limit: int) -> Table:
    from workbench.integration.v1 import feed_service_pb2

    from services.integration.usecases import definitions, feeds

    definitions.find(work.settings, feed)
    # Without lines a run's id, by which it is asked for, fits with the rest.
    table = Table(*(Column(name, no_wrap=True) for name in ("run", "date", "state", "rows", "bad", "told")), box=None)
    for each in feeds.list_runs(work, feed_service_pb2.ListFeedRunsRequest(feed=feed, page_size=limit)).rows:
        day = each.business_date or (each.published[-1]["business_date"] if each.published else "")
        table.add_row(each.run_id, str(day), _state(each), f"{each.rows_read:,}", f"{each.rows_quarantined:,}", each.reason)
    return table


def _run(feed: str, file: Path, day: str, control: str, **options: bool) -> FeedRun:
    from services.integration.usecases import definitions, landing, running

    with _integration() as database, file.open("rb") as content:
        definition = _find(feed)
        spooled = landing.spool(database.lake, definition.name, file.name, content)
        with _writing(database, "RunFeed") as work:
            landed = landing.land(work, spooled, origin="command", control_text=_text(control))
            known = definitions.find(work.settings, feed)
            asked = running.run_feed(work, known, landed, business_date=_day(day), **options).run_id
        return _see_through(database, asked)


def _try(definition: Any, file: Path, day: date | None, control: str) -> bool:
    """Examines the file by a feed that the deployment does not know yet, in a folder and with a key that end with it."""
    from services.chassis import keys
    from services.chassis.lake.lake import Lake
    from services.integration.engine.examining import Surroundings, examine
    from services.integration.usecases import landing, running

    with tempfile.TemporaryDirectory() as folder, file.open("rb") as content:
        keys.create_data_keys(Path(folder))
        keys.use_data_keys(keys.DataKeys.load(Path(folder) / keys.DATA_KEYS_FILE))
        lake = Lake(Path(folder) / "lake")
        spooled = landing.spool(lake, definition.name, file.name, content)
        dated = running.date_of(definition, file.name, day)
        with lake.connection() as connection:
            surroundings = Surroundings(dated, "Asia/Shanghai", _text(control))
            found = examine(connection, lake, definition, lake.root / spooled.path, Path(folder), surroundings)
    console.print(f"{found.rows_read} rows, {found.rows_bad} of them bad. {found.told}")
    _show_faults(found.faults, found.checks)
    for row in found.bad[:_BAD_ROWS_SHOWN]:
        console.print(f"line {row.line}: {row.reason} {row.column}: {row.raw}", markup=False)
    return not found.refusal and not found.rows_bad


_BAD_ROWS_SHOWN = 20


def _see_through(database: Database, run_id: str) -> FeedRun:
    """The run once it has ended. Where no deployment runs here, this process does its work."""
    from services.chassis.longwork.runner import Runner
    from services.integration.usecases import feeding, running

    with _alone(database) as alone:
        runner = Runner(database, feeding.WORKS)
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            with database.transaction(operator(), read_only=True) as work:
                found = running.find_run(work, run_id)
            if found.ended or time.monotonic() > deadline:
                return found
            if not (alone and runner.run_due()):
                time.sleep(POLL_SECONDS)


@contextmanager
def _alone(database: Database) -> Iterator[bool]:
    """Whether no deployment runs on this machine; none starts as long as the block lasts.

    On PostgreSQL others may be at work wherever they are, and this process is one more of them.
    """
    from services.chassis.settings import load

    if database.engine.dialect.name == "postgresql":
        yield True
        return
    lock = load().home / "run" / "launcher.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _show_and_end(run: FeedRun, wanted: tuple[str, ...] = ("PUBLISHED", "UNCHANGED")) -> None:
    _show(run)
    if _state(run) not in wanted:
        raise typer.Exit(1)


def _show(run: FeedRun) -> None:
    """All that may be told of a run on a machine that system posts look after: counts and reasons, no row and no amount."""
    console.print(f"{run.run_id}: {run.feed} {run.business_date or ''} {_state(run)} {run.reason} {run.message}", markup=False)
    seconds = (run.end_time - run.start_time).total_seconds() if run.end_time and run.start_time else 0
    rate = f", {round(run.rows_read / seconds):,} rows/s" if seconds else ""
    console.print(f"{run.rows_read:,} rows read, {run.rows_published:,} published, {run.rows_quarantined:,} in quarantine{rate}.")
    _show_faults(run.faults, run.checks)
    with suppress(IndexError):
        first, last = run.published[0], run.published[-1]
        console.print(f"{len(run.published)} business dates, {first['business_date']} to {last['business_date']}.")


def _show_faults(faults: list[dict[str, Any]], checks: list[dict[str, Any]]) -> None:
    for fault in faults:
        console.print(f"  {fault['rows']:,} rows: {fault['reason']} {fault['column']}", style="yellow", markup=False)
    for check_ in checks:
        style = {"FAILED": "red", "WARNED": "yellow"}.get(check_["outcome"])
        console.print(f"  {check_['check']}: {check_['outcome'].lower()} {check_['told']}", style=style, markup=False)


def _find(feed: str) -> Any:
    from services.integration.usecases import definitions

    with _reading("feeds check") as work:
        return definitions.find(work.settings, feed)


def _state(run: FeedRun) -> str:
    from services.integration.model.feed_run import RunState

    return RunState(run.state).name


def _text(control: str) -> str:
    return Path(control).read_text(encoding="utf-8") if control else ""


def _day(text: str) -> date | None:
    from services.integration.usecases import feeds

    return feeds.as_day(text)


@contextmanager
def _writing(database: Database, method: str) -> Iterator[Any]:
    from services.chassis.db.session import Call

    with database.transaction(operator(), Call(method)) as work:
        yield work
        work.audit()


@contextmanager
def _reading(method: str) -> Iterator[Any]:
    from services.chassis.db.session import Call

    with _integration() as database, database.transaction(operator(), Call(method), read_only=True) as work:
        yield work


@contextmanager
def _integration() -> Iterator[Database]:
    from services.chassis.kernel.errors import NotDeployed

    with databases("integration") as found:
        if "integration" not in found:
            raise NotDeployed("SERVICE_NOT_DEPLOYED", "The integration service does not run here.")
        yield found["integration"]
