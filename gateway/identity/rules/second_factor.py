"""Time-based one-time passwords (RFC 6238): which step a code belongs to, each step taken once."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import datetime

STEP_SECONDS = 30
# The step before and after count too: clocks differ, and people type slowly.
STEPS_APART_MAX = 1


def accepted_step(code: str, code_of_step: Callable[[int], str], last_step: int, now: datetime) -> int | None:
    """The step of the code; None where it is of no step near, or of one not later than the last that was taken.

    RFC 6238, section 5.2: a code is taken once, so that whoever looked over a shoulder has nothing.
    """
    present = int(now.timestamp()) // STEP_SECONDS
    for step in range(present - STEPS_APART_MAX, present + STEPS_APART_MAX + 1):
        if step > last_step and hmac.compare_digest(code_of_step(step).encode(), code.encode()):
            return step
    return None
