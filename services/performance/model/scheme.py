"""Schemes 分润方案 by which teams share their deals, version by version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import Json, UtcDateTime
from services.chassis.kernel.errors import NotAllowed, RuleBroken
from services.performance.model.base import Base
from services.performance.rules.attribution.kinds import SchemeKind, SchemeState
from services.performance.rules.attribution.parameters import Parameters

_CURRENT, _WAITING = "current", "state = 1"


class SchemeVersion(Base):
    """One version of a scheme; written once, but for its decision and for whether it is the current one."""

    __tablename__ = "scheme_versions"

    scheme_id: Mapped[str] = mapped_column(Text, primary_key=True)
    version_number: Mapped[int] = mapped_column(Integer, primary_key=True)
    # `rules.attribution.kinds.SchemeState`.
    state: Mapped[int] = mapped_column(Integer)
    # The one that is offered: the last that was published.
    current: Mapped[bool] = mapped_column(default=False)
    display_name: Mapped[str] = mapped_column(Text)
    # `rules.attribution.kinds.SchemeKind`; the same in all versions.
    kind: Mapped[int] = mapped_column(Integer)
    # What differs from `rules.attribution.parameters.Parameters`, by its fields' names.
    parameters: Mapped[dict[str, Any]] = mapped_column(Json, default_factory=dict)
    retired: Mapped[bool] = mapped_column(default=False)
    # Empty, both, for what the workbench brings along.
    proposer_person_id: Mapped[str] = mapped_column(Text, default="")
    decider_person_id: Mapped[str] = mapped_column(Text, default="")
    propose_time: Mapped[datetime] = mapped_column(UtcDateTime)
    decide_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    __table_args__ = (
        Index(
            "uq_scheme_versions_current", "scheme_id", unique=True, sqlite_where=text(_CURRENT), postgresql_where=text(_CURRENT)
        ),
        Index(
            "uq_scheme_versions_waiting", "scheme_id", unique=True, sqlite_where=text(_WAITING), postgresql_where=text(_WAITING)
        ),
    )

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return f"{self.version_number}-{self.state}"

    @property
    def rule(self) -> tuple[SchemeKind, Parameters]:
        """As the rules take it."""
        return SchemeKind(self.kind), Parameters.of(self.parameters)

    def decide(self, person_id: str, now: datetime, *, publish: bool) -> None:
        """A second person publishes or declines it; raises NotAllowed OWN_PROPOSAL and RuleBroken SCHEME_DECIDED."""
        if self.state != SchemeState.PROPOSED:
            raise RuleBroken("SCHEME_DECIDED", "No version of it waits to be decided.")
        if self.proposer_person_id == person_id:
            raise NotAllowed("OWN_PROPOSAL", "Somebody else than who proposed it decides.")
        self.state = (SchemeState.PUBLISHED if publish else SchemeState.DECLINED).value
        self.current, self.decider_person_id, self.decide_time = publish, person_id, now
