"""A formula that was found right, and what it was read against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from services.performance.rules.formulas.expressions import Algebra, Node, Value
from services.performance.rules.formulas.inputs import Input, InputKind, Source
from services.performance.rules.formulas.words import Language, in_words

# How many decimals of a minor unit a formula may have, and how large its value may be, in minor units. Together they leave four
# of 38 digits for the days of a month on a common multiple of their bases (31 x 73).
SCALE_MAX = 18
VALUE_MAX = 10**16
NUMERATOR_MAX = VALUE_MAX * 10**SCALE_MAX


class Outcome(Enum):
    """What a formula's value has to be: the dimension, and of standing rows whether it is for a year."""

    # Income and price: of a standing row an amount for a year, divided by its days; of others an amount.
    EARNED = "earned"
    # An amount as it stands on a day.
    STANDING = "standing"
    # An amount that is counted once.
    FLOW = "flow"
    # A number that is counted once.
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A constant of a product that its formulas name."""

    name: str
    # AMOUNT or YEARLY_AMOUNT in major units of the home currency, YEARLY_RATE, RATE or INTEGER.
    kind: InputKind
    value: Decimal
    display_name: str = ""


@dataclass(frozen=True, slots=True)
class Declared:
    """What a formula may name."""

    source: Source
    parameters: Mapping[str, Parameter]
    # How many decimals the home currency's minor unit has: amounts of parameters become minor units.
    home_fraction_digits: int = 2


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was found right."""

    text: str
    root: Node
    # The inputs that it names, in the order of their names.
    inputs: tuple[Input, ...]
    # Whether its value is for a year: it is divided by the days of the basis then, beside 10 to the scale.
    accrues: bool

    @property
    def scale(self) -> int:
        """The power of ten of the numerator beyond minor units (of a count, beyond whole ones)."""
        return self.root.kind.scale

    def value(self, algebra: Algebra, columns: Mapping[str, Value]) -> Value:
        """The numerator: a whole number at the formula's scale, absent where a row lacks what it needs."""
        return self.root.value(algebra, columns)

    def words(self, language: Language) -> str:
        """The formula in plain words."""
        return in_words(self.root, language)
