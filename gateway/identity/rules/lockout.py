"""Lockout: after some failures in a row an account rests, twice as long after each further one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

FAILURES_BEFORE_LOCK = 5
FIRST_LOCK = timedelta(seconds=30)
# The cap keeps a stranger's guesses from shutting the person out for longer than a coffee.
LONGEST_LOCK = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Lockout:
    """Failures in a row, and until when no sign-in is tried."""

    failures: int = 0
    locked_until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether the account rests at this instant."""
        return self.locked_until is not None and now < self.locked_until

    def failed(self, now: datetime) -> Lockout:
        """After one more failure. What comes while the account rests is not tried and does not count."""
        if self.holds(now):
            return self
        failures = self.failures + 1
        wait = lock_duration(failures)
        return Lockout(failures, now + wait if wait else None)


def lock_duration(failures: int) -> timedelta:
    """How long the account rests after so many failures in a row."""
    excess = failures - FAILURES_BEFORE_LOCK
    if excess < 0:
        return timedelta()
    # Far beyond the cap the power would overflow a timedelta.
    return min(FIRST_LOCK * (1 << min(excess, 16)), LONGEST_LOCK)
