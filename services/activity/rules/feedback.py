"""Feedback 客户之声: its kinds and states, what may follow what, and how soon an answer is due.

The deadlines here are what holds until the bank defines its own. A complaint's lie within what the Measures for Administration
of Consumer Complaints of Banks and Insurers (银行业保险业消费投诉处理管理办法, CBIRC Order No. 3 of 2020, in force since 1 March
2020) let pass: a decision within 15 days of receipt. That longest time is data too, and a bank elsewhere sets its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from services.chassis.kernel.errors import FieldViolation, InvalidInput, RuleBroken

# Days after its receipt within which a complaint is decided on.
COMPLAINT_DAYS_MAX = 15
CATEGORIES_MAX = 500
OTHER = "other"


class FeedbackKind(IntEnum):
    """The numbers of `workbench.activity.v1.FeedbackKind`."""

    UNSPECIFIED = 0
    NEED = 1
    OPINION = 2
    SUGGESTION = 3
    COMPLAINT = 4


class FeedbackSeverity(IntEnum):
    """The numbers of `workbench.activity.v1.FeedbackSeverity`."""

    UNSPECIFIED = 0
    MINOR = 1
    MAJOR = 2
    CRITICAL = 3


class FeedbackState(IntEnum):
    """The numbers of `workbench.activity.v1.FeedbackState`."""

    UNSPECIFIED = 0
    OPEN = 1
    ANSWERED = 2
    TOLD = 3
    CLOSED = 4


class FeedbackOutcome(IntEnum):
    """The numbers of `workbench.activity.v1.FeedbackOutcome`."""

    UNSPECIFIED = 0
    DONE = 1
    PLANNED = 2
    EXPLAINED = 3
    DECLINED = 4


class FeedbackChannel(IntEnum):
    """The numbers of `workbench.activity.v1.FeedbackChannel`."""

    UNSPECIFIED = 0
    VISIT = 1
    CALL = 2
    MESSAGE = 3
    EMAIL = 4
    LETTER = 5


class FeedbackRoute(IntEnum):
    """The numbers of `workbench.activity.v1.FeedbackRoute`."""

    UNSPECIFIED = 0
    PRODUCT_MANAGER = 1
    BRANCH_MANAGER = 2


class FeedbackTopicState(IntEnum):
    """The numbers of `workbench.activity.v1.FeedbackTopicState`."""

    UNSPECIFIED = 0
    CONSIDERED = 1
    PLANNED = 2
    DELIVERED = 3
    DECLINED = 4


class FeedbackStepKind(IntEnum):
    """The numbers of `workbench.activity.v1.FeedbackStepKind`."""

    UNSPECIFIED = 0
    RECORDED = 1
    CHANGED = 2
    ASSIGNED = 3
    ANSWERED = 4
    TOLD = 5
    CLOSED = 6
    REOPENED = 7
    ESCALATED = 8


# What still has to come to its end.
UNFINISHED = (FeedbackState.OPEN.value, FeedbackState.ANSWERED.value, FeedbackState.TOLD.value)


@dataclass(frozen=True, slots=True)
class Deadline:
    """How many workdays there are for an answer, and after how many more it goes one level further up."""

    answer_workdays: int
    escalate_workdays: int


@dataclass(frozen=True, slots=True)
class Category:
    """What feedback can be about, and by which post it is answered."""

    display_name: str
    route: FeedbackRoute


# By kind and severity.
DEADLINES: Mapping[tuple[int, int], Deadline] = {
    (FeedbackKind.NEED, 0): Deadline(10, 5),
    (FeedbackKind.OPINION, 0): Deadline(10, 5),
    (FeedbackKind.SUGGESTION, 0): Deadline(15, 5),
    (FeedbackKind.COMPLAINT, FeedbackSeverity.MINOR): Deadline(5, 3),
    (FeedbackKind.COMPLAINT, FeedbackSeverity.MAJOR): Deadline(3, 2),
    (FeedbackKind.COMPLAINT, FeedbackSeverity.CRITICAL): Deadline(1, 1),
}

_BY_PRODUCT, _BY_BRANCH = FeedbackRoute.PRODUCT_MANAGER, FeedbackRoute.BRANCH_MANAGER
CATEGORIES: Mapping[str, Category] = {
    "cards": Category("Cards 银行卡", _BY_PRODUCT),
    "deposits": Category("Deposits 存款", _BY_PRODUCT),
    "digital": Category("Digital channels 电子渠道", _BY_PRODUCT),
    "fees": Category("Prices and fees 价格与收费", _BY_PRODUCT),
    "insurance": Category("Insurance 保险", _BY_PRODUCT),
    "loans": Category("Loans 贷款", _BY_PRODUCT),
    OTHER: Category("Other 其他", _BY_BRANCH),
    "outlet": Category("Outlets and queues 网点与排队", _BY_BRANCH),
    "payments": Category("Payments and settlement 支付结算", _BY_PRODUCT),
    "privacy": Category("Data and privacy 个人信息", _BY_BRANCH),
    "service": Category("Service and conduct 服务态度", _BY_BRANCH),
    "trade": Category("Trade finance 国际业务", _BY_PRODUCT),
    "wealth": Category("Wealth management 理财", _BY_PRODUCT),
}

# What a customer counts on the board, by the numbers of `workbench.customer.v1.CustomerTier`: mass, affluent, premier, private.
TIER_WEIGHTS: tuple[int, ...] = (1, 1, 2, 4, 8)


def settle_severity(kind: int, severity: int) -> int:
    """The severity that is kept; raises InvalidInput SEVERITY_UNFIT where something other than a complaint has one."""
    if kind == FeedbackKind.COMPLAINT:
        return severity or FeedbackSeverity.MINOR.value
    if severity:
        violation = FieldViolation("severity", "Only a complaint has one.")
        raise InvalidInput("SEVERITY_UNFIT", "Only a complaint has a severity.", violations=(violation,))
    return FeedbackSeverity.UNSPECIFIED.value


def deadline_of(kind: int, severity: int, own: Mapping[tuple[int, int], Deadline]) -> Deadline:
    """The category's own deadline, or else the one that holds for all."""
    return own.get((kind, severity)) or DEADLINES[kind, severity]


