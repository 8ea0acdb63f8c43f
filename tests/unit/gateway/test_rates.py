"""Rate limits: a window that moves, callers apart, threads together."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway.problem import RETRY_AFTER_KEY
from gateway.rates import Rates
from services.chassis.kernel.errors import LimitReached

THREADS = 16


class Clock:
    """Seconds, in the middle of which nothing happens."""

    def __init__(self):
        self.now = 6_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def counted(rates, times, caller="p-1"):
    """How many of so many requests are counted."""
    return sum(is_counted(rates, caller) for _ in range(times))


def is_counted(rates, caller="p-1"):
    try:
        rates.count_person(caller)
    except LimitReached:
        return False
    return True


def seconds_to_wait(rates):
    with pytest.raises(LimitReached) as refused:
        rates.count_person("p-1")
    return int(refused.value.metadata[RETRY_AFTER_KEY])


def test_as_many_as_the_limit_are_counted_for_each_caller(clock):
    rates = Rates(10, 10, clock)
    assert counted(rates, 15) == 10
    assert counted(rates, 15, "p-2") == 10


def test_persons_and_addresses_have_limits_of_their_own(clock):
    rates = Rates(1, 2, clock)
    rates.count_person("same")
    rates.count_address("same")
    rates.count_address("same")
    with pytest.raises(LimitReached):
        rates.count_address("same")


def test_a_limit_of_none_refuses_nobody(clock):
    assert counted(Rates(0, 0, clock), 5_000) == 5_000


def test_those_of_the_last_minute_fade_as_this_one_passes(clock):
    rates = Rates(100, 0, clock)
    assert counted(rates, 150) == 100
    clock.now += 60 + 15
    assert counted(rates, 150) == 25
    clock.now += 15
    assert counted(rates, 150) == 25


def test_who_was_quiet_for_two_minutes_begins_anew(clock):
    rates = Rates(100, 0, clock)
    counted(rates, 100)
    clock.now += 120
    assert counted(rates, 150) == 100


@pytest.mark.parametrize("passed", [0, 7.5, 30, 59.9])
def test_after_the_time_to_wait_a_request_is_counted_and_not_a_second_before(clock, passed):
    rates = Rates(7, 0, clock)
    counted(rates, 7)
    for _ in range(3):
        clock.now += passed
        if is_counted(rates):
            continue
        wait = seconds_to_wait(rates)
        clock.now += wait - 1.01
        assert not is_counted(rates)
        clock.now += 1.02
        assert is_counted(rates)


def test_counting_starts_no_thread(clock):
    before = threading.enumerate()
    counted(Rates(10, 10, clock), 20)
    assert threading.enumerate() == before


def test_threads_count_exactly_and_none_of_them_fails(clock):
    interval = sys.getswitchinterval()
    rates, ready = Rates(10_000, 0, clock), threading.Barrier(THREADS)

    def knock(_):
        ready.wait()
        return sum(is_counted(rates, f"p-{turn % 3}") for turn in range(3_000))

    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            assert sum(pool.map(knock, range(THREADS))) == 30_000
    finally:
        sys.setswitchinterval(interval)
