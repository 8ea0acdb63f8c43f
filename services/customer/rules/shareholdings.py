"""Effective holdings 股权穿透: what one holds of another through chains of shareholders.

The share along a chain is the product of its shares, and the shares of all chains add up. A chain that would come back to a
company which it has passed ends there, so that companies that hold one another do not multiply themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

# A chain of more companies adds nothing that anybody acts on.
CHAIN_LENGTH_MAX = 20
# Every step of every chain counts; a few companies that all hold one another have more chains than there is time for.
STEPS_MAX = 50_000

# From a company to those who hold it (or that it holds), each with the share as a part of one; None where it is not known.
Steps = Mapping[str, Sequence[tuple[str, Fraction | None]]]


@dataclass(slots=True)
class Holdings:
    """What chains from one company come to."""

    total: dict[str, Fraction] = field(default_factory=dict)
    direct: dict[str, Fraction] = field(default_factory=dict)
    # Something was left out: too many steps, too long a chain, or a share that is not known.
    truncated: bool = False


def effective(start: str, steps: Steps) -> Holdings:
    """The shares of all whom chains from `start` reach."""
    found = Holdings(direct={to: share for to, share in steps.get(start, ()) if share is not None})
    budget = STEPS_MAX
    # Each place: where the chain stands, its share so far, and whom it has passed.
    places: list[tuple[str, Fraction, frozenset[str]]] = [(start, Fraction(1), frozenset({start}))]
    while places:
        place, so_far, passed = places.pop()
        for to, share in steps.get(place, ()):
            budget -= 1
            if share is None or budget < 0:
                found.truncated = True
                continue
            if to in passed:
                continue
            found.total[to] = found.total.get(to, Fraction(0)) + so_far * share
            if len(passed) < CHAIN_LENGTH_MAX:
                places.append((to, so_far * share, passed | {to}))
            elif steps.get(to):
                found.truncated = True
    return found
