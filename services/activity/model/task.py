"""Tasks 任务: what somebody is to do, alone or for a customer, given by himself, a leader, a campaign or the service."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.activity.model.base import Base, Working
from services.activity.rules.tasks import (
    NO_DATE,
    OPEN_STATES,
    StepKind,
    TaskPriority,
    TaskResult,
    TaskState,
    is_open,
    was_on_time,
)
from services.chassis.db.types import BusinessDate, EncryptedText, OrderedText, UtcDateTime
from services.chassis.kernel.errors import RuleBroken


class Task(Base, Working):
    """One task. It is open until it is done or cancelled, and never both open and ended."""

    __tablename__ = "tasks"
    __erased__ = {"title": "", "description": "", "outcome": ""}  # noqa: RUF012 - as the base declares it
    __open__ = ("state", tuple(state.value for state in OPEN_STATES))

    task_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # The numbers of `TaskKind`, `TaskState`, `TaskPriority` and `TaskResult`.
    kind: Mapped[int] = mapped_column(Integer)
    state: Mapped[int] = mapped_column(Integer, default=TaskState.OPEN.value)
    # Whether the state is one that is open: lists walk an index along it.
    open: Mapped[bool] = mapped_column(default=True)
    priority: Mapped[int] = mapped_column(Integer, default=TaskPriority.NORMAL.value)
    title: Mapped[str] = mapped_column(EncryptedText("activity.task.title"))
    description: Mapped[str] = mapped_column(EncryptedText("activity.task.description"), default="")
    # NO_DATE where it is due on none.
    due_date: Mapped[date] = mapped_column(BusinessDate, default=NO_DATE)
    # Who gave it; empty where the service did.
    dispatcher_person_id: Mapped[str] = mapped_column(Text, default="")
    # None where it is of no campaign.
    campaign_id: Mapped[str | None] = mapped_column(Text, default=None)
    # By what it was opened, and for which one of these: once each. Empty where somebody wrote it.
    source: Mapped[str] = mapped_column(Text, default="")
    source_key: Mapped[str | None] = mapped_column(Text, default=None)
    result: Mapped[int] = mapped_column(Integer, default=TaskResult.UNSPECIFIED.value)
    outcome: Mapped[str] = mapped_column(EncryptedText("activity.task.outcome"), default="")
    # When those in charge are told that it is late: NO_DATE where they are not, or not again.
    escalate_date: Mapped[date] = mapped_column(BusinessDate, default=NO_DATE)
    # How often they were.
    escalation_level: Mapped[int] = mapped_column(Integer, default=0)
    # How often he was reminded, and when last.
    reminder_count: Mapped[int] = mapped_column(Integer, default=0)
    remind_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    # When it was done or cancelled, as an instant and as the bank's date.
    finish_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    finish_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        CheckConstraint(f"open = (state IN ({TaskState.OPEN.value}, {TaskState.STARTED.value}))", name="open"),
        Index("ix_tasks_owner_person_id_open_due_date_task_id", "owner_person_id", "open", "due_date", "task_id"),
        Index("ix_tasks_customer_id_open_due_date_task_id", "customer_id", "open", "due_date", "task_id"),
        Index("ix_tasks_open_due_date_task_id", "open", "due_date", "task_id"),
        Index("ix_tasks_organisation_path_open", "organisation_path", "open"),
        Index("ix_tasks_campaign_id_owner_person_id", "campaign_id", "owner_person_id", "state", "result"),
        Index("ix_tasks_open_escalate_date", "open", "escalate_date"),
        Index("uq_tasks_source_source_key", "source", "source_key", unique=True),
    )

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)

    @property
    def on_time(self) -> bool:
        """Whether it was done by its day."""
        return was_on_time(self.state, self.due_date, self.finish_date)

    def require_open(self) -> None:
        """Raises RuleBroken TASK_ENDED where there is nothing left to do."""
        if not is_open(self.state):
            raise RuleBroken("TASK_ENDED", "The task is done or cancelled.")

    def start(self, now: datetime) -> None:
        """Somebody is at it."""
        self.require_open()
        self.state, self.update_time = TaskState.STARTED.value, now

    def end(self, state: TaskState, now: datetime, today: date) -> None:
        """Is done, or will not be."""
        self.require_open()
        self.state, self.open = state.value, False
        self.finish_time, self.finish_date, self.update_time = now, today, now
        self.escalate_date = NO_DATE

    def reopen(self, now: datetime) -> None:
        """Was ended too early; raises RuleBroken TASK_OPEN where it was not ended."""
        if is_open(self.state):
            raise RuleBroken("TASK_OPEN", "The task is open.")
        self.state, self.open, self.update_time = TaskState.OPEN.value, True, now
        self.finish_time = self.finish_date = None
        self.result, self.outcome = TaskResult.UNSPECIFIED.value, ""


class TaskStep(Base):
    """Something that happened to a task: no text, so that nothing of a customer stands in it."""

    __tablename__ = "task_steps"

    # Sorts by time.
    task_step_id: Mapped[str] = mapped_column(Text, primary_key=True)
    task_id: Mapped[str] = mapped_column(Text)
    kind: Mapped[int] = mapped_column(Integer)
    # Who did it; empty for the service.
    person_id: Mapped[str] = mapped_column(Text, default="")
    # Whose the task was, and whose it was from then on, where that changed.
    former_owner_person_id: Mapped[str] = mapped_column(Text, default="")
    owner_person_id: Mapped[str] = mapped_column(Text, default="")
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_task_steps_task_id_task_step_id", "task_id", "task_step_id"),)

    @classmethod
    def of(cls, task: Task, kind: StepKind, step_id: str, person_id: str, now: datetime) -> TaskStep:
        """A step that leaves the task's owner as he is."""
        return cls(task_step_id=step_id, task_id=task.task_id, kind=kind.value, person_id=person_id, create_time=now)


class TaskPolicy(Base):
    """When tasks of a kind are due, and when those in charge are told that one is late; for a unit and all below it.

    The policy of the nearest unit above an owner holds, and where there is none `rules.deadlines` has the bank's.
    """

    __tablename__ = "task_policies"

    organisation_path: Mapped[str] = mapped_column(OrderedText, primary_key=True)
    kind: Mapped[int] = mapped_column(Integer, primary_key=True)
    # Workdays after it was given, where no day is named.
    due_workdays: Mapped[int] = mapped_column(Integer)
    # Workdays after it was due; 0 for never.
    escalate_workdays: Mapped[int] = mapped_column(Integer)
    # Workdays after the first time; 0 for never.
    escalate_again_workdays: Mapped[int] = mapped_column(Integer)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
