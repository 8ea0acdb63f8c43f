"""Models of who leaves, how they stand, and how far what they see has drifted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.analytics.model.base import Base
from services.analytics.rules.models import ModelState
from services.chassis.db.types import BusinessDate, Json, UtcDateTime
from services.chassis.kernel.errors import RuleBroken

_CHAMPION = text(f"state = {ModelState.CHAMPION.value}")
_TRAINING = text(f"state = {ModelState.TRAINING.value}")


class Model(Base):
    """What was learned from the bank's history. At most one is the champion, by whose probabilities customers are ranked."""

    __tablename__ = "models"

    model_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # Counts models from 1.
    number: Mapped[int] = mapped_column(Integer)
    # A ModelKind.
    kind: Mapped[int] = mapped_column(Integer)
    state: Mapped[int] = mapped_column(Integer, default=ModelState.TRAINING.value)
    # Grows with each change: what an etag is made of.
    version: Mapped[int] = mapped_column(Integer, default=1)
    # Who asked for it; empty where the service itself did.
    requester_person_id: Mapped[str] = mapped_column(Text, default="")
    operation_id: Mapped[str] = mapped_column(Text, default="")
    # All that decides what comes out: dates and their analyses, features, the definition of leaving, parameters, seed.
    inputs: Mapped[dict[str, Any]] = mapped_column(Json)
    inputs_sha256: Mapped[str] = mapped_column(Text)
    # Of its files; the same inputs give the same.
    sha256: Mapped[str] = mapped_column(Text, default="")
    # The last date that it learned from.
    last_as_of_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    row_count: Mapped[int] = mapped_column(BigInteger, default=0)
    leaver_count: Mapped[int] = mapped_column(BigInteger, default=0)
    # `engine.learning.training.train` says what is in it; empty until it is trained.
    card: Mapped[dict[str, Any]] = mapped_column(Json, default_factory=dict)
    error_reason: Mapped[str] = mapped_column(Text, default="")
    # Of a refusal what it is about, such as the names of features that know the outcome.
    error_detail: Mapped[str] = mapped_column(Text, default="")
    # Who proposes that it becomes the champion; empty where nobody does.
    proposer_person_id: Mapped[str] = mapped_column(Text, default="")
    propose_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    # Who made it the champion, last.
    promoter_person_id: Mapped[str] = mapped_column(Text, default="")
    promote_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    retire_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    end_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    __table_args__ = (
        Index("ix_models_number", "number", unique=True),
        Index("ix_models_champion", "state", unique=True, sqlite_where=_CHAMPION, postgresql_where=_CHAMPION),
        Index("ix_models_training", "state", "kind", unique=True, sqlite_where=_TRAINING, postgresql_where=_TRAINING),
    )

    def propose(self, person_id: str, now: datetime) -> None:
        """Somebody would have it the champion; raises RuleBroken MODEL_NOT_CHALLENGER and PROMOTION_PROPOSED."""
        self._check_challenger()
        if self.proposer_person_id:
            raise RuleBroken("PROMOTION_PROPOSED", "Somebody has proposed it already; another person confirms.")
        self.proposer_person_id, self.propose_time = person_id, now
        self.version += 1

    def promote(self, person_id: str, now: datetime) -> None:
        """Becomes the champion; the one before must have stepped back already. Raises RuleBroken MODEL_NOT_CHALLENGER."""
        self._check_challenger()
        self.state, self.promoter_person_id, self.promote_time = ModelState.CHAMPION.value, person_id, now
        self.version += 1

    def step_back(self) -> None:
        """Another takes its place: it is a challenger again, and whoever wants it back proposes it."""
        self.state, self.proposer_person_id, self.propose_time = ModelState.CHALLENGER.value, "", None
        self.version += 1

    def retire(self, now: datetime) -> None:
        """Is used no more; raises RuleBroken MODEL_NOT_USABLE where it is being trained, failed, or is retired already."""
        if self.state not in {ModelState.CHALLENGER, ModelState.CHAMPION}:
            raise RuleBroken("MODEL_NOT_USABLE", "Only a challenger or the champion is retired.")
        self.state, self.retire_time, self.proposer_person_id, self.propose_time = ModelState.RETIRED.value, now, "", None
        self.version += 1

    def _check_challenger(self) -> None:
        if self.state != ModelState.CHALLENGER:
            raise RuleBroken("MODEL_NOT_CHALLENGER", "Only a challenger becomes the champion.")


class ModelDrift(Base):
    """How far what a model sees as of a date has moved from what it learned from."""

    __tablename__ = "model_drifts"

    model_id: Mapped[str] = mapped_column(Text, primary_key=True)
    as_of_date: Mapped[date] = mapped_column(BusinessDate, primary_key=True)
    # A DriftMark: the worst of its scores and of its most important features; 0 where there was nobody to look at.
    mark: Mapped[int] = mapped_column(Integer)
    row_count: Mapped[int] = mapped_column(BigInteger)
    # By feature, and of `score`: the stability index and what it could be by chance.
    indices: Mapped[dict[str, Any]] = mapped_column(Json)
    # How good its probabilities of a horizon before turned out to be; empty where none were given then.
    outcome: Mapped[dict[str, Any]] = mapped_column(Json, default_factory=dict)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
