"""What leads, opportunities and pipelines can be, numbered as the contract numbers them."""

from __future__ import annotations

from enum import IntEnum


class LeadSource(IntEnum):
    """Where a lead comes from."""

    WALK_IN = 1
    CUSTOMER_REFERRAL = 2
    COLLEAGUE_REFERRAL = 3
    CAMPAIGN = 4
    ONLINE = 5
    CALL = 6
    EVENT = 7
    ANALYTICS = 8
    OWN_WORK = 9
    OTHER = 10


class LeadState(IntEnum):
    """Where a lead stands."""

    NEW = 1
    QUALIFIED = 2
    CONVERTED = 3
    DISQUALIFIED = 4


class LeadGrade(IntEnum):
    """How good a lead is."""

    HOT = 1
    WARM = 2
    COLD = 3


class DisqualifyReason(IntEnum):
    """Why a lead leads nowhere."""

    NO_NEED = 1
    NOT_ELIGIBLE = 2
    NOT_REACHED = 3
    COMPETITOR = 4
    DUPLICATE = 5
    OPTED_OUT = 6
    OTHER = 7


class OpportunityState(IntEnum):
    """Where an opportunity stands."""

    OPEN = 1
    WON = 2
    LOST = 3


class OpportunityField(IntEnum):
    """What a stage can ask to be known."""

    CUSTOMER = 1
    PRODUCTS = 2
    EXPECTED_AMOUNT = 3
    EXPECTED_CLOSE_DATE = 4
    COMPETITORS = 5
    MEMBERS = 6
    NOTE = 7


class MemberRole(IntEnum):
    """As what somebody works on an opportunity."""

    OWNER = 1
    CO_WORKER = 2
    PRODUCT_SPECIALIST = 3
    REFERRER = 4
    RISK_OFFICER = 5
    SUPPORT = 6


class TouchKind(IntEnum):
    """What sort of thing was done for an opportunity."""

    CONTACT = 1
    OPENED = 2
    STAGE_CHANGED = 3
    MEMBER_ADDED = 4
    MEMBER_REMOVED = 5
    REASSIGNED = 6
    WON = 7
    LOST = 8
    REOPENED = 9


# A lead in one of these is still to be worked on.
LEAD_OPEN = (LeadState.NEW.value, LeadState.QUALIFIED.value)
OPPORTUNITY_OPEN = (OpportunityState.OPEN.value,)
