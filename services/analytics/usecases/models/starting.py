"""Begins the training of a model: what it learns from is pinned in the transaction that asks for it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from services.analytics.model.analysis import Analysis
from services.analytics.model.learned_model import Model
from services.analytics.rules.features import FEATURES, MODEL_FEATURES
from services.analytics.rules.models import ModelKind, ModelState
from services.analytics.usecases.analyses import keeping
from services.analytics.usecases.models.settings import leaving
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import InvalidInput, RuleBroken
from services.chassis.longwork import asking

# Long work of the service itself, and of somebody who asked for it.
ITSELF = "analytics.model"
ASKED = "analytics.model.asked"
SEED = 7
# With which a model ends whose work somebody stopped.
CANCELLED = "MODEL_CANCELLED"


def start(work: UnitOfWork, kind: ModelKind, excluded: Collection[str]) -> Model:
    """A model that somebody asks for; raises as `TrainModel` says."""
    return begin(work, kind, excluded, asked=True)


def begin(work: UnitOfWork, kind: ModelKind, excluded: Collection[str], *, asked: bool = False) -> Model:
    """A new model, which is being trained; raises RuleBroken MODEL_BEING_TRAINED and MODEL_HISTORY_TOO_SHORT."""
    hold(work)
    names = _names(excluded)
    if work.session.scalar(select(Model.model_id).where(Model.state == ModelState.TRAINING).limit(1)) is not None:
        raise RuleBroken("MODEL_BEING_TRAINED", "A model is being trained just now; wait for it.")
    inputs = _inputs(work, kind, names)
    model = Model(
        model_id=work.new_id(),
        number=(work.session.scalar(select(func.max(Model.number))) or 0) + 1,
        kind=kind.value,
        requester_person_id=work.caller.person_id if asked else "",
        inputs=inputs,
        inputs_sha256=signature(inputs),
        last_as_of_date=date.fromisoformat(inputs["as_of_dates"][-1]),
        create_time=work.now,
    )
    work.session.add(model)
    work.resource = subject = f"models/{model.model_id}"
    if asked:
        operation = asking.ask(work, ASKED, {"model_id": model.model_id}, subject=subject)
    else:
        operation = asking.ask_of_itself(work, ITSELF, {"model_id": model.model_id}, subject=subject)
    model.operation_id = operation.operation_id
    work.session.flush()
    return model


def known_dates(work: UnitOfWork) -> list[date]:
    """The ends of months of which there are features and whose outcome is known, the latest ones, the earliest of them first."""
    analysis = keeping.current(work)
    if analysis is None:
        return []
    last = analysis.as_of_date - timedelta(days=work.settings.leaving_horizon_days)
    return [day for day in keeping.history_dates(work) if day <= last][-work.settings.model_months_max :]


def hold(work: UnitOfWork) -> None:
    """Nobody else begins to train a model, or changes which is the champion, until the transaction ends."""
    work.hold("analytics.models")


def signature(inputs: Mapping[str, Any]) -> str:
    """SHA-256 of what decides what comes out: two models of one signature are the same."""
    return hashlib.sha256(json.dumps(inputs, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _names(excluded: Collection[str]) -> list[str]:
    unknown = sorted(set(excluded) - FEATURES.keys())
    names = [name for name in MODEL_FEATURES if name not in set(excluded)]
    if unknown or not names:
        told = {"features": ",".join(unknown)}
        raise InvalidInput("MODEL_FEATURE_UNKNOWN", "Features to leave out are some of those that there are.", metadata=told)
    return names


def _inputs(work: UnitOfWork, kind: ModelKind, names: Sequence[str]) -> dict[str, Any]:
    dates, settings = known_dates(work), work.settings
    current = keeping.current(work)
    if not dates or current is None:
        raise RuleBroken("MODEL_HISTORY_TOO_SHORT", "There is no end of a month yet whose outcome is known; the rules rank.")
    found = select(Analysis).where(Analysis.current, Analysis.month_end, Analysis.as_of_date.in_(dates))
    analyses = {each.as_of_date: each for each in work.session.scalars(found)}
    return {
        "kind": kind.name.lower(),
        "as_of_dates": [day.isoformat() for day in dates],
        "analysis_ids": [analyses[day].analysis_id for day in dates],
        "analyses_sha256": [analyses[day].inputs_sha256 for day in dates],
        # In whose files the days stand that tell who left.
        "days_analysis_id": current.analysis_id,
        "days_sha256": current.inputs_sha256,
        "features": list(names),
        "leaving": asdict(leaving(work)),
        "leavers_min": settings.model_leavers_min,
        "rows_max": settings.model_rows_max,
        "seed": SEED,
    }
