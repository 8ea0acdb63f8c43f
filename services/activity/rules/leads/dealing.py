"""How leads are dealt out: which rule gives one away, and whose turn it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar


class Rule(Protocol):
    """What dealing asks of a rule."""

    @property
    def organisation_path(self) -> str:
        """The unit whose leads it gives away."""

    @property
    def position(self) -> int:
        """Where it stands among the rules of its unit."""

    @property
    def assignment_rule_id(self) -> str:
        """Which one it is."""

    def fits(self, product_codes: list[str], source: int) -> bool:
        """Whether it gives such a lead away."""


_Rule = TypeVar("_Rule", bound=Rule)


def in_order(rules: Iterable[_Rule], organisation_path: str, product_codes: list[str], source: int) -> list[_Rule]:
    """The rules that fit a lead of that unit: those of the nearest unit first, then by their position."""
    fitting = [
        each for each in rules if organisation_path.startswith(each.organisation_path) and each.fits(product_codes, source)
    ]
    return sorted(fitting, key=lambda each: (-len(each.organisation_path), each.position, each.assignment_rule_id))


def next_turn(receivers: Sequence[str], turns: Mapping[str, int]) -> tuple[str, int]:
    """Who is next, and the number of that turn: who has waited longest, and among those who never had one the first in order.

    Somebody new, or back from leave, is next once and then one among the others: nothing is made up for.
    """
    person_id = min(receivers, key=lambda each: (turns.get(each, 0), receivers.index(each)))
    return person_id, max(turns.values(), default=0) + 1
