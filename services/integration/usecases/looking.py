"""One look at a feed's source: what is there, which of it is new and complete; and that lands, and is run.

The slow half, over the network and onto the disk, writes no row. A look that fails says why where the feed is shown, and comes
again, each time later; it stops no other feed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from threading import Event
from zoneinfo import ZoneInfo

import structlog
from prometheus_client import Counter
from sqlalchemy import bindparam, delete, insert, select, update

from services.chassis.bus.failures import describe
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.backoff import doubling_seconds
from services.chassis.kernel.errors import InvalidInput, WorkbenchError
from services.chassis.lake.lake import Lake
from services.chassis.longwork.patience import patiently
from services.chassis.longwork.task import Abandoned, Preparation, Task, Work
from services.integration.connectors.sources import open_source
from services.integration.connectors.sources.port import Found, Source, Surroundings
from services.integration.model.dataset import Dataset
from services.integration.model.feed_definition import FeedDefinition
from services.integration.model.watch import FeedWatch, FoundFile
from services.integration.rules.calendar import clock_date, is_due
from services.integration.rules.file_names import pattern
from services.integration.usecases import landing, running, watching
from services.integration.usecases.calendar import business_days
from services.integration.usecases.definitions import definitions
from services.integration.usecases.settings import IntegrationSettings

# The rest comes with the next look, which follows at once.
TAKEN_AT_ONCE_MAX = 20
# A file that was just found is looked at again so soon, to see whether it still grows.
SETTLE_SECONDS = 10
RETRY_SECONDS_MAX = 3_600.0
CONTROL_BYTES_MAX = 1024 * 1024
_NOT_NOW = ("FILE_CHANGED", "FILE_GONE")

LOOKS = Counter("workbench_feed_looks_total", "Looks at the sources of feeds, by outcome.", ("feed", "outcome"))
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Given:
    """What a look begins with."""

    definition: FeedDefinition
    surroundings: Surroundings
    lake: Lake
    business_date: date
    # For which a source is asked that cannot be listed.
    dates: Sequence[date]
    # By the hash of a file's name: its version when it was last seen, and the one that was taken in.
    known: Mapping[str, tuple[str, str | None]]


@dataclass(frozen=True, slots=True)
class _Taken:
    """A file that is on our disk, and that no row tells of yet."""

    name_sha256: str
    version: str
    spooled: landing.Spooled
    business_date: date | None
    control_text: str


@dataclass(slots=True)
class _Look:
    """What came of it."""

    given: _Given | None
    # The version of each file that is there, by the hash of its name; whether these are all.
    seen: dict[str, str] = field(default_factory=dict)
    is_whole: bool = False
    taken: list[_Taken] = field(default_factory=list)
    # Whether something could not be taken yet, and whether there is more than one look takes.
    is_settling: bool = False
    is_full: bool = False
    fault: str = ""


def prepare(preparation: Preparation, task: Task) -> _Look:
    """Looks, and brings the new files onto our disk."""
    look = _Look(None)
    try:
        with preparation.transaction() as work:
            look.given = _given(work, task.parameters["feed"])
        _beside(preparation, look, look.given)
    except WorkbenchError as error:
        look.fault = f"{error.reason}: {error.message}"
    except Abandoned:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a source does, the other feeds go on
        _log.error("feed_look_broke", feed=task.parameters["feed"], error=describe(error))
        look.fault = "INTERNAL: Something broke on our side."
    return look


def step(work: UnitOfWork, task: Task, look: _Look) -> None:
    """Notes what was seen, lands what was brought, and asks for its runs."""
    feed = task.parameters["feed"]
    for each in look.taken:
        file = landing.land(work, each.spooled, origin=look.given.definition.source.kind, control_text=each.control_text)
        try:
            running.run_feed(work, look.given.definition, file, business_date=each.business_date)
        except InvalidInput as refusal:
            look.fault = look.fault or f"{refusal.reason}: {refusal.message}"
    if look.given is not None:
        _note_files(work, feed, look, look.given)
    _note_look(work, feed, look)
    work.resource = f"feeds/{feed}"
    task.finish(f"{len(look.seen)} files there, {len(look.taken)} taken.")


def surroundings_of(settings: IntegrationSettings) -> Surroundings:
    """What sources need of the settings."""
    return Surroundings(
        inbox=settings.inbox,
        secrets={name: secret.get_secret_value() for name, secret in settings.secrets},
        known_hosts=settings.known_hosts,
        http_proxy=settings.http_proxy,
        http_authority=settings.http_authority,
        bytes_max=settings.source_bytes_max,
    )


def _given(work: UnitOfWork, feed: str) -> _Given:
    definition = definitions(work.settings).find(feed)
    rows = work.session.execute(
        select(FoundFile.name_sha256, FoundFile.version, FoundFile.taken_version).where(FoundFile.feed == feed)
    )
    return _Given(
        definition,
        surroundings_of(work.settings),
        work.database.lake,
        work.business_date,
        _dates(work, definition),
        {row.name_sha256: (row.version, row.taken_version) for row in rows},
    )


def _dates(work: UnitOfWork, feed: FeedDefinition) -> list[date]:
    """The dates whose files may be there, of the last few; those that a query has brought are not asked for again."""
    today, zone = work.business_date, ZoneInfo(work.database.bank_time_zone)
    # What is due days later is not complete before: half a day's rows are no file.
    until = min(today, clock_date(work.now, zone, work.settings.date_opens_at) - timedelta(days=feed.calendar.due_days_after))
    start = today - timedelta(days=work.settings.look_back_days)
    worked = business_days(work, start, today)
    days = [start + timedelta(days=number) for number in range((until - start).days + 1)]
    wanted = [day for day in days if feed.calendar.days == "none" or is_due(feed.calendar.days, day, worked)]
    if feed.source.kind != "sql":
        return wanted
    there = select(Dataset.business_date).where(Dataset.feed == feed.name, Dataset.current, Dataset.business_date >= start)
    return sorted(set(wanted) - set(work.session.scalars(there)))


def _beside(preparation: Preparation, look: _Look, given: _Given) -> None:
    """Looks in a thread of its own, since a source may keep us waiting longer than anybody takes this work for alive."""
    stopping = Event()

    def alive() -> None:
        if stopping.is_set():
            raise Abandoned

    patiently(preparation.beat, lambda: _look(look, given, alive), stopping.set)


def _look(look: _Look, given: _Given, alive: Callable[[], None]) -> None:
    with open_source(given.definition, given.surroundings) as source:
        if source.lists and given.definition.date.source != "column" and not pattern(given.definition.source.file).is_dated:
            raise InvalidInput("FILES_UNDATED", "Neither the files' names nor their rows say a business date: see [source] file.")
        for found in source.find(None if source.lists else given.dates):
            # A date that has not begun has no file yet, whatever somebody called one.
            if found.business_date is not None and found.business_date > given.business_date:
                continue
            alive()
            _see(look, given, source, found, alive)
        look.is_whole = source.lists


def _see(look: _Look, given: _Given, source: Source, found: Found, alive: Callable[[], None]) -> None:
    control = _control(given, source, found)
    name, version = (
        hashlib.sha256(found.name.encode()).hexdigest(),
        f"{found.version}|{control.version}" if control else found.version,
    )
    look.seen[name] = version
    before, taken = given.known.get(name, (None, None))
    if taken == version:
        return
    has_control = control is not None or given.definition.controls.source != "file"
    complete = found.complete if found.complete is not None else before == version
    if not complete or not has_control:
        look.is_settling = look.is_settling or found.complete is None
    elif len(look.taken) == TAKEN_AT_ONCE_MAX:
        look.is_full = True
    else:
        _take(look, given, source, found, control, alive)


def _take(look: _Look, given: _Given, source: Source, found: Found, control: Found | None, alive: Callable[[], None]) -> None:
    name = hashlib.sha256(found.name.encode()).hexdigest()
    try:
        control_text = _control_text(given, source, control) if control else ""
        with source.open(found) as stream:
            spooled = landing.spool(given.lake, given.definition.name, found.name, stream, beat=alive)
    except WorkbenchError as refusal:
        if refusal.reason in _NOT_NOW:
            look.is_settling = look.is_settling or refusal.reason == "FILE_CHANGED"
            return
        look.fault = look.fault or f"{refusal.reason}: {refusal.message}"
        if refusal.reason in ("SOURCE_UNAVAILABLE", "SOURCE_REFUSED"):
            raise
        return
    dated = None if given.definition.date.source == "column" else found.business_date
    look.taken.append(_Taken(name, look.seen[name], spooled, dated, control_text))


def _control(given: _Given, source: Source, found: Found) -> Found | None:
    if given.definition.controls.source != "file":
        return None
    return source.beside(pattern(given.definition.controls.file).name_for(found.business_date, found.name))


def _control_text(given: _Given, source: Source, control: Found) -> str:
    with source.open(control) as stream:
        content = stream.read(CONTROL_BYTES_MAX + 1)
    if len(content) > CONTROL_BYTES_MAX:
        raise InvalidInput("CONTROL_FILE_TOO_LARGE", f"A file of controls has at most {CONTROL_BYTES_MAX:,} bytes.")
    return content.decode(given.definition.format.encoding, errors="replace")


def _note_files(work: UnitOfWork, feed: str, look: _Look, given: _Given) -> None:
    fresh = [
        {"feed": feed, "name_sha256": name, "version": version, "first_look_time": work.now}
        for name, version in look.seen.items()
        if name not in given.known
    ]
    if fresh:
        work.session.execute(insert(FoundFile), fresh)
    changed = [(name, version) for name, version in look.seen.items() if given.known.get(name, (version,))[0] != version]
    _update(work, feed, changed, version="value", first_look_time=work.now)
    _update(work, feed, [(each.name_sha256, each.version) for each in look.taken], taken_version="value")
    gone = given.known.keys() - look.seen.keys() if look.is_whole else ()
    if gone:
        work.session.execute(delete(FoundFile).where(FoundFile.feed == feed, among(FoundFile.name_sha256, sorted(gone))))


def _update(work: UnitOfWork, feed: str, values: Sequence[tuple[str, str]], **columns: object) -> None:
    table = FoundFile.__table__
    named = {name: bindparam("told") if value == "value" else value for name, value in columns.items()}
    statement = update(table).where(table.c.feed == feed, table.c.name_sha256 == bindparam("named")).values(named)
    if values:
        work.session.connection().execute(statement, [{"named": name, "told": value} for name, value in values])


def _note_look(work: UnitOfWork, feed: str, look: _Look) -> None:
    former = work.session.execute(
        select(FeedWatch.failures, FeedWatch.last_fault, FeedWatch.settling_time).where(FeedWatch.feed == feed)
    ).one_or_none()
    if former is None:
        return
    failures = former.failures + 1 if look.fault else 0
    LOOKS.labels(feed, "failed" if look.fault else "done").inc()
    # Once for as long as it lasts: a source that is away for a night is not told of a thousand times.
    if look.fault and former.last_fault != look.fault:
        _log.warning("feed_look_failed", feed=feed, fault=look.fault)
    every = float(work.settings.look_seconds)
    if look.fault:
        pause = doubling_seconds(failures, every, max(every, RETRY_SECONDS_MAX))
    elif look.is_full:
        pause = 0.0
    else:
        pause = min(every, SETTLE_SECONDS) if look.is_settling else every
    values = {
        "failures": failures,
        "last_fault": look.fault,
        "last_look_time": work.now,
        "settling_time": (former.settling_time or work.now) if look.is_settling or look.is_full else None,
        "next_look_time": work.now + timedelta(seconds=pause),
    }
    work.session.execute(update(FeedWatch).where(FeedWatch.feed == feed).values(values))


LOOK = Work(watching.LOOK, "", step, prepare)
