"""Visit cycles 拜访周期: how often each customer is to be seen, when he is due, and the visits that are proposed for a week."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.activity.model.base import Base, Working
from services.activity.rules.erasing import Erased
from services.activity.rules.visit_cycles import OPEN_PROPOSALS, CycleState, ProposalState, VisitRule
from services.chassis.db.types import BusinessDate, EncryptedText, Json, OrderedText, UtcDateTime
from services.chassis.kernel.errors import RuleBroken
from services.chassis.replicas.tables import DatasetPinReplica


class VisitCycleRule(Base):
    """How often whom, for a unit and all below it; the nearest above a customer's unit holds, and then `rules.VisitRule`.

    Who is key is found among all customers of the unit whose rule it is; without a rule, among those of the branch.
    """

    __tablename__ = "visit_cycle_rules"

    organisation_path: Mapped[str] = mapped_column(OrderedText, primary_key=True)
    key_share_basis_points: Mapped[int] = mapped_column(Integer)
    key_cycle_days: Mapped[int] = mapped_column(Integer)
    # Days by the number of the tier, as text: JSON has no other keys.
    tier_cycle_days: Mapped[dict[str, int]] = mapped_column(Json)
    contact_kinds: Mapped[list[int]] = mapped_column(Json)
    visits_per_day_max: Mapped[int] = mapped_column(Integer)
    by_place: Mapped[bool]
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def rule(self) -> VisitRule:
        """As the rules take it."""
        return VisitRule(
            key_share_basis_points=self.key_share_basis_points,
            key_cycle_days=self.key_cycle_days,
            tier_cycle_days={int(tier): days for tier, days in self.tier_cycle_days.items()},
            contact_kinds=tuple(self.contact_kinds),
            visits_per_day_max=self.visits_per_day_max,
            by_place=self.by_place,
        )


class VisitCycle(Base, Working):
    """One customer's cycle, with whoever leads him: it goes along to another lead."""

    __tablename__ = "visit_cycles"
    __erased__: ClassVar[Mapping[str, Erased]] = {"place": ""}
    __open__ = ("state", (CycleState.ACTIVE.value, CycleState.PAUSED.value))

    visit_cycle_id: Mapped[str] = mapped_column(Text, primary_key=True)
    state: Mapped[int] = mapped_column(Integer, default=CycleState.ACTIVE.value)
    # Among the most valuable of the branch.
    key: Mapped[bool] = mapped_column(default=False)
    # The daily average of his balances, in the currency beside it; None where nothing is known.
    value_minor_units: Mapped[int | None] = mapped_column(BigInteger, default=None)
    value_currency_code: Mapped[str] = mapped_column(Text, default="")
    # As the rule has it; 0 where it wants him seen in no cycle.
    rule_cycle_days: Mapped[int] = mapped_column(Integer)
    # What the relationship manager set instead; 0 where he set nothing.
    own_cycle_days: Mapped[int] = mapped_column(Integer, default=0)
    # Where he is visited, for plans by place.
    place: Mapped[str] = mapped_column(EncryptedText("activity.visit_cycle.place"), default="")
    # When he was seen last; None where he never was.
    last_contact_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    # When he is to be seen next; far off where in no cycle.
    due_date: Mapped[date] = mapped_column(BusinessDate)
    assess_date: Mapped[date] = mapped_column(BusinessDate)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        CheckConstraint("rule_cycle_days >= 0 AND own_cycle_days >= 0", name="days"),
        Index("ix_visit_cycles_owner_person_id_due_date_visit_cycle_id", "owner_person_id", "due_date", "visit_cycle_id"),
        Index("ix_visit_cycles_customer_id", "customer_id"),
        Index("ix_visit_cycles_due_date_visit_cycle_id", "due_date", "visit_cycle_id"),
        Index("ix_visit_cycles_organisation_path", "organisation_path"),
    )

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)

    @property
    def cycle_days(self) -> int:
        """Every how many days he is to be seen; 0 for never."""
        return self.own_cycle_days or self.rule_cycle_days


class VisitProposal(Base, Working):
    """A visit that is proposed for a day of a week. It becomes a contact once it is accepted."""

    __tablename__ = "visit_proposals"
    __open__ = ("state", tuple(state.value for state in OPEN_PROPOSALS))

    visit_proposal_id: Mapped[str] = mapped_column(Text, primary_key=True)
    week_start_date: Mapped[date] = mapped_column(BusinessDate)
    planned_date: Mapped[date] = mapped_column(BusinessDate)
    # When he was due as it was proposed.
    due_date: Mapped[date] = mapped_column(BusinessDate)
    key: Mapped[bool] = mapped_column(default=False)
    state: Mapped[int] = mapped_column(Integer, default=ProposalState.PROPOSED.value)
    # Somebody put it on another day: a new plan of the week leaves it there.
    moved: Mapped[bool] = mapped_column(default=False)
    contact_id: Mapped[str | None] = mapped_column(Text, default=None)
    decline_reason: Mapped[int] = mapped_column(Integer, default=0)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        Index(
            "ix_visit_proposals_owner_person_id_week_start_date", "owner_person_id", "week_start_date", "planned_date",
            "visit_proposal_id",
        ),
        Index("ix_visit_proposals_customer_id_state", "customer_id", "state"),
        Index("ix_visit_proposals_contact_id", "contact_id"),
    )  # fmt: skip

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)

    def require_proposed(self) -> None:
        """Raises RuleBroken VISIT_DECIDED where it is accepted, declined, or over."""
        if self.state != ProposalState.PROPOSED:
            raise RuleBroken("VISIT_DECIDED", "It is decided already, or its week is over.")


class VisitWeek(Base):
    """A week for which visits are proposed to everybody."""

    __tablename__ = "visit_weeks"

    week_start_date: Mapped[date] = mapped_column(BusinessDate, primary_key=True)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)


class DatasetPin(Base, DatasetPinReplica):
    """The current revision of a dataset's business date, by which its rows are found."""

    __tablename__ = "dataset_pins"


def new_rule(organisation_path: str, rule: VisitRule, now: datetime) -> VisitCycleRule:
    """A unit's rule, kept."""
    return VisitCycleRule(organisation_path=organisation_path, update_time=now, **rule_columns(rule))


def rule_columns(rule: VisitRule) -> dict[str, Any]:
    """A rule as its columns."""
    return {
        "key_share_basis_points": rule.key_share_basis_points,
        "key_cycle_days": rule.key_cycle_days,
        "tier_cycle_days": {str(tier): days for tier, days in rule.tier_cycle_days.items()},
        "contact_kinds": list(rule.contact_kinds),
        "visits_per_day_max": rule.visits_per_day_max,
        "by_place": rule.by_place,
    }
