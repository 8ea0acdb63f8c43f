"""What a customer holds with the bank, numbered as the contract numbers it, and how the bank's codes name it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum


class HoldingKind(IntEnum):
    """What a holding is."""

    UNKNOWN = 0
    DEMAND_DEPOSIT = 1
    TERM_DEPOSIT = 2
    SAVINGS = 3
    MARGIN_DEPOSIT = 4
    WEALTH_PRODUCT = 5
    LOAN = 6
    CARD = 7
    FACILITY = 8
    GUARANTEE = 9
    BILL = 10
    FACTORING = 11
    TRADE_FINANCE = 12


class HoldingGroup(IntEnum):
    """Under which heading a holding is added up."""

    DEPOSITS = 1
    WEALTH = 2
    LOANS = 3
    CARDS = 4
    FACILITIES = 5
    GUARANTEES = 6
    BILLS = 7
    FACTORING = 8
    TRADE_FINANCE = 9


class HoldingState(IntEnum):
    """How a holding stands."""

    UNKNOWN = 0
    ACTIVE = 1
    DORMANT = 2
    FROZEN = 3
    OVERDUE = 4
    UNPAID = 5
    SETTLED = 6
    CLOSED = 7


class LoanClass(IntEnum):
    """The five-category class 五级分类."""

    NORMAL = 1
    SPECIAL_MENTION = 2
    SUBSTANDARD = 3
    DOUBTFUL = 4
    LOSS = 5


class HolderRole(IntEnum):
    """As what somebody may dispose of an account."""

    OWNER = 1
    JOINT_OWNER = 2
    AUTHORISED_USER = 3


GROUPS: Mapping[HoldingKind, HoldingGroup] = {
    HoldingKind.DEMAND_DEPOSIT: HoldingGroup.DEPOSITS,
    HoldingKind.TERM_DEPOSIT: HoldingGroup.DEPOSITS,
    HoldingKind.SAVINGS: HoldingGroup.DEPOSITS,
    HoldingKind.MARGIN_DEPOSIT: HoldingGroup.DEPOSITS,
    HoldingKind.WEALTH_PRODUCT: HoldingGroup.WEALTH,
    HoldingKind.LOAN: HoldingGroup.LOANS,
    HoldingKind.CARD: HoldingGroup.CARDS,
    HoldingKind.FACILITY: HoldingGroup.FACILITIES,
    HoldingKind.GUARANTEE: HoldingGroup.GUARANTEES,
    HoldingKind.BILL: HoldingGroup.BILLS,
    HoldingKind.FACTORING: HoldingGroup.FACTORING,
    HoldingKind.TRADE_FINANCE: HoldingGroup.TRADE_FINANCE,
}

# Nothing more happens to a holding in these states.
ENDED = frozenset({HoldingState.SETTLED, HoldingState.CLOSED})

# How the datasets say it.
ACCOUNT_KINDS: Mapping[str, HoldingKind] = {
    kind.name: kind for kind in HoldingKind if HoldingKind.UNKNOWN < kind < HoldingKind.BILL
}
ACCOUNT_STATES: Mapping[str, HoldingState] = {state.name: state for state in HoldingState if state}
BILL_STATES: Mapping[str, HoldingState] = {
    "ISSUED": HoldingState.ACTIVE,
    "DISCOUNTED": HoldingState.ACTIVE,
    "PAID": HoldingState.SETTLED,
    "DISHONOURED": HoldingState.UNPAID,
}
TRADE_STATES: Mapping[str, HoldingState] = {
    "ISSUED": HoldingState.ACTIVE,
    "AMENDED": HoldingState.ACTIVE,
    "ADVISED": HoldingState.ACTIVE,
    "DRAWN": HoldingState.ACTIVE,
    "PAID": HoldingState.SETTLED,
    "CLOSED": HoldingState.CLOSED,
    "OTHER": HoldingState.UNKNOWN,
}


def told_of(former_state: int, kind: int, state: int, *, new: bool) -> str:
    """What a customer's timeline is told of a holding that is new or has come to another state; empty where nothing."""
    loan, ended = kind == HoldingKind.LOAN, state in ENDED
    if new:
        return "" if ended else ("loan_drawn" if loan else "account_opened")
    if ended and former_state not in ENDED:
        return "loan_settled" if loan else "account_closed"
    if state in (HoldingState.OVERDUE, HoldingState.UNPAID) and former_state not in (HoldingState.OVERDUE, HoldingState.UNPAID):
        return "loan_overdue" if loan else ""
    return ""


def class_told_of(former: int, now: int) -> str:
    """The same of a loan's class, where it has changed."""
    return "loan_class_changed" if former and now and former != now else ""
