"""Timers: work that recurs. Whichever copy of a service ticks first when a timer is due runs it, and no other does."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, cast

import structlog
from sqlalchemy import CursorResult, Table, Text, update
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.bus.failures import describe
from services.chassis.db.insertion import insert_if_absent
from services.chassis.db.session import Call, Database, UnitOfWork
from services.chassis.db.tables import ChassisBase
from services.chassis.db.types import UtcDateTime
from services.chassis.service import Timer

# A tick that comes a little early still counts: otherwise a timer would now and then miss a whole turn.
_PUNCTUALITY = 0.9

_log = structlog.get_logger(__name__)


class TimerTurn(ChassisBase, kw_only=True):
    """When a timer is due next; whoever moves that on in his transaction has the turn."""

    __tablename__ = "timer_turns"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    due_time: Mapped[datetime] = mapped_column(UtcDateTime)


_TURNS = cast("Table", TimerTurn.__table__)


def tick(database: Database, timer: Timer) -> bool:
    """Runs the timer where it is due and nobody else does; answers whether it ran. After a fault, logged here, it stays due."""
    try:
        with database.transaction(call=Call(method=f"timer/{timer.name}")) as work:
            if not _takes_turn(work, timer):
                return False
            timer.run(work)
            work.session.flush()
            if work.changes:
                work.audit()
    except Exception as error:  # noqa: BLE001 - whatever it is, the next tick tries again
        _log.error("timer_failed", service=database.service_name, timer=timer.name, error=describe(error))
        return False
    return True


def _takes_turn(work: UnitOfWork, timer: Timer) -> bool:
    due_time = work.now + timedelta(seconds=timer.every_seconds * _PUNCTUALITY)
    if insert_if_absent(work.session, _TURNS, name=timer.name, due_time=due_time):
        return True
    # Two copies meet on the row: the second waits for the first to commit, and then finds the turn taken.
    moved = work.session.execute(
        update(_TURNS).where(_TURNS.c.name == timer.name, _TURNS.c.due_time <= work.now).values(due_time=due_time)
    )
    return cast("CursorResult[Any]", moved).rowcount == 1


class TimerThread:
    """Runs the timers of one service in one thread, one after the other."""

    def __init__(self, database: Database, timers: Iterable[Timer]) -> None:
        self._database = database
        self._timers = tuple(timers)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"timers-{database.service_name}", daemon=True)

    def start(self) -> None:
        """The first turn of each timer comes after its interval."""
        self._thread.start()

    def stop(self) -> None:
        """Lets a running timer end."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        due = {timer: time.monotonic() + timer.every_seconds for timer in self._timers}
        while due:
            timer = min(due, key=lambda each: due[each])
            if self._stopping.wait(max(due[timer] - time.monotonic(), 0.0)):
                return
            tick(self._database, timer)
            due[timer] = time.monotonic() + timer.every_seconds
