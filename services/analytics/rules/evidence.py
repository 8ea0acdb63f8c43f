"""What a signal says of a customer: its words, with the numbers of the evidence in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from services.analytics.rules.conditions.sorts import Sort
from services.chassis.kernel.money import fraction_digits

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}")
# What amounts are shown in, the largest first: Chinese counts by ten thousands, English by thousands.
_CHINESE_UNITS = ((Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万"))
_ENGLISH_UNITS = ((Decimal(10) ** 9, "bn"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "k"))
_CHINESE_CURRENCIES = {"CNY": "元", "HKD": "港元", "USD": "美元", "EUR": "欧元", "GBP": "英镑", "JPY": "日元"}
_PER_CENT_PLACES = Decimal("0.1")
# A ratio below it is shown to two places: 0.85 % is not 0.9 %.
_SMALL_RATIO = Decimal("0.02")


@dataclass(frozen=True, slots=True)
class Language:
    """In which language, and in which currency amounts are."""

    chinese: bool
    currency_code: str = "CNY"

    def shown(self, value: Any, sort: Sort) -> str:
        """A value as people read it: an amount in minor units, a ratio as a fraction, None where it is not known."""
        if value is None:
            return "未知" if self.chinese else "unknown"
        if sort is Sort.AMOUNT:
            return self._amount(Decimal(str(value)))
        if sort is Sort.RATIO:
            return _per_cent(Decimal(str(value)))
        if sort is Sort.FLAG:
            return ("是" if value else "否") if self.chinese else ("yes" if value else "no")
        if sort is Sort.DATE:
            return str(value)
        return f"{int(value):,}"

    def filled(self, words: str, values: Mapping[str, Any], sorts: Mapping[str, Sort]) -> str:
        """The words with each `{name}` replaced by its value; what is not known by that name stays unknown."""

        def replaced(match: re.Match[str]) -> str:
            name = match[1]
            return self.shown(values.get(name), sorts.get(name, Sort.COUNT))

        return PLACEHOLDER.sub(replaced, words)

    def _amount(self, minor_units: Decimal) -> str:
        amount = minor_units.scaleb(-fraction_digits(self.currency_code))
        text = next(
            (f"{_rounded(amount / unit)}{name}" for unit, name in self._units if abs(amount) >= unit),
            f"{amount.quantize(Decimal(1), ROUND_HALF_EVEN):,}",
        )
        if self.chinese:
            return f"{text}{_CHINESE_CURRENCIES.get(self.currency_code, f' {self.currency_code}')}"
        return f"{self.currency_code} {text}"

    @property
    def _units(self) -> tuple[tuple[Decimal, str], ...]:
        return _CHINESE_UNITS if self.chinese else _ENGLISH_UNITS


def _rounded(number: Decimal) -> str:
    """To three digits or more: 1.25, 12.5, 125, 1,250."""
    places = max(0, 2 - max(0, number.adjusted()))
    text = f"{number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _per_cent(ratio: Decimal) -> str:
    places = _PER_CENT_PLACES / 10 if abs(ratio) < _SMALL_RATIO else _PER_CENT_PLACES
    text = f"{(ratio * 100).quantize(places, ROUND_HALF_EVEN):,f}"
    return f"{text.rstrip('0').rstrip('.')}%"
