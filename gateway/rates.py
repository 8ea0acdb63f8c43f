"""How many requests a caller may make: a window that moves with the clock, in this process's memory."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from collections.abc import Callable

from gateway.problem import RETRY_AFTER_KEY
from services.chassis.kernel.errors import LimitReached

WINDOW_SECONDS = 60


class Rates:
    """The limits per signed-in person and per address; each worker counts for itself, all its threads together."""

    def __init__(
        self,
        person_requests_per_minute_max: int,
        address_requests_per_minute_max: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """A limit of 0 is none."""
        self._persons = _SlidingCounter(person_requests_per_minute_max, clock)
        self._addresses = _SlidingCounter(address_requests_per_minute_max, clock)

    def count_person(self, person_id: str) -> None:
        """Counts a request of a signed-in person; raises LimitReached."""
        self._persons.count(person_id)

    def count_address(self, address: str) -> None:
        """Counts a request of somebody who is not known yet; raises LimitReached."""
        self._addresses.count(address)


class _SlidingCounter:
    """Two numbers per caller: those of this minute, and those of the last one, which fade as it passes.

    An exact window would keep every request.
    """

    def __init__(self, requests_max: int, clock: Callable[[], float]) -> None:
        self._max, self._clock = requests_max, clock
        self._lock = threading.Lock()
        self._window = 0
        self._current: Counter[str] = Counter()
        self._last: Counter[str] = Counter()

    def count(self, caller: str) -> None:
        """Counts a request, or raises LimitReached, which counts for nothing."""
        if not self._max:
            return
        with self._lock:
            window, passed = divmod(self._clock() / WINDOW_SECONDS, 1)
            self._turn(int(window))
            current, last = self._current[caller], self._last[caller]
            if last * (1 - passed) + current < self._max:
                self._current[caller] = current + 1
                return
        raise _limit_reached(self._max, _seconds_to_wait(self._max, current, last, passed))

    def _turn(self, window: int) -> None:
        """Who has not called for two minutes is forgotten."""
        if window != self._window:
            self._last = self._current if window == self._window + 1 else Counter()
            self._current, self._window = Counter(), window


def _seconds_to_wait(requests_max: int, current: int, last: int, passed: float) -> int:
    """Whole seconds until a request would be counted if none came meanwhile."""
    # Either those of the last minute have faded far enough, or those of this one begin to fade.
    counted_at = 1 - (requests_max - current) / last if current < requests_max else 1
    return max(1, math.ceil((counted_at - passed) * WINDOW_SECONDS))


def _limit_reached(requests_max: int, seconds: int) -> LimitReached:
    return LimitReached(
        "RATE_LIMIT_REACHED",
        f"More than {requests_max} requests in a minute; try again later.",
        metadata={RETRY_AFTER_KEY: str(seconds)},
    )
