"""The contract's limits, for what is checked after a part of it was taken."""

from __future__ import annotations

from functools import cache

from services.chassis.rpc.validation import Validation


@cache
def validation() -> Validation:
    """Checks messages; compiled once."""
    return Validation()
