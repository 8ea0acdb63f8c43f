"""What a process tells of the datasets: published, how fresh each feed is, how large it has become."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from prometheus_client import Counter, Gauge
from sqlalchemy import func, select

from services.chassis.db.session import UnitOfWork
from services.integration.model.dataset import Dataset

PUBLISHED = Counter("workbench_datasets_published_total", "Revisions of datasets published.", ("feed",))
ROWS = Counter("workbench_datasets_published_rows_total", "Rows of the revisions published.", ("feed",))
# An instant, not an age: whoever asks subtracts it from now, and the greatest of several copies of the service is right.
LATEST = Gauge(
    "workbench_feed_latest_business_date_seconds",
    "Midnight (UTC) of the latest business date that the feed has brought, in seconds since 1970.",
    ("feed",),
)
BYTES = Gauge("workbench_dataset_bytes", "What the feed's kept revisions hold, in bytes as they are read.", ("feed",))


def published(dataset: Dataset) -> None:
    """Counts a revision that has been published."""
    PUBLISHED.labels(dataset.feed).inc()
    ROWS.labels(dataset.feed).inc(dataset.rows)


def tell(work: UnitOfWork, feed: str) -> None:
    """Tells how fresh and how large the feed is."""
    latest = select(func.max(Dataset.business_date)).where(Dataset.feed == feed, Dataset.current)
    if (day := work.session.scalar(latest)) is not None:
        LATEST.labels(feed).set(_instant(day))
    kept = work.session.scalars(select(Dataset.parts).where(Dataset.feed == feed, Dataset.remove_time.is_(None)))
    BYTES.labels(feed).set(sum(part["size_bytes"] for parts in kept for part in parts))


def _instant(day: date) -> float:
    return datetime.combine(day, time(), UTC).timestamp()
