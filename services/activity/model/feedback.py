"""What customers need, think, propose and complain of, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.activity.model.base import Base, Working
from services.activity.rules.erasing import Erased
from services.activity.rules.feedback import (
    UNFINISHED,
    FeedbackKind,
    FeedbackState,
    FeedbackStepKind,
    FeedbackTopicState,
    need_answered,
    need_open,
    need_settled,
    need_told,
)
from services.chassis.db.types import BusinessDate, EncryptedJson, EncryptedText, Json, OrderedText, UtcDateTime

# What of one piece of feedback is remembered; more steps than anybody reads leave out the oldest.
STEPS_MAX = 500


class Feedback(Working, Base):
    """One piece of feedback: open until it is answered, closed only once the customer knows the answer."""

    __tablename__ = "feedback"
    __erased__: ClassVar[Mapping[str, Erased]] = {"words": "", "answer": "", "texts": []}
    __open__: ClassVar[tuple[str, tuple[int, ...]] | None] = ("state", UNFINISHED)

    feedback_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # The numbers of `rules.feedback`.
    kind: Mapped[int] = mapped_column(Integer)
    severity: Mapped[int] = mapped_column(Integer, default=0)
    state: Mapped[int] = mapped_column(Integer, default=FeedbackState.OPEN.value)
    # The name of a category, one that is kept or one of `rules.feedback`.
    category: Mapped[str] = mapped_column(OrderedText)
    product: Mapped[str] = mapped_column(OrderedText, default="")
    feedback_topic_id: Mapped[str | None] = mapped_column(Text, default=None)
    words: Mapped[str] = mapped_column(EncryptedText("activity.feedback.words"))
    contact_id: Mapped[str | None] = mapped_column(Text, default=None)
    # What the customer counts on the board: the tier as it was when it was said.
    customer_tier: Mapped[int] = mapped_column(Integer, default=0)
    received_date: Mapped[date] = mapped_column(BusinessDate)
    # Empty where the bank has nobody who answers.
    assignee_person_id: Mapped[str] = mapped_column(Text, default="")
    answer_due_date: Mapped[date] = mapped_column(BusinessDate)
    # From which day on the timer looks at it; None where it need not.
    escalate_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    escalation_level: Mapped[int] = mapped_column(Integer, default=0)
    answer: Mapped[str] = mapped_column(EncryptedText("activity.feedback.answer"), default="")
    outcome: Mapped[int] = mapped_column(Integer, default=0)
    promised_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    answered_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    answer_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    told_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    told_channel: Mapped[int] = mapped_column(Integer, default=0)
    told_contact_id: Mapped[str | None] = mapped_column(Text, default=None)
    close_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    # What happened, with the kind, who and when and what changed; and in the same order what was said of it.
    steps: Mapped[list[dict[str, Any]]] = mapped_column(Json, default_factory=list)
    texts: Mapped[list[str]] = mapped_column(EncryptedJson("activity.feedback.texts"), default_factory=list)
    # None where it began here.
    source_system: Mapped[str | None] = mapped_column(OrderedText, default=None)
    source_number: Mapped[str | None] = mapped_column(OrderedText, default=None)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        UniqueConstraint("source_system", "source_number", name="uq_feedback_source_system_source_number"),
        CheckConstraint(f"(kind = {FeedbackKind.COMPLAINT.value}) = (severity <> 0)", name="severity"),
        CheckConstraint(f"state < {FeedbackState.TOLD.value} OR told_date IS NOT NULL", name="told"),
        Index("ix_feedback_owner_person_id_received_date", "owner_person_id", "received_date", "feedback_id"),
        Index("ix_feedback_customer_id_received_date", "customer_id", "received_date", "feedback_id"),
        Index("ix_feedback_assignee_person_id_received_date", "assignee_person_id", "received_date", "feedback_id"),
        Index("ix_feedback_received_date_organisation_path", "received_date", "feedback_id", "organisation_path"),
        Index("ix_feedback_escalate_date", "escalate_date", "feedback_id"),
        Index("ix_feedback_feedback_topic_id", "feedback_topic_id", "feedback_id"),
    )

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)

    @property
    def is_complaint(self) -> bool:
        """Whether it is a complaint."""
        return self.kind == FeedbackKind.COMPLAINT

    def give(self, assignee_person_id: str, due_date: date, escalate_date: date | None) -> None:
        """Lets somebody answer it by a day; from another day on the timer looks at it."""
        need_open(self.state)
        self.assignee_person_id = assignee_person_id
        self.answer_due_date, self.escalate_date = due_date, escalate_date

    def take_answer(self, answer: str, outcome: int, promised_date: date | None, day: date, now: datetime) -> None:
        """It is answered; nobody waits for it any more."""
        need_open(self.state)
        self.state, self.answer, self.outcome = FeedbackState.ANSWERED.value, answer, outcome
        self.promised_date, self.answered_date, self.answer_time = promised_date, day, now
        self.escalate_date = None

    def take_telling(self, told_date: date, channel: int, contact_id: str | None) -> None:
        """The customer knows the answer; told again, the last time counts."""
        need_answered(self.state)
        self.state = FeedbackState.TOLD.value
        self.told_date, self.told_channel, self.told_contact_id = told_date, channel, contact_id

    def close(self, now: datetime) -> None:
        """It is done."""
        need_told(self.state)
        self.state, self.close_time = FeedbackState.CLOSED.value, now

    def reopen(self) -> None:
        """It waits for another answer; what was answered before stands in its steps."""
        need_settled(self.state)
        self.state = FeedbackState.OPEN.value
        self.answer, self.outcome, self.promised_date, self.answered_date, self.answer_time = "", 0, None, None, None
        self.told_date, self.told_channel, self.told_contact_id, self.close_time = None, 0, None, None
        self.escalation_level = 0

    def note(
        self, kind: FeedbackStepKind, person_id: str, now: datetime, text: str = "", changes: Mapping[str, str] | None = None
    ) -> None:
        """Remembers what happened, and when it last changed."""
        step: dict[str, Any] = {"kind": kind.value, "person_id": person_id, "time": now.isoformat()}
        if changes:
            step["changes"] = dict(changes)
        # An erasure empties the texts: the steps before it have none then.
        texts = [""] * (len(self.steps) - len(self.texts)) + list(self.texts)
        self.steps = [*self.steps, step][-STEPS_MAX:]
        self.texts = [*texts, text][-STEPS_MAX:]
        self.update_time = now


class FeedbackCategory(Base):
    """A category that the bank has defined, in the place of the one of its name that was there from the beginning."""

    __tablename__ = "feedback_categories"

    feedback_category_id: Mapped[str] = mapped_column(OrderedText, primary_key=True)
    display_name: Mapped[str] = mapped_column(Text)
    # The numbers of `rules.feedback.FeedbackRoute`.
    route: Mapped[int] = mapped_column(Integer)
    answerer_person_ids: Mapped[list[str]] = mapped_column(Json, default_factory=list)
    # Objects as `workbench.activity.v1.FeedbackDeadline` has them.
    deadlines: Mapped[list[dict[str, int]]] = mapped_column(Json, default_factory=list)
    retired: Mapped[bool] = mapped_column(default=False)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)


class FeedbackTopic(Base):
    """Something that customers want: a product, or a change of one."""

    __tablename__ = "feedback_topics"

    feedback_topic_id: Mapped[str] = mapped_column(Text, primary_key=True)
    display_name: Mapped[str] = mapped_column(OrderedText)
    category: Mapped[str] = mapped_column(OrderedText)
    product: Mapped[str] = mapped_column(OrderedText, default="")
    state: Mapped[int] = mapped_column(Integer, default=FeedbackTopicState.CONSIDERED.value)
    planned_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (UniqueConstraint("display_name", name="uq_feedback_topics_display_name"),)

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)
