"""What runs beside long work: its answer comes however long it takes, and lost work ends it."""

import threading

import pytest

from services.chassis.longwork import patience
from services.chassis.longwork.patience import patiently
from services.chassis.longwork.task import Abandoned


@pytest.fixture(autouse=True)
def looks_often(monkeypatch):
    monkeypatch.setattr(patience, "LOOK_SECONDS", 0.01)


def test_the_answer_comes_after_as_many_beats_as_it_takes():
    beats, enough = [], threading.Event()

    def beat():
        beats.append(1)
        if len(beats) == 3:
            enough.set()

    assert patiently(beat, lambda: enough.wait(5), lambda: None) is True
    assert len(beats) >= 3


def test_what_it_raises_is_raised_also_where_it_is_a_timeout():
    def run():
        raise TimeoutError("of its own")

    with pytest.raises(TimeoutError, match="of its own"):
        patiently(lambda: None, run, lambda: None)


def test_lost_work_interrupts_it_and_waits_until_it_has_ended():
    interrupted, ended = threading.Event(), threading.Event()

    def run():
        assert interrupted.wait(5)
        ended.set()

    def beat():
        raise Abandoned

    with pytest.raises(Abandoned):
        patiently(beat, run, interrupted.set)
    assert ended.is_set()
