"""Runs long work: one step per transaction, so that a process that dies loses no step that committed, and repeats none.

Of several copies of a service one is at a piece of work at a time: it holds a lease, renewed by each step. Whoever finds a lease
that has run out goes on from the checkpoint. That two never both commit the same step, the row itself sees to: a step locks it,
and gives up where the lease is no longer its own.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

import structlog
from prometheus_client import Counter
from sqlalchemy import or_, select

from services.chassis import telemetry
from services.chassis.bus.failures import describe
from services.chassis.db.session import SERVICE_SCOPE, Call, Database, UnitOfWork
from services.chassis.kernel.backoff import doubling_seconds
from services.chassis.kernel.caller import Caller
from services.chassis.kernel.errors import StaleVersion, Unavailable, WorkbenchError
from services.chassis.kernel.ids import uuid7
from services.chassis.longwork.table import ENDED, Operation, OperationState
from services.chassis.longwork.task import Abandoned, Preparation, Task, Work

LEASE_SECONDS = 15.0
BEAT_SECONDS = 3.0
# How long work waits at most that another process was asked for.
POLL_SECONDS = {"sqlite": 2.0, "postgresql": 0.5}
# Between two steps, so that whoever else wants to write at a branch gets to it.
PAUSE_SECONDS = 0.005
FAILURES_MAX = 6
RETRY_DELAY_SECONDS = 1.0
RETRY_DELAY_MAX_SECONDS = 60.0

STEPS = Counter("workbench_operation_steps_total", "Steps of long work, by outcome.", ("service", "kind", "outcome"))

_log = structlog.get_logger(__name__)


class Runner:
    """A thread that gets on with a service's long work, one piece after the other."""

    def __init__(
        self,
        database: Database,
        works: Iterable[Work],
        *,
        lease_seconds: float = LEASE_SECONDS,
        retry_delay_seconds: float = RETRY_DELAY_SECONDS,
    ) -> None:
        self._database = database
        self._works: Mapping[str, Work] = {work.name: work for work in works}
        self._lease = timedelta(seconds=lease_seconds)
        self._retry_delay_seconds = retry_delay_seconds
        self._holder = uuid7()
        self._alone = database.engine.dialect.name == "sqlite"
        self._awake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"operations-{database.service_name}", daemon=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Starts, with what an earlier process left; it has `database.on_operations` until it stops, and so begins at once."""
        if not self._works:
            return
        self._woken_before, self._database.on_operations = self._database.on_operations, self._awake.set
        self._thread.start()

    def stop(self) -> None:
        """Lets the running step end; the rest waits for the next start."""
        self._stopping.set()
        self._awake.set()
        if self._thread.is_alive():
            self._thread.join()
            self._database.on_operations = self._woken_before

    def run_due(self) -> bool:
        """Gets on with one piece of work until it ends, fails or the process stops; False where none is due."""
        operation_id = self._claim()
        if operation_id is None:
            return False
        memory: dict[str, Any] = {}
        while not self._stopping.is_set() and self._step(operation_id, memory):
            time.sleep(PAUSE_SECONDS)
        return True

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            # Cleared before the look, so that what is asked for after it wakes the next round.
            self._awake.clear()
            try:
                busy = self.run_due()
            except Exception as error:  # noqa: BLE001 - the database is gone for now, not the work
                failures += 1
                _log.error("operations_wait", service=self._database.service_name, failures=failures, error=describe(error))
                self._stopping.wait(doubling_seconds(failures, self._retry_delay_seconds, RETRY_DELAY_MAX_SECONDS))
                continue
            failures = 0
            if not busy:
                self._awake.wait(POLL_SECONDS[self._database.engine.dialect.name])

    def _claim(self) -> str | None:
        """Takes the lease of a piece of work that nobody is at, the oldest first."""
        with self._database.transaction(read_only=True) as work:
            if work.session.scalar(self._due(work).limit(1)) is None:
                return None
        with self._database.transaction() as work:
            # Whoever is just at a step holds the row, and is passed over.
            claimed = work.session.scalars(self._due(work).limit(1).with_for_update(skip_locked=True)).one_or_none()
            if claimed is None:
                return None
            claimed.lease_holder, claimed.lease_until = self._holder, work.now + self._lease
            if claimed.state == OperationState.QUEUED:
                claimed.state, claimed.start_time, claimed.update_time = OperationState.RUNNING.value, work.now, work.now
            return claimed.operation_id

    def _due(self, work: UnitOfWork) -> Any:
        free = or_(Operation.lease_until.is_(None), Operation.lease_until < work.now)
        if self._alone:
            # There is one process: a lease of another holder is a dead one's.
            free = or_(free, Operation.lease_holder != self._holder)
        return (
            select(Operation)
            .where(Operation.state.not_in(ENDED), Operation.due_time <= work.now, Operation.kind.in_(self._works), free)
            .order_by(Operation.due_time, Operation.operation_id)
        )

    def _step(self, operation_id: str, memory: dict[str, Any]) -> bool:
        """One step; whether another follows now."""
        try:
            return self._take_step(operation_id, memory)
        except Abandoned:
            return False
        except Exception as error:  # noqa: BLE001 - whatever it is, it is noted and tried again, or told to whoever asked
            with suppress(Abandoned):
                self._note_failure(operation_id, error)
            return False

    def _take_step(self, operation_id: str, memory: dict[str, Any]) -> bool:
        with self._database.transaction(read_only=True) as reading:
            operation = self._held(reading, operation_id)
            kind, caller = self._works[operation.kind], Caller.from_claims(operation.caller)
            task = _task(operation, memory)
        call = Call(f"work/{kind.name}", operation.correlation_id, remote_address=operation.remote_address)
        structlog.contextvars.bind_contextvars(correlation_id=call.correlation_id, person_id=caller.person_id)
        # Asked anew at each step; NotAllowed ends the work.
        scope = caller.scope(kind.permission) if kind.permission else SERVICE_SCOPE
        prepared = None
        if not operation.cancel_requested:

            def transaction() -> AbstractContextManager[UnitOfWork]:
                return self._database.transaction(caller, call, scope=scope, read_only=True)

            prepared = kind.prepare(Preparation(transaction, self._heart(operation_id)), task)
        with self._database.transaction(caller, call, scope=scope) as work:
            operation = self._held(work, operation_id, lock=True)
            if operation.cancel_requested:
                operation.end(OperationState.CANCELLED, work.now, message=f"Stopped after {operation.done}.")
                STEPS.labels(self._database.service_name, kind.name, "cancelled").inc()
                return False
            work.resource = operation.subject
            kind.step(work, task, prepared)
            work.session.flush()
            if work.changes:
                work.audit()
            self._note_progress(work, operation, task)
        STEPS.labels(self._database.service_name, kind.name, "done").inc()
        return not task.finished

    def _held(self, work: UnitOfWork, operation_id: str, *, lock: bool = False) -> Operation:
        statement = select(Operation).where(Operation.operation_id == operation_id)
        operation = work.session.scalars(statement.with_for_update() if lock else statement).one_or_none()
        if operation is None or operation.lease_holder != self._holder or operation.ended:
            raise Abandoned
        return operation

    def _note_progress(self, work: UnitOfWork, operation: Operation, task: Task) -> None:
        operation.checkpoint, operation.done, operation.total = dict(task.checkpoint), task.done, task.total
        operation.message, operation.result_file_id = task.message, task.result_file_id
        operation.failures, operation.update_time = 0, work.now
        # The step may have taken a while.
        operation.lease_until = self._database.clock() + self._lease
        if task.finished:
            operation.end(OperationState.SUCCEEDED, work.now)

    def _heart(self, operation_id: str) -> Any:
        due = time.monotonic() + BEAT_SECONDS

        def beat() -> None:
            nonlocal due
            if self._stopping.is_set():
                raise Abandoned
            if time.monotonic() < due:
                return
            with self._database.transaction() as work:
                self._held(work, operation_id, lock=True).lease_until = work.now + self._lease
            due = time.monotonic() + BEAT_SECONDS

        return beat

    def _note_failure(self, operation_id: str, error: Exception) -> None:
        """A refusal ends the work; anything else is tried again, each time later, a few times."""
        refused = isinstance(error, WorkbenchError) and not isinstance(error, (Unavailable, StaleVersion))
        facts = {"service": self._database.service_name, "operation_id": operation_id, "error": describe(error)}
        if refused:
            _log.warning("operation_refused", **facts)
        else:
            _log.error("operation_step_failed", **facts, stack=telemetry.stack(error))
        with self._database.transaction() as work:
            operation = self._held(work, operation_id, lock=True)
            STEPS.labels(self._database.service_name, operation.kind, "refused" if refused else "failed").inc()
            operation.failures += 1
            if refused and isinstance(error, WorkbenchError):
                operation.end(OperationState.FAILED, work.now, reason=error.reason, message=error.message)
            elif operation.failures >= FAILURES_MAX:
                operation.end(OperationState.FAILED, work.now, reason="INTERNAL", message="Something broke on our side.")
            else:
                delay = doubling_seconds(operation.failures, self._retry_delay_seconds, RETRY_DELAY_MAX_SECONDS)
                operation.due_time = work.now + timedelta(seconds=delay)
                operation.lease_holder, operation.lease_until = "", None


def _task(operation: Operation, memory: dict[str, Any]) -> Task:
    return Task(
        operation_id=operation.operation_id,
        parameters=dict(operation.parameters),
        checkpoint=dict(operation.checkpoint),
        done=operation.done,
        total=operation.total,
        message=operation.message,
        result_file_id=operation.result_file_id,
        memory=memory,
    )
