"""Looks every minute whether a month has ended from which there is more to learn, and whether what models see has drifted."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select

from services.analytics.model.analysis import Analysis
from services.analytics.model.learned_model import Model, ModelDrift
from services.analytics.rules.models import ModelKind, ModelState
from services.analytics.usecases.analyses import keeping
from services.analytics.usecases.analyses.starting import running
from services.analytics.usecases.models import drifting, starting
from services.chassis.db.session import UnitOfWork
from services.chassis.longwork import asking
from services.chassis.longwork.table import ENDED, Operation, OperationState

EVERY_SECONDS = 60.0
# The ends of months of a history are looked at one after the other, seconds apart.
QUIET = timedelta(seconds=20)
RETRY_AFTER = timedelta(hours=6)
# Fewer ends of months cannot both teach and test.
_DATES_MIN = 2


def look(work: UnitOfWork) -> None:
    """The timer's part: short, and no engine."""
    _settle(work)
    if not _quiet(work):
        return
    _challenge(work)
    _watch(work)


def _quiet(work: UnitOfWork) -> bool:
    """Whether no analysis is being made, nor was a moment ago: a history just coming in would be learned from in parts."""
    last = work.session.scalar(select(func.max(Analysis.end_time)))
    return running(work) is None and (last is None or work.now - last >= QUIET)


def _settle(work: UnitOfWork) -> None:
    """Ends the models whose long work ended before they did: it was stopped, or failed."""
    ended = (
        select(Model, Operation.state, Operation.error_reason)
        .join(Operation, Operation.operation_id == Model.operation_id)
        .where(Model.state == ModelState.TRAINING, Operation.state.in_(ENDED))
    )
    for model, state, reason in work.session.execute(ended).all():
        model.state, model.end_time = ModelState.FAILED.value, work.now
        model.error_reason = starting.CANCELLED if state == OperationState.CANCELLED else reason
        model.version += 1
    work.session.flush()


def _challenge(work: UnitOfWork) -> None:
    """Trains a challenger where there is a month more than the last one learned from, or had when it failed."""
    if not work.settings.model_monthly:
        return
    dates = starting.known_dates(work)
    last = work.session.scalar(select(Model).where(Model.kind == ModelKind.LIGHTGBM).order_by(Model.number.desc()).limit(1))
    if len(dates) < _DATES_MIN or not _more(last, dates):
        return
    if work.session.scalar(select(Model.model_id).where(Model.state == ModelState.TRAINING).limit(1)) is None:
        starting.begin(work, ModelKind.LIGHTGBM, ())


def _more(last: Model | None, dates: list[date]) -> bool:
    if last is None or last.last_as_of_date is None or dates[-1] > last.last_as_of_date:
        return True
    # A history comes in backwards: what was too short a while ago may be long enough now.
    return last.state == ModelState.FAILED and len(dates) > len(last.inputs["as_of_dates"])


def _watch(work: UnitOfWork) -> None:
    """Once a month, of the champion and of the latest challenger."""
    analysis = keeping.current(work)
    if analysis is None or _under_way(work):
        return
    month: Any = analysis.as_of_date.replace(day=1)
    for model in watched(work):
        measured = select(func.count()).where(ModelDrift.model_id == model.model_id, ModelDrift.as_of_date >= month)
        if not work.session.scalar(measured):
            parameters = {"model_id": model.model_id, "analysis_id": analysis.analysis_id}
            asking.ask_of_itself(work, drifting.KIND, parameters, subject=f"models/{model.model_id}")


def watched(work: UnitOfWork) -> list[Model]:
    """The champion, and the last challenger."""
    usable = select(Model).where(Model.state.in_((ModelState.CHALLENGER, ModelState.CHAMPION)))
    found = work.session.scalars(usable.order_by(Model.state.desc(), Model.number.desc()).limit(2)).all()
    return [model for place, model in enumerate(found) if not place or model.state != found[0].state]


def _under_way(work: UnitOfWork) -> bool:
    """Whether it is being measured, or failed a short while ago: the cause may be gone later."""
    failed = and_(Operation.state == OperationState.FAILED, Operation.end_time > work.now - RETRY_AFTER)
    waiting = select(Operation.operation_id).where(Operation.kind == drifting.KIND, or_(Operation.state.not_in(ENDED), failed))
    return work.session.scalar(waiting.limit(1)) is not None