def check_deadlines(deadlines: Iterable[tuple[int, int, int]], complaint_days_max: int) -> None:
    """Looks at kinds, severities and workdays of a category.

    Raises InvalidInput SEVERITY_UNFIT, DEADLINE_TWICE, and DEADLINE_TOO_LATE for a complaint whose workdays alone, without any
    weekend, are more days than it may take.
    """
    seen: set[tuple[int, int]] = set()
    for place, (kind, severity, workdays) in enumerate(deadlines):
        field = f"deadlines[{place}]"
        if settle_severity(kind, severity) != severity:
            violation = FieldViolation(f"{field}.severity", "Say of which severity.")
            raise InvalidInput("SEVERITY_UNFIT", "A complaint's deadline is one of a severity.", violations=(violation,))
        if (kind, severity) in seen:
            violation = FieldViolation(field, "Give one for each kind and severity.")
            raise InvalidInput("DEADLINE_TWICE", "There are two deadlines for the same.", violations=(violation,))
        if kind == FeedbackKind.COMPLAINT and workdays > complaint_days_max:
            violation = FieldViolation(f"{field}.answer_workdays", f"At most {complaint_days_max}.")
            raise InvalidInput("DEADLINE_TOO_LATE", "A complaint is answered sooner by the rules.", violations=(violation,))
        seen.add((kind, severity))


def need_open(state: int) -> None:
    """Raises RuleBroken FEEDBACK_NOT_OPEN where it does not wait for an answer."""
    if state != FeedbackState.OPEN:
        raise RuleBroken("FEEDBACK_NOT_OPEN", "It does not wait for an answer; open it again first.")


def need_answered(state: int) -> None:
    """Raises RuleBroken FEEDBACK_NOT_ANSWERED where there is no answer of which the customer could be told."""
    if state not in (FeedbackState.ANSWERED, FeedbackState.TOLD):
        raise RuleBroken("FEEDBACK_NOT_ANSWERED", "There is no answer yet of which the customer could be told, or it is closed.")


def need_told(state: int) -> None:
    """Raises RuleBroken FEEDBACK_NOT_TOLD where the customer does not know the answer: it is closed with an answer alone."""
    if state != FeedbackState.TOLD:
        raise RuleBroken("FEEDBACK_NOT_TOLD", "It is closed once the customer was told the answer.")


def need_settled(state: int) -> None:
    """Raises RuleBroken FEEDBACK_OPEN where it waits for an answer already."""
    if state == FeedbackState.OPEN:
        raise RuleBroken("FEEDBACK_OPEN", "It is open.")


def tier_weight(tier: int, weights: tuple[int, ...] = TIER_WEIGHTS) -> int:
    """What a customer of a tier counts; of a tier beyond those that have a weight as the last of them."""
    return weights[min(max(tier, 0), len(weights) - 1)]
