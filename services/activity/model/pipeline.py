"""Pipelines 商机管道: the stages through which opportunities go, version by version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.activity.model.base import Base
from services.activity.rules.leads.stages import Stage
from services.chassis.db.types import Json, UtcDateTime

# What the workbench brings along: the same in every deployment, so that branches that merge have one and the same.
USUAL_PIPELINE_ID = "01930000-0000-7000-8000-000000000001"
_LATEST = "latest"


class PipelineVersion(Base):
    """One version of a pipeline; written once, but for whether it is the latest."""

    __tablename__ = "pipeline_versions"

    pipeline_id: Mapped[str] = mapped_column(Text, primary_key=True)
    version_number: Mapped[int] = mapped_column(Integer, primary_key=True)
    latest: Mapped[bool] = mapped_column()
    display_name: Mapped[str] = mapped_column(Text)
    # Each as the contract's `PipelineStage` and `OutcomeReason`, by the fields' names.
    stages: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    win_reasons: Mapped[list[dict[str, str]]] = mapped_column(Json)
    loss_reasons: Mapped[list[dict[str, str]]] = mapped_column(Json)
    retired: Mapped[bool] = mapped_column(default=False)
    # Empty for what the workbench brings along.
    publisher_person_id: Mapped[str] = mapped_column(Text, default="")
    publish_time: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index(
            "uq_pipeline_versions_latest",
            "pipeline_id",
            unique=True,
            sqlite_where=text(_LATEST),
            postgresql_where=text(_LATEST),
        ),
    )

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version_number)

    @property
    def usual(self) -> bool:
        """Whether opportunities go into it where none is named."""
        return self.pipeline_id == USUAL_PIPELINE_ID

    def stage(self, stage_code: str) -> Stage | None:
        """One of its stages; None where it has no such."""
        return next((Stage.of(each) for each in self.stages if each["stage_code"] == stage_code), None)

    @property
    def first_stage(self) -> Stage:
        """The stage at which opportunities begin."""
        return Stage.of(self.stages[0])
