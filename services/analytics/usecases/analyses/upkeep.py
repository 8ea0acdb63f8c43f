"""Takes away the files of analyses that others took the place of long ago, and tells of what waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, or_, select

from services.analytics.model.analysis import Analysis, CustomerMonth, StaleDay
from services.analytics.rules.analyses import AnalysisState
from services.analytics.usecases.analyses import keeping
from services.chassis.db.session import UnitOfWork
from services.chassis.lake import folders

EVERY_SECONDS = 3_600.0
# Of one round: a rename and a few deletes each.
FOLDERS_AT_ONCE = 50
# A month of 31 days, so that a month's end stays as long as it is learned from.
_MONTH = timedelta(days=31)


def remove_superseded(work: UnitOfWork) -> None:
    """The timer's part. First the row says that the files are gone; a crash before they are leaves files that nobody reads."""
    lake = work.database.lake
    for analysis in work.session.scalars(_outlived(work)):
        analysis.remove_time = work.now
        place = keeping.folder(lake, analysis)
        for folder in (place, place.with_name(f".{place.name}.making")):
            work.after_commit.append(partial(folders.remove, folder))
    work.session.flush()
    for folder in _unread_months(work):
        work.after_commit.append(partial(folders.remove, folder))


def _outlived(work: UnitOfWork) -> Any:
    """Analyses that ended ill or of which another took the place; a month's end is kept as long as models learn from it."""
    settings: Any = work.settings
    current = keeping.current(work)
    latest = current.as_of_date if current else date.min
    ended_before = work.now - timedelta(days=settings.superseded_days)
    taught_from = latest - (settings.history_months_max + 1) * _MONTH if current else date.min
    taught = Analysis.month_end & Analysis.current & (Analysis.as_of_date >= taught_from)
    return (
        select(Analysis)
        .where(
            Analysis.state != AnalysisState.RUNNING,
            Analysis.end_time < ended_before,
            Analysis.remove_time.is_(None),
            or_(~Analysis.current, Analysis.as_of_date < latest),
            ~taught,
        )
        .order_by(Analysis.analysis_id)
        .limit(FOLDERS_AT_ONCE)
    )


def _unread_months(work: UnitOfWork) -> list[Path]:
    """Folders of days that no analysis reads whose files are there; what was just pinned is left, since its work goes on."""
    read: set[tuple[str, str]] = set()
    for inputs in work.session.scalars(select(Analysis.inputs).where(Analysis.remove_time.is_(None))):
        read.update(inputs.get("months", {}).items())
    old = select(CustomerMonth).where(CustomerMonth.create_time < work.now - timedelta(days=work.settings.superseded_days))
    folders = []
    for row in work.session.scalars(old.order_by(CustomerMonth.month_date, CustomerMonth.key)):
        if (f"{row.month_date:%Y-%m}", row.key) not in read and len(folders) < FOLDERS_AT_ONCE:
            folders.append(keeping.month_folder(work.database.lake, row.month_date, row.key))
            work.session.delete(row)
    return folders


def measure(work: UnitOfWork) -> Iterator[Metric]:
    """Of how many days something waits, since when the first has waited, and how old what is shown is: 0 where nothing does."""
    count, first = work.session.execute(select(func.count(), func.min(StaleDay.create_time)).select_from(StaleDay)).one()
    yield GaugeMetricFamily("workbench_analytics_stale_days", "Days of which something came that nobody looked at.", value=count)
    seconds = (work.now - first).total_seconds() if first else 0.0
    yield GaugeMetricFamily("workbench_analytics_stale_seconds", "For how long the first of them has waited.", value=seconds)
    current = keeping.current(work)
    days = (work.business_date - current.as_of_date).days if current else 0
    yield GaugeMetricFamily("workbench_analytics_age_days", "How many days ago what is shown of customers stood so.", value=days)
