"""Lets an analysis take its place: from now on all that is shown of customers stands on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from prometheus_client import Counter
from sqlalchemy import select
from workbench.analytics.v1 import analysis_events_pb2

from services.analytics.model.analysis import Analysis, StaleDay
from services.analytics.rules import analyses
from services.analytics.rules.analyses import AnalysisKind, AnalysisState
from services.analytics.usecases.analyses import looking, starting
from services.chassis.db.session import UnitOfWork

ANALYSES = Counter("workbench_analytics_analyses_total", "Analyses that ended well, by kind.", ("kind",))
CUSTOMERS = Counter("workbench_analytics_customers_total", "Customers that analyses looked at anew.")

_IN_FORCE = ("rules", "model_id")


def publish(work: UnitOfWork, analysis: Analysis, used: Mapping[str, Any], stale: Mapping[str, int]) -> None:
    """Ends the analysis well, with what it says of itself; what it took notice of waits no longer."""
    starting.hold(work)
    _take_place(work, analysis)
    # What was in force when signs were looked for counts, not what was when it began.
    analysis.inputs = {**analysis.inputs, **{name: used[name] for name in _IN_FORCE if name in used}}
    analysis.inputs_sha256 = analyses.signature(analysis.inputs)
    for name, count in used["counts"].items():
        setattr(analysis, name, count)
    analysis.issues = [list(issue) for issue in used["issues"]]
    analysis.end(AnalysisState.SUCCEEDED, work.now)
    ANALYSES.labels(AnalysisKind(analysis.kind).name.lower()).inc()
    CUSTOMERS.inc(analysis.touched_count)
    taken = _take_notice(work, stale)
    if taken:
        looking.outdate(work, analysis, min(taken))
    if analysis.kind == AnalysisKind.REGULAR:
        work.record(
            analysis_events_pb2.AnalysisCompleted(
                analysis_id=analysis.analysis_id,
                as_of_date=analysis.as_of_date.isoformat(),
                number=analysis.number,
                customer_count=analysis.customer_count,
                touched_count=analysis.touched_count,
            )
        )


def _take_place(work: UnitOfWork, analysis: Analysis) -> None:
    before = work.session.scalar(select(Analysis).where(Analysis.current, Analysis.as_of_date == analysis.as_of_date))
    if before is not None:
        before.current = False
        # Of a date one is current: the former goes before the next comes.
        work.session.flush()
    analysis.current = True


def _take_notice(work: UnitOfWork, stale: Mapping[str, int]) -> list[date]:
    """The days of which nothing more came meanwhile wait no longer; answers all that the analysis knew of."""
    days = {date.fromisoformat(day): number for day, number in stale.items()}
    for day, number in days.items():
        row = work.session.get(StaleDay, day, with_for_update=True)
        if row is not None and row.number == number:
            work.session.delete(row)
    return list(days)
