"""What Prometheus is told of feeds and of the calendar; `deploy/prometheus/` has rules that wake somebody by it."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select

from services.chassis.db.session import UnitOfWork
from services.integration.model.watch import FeedDate, FeedWatch
from services.integration.usecases.definitions import definitions


def measure(work: UnitOfWork) -> Iterator[Metric]:
    """Of each feed that there is: how many dates are late, and how often in a row its source failed; and how far the date is."""
    feeds = definitions(work.settings).feeds
    late = dict.fromkeys((name for name, feed in feeds.items() if feed.calendar.days != "none"), 0)
    missed = (
        select(FeedDate.feed, func.count())
        .where(FeedDate.arrive_time.is_(None), FeedDate.miss_time.is_not(None))
        .group_by(FeedDate.feed)
    )
    late |= {feed: count for feed, count in work.session.execute(missed) if feed in late}
    failures = {row.feed: row.failures for row in work.session.execute(select(FeedWatch.feed, FeedWatch.failures))}
    yield _family("workbench_feed_late", "Business dates for which the feed is late.", late)
    pulled = {name: failures.get(name, 0) for name, feed in feeds.items() if feed.source.kind != "push"}
    yield _family("workbench_feed_look_failures", "How often in a row the feed's source could not be read.", pulled)
    behind = GaugeMetricFamily(
        "workbench_business_date_behind_days", "By how many days the business date is behind the calendar's."
    )
    behind.add_metric([], (work.clock_date - work.business_date).days)
    yield behind


def _family(name: str, text: str, values: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=["feed"])
    for feed, value in sorted(values.items()):
        family.add_metric([feed], value)
    return family
