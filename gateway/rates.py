"""How many requests a caller may make: a window that moves with the clock, in this process's memory."""

from __future__ import annotations

import math
import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from gateway.problem import RETRY_AFTER_KEY
from services.chassis.kernel.errors import LimitReached


class Rates:
    """The limits per signed-in person and per address; each worker counts for itself."""

    def __init__(self, person_requests_per_minute_max: int, address_requests_per_minute_max: int) -> None:
        """A limit of 0 is none."""
        # The counter over a sliding window keeps two numbers per caller; the exact window would keep every request.
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._person = _limit(person_requests_per_minute_max)
        self._address = _limit(address_requests_per_minute_max)

    def count_person(self, person_id: str) -> None:
        """Counts a request of a signed-in person; raises LimitReached."""
        self._count(self._person, "person", person_id)

    def count_address(self, address: str) -> None:
        """Counts a request of somebody who is not known yet; raises LimitReached."""
        self._count(self._address, "address", address)

    def _count(self, limit: RateLimitItemPerMinute | None, kind: str, key: str) -> None:
        if limit is None or self._limiter.hit(limit, kind, key):
            return
        reset_at = self._limiter.get_window_stats(limit, kind, key).reset_time
        seconds = max(1, math.ceil(reset_at - time.time()))
        raise LimitReached(
            "RATE_LIMIT_REACHED",
            f"More than {limit.amount} requests in a minute; try again later.",
            metadata={RETRY_AFTER_KEY: str(seconds)},
        )


def _limit(requests_per_minute_max: int) -> RateLimitItemPerMinute | None:
    return RateLimitItemPerMinute(requests_per_minute_max) if requests_per_minute_max else None
