"""Takes away the files of runs that others took the place of long ago, and tells of what waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select

from services.chassis.db.session import UnitOfWork
from services.performance.model.run import ClosedMonth, Run, StaleMark, StaleMonth
from services.performance.rules.runs import RunState
from services.performance.usecases.runs import keeping

EVERY_SECONDS = 3_600.0
# Of one round: a rename and a few deletes each.
RUNS_AT_ONCE = 50


def remove_superseded(work: UnitOfWork) -> None:
    """The timer's part. First the row says that the files are gone; a crash before they are leaves files that nobody reads."""
    ended_before = work.now - timedelta(days=work.settings.superseded_run_days)
    outlived = (
        select(Run)
        .where(
            Run.state != RunState.RUNNING,
            ~Run.current,
            Run.end_time < ended_before,
            Run.remove_time.is_(None),
            Run.run_id.not_in(select(ClosedMonth.run_id)),
        )
        .order_by(Run.run_id)
        .limit(RUNS_AT_ONCE)
    )
    lake = work.database.lake
    for run in work.session.scalars(outlived):
        run.remove_time = work.now
        work.after_commit.append(partial(keeping.remove, lake, run))


def measure(work: UnitOfWork) -> Iterator[Metric]:
    """How many months wait to be computed, and since when the first has waited: 0 where none does."""
    count = work.session.scalar(select(func.count()).select_from(StaleMonth)) or 0
    first = [work.session.scalar(select(func.min(model.create_time))) for model in (StaleMonth, StaleMark)]
    oldest = min((time for time in first if time is not None), default=None)
    yield GaugeMetricFamily("workbench_performance_stale_months", "Months whose results wait to be computed anew.", value=count)
    seconds = (work.now - oldest).total_seconds() if oldest else 0.0
    yield GaugeMetricFamily("workbench_performance_stale_seconds", "For how long the oldest change has waited.", value=seconds)
