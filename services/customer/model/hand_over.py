"""A hand-over 移交: customers that go to other relationship managers as one act, from its plan to its report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import BusinessDate, OrderedText, UtcDateTime
from services.chassis.kernel.errors import RuleBroken, StaleVersion
from services.customer.model.base import Base
from services.customer.rules.hand_overs import HandOverState, check_second_person

OPEN = (HandOverState.PLANNED, HandOverState.PROPOSED)


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a hand-over goes, as its plan found."""

    customer_count: int
    organisation_path: str
    crosses_branches: bool
    second_person_needed: bool


class HandOver(Base):
    """One hand-over. Each verb raises RuleBroken where it comes too early or too late, or from the wrong person."""

    __tablename__ = "hand_overs"

    hand_over_id: Mapped[str] = mapped_column(OrderedText, primary_key=True)
    # Whose whole portfolio it is; empty where customers were named.
    from_person_id: Mapped[str] = mapped_column(Text)
    rule: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[int] = mapped_column(Integer)
    # The unit that has all givers and receivers below it.
    organisation_path: Mapped[str] = mapped_column(OrderedText, index=True)
    second_person_needed: Mapped[bool]
    crosses_branches: Mapped[bool]
    proposer_person_id: Mapped[str] = mapped_column(Text)
    decider_person_id: Mapped[str] = mapped_column(Text, default="")
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    expire_date: Mapped[date] = mapped_column(BusinessDate)
    # None until it is executed.
    start_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    # None for a hand-over for good.
    return_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    returnable_until_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    customer_count: Mapped[int] = mapped_column(Integer)
    returned_count: Mapped[int] = mapped_column(Integer, default=0)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        CheckConstraint("state BETWEEN 1 AND 7", name="state"),
        # For the timer: few hand-overs wait for a day at a time.
        Index("ix_hand_overs_state_return_date", "state", "return_date"),
    )

    @property
    def etag(self) -> str:
        """What a reader gives back to act only on what he has seen."""
        return str(self.version)

    def require_seen(self, etag: str) -> None:
        """Raises StaleVersion where an ETag is given that is no longer the hand-over's."""
        if etag and etag != self.etag:
            raise StaleVersion("HAND_OVER_CHANGED", "The hand-over changed since you read it; read it again and repeat.")

    def take_plan(self, extent: Extent, proposer_person_id: str, *, now: datetime) -> None:
        """Is planned anew: whoever had it before him to decide has no longer, and whoever plans anew does not decide."""
        self._require(OPEN, "HAND_OVER_NOT_OPEN")
        self.state, self.proposer_person_id, self.update_time = HandOverState.PLANNED, proposer_person_id, now
        self.customer_count, self.organisation_path = extent.customer_count, extent.organisation_path
        self.crosses_branches, self.second_person_needed = extent.crosses_branches, extent.second_person_needed

    def require_open(self, today: date) -> None:
        """Raises where it can no longer be carried out."""
        self._require(OPEN, "HAND_OVER_NOT_OPEN")
        if today > self.expire_date:
            raise RuleBroken("HAND_OVER_EXPIRED", "The plan is void since the end of its last day; plan it anew.")
        if self.return_date is not None and self.return_date <= today:
            raise RuleBroken("HAND_OVER_EXPIRED", "The day of its return has come; plan it anew.")

    def propose(self, *, now: datetime) -> None:
        """Waits for a second person from now on."""
        self._require((HandOverState.PLANNED,), "HAND_OVER_NOT_OPEN")
        self.state, self.update_time = HandOverState.PROPOSED, now

    def decide(self, decider_person_id: str, involved: set[str]) -> None:
        """A second person looks at it; what follows is his to say."""
        self._require((HandOverState.PROPOSED,), "HAND_OVER_NOT_PROPOSED")
        check_second_person(decider_person_id, self.proposer_person_id, involved)
        self.decider_person_id = decider_person_id

    def reject(self, reason: str, *, now: datetime) -> None:
        """Is off the table."""
        self.state, self.decision_reason, self.update_time = HandOverState.REJECTED, reason, now

    def withdraw(self, *, now: datetime) -> None:
        """Is taken back by its own side."""
        self._require(OPEN, "HAND_OVER_NOT_OPEN")
        self.state, self.update_time = HandOverState.WITHDRAWN, now

    def expire(self, *, now: datetime) -> None:
        """Is void."""
        self.state, self.update_time = HandOverState.EXPIRED, now

    def execute(self, moved: int, *, start_date: date, returnable_until_date: date, now: datetime) -> None:
        """Was carried out."""
        self.state, self.update_time = HandOverState.EXECUTED, now
        self.customer_count, self.start_date, self.returnable_until_date = moved, start_date, returnable_until_date

    def require_returnable(self, today: date) -> None:
        """Raises where nothing can go back by it."""
        self._require((HandOverState.EXECUTED,), "HAND_OVER_NOT_EXECUTED")
        if self.returnable_until_date is not None and today > self.returnable_until_date:
            raise RuleBroken("HAND_OVER_RETURN_ENDED", "The time in which it could be returned is over; plan another hand-over.")

    def give_back(self, returned: int, *, through: bool, now: datetime) -> None:
        """Customers went back; `through` says that none will follow."""
        self.returned_count += returned
        self.update_time = now
        if through:
            self.state = HandOverState.RETURNED

    def _require(self, states: tuple[HandOverState, ...], reason: str) -> None:
        if self.state not in states:
            raise RuleBroken(reason, f"The hand-over is {HandOverState(self.state).name.lower()}.")


