"""Consents 授权同意: what a customer agreed to or refused, as a history by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from services.chassis.kernel.dates import parse_date
from services.chassis.words.texts import refusal


def tidy_consents(consents: Sequence[Mapping[str, Any]], field: str) -> list[dict[str, Any]]:
    """The consents as they are kept, in their order.

    Raises InvalidInput DATE_INVALID, and CONSENTS_OVERLAP where two of one purpose and channel share a day: nobody could say
    which holds. One by all ways and one by a single way may: the single way is the exception.
    """
    for place, consent in enumerate(consents):
        _days(consent, f"{field}[{place}]")
    in_order = sorted(range(len(consents)), key=lambda place: (_subject(consents[place]), consents[place]["effective_date"]))
    for earlier, later in pairwise(in_order):
        if _subject(consents[earlier]) != _subject(consents[later]):
            continue
        end_date = consents[earlier].get("end_date", "")
        if not end_date or end_date >= consents[later]["effective_date"]:
            fault = "A day after the end of the consent before it of the same purpose and channel."
            raise refusal("CONSENTS_OVERLAP", "Two consents share a day.", f"{field}[{later}].effective_date", fault)
    return [dict(consent) for consent in consents]


def _subject(consent: Mapping[str, Any]) -> tuple[str, int]:
    return consent["purpose"], consent.get("channel", 0)


def _days(consent: Mapping[str, Any], field: str) -> None:
    first = parse_date(consent["effective_date"], f"{field}.effective_date")
    end_date = consent.get("end_date", "")
    last = parse_date(end_date, f"{field}.end_date") if end_date else date.max
    if last < first:
        raise refusal("DATE_INVALID", "The consent ends before it begins.", f"{field}.end_date", "No day before the first.")
