"""By which model customers are ranked, and where its files are."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from services.analytics.model.learned_model import Model
from services.analytics.rules.models import ModelState
from services.chassis.db.session import UnitOfWork
from services.chassis.lake.lake import Lake

ROOT = ".analytics/models"


def champion(work: UnitOfWork) -> Model | None:
    """The model by which customers are ranked; None where the rules do it."""
    return work.session.scalar(select(Model).where(Model.state == ModelState.CHAMPION))


def folder_of(lake: Lake, model: Model) -> Path:
    """Where the model's files are: what `engine.learning.scoring.write_scores` takes."""
    return lake.root / ROOT / model.model_id
