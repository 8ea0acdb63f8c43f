"""Reads analyses and how fresh they are.

An analysis is the whole bank's work: whoever may read analyses sees that it was and how it stands. How many customers there were
is told where the whole bank is in scope.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from workbench.analytics.v1 import analysis_pb2, analysis_service_pb2

from services.analytics.model.analysis import Analysis, StaleDay
from services.analytics.model.dataset_pin import DatasetPin
from services.analytics.rules.analyses import LASTING_DATASETS, AnalysisState
from services.analytics.usecases.analyses import gathering, keeping, starting
from services.chassis.db import listing
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date
from services.chassis.kernel.paging import Page
from services.chassis.longwork.table import Operation
from services.chassis.mapping import Mapper
from services.chassis.replicas import datasets

_COUNTS = ("customer_count", "touched_count", "thin_count")
_analysis = Mapper(analysis_pb2.Analysis, omitted=("done_count", "step_count", "message", "issues", *_COUNTS))


def list_analyses(work: UnitOfWork, asked: analysis_service_pb2.ListAnalysesRequest) -> Page:
    """A page of analyses, the last that was asked for first."""
    statement = select(Analysis)
    if day := optional_date(asked.as_of_date, "asOfDate"):
        statement = statement.where(Analysis.as_of_date == day)
    if asked.kind:
        statement = statement.where(Analysis.kind == asked.kind)
    if asked.state:
        statement = statement.where(Analysis.state == asked.state)
    return listing.read_page(work, statement, asked, ((Analysis.analysis_id, listing.text),), downwards=True)


def messages(work: UnitOfWork, rows: Sequence[Analysis]) -> list[analysis_pb2.Analysis]:
    """Analyses as they are answered: how far they are, and how many customers for whoever has the whole bank in scope."""
    running = [row.operation_id for row in rows if row.state == AnalysisState.RUNNING]
    under_way = work.session.scalars(select(Operation).where(among(Operation.operation_id, running)))
    operations = {each.operation_id: each for each in under_way}
    whole_bank, answered = starting.has_whole_bank(work), []
    for row in rows:
        message = _analysis(row)
        if whole_bank:
            for name in _COUNTS:
                setattr(message, name, getattr(row, name))
            for reason, subject, row_count in row.issues:
                message.issues.add(reason=reason, subject=subject, row_count=row_count)
        if operation := operations.get(row.operation_id):
            message.done_count, message.step_count, message.message = operation.done, operation.total, operation.message
        answered.append(message)
    return answered


def freshness(work: UnitOfWork) -> analysis_service_pb2.AnalysisFreshness:
    """How far what is shown of customers is behind the feeds."""
    current, latest, running = keeping.current(work), gathering.latest_day(work), starting.running(work)
    # Days that are still to come do not wait, nor does any day before there is one to look at.
    waits = select(func.count(), func.min(StaleDay.create_time)).where(StaleDay.business_date <= (latest or date.min))
    count, first = work.session.execute(waits).one()
    return analysis_service_pb2.AnalysisFreshness(
        as_of_date=current.as_of_date.isoformat() if current else "",
        analysis_id=current.analysis_id if current else "",
        analyse_time=current.end_time if current else None,
        latest_date=latest.isoformat() if latest else "",
        business_date=work.business_date.isoformat(),
        waiting_day_count=count,
        waiting_time=first,
        running_analysis_id=running.analysis_id if running else "",
        history_month_count=len(keeping.history_dates(work)),
        feeds=_feeds(work, current),
    )


def _feeds(work: UnitOfWork, current: Analysis | None) -> list[analysis_pb2.AnalysedFeed]:
    return [
        analysis_pb2.AnalysedFeed(
            feed=pin.feed,
            dataset=pin.dataset,
            business_date=pin.business_date.isoformat(),
            revision=pin.revision,
            late=current is not None and pin.dataset not in LASTING_DATASETS and pin.business_date < current.as_of_date,
        )
        for pin in datasets.latest(work, DatasetPin)
    ]
