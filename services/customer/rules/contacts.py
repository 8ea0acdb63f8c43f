"""Contact points: how a customer, or a person of a company, is reached beside the one telephone number of the record."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from services.chassis.words.texts import composed, refusal, text_fault, tidy_text
from services.customer.rules.kinds import ContactKind
from services.customer.rules.phones import international

LABEL_LENGTH_MAX = 40
VALUE_LENGTH_MAX = 254
PHONE_KINDS = frozenset({ContactKind.MOBILE, ContactKind.LANDLINE, ContactKind.FAX})

_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'+/=?^_`{|}~-]+)*")
# Letters of any script, because domains have them; at least two labels.
_DOMAIN = re.compile(r"(?=.{1,253}$)([^\W_]([\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]")
# An id of WeChat's own, or the telephone number to which an account is bound.
_WECHAT = re.compile(r"[A-Za-z][A-Za-z0-9_-]{4,31}|\+?[0-9]{5,15}")
_WEBSITE = re.compile(
    r"(https?://)?([^\W_]([\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_](:[0-9]{1,5})?([/?#][^\s<>\"]*)?", re.IGNORECASE
)


def tidy_contact(contact: Mapping[str, Any], field: str) -> dict[str, Any]:
    """A contact point as it is kept; raises InvalidInput CONTACT_INVALID, naming the field and never the value."""
    kind, value = contact["kind"], composed(contact["value"])
    kept = "" if text_fault(value, VALUE_LENGTH_MAX) else _READ[kind](value)
    if not kept:
        fault = f"A {ContactKind(kind).name.lower()} as it is dialled or written."
        raise refusal("CONTACT_INVALID", "The contact point does not hold.", f"{field}.value", fault)
    tidy = {"kind": kind, "value": kept}
    if label := tidy_text(contact.get("label", ""), f"{field}.label", LABEL_LENGTH_MAX):
        tidy["label"] = label
    return tidy


def email(text: str) -> str:
    """The e-mail address with its domain in small letters; empty where it is none."""
    local_part, at, domain = text.rpartition("@")
    if not at or len(local_part) > 64 or not _LOCAL_PART.fullmatch(local_part):  # noqa: PLR2004 - RFC 5321
        return ""
    domain = domain.lower()
    return f"{local_part}@{domain}" if _DOMAIN.fullmatch(domain) else ""


def normal_email(text: str) -> str:
    """An e-mail address as it is looked for."""
    return text.strip().lower()


def _matching(pattern: re.Pattern[str]) -> Callable[[str], str]:
    return lambda text: text if pattern.fullmatch(text) else ""


_READ: Mapping[int, Callable[[str], str]] = {
    ContactKind.MOBILE: international,
    ContactKind.LANDLINE: international,
    ContactKind.FAX: international,
    ContactKind.EMAIL: email,
    ContactKind.WECHAT: _matching(_WECHAT),
    ContactKind.WEBSITE: _matching(_WEBSITE),
}
