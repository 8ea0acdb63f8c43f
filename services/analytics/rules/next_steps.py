"""What to do next about a customer whom the model finds likely to leave, by what makes it think so.

Signs carry their own advice (`rules.signals`); this is for a warning that no sign explains.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NextStep:
    """Something to do, in both languages."""

    code: str
    chinese: str
    english: str


_ASK_ABOUT_MONEY = NextStep(
    "ASK_WHERE_MONEY_GOES",
    "致电了解资金去向和原因，再谈留存方案",
    "Call and ask where the money goes, and why, before offering anything",
)
_ASK_ABOUT_SALARY = NextStep(
    "ASK_ABOUT_SALARY", "了解代发工资或结算是否转走，争取恢复", "Ask whether salary or settlement moved away, and win it back"
)
_OFFER_RENEWAL = NextStep(
    "OFFER_RENEWAL", "在到期前联系客户，给出续存或转存方案", "Reach the customer before it falls due, with an offer to renew"
)
_OFFER_RATE = NextStep("OFFER_BETTER_RATE", "在权限内申请更优利率", "Ask for a better rate within what may be granted")
_ANSWER_COMPLAINT = NextStep(
    "ANSWER_COMPLAINT_FIRST", "先答复并解决投诉，再谈业务", "Answer and settle the complaint before any business"
)
_VISIT = NextStep("VISIT_THIS_WEEK", "本周安排一次面访", "Visit the customer this week")
_INTRODUCE = NextStep(
    "INTRODUCE_SECOND_CONTACT",
    "由负责人陪同介绍新客户经理和第二联系人",
    "Introduce the new relationship manager and a second contact, with whoever is in charge",
)
_HELP_ONLINE = NextStep(
    "HELP_WITH_ONLINE_BANKING",
    "询问手机银行使用情况，协助解决问题",
    "Ask how online banking works for him, and help where it does not",
)
_KEEP_PRODUCTS = NextStep(
    "ASK_WHY_PRODUCTS_CLOSED", "询问销户或取消签约的原因", "Ask why products were closed or orders cancelled"
)

_BY_FEATURE: Mapping[str, NextStep] = {
    **dict.fromkeys(("complaints_open", "complaint_overdue_days", "complaint_severity", "complaint_days"), _ANSWER_COMPLAINT),
    **dict.fromkeys(("survey_low_days", "needs_open"), _VISIT),
    **dict.fromkeys(("salary_overdue_days", "settlement_fall"), _ASK_ABOUT_SALARY),
    **dict.fromkeys(("maturing_30", "unrenewed_30", "unrenewed_share"), _OFFER_RENEWAL),
    **dict.fromkeys(("rate_gap_e8",), _OFFER_RATE),
    **dict.fromkeys(("contact_days", "contact_overdue_days", "contacts_90"), _VISIT),
    **dict.fromkeys(("lead_changes_180", "lead_change_days", "lead_left_days", "people_known", "top_person_share"), _INTRODUCE),
    **dict.fromkeys(("sign_ins_30", "sign_in_fall", "online_seconds_fall"), _HELP_ONLINE),
    **dict.fromkeys(
        ("product_count", "products_closed_90", "standing_orders", "standing_orders_cancelled_90", "loan_ended_90", "loan_now"),
        _KEEP_PRODUCTS,
    ),
}


def of_features(features: Iterable[str]) -> list[NextStep]:
    """What those features call for, in their order and each once; where none calls for anything, to ask about the money."""
    return list(dict.fromkeys(_BY_FEATURE.get(each, _ASK_ABOUT_MONEY) for each in features)) or [_ASK_ABOUT_MONEY]
