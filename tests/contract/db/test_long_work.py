"""Long work: each step takes effect once, whoever takes it and whatever dies meanwhile."""

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from services.chassis.kernel.caller import Caller, Scope
from services.chassis.kernel.errors import LimitReached, NotFound, RuleBroken
from services.chassis.longwork import asking, serving
from services.chassis.longwork.runner import Runner
from services.chassis.longwork.table import Operation, OperationState
from services.chassis.longwork.task import Work
from tests.contract.db.conftest import NOW, Note
from tests.contract.db.counting import CALLER, COUNT, PERMISSION, count_step


def ask(database, caller=CALLER, kind="contract.count", **parameters):
    with database.transaction(caller) as work:
        return asking.ask(work, kind, {"to": 5} | parameters, subject="notes/all").operation_id


def operation(database, operation_id):
    with database.transaction(read_only=True) as work:
        return work.session.get(Operation, operation_id)


def counted(database):
    with database.transaction(read_only=True) as work:
        return sorted(work.session.scalars(select(Note.text)).all(), key=int)


def test_it_runs_to_its_end_as_whoever_asked(database):
    seen = []

    def step(work, task, prepared):
        seen.append((work.caller.person_id, work.scope, work.call.method, prepared))
        count_step(work, task, prepared)

    with database.transaction(CALLER) as work:
        asked = asking.ask(work, "contract.count", {"to": 3})
        assert asked.state == OperationState.QUEUED
    prepare = lambda _preparation, task: task.checkpoint.get("next", 0)  # noqa: E731
    Runner(database, [Work("contract.count", PERMISSION, step, prepare)]).run_due()
    ended = operation(database, asked.operation_id)
    assert (ended.state, ended.done, ended.total) == (OperationState.SUCCEEDED, 3, 3)
    assert ended.end_time is not None
    assert counted(database) == ["0", "1", "2"]
    assert seen == [("rm", Scope(own=True), "work/contract.count", number) for number in range(3)]


def test_a_thread_begins_at_once_what_is_asked_for(database, monkeypatch):
    # Nothing but the wake-up could do it.
    monkeypatch.setattr("services.chassis.longwork.runner.POLL_SECONDS", {"sqlite": 3_600.0, "postgresql": 3_600.0})
    with Runner(database, [COUNT]):
        with Runner(database, [COUNT]):
            pass  # Whoever comes and goes leaves the other awake.
        operation_id = ask(database)
        deadline = time.monotonic() + 30
        while not operation(database, operation_id).ended and time.monotonic() < deadline:
            time.sleep(0.01)
        assert operation(database, operation_id).state == OperationState.SUCCEEDED


def test_of_copies_that_meet_each_step_is_taken_once(database):
    ids = [ask(database, to=4, note=f"n{number}-") for number in range(6)]
    barrier = threading.Barrier(4)

    def copy():
        runner = Runner(database, [COUNT])
        if database.engine.dialect.name == "sqlite":
            runner._alone = False
        barrier.wait()
        while runner.run_due():
            pass

    threads = [threading.Thread(target=copy) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {operation(database, each).state for each in ids} == {OperationState.SUCCEEDED}
    with database.transaction(read_only=True) as work:
        assert work.session.scalar(select(func.count()).select_from(Note)) == 24


def test_a_process_that_is_killed_loses_no_step_and_repeats_none(database, tmp_path):
    operation_id = ask(database, to=120, pause=0.01)
    killed_at = []
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.contract.db.counting", str(database.engine.url), str(tmp_path)],
            env=os.environ | {"PYTHONPATH": "."},
        )
        before = operation(database, operation_id).done
        deadline = time.monotonic() + 20
        while operation(database, operation_id).done < before + 10:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        killed_at.append(operation(database, operation_id).done)
        # What counts is what committed, never more and never less.
        assert len(counted(database)) == killed_at[-1]
        assert not operation(database, operation_id).ended
        free_lease(database, operation_id)
    Runner(database, [COUNT]).run_due()
    assert operation(database, operation_id).state == OperationState.SUCCEEDED
    assert counted(database) == [str(number) for number in range(120)]
    assert killed_at == sorted(set(killed_at))


def free_lease(database, operation_id):
    """As if the lease had run out."""
    with database.transaction() as work:
        row = work.session.get(Operation, operation_id)
        if row.lease_until is not None:
            row.lease_until = work.now - timedelta(seconds=1)


def test_a_runner_whose_lease_was_taken_gives_up(database):
    operation_id = ask(database, to=10)
    first = Runner(database, [COUNT], lease_seconds=0.0)
    assert first._claim() == operation_id
    assert first._step(operation_id, {}) is True
    second = Runner(database, [COUNT])
    assert second._claim() == operation_id
    assert first._step(operation_id, {}) is False
    while second._step(operation_id, {}):
        pass
    assert counted(database) == [str(number) for number in range(10)]


