"""Why a customer depends on somebody, in a sentence, Chinese and English."""

from __future__ import annotations

from services.analytics.rules.dependence import Tie

_YEAR_DAYS = 365


def reasons(tie: Tie, contact_count: int) -> tuple[str, str]:
    """The parts of the formula with their numbers: contacts, tenure, others."""
    chinese, english = zip(_contacts(tie, contact_count), _tenure(tie.tie_days), _others(tie.others_count), strict=True)
    return "；".join(chinese), "; ".join(english)


def _contacts(tie: Tie, contact_count: int) -> tuple[str, str]:
    if tie.share_e4 is None:
        return "近一年没有联系记录", "no contacts recorded in a year"
    percent = _percent(tie.share_e4)
    times = "contact" if contact_count == 1 else "contacts"
    return f"近一年联系的 {percent}（{contact_count} 次）", f"{percent} of a year's contacts ({contact_count} {times})"


def _tenure(days: int | None) -> tuple[str, str]:
    if days is None:
        return "往来起始日不详", "since when is not known"
    if days < _YEAR_DAYS:
        return f"往来 {days} 天", f"for {days} {'day' if days == 1 else 'days'}"
    years = days // _YEAR_DAYS
    return f"往来 {years} 年", f"for {years} {'year' if years == 1 else 'years'}"


def _others(count: int) -> tuple[str, str]:
    if count == 0:
        return "客户不认识本行其他人", "the customer knows nobody else of the bank"
    return f"客户还认识本行 {count} 人", f"the customer knows {count} {'other' if count == 1 else 'others'} of the bank"


def _percent(value_e4: int) -> str:
    return f"{(value_e4 + 50) // 100} %"
