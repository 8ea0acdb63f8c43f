"""Why a customer is said to leave, in plain words of both languages, from the reasons that scores keep."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal

from services.analytics.rules.conditions.sorts import Sort
from services.analytics.rules.evidence import Language
from services.analytics.rules.features import FEATURES, Feature, FeatureKind

_SORTS = {FeatureKind.AMOUNT: Sort.AMOUNT, FeatureKind.RATIO: Sort.RATIO, FeatureKind.DATE: Sort.DATE}
# A rate is kept in hundred-millionths, and a hundredth of it is a per cent.
_RATE_PER_CENT = Decimal(10) ** 6


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: the feature, how much it adds to the log odds (by the rules: the probability of its sign), and in words."""

    feature: str
    contribution: float
    chinese: str
    english: str


def reasons(text: str, currency_code: str) -> list[Reason]:
    """Of the JSON text of `scores.reasons`, the strongest first; a feature that is known no more stands by its name."""
    return [
        Reason(each["feature"], float(each["contribution"]), *in_words(each["feature"], each["value"], currency_code))
        for each in json.loads(text or "[]")
    ]


def in_words(name: str, value: float | str | None, currency_code: str) -> tuple[str, str]:
    """A feature with its value, in Chinese and in English."""
    feature = FEATURES.get(name)
    if feature is None:
        return name, name
    if feature.kind is FeatureKind.FLAG and value:
        return feature.chinese, feature.english
    chinese, english = (_shown(feature, value, Language(chinese, currency_code)) for chinese in (True, False))
    return f"{feature.chinese}: {chinese}", f"{feature.english}: {english}"


def _shown(feature: Feature, value: float | str | None, language: Language) -> str:
    if value is not None and feature.kind is FeatureKind.RATE:
        unit = "个百分点" if language.chinese else " points"
        return f"{Decimal(str(value)) / _RATE_PER_CENT:.2f}{unit}"
    text = language.shown(value, _SORTS.get(feature.kind, Sort.COUNT))
    if value is None or feature.kind is not FeatureKind.DAYS:
        return text
    return f"{text}天" if language.chinese else f"{text} days"
