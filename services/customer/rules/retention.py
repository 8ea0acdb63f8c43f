"""What of a customer's data outlives the customer's wish to have it erased, by which law, and until when. Rules as data, dated.

As of November 2026, written from general knowledge of these laws, not from their texts: the bank's lawyers check the periods
before anybody relies on them.

- Personal Information Protection Law 个人信息保护法 (in force 2021-11-01), article 47: who handles personal information erases it
  when its purpose is reached or the person withdraws consent; where a period that a law sets has not ended, handling stops but
  for storage and the protection that it needs.
- Anti-Money Laundering Law 反洗钱法, as revised 2024-11-08 (in force 2025-01-01): identity data of customers is kept for at least
  ten years after the business relationship ends. Before, by article 19 of the law of 2006 (in force 2007-01-01): five years.

A relationship that never began leaves nothing that the second law has kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from services.chassis.kernel.errors import RuleBroken
from services.customer.rules.kinds import CustomerState


class ErasureState(IntEnum):
    """Where a request stands; numbered as the contract numbers it."""

    REQUESTED = 1
    DONE = 2
    REJECTED = 3


class ErasureAct(IntEnum):
    """What happens to a part of the data; numbered as the contract numbers it."""

    ERASE = 1
    RETAIN = 2
    STAY = 3


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """Fields that a law has kept for so many years after a relationship ends; the rule holds for decisions from a day on."""

    basis: str
    fields: frozenset[str]
    years: int
    effective_date: date


@dataclass(frozen=True, slots=True)
class Item:
    """What happens to one part."""

    part: str
    act: ErasureAct
    basis: str
    retain_until_date: date | None = None


# What the rules on customer due diligence count as basic identity information, as far as the record has it: name, address,
# contact, kind, number and validity of the identity paper.
IDENTITY_FIELDS = frozenset({
    "display_name", "other_names", "identifier", "identifier_kind", "identifier_country_code", "other_identifiers", "phone",
    "contact_points", "addresses", "birth_or_founding_date", "documents",
})  # fmt: skip
RULES = (
    RetentionRule("反洗钱法 2006, art. 19: identity data, 5 years", IDENTITY_FIELDS, 5, date(2007, 1, 1)),
    RetentionRule("反洗钱法 2024: identity data, 10 years", IDENTITY_FIELDS, 10, date(2025, 1, 1)),
)
ERASED_BASIS = "个人信息保护法 art. 47"
# What is kept of an erased record, and why.
STAYING = (
    ("customer_number", "the bank's own number: tells nothing of the person by itself, and accounts hang on it"),
    (
        "audit_records",
        "proof of what was done, and by whom: sealed, only growing, read by auditors. Numbers that identify never stand in it",
    ),
)
_ERASABLE = frozenset({CustomerState.CLOSED, CustomerState.PROSPECT})
_ENDED = frozenset({CustomerState.MERGED, CustomerState.ERASED})


def require_erasable(state: int) -> None:
    """Raises RuleBroken RELATIONSHIP_ACTIVE while the relationship lasts, and CUSTOMER_ENDED where no record is left to erase."""
    if state in _ENDED:
        raise RuleBroken("CUSTOMER_ENDED", "The record was merged into another or erased.")
    if state not in _ERASABLE:
        raise RuleBroken(
            "RELATIONSHIP_ACTIVE", "The customer is one of the bank's: what the relationship needs is not erased while it lasts."
        )


def rule_in_force(rules: Iterable[RetentionRule], on: date) -> RetentionRule | None:
    """The rule that holds on a day: the latest that has come into force."""
    return max((rule for rule in rules if rule.effective_date <= on), key=lambda rule: rule.effective_date, default=None)


def plan(
    fields: Iterable[str], parts: Iterable[str], ended_on: date | None, today: date, rules: Iterable[RetentionRule] = RULES
) -> Iterator[Item]:
    """What happens to each field of a record and each other part of its data, decided today.

    `ended_on` is the last day of the relationship, None where there never was one.
    """
    rule = rule_in_force(rules, today) if ended_on else None
    until = years_after(ended_on, rule.years) if rule and ended_on else None
    for field in fields:
        if rule and until and until >= today and field in rule.fields:
            yield Item(field, ErasureAct.RETAIN, rule.basis, until)
        else:
            yield Item(field, ErasureAct.ERASE, ERASED_BASIS)
    for part in parts:
        yield Item(part, ErasureAct.ERASE, ERASED_BASIS)
    for part, why in STAYING:
        yield Item(part, ErasureAct.STAY, why)


def years_after(day: date, years: int) -> date:
    """The same day so many years later; the 28th for a leap day where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
