"""By which model customers are ranked, and where its files are."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from services.analytics.model.learned_model import Model
from services.analytics.rules.leaving import Leaving
from services.analytics.rules.models import ModelState
from services.analytics.usecases.settings import AnalyticsSettings
from services.chassis.db.session import UnitOfWork
from services.chassis.lake.lake import Lake

ROOT = ".analytics/models"


def champion(work: UnitOfWork) -> Model | None:
    """The model by which customers are ranked; None where the rules do it."""
    return work.session.scalar(select(Model).where(Model.state == ModelState.CHAMPION))


def folder_of(lake: Lake, model_id: str) -> Path:
    """Where the model's files are: what `engine.learning.scoring.write_scores` takes."""
    return lake.root / ROOT / model_id


def leaving(settings: AnalyticsSettings) -> Leaving:
    """What counts as leaving in this bank."""
    horizon = settings.leaving_horizon_days
    return Leaving(
        horizon_days=horizon,
        kept_fraction=settings.leaving_kept_fraction,
        assets_min=settings.leaving_assets_min,
        flow_silence_days=max(1, horizon * 2 // 3),
        days_before_min=max(1, horizon // 3),
        recent_days=min(7, horizon),
    )
