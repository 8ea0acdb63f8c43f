"""What campaigns 营销活动 and their customers can be; numbered as the contract numbers it."""

from __future__ import annotations

from enum import IntEnum

CUSTOMERS_MAX = 20_000
_BASIS_POINTS = 10_000
# An aim that is passed a thousand times over is counted no further.
_BASIS_POINTS_MAX = 10_000_000


class CampaignState(IntEnum):
    """Where a campaign stands."""

    DRAFT = 1
    LAUNCHING = 2
    RUNNING = 3
    ENDED = 4
    CANCELLED = 5


ENDED_STATES = (CampaignState.ENDED, CampaignState.CANCELLED)


class CampaignAssignment(IntEnum):
    """Who gets its tasks."""

    LEAD = 1
    BALANCED = 2


class CampaignCustomerState(IntEnum):
    """What became of one of its customers."""

    WAITING = 1
    GIVEN = 2
    OUT_OF_REACH = 3
    GONE = 4
    NOBODY = 5


SKIPPED_STATES = (CampaignCustomerState.OUT_OF_REACH, CampaignCustomerState.GONE, CampaignCustomerState.NOBODY)


def reached_basis_points(success_count: int, target_count: int) -> int | None:
    """How much of the aim is reached, in hundredths of a percent, rounded down; None where there is no aim."""
    if target_count <= 0:
        return None
    return min(success_count * _BASIS_POINTS // target_count, _BASIS_POINTS_MAX)
