"""By when a task is to be done, and when those in charge are told that it was not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.activity.rules.tasks import TaskKind

# A year of them.
WORKDAYS_MAX = 250


@dataclass(frozen=True, slots=True)
class Deadline:
    """Workdays 工作日: from when it was given until it is due, from then until it is escalated, and until that comes again.

    An escalation after 0 workdays never comes.
    """

    due_workdays: int
    escalate_workdays: int
    escalate_again_workdays: int


# Where no unit has said anything else.
DEADLINES: Mapping[TaskKind, Deadline] = {
    TaskKind.GENERAL: Deadline(5, 2, 5),
    TaskKind.FOLLOW_UP: Deadline(5, 2, 5),
    TaskKind.VISIT: Deadline(5, 2, 5),
    TaskKind.CAMPAIGN: Deadline(10, 3, 5),
    TaskKind.LEAD: Deadline(2, 1, 2),
    TaskKind.FEEDBACK: Deadline(3, 1, 2),
    TaskKind.SATISFACTION: Deadline(2, 1, 2),
    TaskKind.WARNING: Deadline(1, 1, 1),
    TaskKind.TRAINING: Deadline(10, 5, 0),
}


def nearest(organisation_path: str, paths: set[str]) -> str | None:
    """The path among these that is the unit's own or that of the nearest unit above it; None where there is none."""
    return max((path for path in paths if organisation_path.startswith(path)), key=len, default=None)
