"""Feeds as they are shown: what they are, how they stand, and their runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from workbench.integration.v1 import feed_service_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, RuleBroken
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.integration.model.dataset import Dataset
from services.integration.model.feed_definition import FeedDefinition, parse
from services.integration.model.feed_run import FeedRun, RunState
from services.integration.usecases import definitions, landing, quarantine, running, watching
from services.integration.usecases.watching import FeedStanding


@dataclass(frozen=True, slots=True)
class Standing:
    """A feed and how it stands."""

    definition: FeedDefinition
    pack: str
    latest_business_date: date | None = None
    quarantined_rows: int = 0
    latest_run: FeedRun | None = None
    # What is due of it, and what its source says; None of a definition that is only looked at.
    dates: FeedStanding | None = None


def list_feeds(work: UnitOfWork, request: feed_service_pb2.ListFeedsRequest) -> Page:
    """A page of the feeds, by name."""
    size = page_size(request.page_size)
    token = PageToken.decode(request.page_token, "feeds", keys=1)
    names = sorted(definitions.definitions(work.settings).feeds)
    rest = [name for name in names if token is None or name > token.keys[0]]
    page = Page.of(rest[: size + 1], size, "feeds", lambda name: (name,))
    return Page(standings(work, page.rows), page.next_page_token)


def standings(work: UnitOfWork, names: Sequence[str]) -> list[Standing]:
    """How those feeds stand, in that order; raises NotFound FEED_NOT_FOUND."""
    known = definitions.definitions(work.settings)
    latest = _latest_runs(work, names)
    dates = select(Dataset.feed, func.max(Dataset.business_date)).where(Dataset.feed.in_(names), Dataset.current)
    date_of = {feed: day for feed, day in work.session.execute(dates.group_by(Dataset.feed))}  # noqa: C416 - rows are no tuples
    waiting = quarantine.open_counts(work)
    due = watching.standings(work, [known.find(name) for name in names])
    return [
        Standing(known.find(name), known.packs[name], date_of.get(name), waiting.get(name, 0), latest.get(name), due[name])
        for name in names
    ]


def check_definition(text: str) -> tuple[FeedDefinition | None, list[str]]:
    """The feed that the TOML says, or everything that is wrong with it."""
    from services.integration.engine.columns import TypedRows
    from services.integration.engine.reading.lines import codec
    from services.integration.engine.reading.rows import used_columns

    try:
        definition = parse(text)
        codec(definition.format.encoding)
        TypedRows(definition, used_columns(definition), "UTC").statement("raw_rows")
    except InvalidInput as fault:
        return None, fault.message.splitlines()
    return definition, []


def list_runs(work: UnitOfWork, request: feed_service_pb2.ListFeedRunsRequest) -> Page:
    """A page of runs, the latest first."""
    size, query = page_size(request.page_size), f"{request.feed}|{sorted(request.states)}"
    statement = select(FeedRun).order_by(FeedRun.run_id.desc()).limit(size + 1)
    if request.feed:
        statement = statement.where(FeedRun.feed == request.feed)
    if request.states:
        statement = statement.where(FeedRun.state.in_(request.states))
    if token := PageToken.decode(request.page_token, query, keys=1):
        statement = statement.where(FeedRun.run_id < token.keys[0])
    return Page.of(work.session.scalars(statement).all(), size, query, lambda run: (run.run_id,))


def progress(work: UnitOfWork) -> list[tuple[str, dict[RunState, int], int, int]]:
    """Of each feed that ever ran its name, its runs by state, and the rows that they published and put into quarantine."""
    counted = select(
        FeedRun.feed, FeedRun.state, func.count(), func.sum(FeedRun.rows_published), func.sum(FeedRun.rows_quarantined)
    ).group_by(FeedRun.feed, FeedRun.state)
    found: dict[str, tuple[str, dict[RunState, int], int, int]] = {}
    for feed, state, runs, published, quarantined in work.session.execute(counted.order_by(FeedRun.feed)):
        _, states, *sums = found.get(feed, (feed, {}, 0, 0))
        states[RunState(state)] = runs
        found[feed] = (feed, states, sums[0] + int(published), sums[1] + int(quarantined))
    return list(found.values())


def run_file(work: UnitOfWork, request: feed_service_pb2.RunFeedRequest) -> FeedRun:
    """Asks for a run of a file that has landed."""
    definition = definitions.find(work.settings, request.feed)
    file = landing.find_file(work, request.file_id.lower())
    if file.feed != definition.name:
        raise InvalidInput("FILE_OF_OTHER_FEED", "The file has landed for another feed.")
    day = as_day(request.business_date)
    return running.run_feed(work, definition, file, business_date=day, again=request.again, check=request.check)


def rerun(work: UnitOfWork, run_id: str) -> FeedRun:
    """Asks for another run of a run's file."""
    former = running.find_run(work, run_id)
    if not former.file_id:
        raise RuleBroken("RUN_OF_NO_FILE", "The run took corrected rows; replay the quarantine instead.")
    definition = definitions.find(work.settings, former.feed)
    return running.rerun(work, former.run_id, definition, landing.find_file(work, former.file_id))


def as_day(text: str) -> date | None:
    """The business date of a request; None where it says none. Raises InvalidInput DATE_INVALID."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        violation = FieldViolation("business_date", "A date that there is, such as 2026-11-24.")
        raise InvalidInput("DATE_INVALID", "The business date is none.", violations=(violation,)) from None


def _latest_runs(work: UnitOfWork, names: Iterable[str]) -> dict[str, FeedRun]:
    latest = select(func.max(FeedRun.run_id)).where(FeedRun.feed.in_(list(names))).group_by(FeedRun.feed)
    return {run.feed: run for run in work.session.scalars(select(FeedRun).where(FeedRun.run_id.in_(latest)))}
