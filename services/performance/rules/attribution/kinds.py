"""What schemes, deals and their members can be; the numbers are the contract's."""

from __future__ import annotations

from enum import IntEnum


class SchemeKind(IntEnum):
    """By which rule a deal is shared."""

    UNSPECIFIED = 0
    SINGLE_OWNER = 1
    EQUAL_MEMBERS = 2
    EQUAL_TOUCHES = 3
    AGREED = 4
    AMOUNT_BAND = 5
    TIME_DECAY = 6
    POSITION = 7
    FIRST_TOUCH = 8
    LAST_TOUCH = 9
    ROLE = 10
    EFFORT = 11
    STOCK_INCREMENT = 12
    MARKOV = 13
    SHAPLEY = 14
    BLEND = 15


class SchemeState(IntEnum):
    """How a version of a scheme stands."""

    UNSPECIFIED = 0
    # Waits for a second person.
    PROPOSED = 1
    PUBLISHED = 2
    DECLINED = 3


class EffortMeasure(IntEnum):
    """In what effort is counted."""

    UNSPECIFIED = 0
    MINUTES = 1
    POINTS = 2


class DealRole(IntEnum):
    """As what somebody worked on a deal; as `workbench.activity.v1.MemberRole` numbers them."""

    UNSPECIFIED = 0
    OWNER = 1
    CO_WORKER = 2
    PRODUCT_SPECIALIST = 3
    REFERRER = 4
    RISK_OFFICER = 5
    SUPPORT = 6


class DealState(IntEnum):
    """Where a deal stands."""

    UNSPECIFIED = 0
    # Nothing is proposed yet, or what was proposed was sent back.
    OPEN = 1
    # A scheme is proposed: its members answer, and the leader decides.
    PROPOSED = 2
    # Decided: the choice and its inputs are frozen, and shares stand by it.
    DECIDED = 3
    # What was shared was taken back.
    REVERSED = 4
    # There is nothing to share.
    CANCELLED = 5


class MemberAnswer(IntEnum):
    """What a member says to what is proposed."""

    UNSPECIFIED = 0
    ACCEPTED = 1
    OBJECTED = 2


# These look at what was done; the others at what was agreed, and at who is on the team.
EVIDENCE_KINDS = frozenset(
    {
        SchemeKind.EQUAL_TOUCHES, SchemeKind.TIME_DECAY, SchemeKind.POSITION, SchemeKind.FIRST_TOUCH, SchemeKind.LAST_TOUCH,
        SchemeKind.EFFORT, SchemeKind.MARKOV, SchemeKind.SHAPLEY,
    }
)  # fmt: skip
# By which the increment of stock and increment may be shared.
INCREMENT_KINDS = EVIDENCE_KINDS | {SchemeKind.EQUAL_MEMBERS, SchemeKind.ROLE, SchemeKind.AGREED}
