"""How the supplied rules state thresholds by segment."""

from __future__ import annotations

from decimal import Decimal

from services.analytics.rules.signals import SegmentThresholds

# The numbers of `workbench.customer.v1.CustomerKind` and `CustomerTier`.
RETAIL, CORPORATE, INSTITUTION, PUBLIC = 1, 2, 3, 4
MASS, AFFLUENT, PREMIER, PRIVATE = 1, 2, 3, 4


def of_all(*, left_out: bool = False, **values: str) -> SegmentThresholds:
    """The thresholds of everybody; `left_out` where only the segments beside it are looked at."""
    return SegmentThresholds({name: Decimal(value) for name, value in values.items()}, left_out=left_out)


def of(kind: int, tier: int = 0, **values: str) -> SegmentThresholds:
    """What is another number in that segment."""
    return SegmentThresholds({name: Decimal(value) for name, value in values.items()}, kind=kind, tier=tier)


def without(kind: int, tier: int = 0) -> SegmentThresholds:
    """A segment that is not looked at."""
    return SegmentThresholds({}, kind=kind, tier=tier, left_out=True)
