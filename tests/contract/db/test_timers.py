"""Timers: of several copies of a service one has the turn."""

import threading
from datetime import timedelta

from services.chassis.service import Timer
from services.chassis.timers import TimerThread, tick
from tests.contract.db.conftest import NOW, Note

COPIES = 5


def test_of_copies_that_tick_together_one_runs(database):
    barrier = threading.Barrier(COPIES)
    ran = []
    timer = Timer("t", 60.0, lambda work: ran.append(work.now))

    def copy():
        for _round in range(3):
            barrier.wait()
            tick(database, timer)

    database.clock = lambda: NOW
    threads = [threading.Thread(target=copy) for _ in range(COPIES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ran == [NOW]


def test_the_next_turn_comes_after_the_interval(database):
    ran = []
    timer = Timer("t", 60.0, lambda work: ran.append((work.now - NOW).total_seconds()))
    for seconds in (0, 30, 60, 70, 120):
        database.clock = lambda seconds=seconds: NOW + timedelta(seconds=seconds)
        tick(database, timer)
    assert ran == [0, 60, 120]


def test_after_a_fault_it_stays_due(database):
    database.clock = lambda: NOW

    def fail(work):
        work.session.add(Note(note_id="n1", lead_person_id="rm", organisation_path="/HO/"))
        raise ValueError

    assert tick(database, Timer("t", 60.0, fail)) is False
    assert tick(database, Timer("t", 60.0, lambda _work: None)) is True


def test_a_thread_runs_each_timer_and_stops_at_once(database):
    both = threading.Barrier(2)
    seen = set()

    def note(name):
        def run(_work):
            seen.add(name)
            if len(seen) == 2:
                both.wait(5)

        return run

    thread = TimerThread(database, [Timer("a", 0.05, note("a")), Timer("b", 0.05, note("b")), Timer("c", 3_600.0, note("c"))])
    thread.start()
    both.wait(5)
    thread.stop()
    assert seen == {"a", "b"}
