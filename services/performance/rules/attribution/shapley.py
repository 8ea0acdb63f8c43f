"""Shapley value over the deal's stages: what each member adds to every group of the others, on average over all orders.

Source: Shapley, A value for n-person games (1953); design/domain.md section 4, number 11. Here

    v(S) = sum over stages of weight x [1 - (1 - p)^(contacts of S at the stage)]

p being how surely one contact alone brings a stage about. It is kept in whole parts of 10^18, so that values that are equal by
the formula are equal.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from math import factorial, isqrt

from services.performance.rules.attribution.deals import Deal, Part, Split, Touch, whole
from services.performance.rules.attribution.parameters import Parameters
from services.performance.rules.shares import WHOLE_BASIS_POINTS

EXACT_MEMBERS_MAX = 15
_SCALE = 10**18
# ln(2 / 0.05), rounded up: a bound that holds with 95 %.
_HOEFFDING = Fraction(369, 100)


def shapley(deal: Deal, parameters: Parameters) -> Split:
    """In proportion to the Shapley value; exact to 15 members with contacts, sampled beyond with a bound of the error."""
    touches = deal.evidence()
    game = _Game(deal.person_ids, touches, parameters)
    # Who has no contact adds nothing to any group.
    players = [person_id for person_id in deal.person_ids if any(touch.person_id == person_id for touch in touches)]
    worth = game.worth(players)
    error_bound = Fraction(0)
    if len(players) <= EXACT_MEMBERS_MAX:
        values = shapley_values(game.worth_of_all(players), len(players))
    else:
        values = game.sampled(players, parameters.permutation_count, deal.seed)
        error_bound = _error_bound(parameters.permutation_count)
    weights = dict.fromkeys(deal.person_ids, Fraction(0)) | dict(zip(players, values, strict=True))
    parts = [
        Part(
            person_id,
            {
                "contacts": str(sum(1 for touch in touches if touch.person_id == person_id)),
                "stages": str(len({touch.stage_code for touch in touches if touch.person_id == person_id})),
                "alone_percent": f"{100 * game.worth([person_id]) / worth if worth else 0:.1f}",
            },
            tuple(touch.resource for touch in touches if touch.person_id == person_id),
        )
        for person_id in players
    ]
    return whole(weights, parts, error_bound)


def shapley_values(worths: Sequence[int | Fraction], count: int) -> list[Fraction]:
    """Each player's value, exactly; `worths` has that of each group, its members being the bits of its place, nobody's 0."""
    totals: list[int | Fraction] = [0] * (count + 1)
    with_player: list[list[int | Fraction]] = [[0] * (count + 1) for _ in range(count)]
    for group, worth in enumerate(worths):
        size = group.bit_count()
        totals[size] += worth
        rest = group
        while rest:
            lowest = rest & -rest
            with_player[lowest.bit_length() - 1][size] += worth
            rest ^= lowest
    shares = [Fraction(factorial(size) * factorial(count - size - 1), factorial(count)) for size in range(count)]
    return [
        sum(
            (share * (mine[size + 1] - (totals[size] - mine[size])) for size, share in enumerate(shares)),
            Fraction(0),
        )
        for mine in with_player
    ]


class _Game:
    """What a group of members is worth."""

    def __init__(self, person_ids: Sequence[str], touches: Sequence[Touch], parameters: Parameters) -> None:
        self._stages = sorted({touch.stage_code for touch in touches})
        named = parameters.stage_weights
        self._weights = [named.get(stage, 0) if named else 1 for stage in self._stages]
        self._contacts = {person_id: [0] * len(self._stages) for person_id in person_ids}
        for touch in touches:
            at = self._contacts[touch.person_id], self._stages.index(touch.stage_code)
            at[0][at[1]] = min(at[0][at[1]] + 1, parameters.touches_per_stage_max)
        left = WHOLE_BASIS_POINTS - parameters.touch_strength_basis_points
        most = len(person_ids) * parameters.touches_per_stage_max
        # What is still open after so many contacts.
        self._open = [_SCALE * left**count // WHOLE_BASIS_POINTS**count for count in range(most + 1)]

    def worth(self, group: Sequence[str]) -> int:
        """That of a group."""
        return self._worth([sum(self._contacts[person_id][at] for person_id in group) for at in range(len(self._stages))])

    def worth_of_all(self, players: Sequence[str]) -> list[int]:
        """That of every group, by its members as the bits of its place."""
        contacts = [[0] * len(self._stages)]
        for person_id in players:
            mine = self._contacts[person_id]
            contacts += [[there + more for there, more in zip(each, mine, strict=True)] for each in contacts]
        return [self._worth(each) for each in contacts]

    def sampled(self, players: Sequence[str], permutation_count: int, seed: str) -> list[Fraction]:
        """What each adds to those before him, on average over that many orders; of each order its reverse counts too."""
        numbers = random.Random(seed)  # noqa: S311 - a sample that can be drawn again, no secret
        added = dict.fromkeys(players, 0)
        orders = max(1, permutation_count // 2)
        for _ in range(orders):
            drawn = {person_id: numbers.random() for person_id in players}
            order = sorted(players, key=lambda person_id: (drawn[person_id], person_id))
            for direction in (order, order[::-1]):
                contacts, before = [0] * len(self._stages), 0
                for person_id in direction:
                    contacts = [there + more for there, more in zip(contacts, self._contacts[person_id], strict=True)]
                    worth = self._worth(contacts)
                    added[person_id] += worth - before
                    before = worth
        return [Fraction(added[person_id], 2 * orders) for person_id in players]

    def _worth(self, contacts: Sequence[int]) -> int:
        return sum(weight * (_SCALE - self._open[count]) for weight, count in zip(self._weights, contacts, strict=True) if weight)


def _error_bound(permutation_count: int) -> Fraction:
    """Of a weight, by Hoeffding: what somebody adds lies between 0 and all. An order and its reverse count as one sample."""
    orders = max(1, permutation_count // 2)
    digits = 10**6
    return Fraction(isqrt(int(_HOEFFDING * digits**2 / (2 * orders))) + 1, digits)
