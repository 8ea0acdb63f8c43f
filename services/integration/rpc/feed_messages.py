"""Feeds and runs as messages."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.integration.v1 import feed_pb2

from services.chassis.mapping import Mapper
from services.integration.model.feed_run import FeedRun
from services.integration.usecases.feeds import Standing
from services.integration.usecases.watching import FeedStanding


def _rows_per_second(run: FeedRun) -> int:
    if run.start_time is None or run.end_time is None:
        return 0
    seconds = (run.end_time - run.start_time).total_seconds()
    return round(run.rows_read / seconds) if seconds > 0 else 0


run_message = Mapper(
    feed_pb2.FeedRun,
    computed={
        "faults": lambda run: [feed_pb2.FeedFault(**fault) for fault in run.faults],
        "checks": lambda run: [_check(**check) for check in run.checks],
        "published": lambda run: [feed_pb2.PublishedDate(**entry) for entry in run.published],
        "timings": lambda run: [feed_pb2.FeedTiming(name=name, milliseconds=took) for name, took in run.timings.items()],
        "rows_per_second": _rows_per_second,
    },
)


def feed_message(standing: Standing, *, whole: bool = False) -> feed_pb2.Feed:
    """A feed; `whole` with its definition."""
    definition, latest = standing.definition, standing.latest_run
    message = feed_pb2.Feed(
        name=definition.name,
        title=definition.feed.title,
        dataset=definition.feed.dataset,
        source_system=definition.feed.source_system,
        pack=standing.pack,
        source=definition.source.kind,
        format=definition.format.kind,
        latest_business_date=str(standing.latest_business_date or ""),
        quarantined_rows=standing.quarantined_rows,
        latest_run=run_message(latest) if latest else None,
        definition=definition.model_dump_json(by_alias=True, exclude_defaults=True) if whole else "",
    )
    if standing.dates is not None:
        message.MergeFrom(_dates(standing.dates))
    return message


def _dates(dates: FeedStanding) -> feed_pb2.Feed:
    return feed_pb2.Feed(
        timeliness=dates.timeliness,
        late_dates=map(str, dates.late_dates),
        next_due_date=str(dates.next_due_date or ""),
        next_due_time=dates.next_due_time,
        last_look_time=dates.last_look_time,
        last_fault=dates.last_fault,
    )


def run_messages(runs: Iterable[FeedRun]) -> list[feed_pb2.FeedRun]:
    """Runs, in their order."""
    return [run_message(run) for run in runs]


def comparison_messages(run: FeedRun) -> list[feed_pb2.FeedComparison]:
    """What a run compared."""
    renamed = {"stated": "stated_minor_units", "found": "found_minor_units"}
    return [feed_pb2.FeedComparison(**{renamed.get(k, k): value for k, value in entry.items()}) for entry in run.comparisons]


def _check(check: str, outcome: str, told: str) -> feed_pb2.FeedCheck:
    return feed_pb2.FeedCheck(check=check, outcome=feed_pb2.FeedCheckOutcome.Value(f"FEED_CHECK_OUTCOME_{outcome}"), told=told)
