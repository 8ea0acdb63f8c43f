"""What a service says of its long work, and what a step of it is given."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from services.chassis.db.session import UnitOfWork


@dataclass(slots=True)
class Task:
    """One piece of long work as its steps see it. What a step changes here commits with the rows that it writes."""

    operation_id: str
    # What was asked; never changes.
    parameters: dict[str, Any]
    # Where the next step goes on: JSON, small.
    checkpoint: dict[str, Any]
    done: int = 0
    total: int = 0
    message: str = ""
    result_file_id: str = ""
    finished: bool = False
    # Outlives a step as long as the process lives, and then is gone: an open parser, say. Never the only place of anything.
    memory: dict[str, Any] = field(default_factory=dict)

    def finish(self, message: str, result_file_id: str = "") -> None:
        """Says that no step comes after this one."""
        self.finished, self.message = True, message
        self.result_file_id = result_file_id or self.result_file_id


@dataclass(frozen=True, slots=True)
class Preparation:
    """What is at hand while a step is prepared: no writer waits for it, however long it takes."""

    # A short transaction that reads, as whoever asked for the work.
    transaction: Callable[[], AbstractContextManager[UnitOfWork]]
    # To be called every few seconds, so that nobody takes the work for abandoned; raises Abandoned where somebody did, or where
    # the process stops.
    beat: Callable[[], None]


class Abandoned(Exception):
    """The work is in other hands by now, or the process stops; nothing of this step stays."""


def _nothing(_preparation: Preparation, _task: Task) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of long work. `step` is called again and again, each time in one transaction, until it calls `task.finish`.

    A step acts as whoever asked, in the scope in which he holds `permission`; where there is none, as the service itself, in the
    whole bank. It is short (a fraction of a second: at a branch nobody else writes meanwhile), and takes its place from
    `task.checkpoint`: a step that did not commit comes again. What is slow and writes nothing stands in `prepare`; its answer is
    given to `step`.
    """

    name: str
    permission: str
    step: Callable[[UnitOfWork, Task, Any], None]
    prepare: Callable[[Preparation, Task], Any] = _nothing
