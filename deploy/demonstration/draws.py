"""Choices that follow from a seed and a place alone, so that each part of the bank is the same whatever else is made.

`random` would do for one machine; its methods may change between versions of Python, and seeding one generator for each
customer costs more than the customer. Here one hash is read digit by digit, each in the base that a choice needs.
"""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate
from typing import Generic, TypeVar

_Item = TypeVar("_Item")

HASH_BYTES = 64
# The golden ratio's fraction in thousandths of a million: multiples of it spread evenly over any range.
_GOLDEN_MILLIARDTHS = 618_033_989


class Draw:
    """The choices made at one place, such as customer 17. The order of the calls is part of the bank's definition.

    One hash holds 512 bits; a customer takes fewer than 250, so that the bias of the last digits is below 2^-200.
    """

    __slots__ = ("_digits",)

    def __init__(self, seed: int, place: str) -> None:
        digest = blake2b(f"{seed}/{place}".encode(), digest_size=HASH_BYTES).digest()
        self._digits = int.from_bytes(digest, "big")

    def below(self, bound: int) -> int:
        """A whole number from 0 to bound - 1."""
        self._digits, digit = divmod(self._digits, bound)
        return digit

    def chance(self, hundredths: int) -> bool:
        """Whether something comes about that does so in so many of a hundred cases."""
        return self.below(100) < hundredths

    def one_of(self, items: Sequence[_Item]) -> _Item:
        """One item, each as likely as the others."""
        return items[self.below(len(items))]


@dataclass(frozen=True, slots=True)
class Weighted(Generic[_Item]):
    """Items of unequal likelihood; weights are whole numbers, so that no rounding differs between machines."""

    items: tuple[_Item, ...]
    cumulative_weights: tuple[int, ...]

    @classmethod
    def of(cls, weights: Sequence[tuple[_Item, int]]) -> Weighted[_Item]:
        """From pairs of an item and its weight."""
        return cls(tuple(item for item, _ in weights), tuple(accumulate(weight for _, weight in weights)))

    def draw(self, draw: Draw) -> _Item:
        """One item, as likely as its weight."""
        return self.items[bisect(self.cumulative_weights, draw.below(self.cumulative_weights[-1]))]


@dataclass(frozen=True, slots=True)
class Permutation:
    """Numbers from 0 to size - 1 in an order that looks random and repeats none: what must be unique is made from it."""

    size: int
    step: int
    offset: int

    @classmethod
    def of(cls, size: int, draw: Draw) -> Permutation:
        """A permutation of so many numbers; which one depends on the draw."""
        step = size * _GOLDEN_MILLIARDTHS // 1_000_000_000
        while math.gcd(step, size) != 1:
            step += 1
        return cls(size, step, draw.below(size))

    def __call__(self, index: int) -> int:
        """The number at a position; positions from `size` on would repeat, so they are refused."""
        if not 0 <= index < self.size:
            raise IndexError(f"Only {self.size} unique numbers can be made.")
        return (index * self.step + self.offset) % self.size
