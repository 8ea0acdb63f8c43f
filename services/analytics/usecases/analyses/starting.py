"""Begins an analysis: its inputs are pinned in the transaction that asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select

from services.analytics.model.analysis import Analysis, CustomerMonth
from services.analytics.rules import analyses
from services.analytics.rules.analyses import AnalysisKind, AnalysisState
from services.analytics.usecases.analyses import gathering
from services.analytics.usecases.analyses.gathering import Gathered
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import PATH_SEPARATOR
from services.chassis.kernel.errors import NotAllowed, NotFound, RuleBroken
from services.chassis.longwork import asking
from services.chassis.longwork.table import Operation, OperationState

# Long work of the service itself, and of somebody who asked for it.
ITSELF = "analytics.analysis"
ASKED = "analytics.analysis.asked"
# With which the work ends of an analysis that somebody stopped while it was made.
CANCELLED = "ANALYSIS_CANCELLED"
# The head office is one unit deep: its path has a separator before it and one after.
_HEAD_OFFICE_SEPARATORS = 2


def begin(
    work: UnitOfWork,
    gathered: Gathered,
    *,
    reason: str,
    kind: AnalysisKind = AnalysisKind.REGULAR,
    stale: Mapping[str, int] | None = None,
    asked: bool = False,
) -> Analysis:
    """A new analysis; `stale` are the days that it takes notice of, with their numbers.

    Raises RuleBroken ANALYSIS_UNDER_WAY where one is being made: each uses all that the machine has.
    """
    hold(work)
    if running(work) is not None:
        raise RuleBroken("ANALYSIS_UNDER_WAY", "An analysis is being made just now; wait for it, or cancel it.")
    as_of_date = date.fromisoformat(gathered.inputs["as_of_date"])
    _keep_months(work, gathered)
    analysis = Analysis(
        analysis_id=work.new_id(),
        as_of_date=as_of_date,
        number=(work.session.scalar(select(func.max(Analysis.number)).where(Analysis.as_of_date == as_of_date)) or 0) + 1,
        kind=kind.value,
        month_end=as_of_date == analyses.month_end(as_of_date),
        reason=reason,
        requester_person_id=work.caller.person_id if asked else "",
        inputs=gathered.inputs,
        inputs_sha256=analyses.signature(gathered.inputs),
        create_time=work.now,
    )
    work.session.add(analysis)
    parameters = {"analysis_id": analysis.analysis_id, "stale": dict(stale or {})}
    if asked:
        analysis.operation_id = asking.ask(work, ASKED, parameters, subject=analysis.resource).operation_id
    else:
        analysis.operation_id = asking.ask_of_itself(work, ITSELF, parameters, subject=analysis.resource).operation_id
    work.session.flush()
    return analysis


def start(work: UnitOfWork, as_of_date: date | None) -> Analysis:
    """An analysis that somebody asks for; None is the latest date.

    Raises NotFound DATE_WITHOUT_DATA, RuleBroken ANALYSIS_UNDER_WAY, NotAllowed WHOLE_BANK_NEEDED.
    """
    check_whole_bank(work)
    first, latest = gathering.first_day(work), gathering.latest_day(work)
    day = as_of_date or latest
    if first is None or latest is None or day is None or not first <= day <= latest:
        raise NotFound("DATE_WITHOUT_DATA", "No feed has brought anything up to this date, or the date is not over yet.")
    kind = AnalysisKind.REGULAR if day == latest else AnalysisKind.HISTORY
    analysis = begin(work, gathering.gather(work, day, kind), reason="asked", kind=kind, asked=True)
    work.resource = analysis.resource
    return analysis


def cancel(work: UnitOfWork, analysis_id: str) -> Analysis:
    """Asks the analysis to stop; what has not begun stops at once."""
    check_whole_bank(work)
    analysis = found(work, analysis_id)
    work.resource = analysis.resource
    operation = work.session.get(Operation, analysis.operation_id, with_for_update=True)
    if analysis.state != AnalysisState.RUNNING or operation is None or operation.ended:
        raise RuleBroken("ANALYSIS_ENDED", "The analysis has ended already.")
    operation.cancel_requested = True
    if operation.state == OperationState.QUEUED:
        operation.end(OperationState.CANCELLED, work.now, message="Stopped before it began.")
    return analysis


def found(work: UnitOfWork, analysis_id: str) -> Analysis:
    """The analysis; raises NotFound ANALYSIS_NOT_FOUND."""
    analysis = work.session.get(Analysis, analysis_id.lower())
    if analysis is None:
        raise NotFound("ANALYSIS_NOT_FOUND", "There is no such analysis.")
    return analysis


def running(work: UnitOfWork) -> Analysis | None:
    """The one that is being made, or waits to be."""
    return work.session.scalar(select(Analysis).where(Analysis.state == AnalysisState.RUNNING).limit(1))


def has_whole_bank(work: UnitOfWork) -> bool:
    """Whether the caller has the whole bank in scope: a post at the head office."""
    paths = work.scope.organisation_paths
    return any(path == PATH_SEPARATOR or path.count(PATH_SEPARATOR) == _HEAD_OFFICE_SEPARATORS for path in paths)


def check_whole_bank(work: UnitOfWork) -> None:
    """Raises NotAllowed WHOLE_BANK_NEEDED."""
    if not has_whole_bank(work):
        raise NotAllowed("WHOLE_BANK_NEEDED", "An analysis is of the whole bank: this needs a post at the head office.")


def hold(work: UnitOfWork) -> None:
    """Nobody else begins an analysis or ends one until the transaction ends."""
    work.hold("analytics.analysis")


def _keep_months(work: UnitOfWork, gathered: Gathered) -> None:
    """From what the days of each month are made; what is known already stays."""
    for month, inputs in gathered.months.items():
        key = analyses.month_key(inputs)
        if work.session.get(CustomerMonth, (month, key)) is None:
            end_date = date.fromisoformat(inputs["end_date"])
            kept: dict[str, Any] = dict(inputs)
            row = CustomerMonth(month_date=month, key=key, end_date=end_date, inputs=kept, create_time=work.now)
            work.session.add(row)
    work.session.flush()