def test_a_fault_is_tried_again_later_and_then_told(database):
    tries = []

    def fail(work, task, prepared):
        tries.append(work.now)
        work.session.add(Note(note_id="half", lead_person_id="rm", organisation_path="/HO/"))
        work.session.flush()
        raise ValueError("a secret 13812345678")

    runner = Runner(database, [Work("contract.count", PERMISSION, fail)])
    operation_id = ask(database)
    for _ in range(20):
        runner.run_due()
        now = max(operation(database, operation_id).due_time, database.clock()) + timedelta(milliseconds=1)
        database.clock = lambda now=now: now
    ended = operation(database, operation_id)
    assert (ended.state, ended.error_reason, len(tries)) == (OperationState.FAILED, "INTERNAL", 6)
    assert "13812345678" not in ended.message
    assert counted(database) == []
    waits = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(tries)]
    assert waits == sorted(waits)


def test_a_refusal_ends_it_with_its_reason(database):
    def refuse(work, task, prepared):
        raise RuleBroken("NOT_TODAY", "Not today.")

    operation_id = ask(database)
    Runner(database, [Work("contract.count", PERMISSION, refuse)]).run_due()
    ended = operation(database, operation_id)
    assert (ended.state, ended.error_reason, ended.message) == (OperationState.FAILED, "NOT_TODAY", "Not today.")


def test_who_lacks_the_permission_gets_nothing_done(database):
    operation_id = ask(database, caller=Caller("rm"))
    Runner(database, [COUNT]).run_due()
    assert operation(database, operation_id).error_reason == "PERMISSION_DENIED"
    assert counted(database) == []


def test_cancelled_it_stops_before_the_next_step_and_keeps_what_is_done(database):
    waiting, operation_id = ask(database), None

    def cancel(work, task, prepared):
        count_step(work, task, prepared)
        if task.done == 2:
            cancelling = threading.Thread(target=request_cancel)
            cancelling.start()
            threads.append(cancelling)

    def request_cancel():
        with database.transaction(CALLER) as work:
            serving.cancel_operation(work, serving.operation_service_pb2.CancelOperationRequest(operation_id=operation_id))

    threads = []
    with database.transaction(CALLER) as work:
        request = serving.operation_service_pb2.CancelOperationRequest(operation_id=waiting)
        assert serving.cancel_operation(work, request).state == OperationState.CANCELLED
    operation_id = ask(database, to=1_000)
    Runner(database, [Work("contract.count", PERMISSION, cancel)]).run_due()
    ended = operation(database, operation_id)
    assert ended.state == OperationState.CANCELLED
    assert len(counted(database)) == ended.done < 1_000


def test_everybody_sees_his_own_only(database):
    request = serving.operation_service_pb2
    mine = ask(database)
    with database.transaction(CALLER, read_only=True) as work:
        assert serving.get_operation(work, request.GetOperationRequest(operation_id=mine)).operation_id == mine
        assert len(serving.list_operations(work, request.ListOperationsRequest()).operations) == 1
    other = Caller("other", grants=CALLER.grants)
    with database.transaction(other, read_only=True) as work:
        assert not serving.list_operations(work, request.ListOperationsRequest()).operations
        with pytest.raises(NotFound, match="OPERATION_NOT_FOUND"):
            serving.get_operation(work, request.GetOperationRequest(operation_id=mine))
    with database.transaction(other) as work, pytest.raises(NotFound, match="OPERATION_NOT_FOUND"):
        serving.cancel_operation(work, request.CancelOperationRequest(operation_id=mine))


def test_waiting_ends_with_the_work_or_with_the_time(database):
    request = serving.operation_service_pb2.WaitOperationRequest(operation_id=ask(database, to=8, pause=0.02), timeout_seconds=5)
    thread = threading.Thread(target=Runner(database, [COUNT]).run_due)
    started = time.monotonic()
    thread.start()
    with database.transaction(CALLER, read_only=True) as work:
        assert serving.wait_operation(work, request).state == OperationState.SUCCEEDED
    assert time.monotonic() - started < 3
    thread.join()
    idle = serving.operation_service_pb2.WaitOperationRequest(
        operation_id=ask(database, kind="nobody.runs.it"), timeout_seconds=1
    )
    with database.transaction(CALLER, read_only=True) as work:
        assert serving.wait_operation(work, idle).state == OperationState.QUEUED


def test_nobody_asks_for_more_than_a_few_at_a_time(database):
    for _ in range(asking.OPEN_OPERATIONS_MAX):
        ask(database)
    with pytest.raises(LimitReached, match="OPERATIONS_TOO_MANY"):
        ask(database)
    assert ask(database, caller=Caller("other", grants=CALLER.grants))


def test_what_ended_long_ago_is_forgotten(database):
    database.clock = lambda: NOW
    old, waits = ask(database), ask(database, kind="nobody.runs.it")
    Runner(database, [COUNT]).run_due()
    with database.transaction() as work:
        asking.forget_ended(work.session, NOW + asking.RETENTION + timedelta(seconds=1))
    assert operation(database, old) is None
    assert operation(database, waits) is not None


def test_what_was_asked_is_unreadable_at_rest(database):
    ask(database, secret="张三")
    with database.engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT parameters, caller FROM operations").one()
    assert "张三" not in row.parameters
    assert "grt" not in row.caller
