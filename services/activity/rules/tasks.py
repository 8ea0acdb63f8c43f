"""What tasks 任务 can be, and how far each may go; numbered as the contract numbers it."""

from __future__ import annotations

from datetime import date
from enum import IntEnum

# Stands for no date where an order needs one: after every other.
NO_DATE = date.max
TITLE_LENGTH_MAX = 200


class TaskKind(IntEnum):
    """What sort of work it is."""

    GENERAL = 1
    FOLLOW_UP = 2
    VISIT = 3
    CAMPAIGN = 4
    LEAD = 5
    FEEDBACK = 6
    SATISFACTION = 7
    WARNING = 8
    TRAINING = 9


class TaskState(IntEnum):
    """Where it stands."""

    OPEN = 1
    STARTED = 2
    DONE = 3
    CANCELLED = 4


# Still to be done.
OPEN_STATES = (TaskState.OPEN, TaskState.STARTED)


class TaskPriority(IntEnum):
    """How much it presses."""

    LOW = 1
    NORMAL = 2
    HIGH = 3
    URGENT = 4


class TaskResult(IntEnum):
    """What came of it, for those who count results: a campaign's above all."""

    UNSPECIFIED = 0
    SUCCESS = 1
    INTERESTED = 2
    LATER = 3
    DECLINED = 4
    NOT_REACHED = 5
    NOT_FITTING = 6


class StepKind(IntEnum):
    """What happened to a task."""

    CREATED = 1
    STARTED = 2
    CHANGED = 3
    REASSIGNED = 4
    REMINDED = 5
    ESCALATED = 6
    DONE = 7
    CANCELLED = 8
    REOPENED = 9


def is_open(state: int) -> bool:
    """Whether there is still something to do."""
    return state in OPEN_STATES


def is_overdue(state: int, due_date: date, today: date) -> bool:
    """Whether it should have been done before today."""
    return is_open(state) and due_date < today


def was_on_time(state: int, due_date: date, finish_date: date | None) -> bool:
    """Whether it was done by its day; what is due on no day is always on time once it is done."""
    return state == TaskState.DONE and finish_date is not None and finish_date <= due_date