class HandOverReceiver(Base):
    """Somebody who gets customers by a hand-over, and his load as the plan found it."""

    __tablename__ = "hand_over_receivers"

    hand_over_id: Mapped[str] = mapped_column(ForeignKey("hand_overs.hand_over_id"), type_=OrderedText, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text, primary_key=True, index=True)
    # His turn where customers are dealt out.
    place: Mapped[int] = mapped_column(Integer)
    customer_count: Mapped[int] = mapped_column(Integer)
    load_before: Mapped[int] = mapped_column(Integer)
    load_after: Mapped[int] = mapped_column(Integer)


class HandOverCustomer(Base):
    """One customer of a hand-over: as it was planned, and what became of it."""

    __tablename__ = "hand_over_customers"

    hand_over_id: Mapped[str] = mapped_column(ForeignKey("hand_overs.hand_over_id"), type_=OrderedText, primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.customer_id"), type_=OrderedText, primary_key=True, index=True)
    kind: Mapped[int] = mapped_column(Integer)
    tier: Mapped[int] = mapped_column(Integer)
    former_lead_person_id: Mapped[str] = mapped_column(Text, index=True)
    # The receiver; empty where there is none.
    lead_person_id: Mapped[str] = mapped_column(Text)
    state: Mapped[int] = mapped_column(Integer)
    obstacle: Mapped[int] = mapped_column(Integer)


class HandOverCompletion(Base):
    """What another service last reported that it moved for a hand-over."""

    __tablename__ = "hand_over_completions"

    # No foreign key: what another service reports is kept whether or not the hand-over is one of this database.
    hand_over_id: Mapped[str] = mapped_column(OrderedText, primary_key=True)
    service: Mapped[str] = mapped_column(Text, primary_key=True)
    # `[{"kind", "moved_count", "kept_count"}]`
    lines: Mapped[str] = mapped_column(Text)
    complete: Mapped[bool]
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)


def customer_rows(hand_over_id: str, planned: Any) -> list[dict[str, Any]]:
    """The planned customers as rows, to be inserted at once."""
    return [
        {
            "hand_over_id": hand_over_id,
            "customer_id": each.customer.customer_id,
            "kind": each.customer.kind,
            "tier": each.customer.tier,
            "former_lead_person_id": each.customer.lead_person_id,
            "lead_person_id": each.person_id,
            "state": each.state.value,
            "obstacle": each.obstacle.value,
        }
        for each in planned
    ]
