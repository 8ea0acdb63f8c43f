"""Money: an exact amount of one currency. Unlike currencies never meet, and a division gives every cent to somebody."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.chassis.kernel.errors import InvalidInput

# ISO 4217 currencies whose minor unit is not the hundredth.
FRACTION_DIGITS: Mapping[str, int] = {
    "BHD": 3, "CLP": 0, "IQD": 3, "ISK": 0, "JOD": 3, "JPY": 0, "KRW": 0, "KWD": 3, "OMR": 3, "PYG": 0, "TND": 3,
    "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}  # fmt: skip

_PLAIN_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,4})?")


def fraction_digits(currency_code: str) -> int:
    """How many decimal places the currency's minor unit has."""
    return FRACTION_DIGITS.get(currency_code, 2)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units of its currency, such as 1234 with CNY for 12.34 yuan."""

    minor_units: int
    currency_code: str

    @classmethod
    def parse(cls, amount: str, currency_code: str) -> Money:
        """Reads a plain decimal of up to 18 whole digits; raises InvalidInput where a digit would be lost."""
        if not _PLAIN_DECIMAL.fullmatch(amount):
            raise InvalidInput("AMOUNT_INVALID", "The amount is not a plain decimal such as -1234.50.")
        scaled = Decimal(amount).scaleb(fraction_digits(currency_code))
        if scaled != scaled.to_integral_value():
            raise InvalidInput("AMOUNT_INVALID", f"The amount has digits below the minor unit of {currency_code}.")
        return cls(int(scaled), currency_code)

    def __str__(self) -> str:
        digits = fraction_digits(self.currency_code)
        return f"{Decimal(self.minor_units).scaleb(-digits):.{digits}f}"

    def __add__(self, other: Money) -> Money:
        return Money(self.minor_units + self._alike(other).minor_units, self.currency_code)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor_units - self._alike(other).minor_units, self.currency_code)

    def __neg__(self) -> Money:
        return Money(-self.minor_units, self.currency_code)

    def allocate(self, weights: Sequence[int]) -> list[Money]:
        """Divides the amount in proportion to whole weights >= 0, by largest remainder; the parts sum to the whole.

        Ties go to the earlier position, so callers order positions by staff number. A negative amount is divided as its
        absolute value and negated, so that a reversal mirrors the original to the cent.
        """
        return [Money(part, self.currency_code) for part in apportioned(self.minor_units, weights)]

    def _alike(self, other: Money) -> Money:
        if other.currency_code != self.currency_code:
            raise InvalidInput("CURRENCIES_DIFFER", f"{self.currency_code} and {other.currency_code} do not add up.")
        return other


def apportioned(total: int, weights: Sequence[int]) -> list[int]:
    """Divides a whole number in proportion to whole weights >= 0, as `Money.allocate` divides an amount."""
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise InvalidInput("WEIGHTS_INVALID", "Weights must be >= 0 and at least one must be > 0.")
    sign, amount = (-1, -total) if total < 0 else (1, total)
    parts = [amount * weight // whole for weight in weights]
    # sorted() is stable: among equal remainders the earlier position comes first.
    by_remainder = sorted(range(len(weights)), key=lambda i: -(amount * weights[i] % whole))
    for i in by_remainder[: amount - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]
