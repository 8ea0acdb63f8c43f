"""What a timeline says of its items, in Chinese and in English: what happened, and never what anybody said."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from services.analytics.rules.happenings import HappeningKind

_HUNDRED_MILLIONTHS = 8
_DAYS_OF_A_YEAR = 365
_DAYS_OF_A_MONTH = 30


class Words(NamedTuple):
    """The same in both languages."""

    chinese: str
    english: str


_NAMES: Mapping[HappeningKind, Words] = {
    HappeningKind.CONTACT: Words("联系", "Contact"),
    HappeningKind.CONTACT_NOT_DONE: Words("联系", "Contact"),
    HappeningKind.COMPLAINT: Words("投诉", "Complaint"),
    HappeningKind.NEED: Words("需求", "Need"),
    HappeningKind.OPINION: Words("意见建议", "Opinion"),
    HappeningKind.SURVEY_ANSWER: Words("满意度答卷", "Survey answered"),
    HappeningKind.LEAD_CHANGED: Words("更换主办客户经理", "Another lead relationship manager"),
    HappeningKind.LEAD_LEFT: Words("主办客户经理离岗", "The lead relationship manager left"),
    HappeningKind.OPPORTUNITY: Words("商机", "Opportunity"),
    HappeningKind.LEAD_CAPTURED: Words("线索", "Lead"),
    HappeningKind.TASK: Words("任务", "Task"),
}
_LOW = Words("评分低", "a low score")
_CONTACT_KINDS = (HappeningKind.CONTACT, HappeningKind.CONTACT_NOT_DONE)
# By the numbers of `workbench.activity.v1.ContactKind`.
_CONTACTS: Mapping[int, Words] = {
    1: Words("拜访", "Visit"),
    2: Words("电话", "Call"),
    3: Words("会议", "Meeting"),
    4: Words("消息", "Message"),
    5: Words("邮件", "E-mail"),
    6: Words("信函", "Letter"),
    7: Words("活动", "Event"),
}
# Of `ContactState`.
_CONTACT_STATES: Mapping[int, Words] = {
    1: Words("已计划", "planned"),
    3: Words("已取消", "cancelled"),
    4: Words("未赴约", "nobody came"),
}
# Of `ContactOutcome`.
_CONTACT_OUTCOMES: Mapping[int, Words] = {
    2: Words("有兴趣", "interested"),
    3: Words("约定下一步", "next step agreed"),
    4: Words("已签约", "signed"),
    5: Words("拒绝", "declined"),
    6: Words("未联系上", "not reached"),
    7: Words("已解决", "solved"),
    8: Words("不满意", "discontent"),
}
# Of `FeedbackSeverity`.
_SEVERITIES: Mapping[int, Words] = {1: Words("一般", "minor"), 2: Words("重大", "major"), 3: Words("严重", "critical")}
# Of `FeedbackState`.
_FEEDBACK_STATES: Mapping[int, Words] = {
    1: Words("待答复", "waits for an answer"),
    2: Words("已答复", "answered"),
    3: Words("已告知客户", "the customer was told"),
    4: Words("已办结", "closed"),
}
# Of `OpportunityState`, `LeadState` and `TaskState`.
_OPPORTUNITY_STATES: Mapping[int, Words] = {1: Words("进行中", "open"), 2: Words("成交", "won"), 3: Words("丢单", "lost")}
_LEAD_STATES: Mapping[int, Words] = {
    1: Words("新建", "new"),
    2: Words("合格", "qualified"),
    3: Words("已转商机", "became an opportunity"),
    4: Words("不合格", "disqualified"),
}
_TASK_STATES: Mapping[int, Words] = {
    1: Words("待办", "open"),
    2: Words("进行中", "started"),
    3: Words("完成", "done"),
    4: Words("取消", "cancelled"),
}
# By the accounts' kinds, as the feeds name them.
_ACCOUNTS: Mapping[str, Words] = {
    "CARD": Words("银行卡", "card"),
    "DEMAND_DEPOSIT": Words("活期存款", "demand deposit"),
    "FACILITY": Words("授信额度", "facility"),
    "GUARANTEE": Words("保函", "guarantee"),
    "LOAN": Words("贷款", "loan"),
    "MARGIN_DEPOSIT": Words("保证金存款", "margin deposit"),
    "SAVINGS": Words("储蓄存款", "savings account"),
    "TERM_DEPOSIT": Words("定期存款", "term deposit"),
    "WEALTH_PRODUCT": Words("理财", "wealth product"),
}
_UNKNOWN_ACCOUNT = Words("账户", "account")


def happening(kind: int, *, sort: int = 0, state: int = 0, outcome: int = 0, minutes: int = 0, low: bool = False) -> Words:
    """What is said of a happening by its numbers; of numbers that are not known here, less."""
    known = HappeningKind(kind)
    first = _CONTACTS.get(sort, _NAMES[known]) if known in _CONTACT_KINDS else _NAMES[known]
    details: Mapping[HappeningKind, tuple[Words | None, ...]] = {
        HappeningKind.CONTACT: (_minutes(minutes), _CONTACT_OUTCOMES.get(outcome)),
        HappeningKind.CONTACT_NOT_DONE: (_CONTACT_STATES.get(state),),
        HappeningKind.COMPLAINT: (_SEVERITIES.get(sort), _FEEDBACK_STATES.get(state)),
        HappeningKind.NEED: (_FEEDBACK_STATES.get(state),),
        HappeningKind.OPINION: (_FEEDBACK_STATES.get(state),),
        HappeningKind.SURVEY_ANSWER: (_LOW if low else None,),
        HappeningKind.OPPORTUNITY: (_OPPORTUNITY_STATES.get(state),),
        HappeningKind.LEAD_CAPTURED: (_LEAD_STATES.get(state),),
        HappeningKind.TASK: (_TASK_STATES.get(state),),
    }
    return _joined(first, *details.get(known, ()))


def severity(kind: int, *, sort: int = 0, overdue: bool = False, low: bool = False) -> int:
    """How much a happening should worry, 0 to 3: a complaint as grave as it is, and one more where its answer is overdue."""
    if kind == HappeningKind.COMPLAINT:
        return min(3, max(1, sort) + overdue)
    worries = {HappeningKind.LEAD_LEFT: 2, HappeningKind.LEAD_CHANGED: 1, HappeningKind.SURVEY_ANSWER: 2 if low else 0}
    return worries.get(HappeningKind(kind), 0)


def account_opened(kind: str, product_code: str) -> Words:
    """An account was opened."""
    return _joined(Words("开户", "Opened"), _ACCOUNTS.get(kind, _UNKNOWN_ACCOUNT), Words(product_code, product_code))


def account_closed(kind: str, product_code: str) -> Words:
    """An account was closed."""
    return _joined(Words("销户", "Closed"), _ACCOUNTS.get(kind, _UNKNOWN_ACCOUNT), Words(product_code, product_code))


def maturity(kind: str, product_code: str, chinese_amount: str, english_amount: str) -> Words:
    """A deposit, a wealth product or a loan falls due; the amount with its currency, empty where it is not known."""
    product, amount = Words(product_code, product_code), Words(chinese_amount, english_amount)
    return _joined(Words("到期", "Falls due"), _ACCOUNTS.get(kind, _UNKNOWN_ACCOUNT), product, amount)


def rate_changed(product_code: str, tenor_days: int, former_rate_e8: int, rate_e8: int, others: int) -> Words:
    """The bank lists another rate for a product, and as many others for further tenors of it."""
    change = f"{_per_cent(former_rate_e8)} → {_per_cent(rate_e8)}"
    more = Words(f"另有{others}个期限", f"and {others} more tenors") if others else None
    return _joined(
        Words("挂牌利率调整", "Listed rate"), Words(product_code, product_code), _tenor(tenor_days), Words(change, change), more
    )


def _joined(first: Words, *others: Words | None) -> Words:
    said = [first, *(each for each in others if each is not None and each.chinese)]
    return Words(" · ".join(each.chinese for each in said), " · ".join(each.english for each in said))


def _minutes(minutes: int) -> Words | None:
    return Words(f"{minutes}分钟", f"{minutes} min") if minutes else None


def _tenor(days: int) -> Words | None:
    if not days:
        return None
    if days % _DAYS_OF_A_YEAR == 0:
        return Words(f"{days // _DAYS_OF_A_YEAR}年", f"{days // _DAYS_OF_A_YEAR} y")
    if days % _DAYS_OF_A_MONTH == 0:
        return Words(f"{days // _DAYS_OF_A_MONTH}个月", f"{days // _DAYS_OF_A_MONTH} m")
    return Words(f"{days}天", f"{days} d")


def _per_cent(rate_e8: int) -> str:
    text = f"{Decimal(rate_e8).scaleb(2 - _HUNDRED_MILLIONTHS):.4f}".rstrip("0")
    whole, _, digits = text.partition(".")
    return f"{whole}.{digits:0<2}%"
