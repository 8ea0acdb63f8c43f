"""Removal effect in a Markov chain: how much less likely a deal is won where one member is taken away.

Source: Anderl, Becker, von Wangenheim, Schumann: Mapping the customer journey (2016); design/domain.md section 4, number 10.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from services.performance.rules.attribution.deals import Deal, Journey, Part, Split, whole
from services.performance.rules.attribution.parameters import Parameters

_START = ""
_WON = "won"
# All who are on other teams are one: of them nothing is asked, and so the chain stays small.
_OTHERS = "others"
_Chain = dict[str, dict[str, Fraction]]


def markov(deal: Deal, _parameters: Parameters) -> Split:
    """In proportion to each member's removal effect, over this deal and the past opportunities of its members."""
    here = Journey([[touch.person_id for touch in moment] for moment in deal.moments()], won=True)
    journeys, touches = [here, *deal.journeys], deal.evidence()
    effects = removal_effects(journeys, deal.person_ids)
    seen = {person_id: sum(any(person_id in moment for moment in each.moments) for each in journeys) for person_id in effects}
    parts = [
        Part(
            person_id,
            {"effect_percent": f"{float(effect * 100):.1f}", "journeys": str(seen[person_id])},
            tuple(touch.resource for touch in touches if touch.person_id == person_id),
        )
        for person_id, effect in sorted(effects.items())
        if seen[person_id]
    ]
    return whole(effects, parts)


def removal_effects(journeys: Iterable[Journey], person_ids: Sequence[str]) -> dict[str, Fraction]:
    """1 - P(won without him) / P(won), by person; 0 for whoever is in no journey. At least one journey was won.

    Taken away means that whoever would have come to him is lost. P(won without i) = P(won) - h(i) x w(i), h the probability to
    come to i at all and w that to win from there: one inverse gives all of them.
    """
    chain = _chain(journeys, set(person_ids))
    states = sorted(chain)
    inverse = _fundamental(chain, states)
    place = {state: at for at, state in enumerate(states)}
    to_win = [chain[state].get(_WON, Fraction(0)) for state in states]
    won = [sum((visits * end for visits, end in zip(row, to_win, strict=True)), Fraction(0)) for row in inverse]
    start = place[_START]
    effects = {}
    for person_id in person_ids:
        at = place.get(person_id)
        reached = Fraction(0) if at is None else inverse[start][at] / inverse[at][at]
        effects[person_id] = Fraction(0) if at is None else reached * won[at] / won[start]
    return effects


def _chain(journeys: Iterable[Journey], known: set[str]) -> _Chain:
    """From state to state, with the share of those who go on so; what is missing from 1 is lost."""
    counts: _Chain = {_START: {}}
    for journey in journeys:
        steps = [[_START]]
        for moment in journey.moments:
            step = sorted({person_id if person_id in known else _OTHERS for person_id in moment})
            # Somebody who goes on by himself is still there.
            if step and step != steps[-1]:
                steps.append(step)
        for step, following in zip(steps, [*steps[1:], [_WON if journey.won else ""]], strict=True):
            # Those who were there together stand in for each other, in equal parts.
            for state in step:
                onward = counts.setdefault(state, {})
                for to in following:
                    onward[to] = onward.get(to, Fraction(0)) + Fraction(1, len(step) * len(following))
    return {state: _shares(onward) for state, onward in counts.items()}


def _shares(onward: dict[str, Fraction]) -> dict[str, Fraction]:
    total = sum(onward.values(), Fraction(0))
    return {to: count / total for to, count in onward.items() if to != ""}


def _fundamental(chain: _Chain, states: Sequence[str]) -> list[list[Fraction]]:
    """(I - Q)^-1: how often one is expected at a state who began at another. Every state leads to an end, so that it exists."""
    nothing = Fraction(0)
    size = len(states)
    rows = [
        [Fraction(row == column) - chain[states[row]].get(states[column], nothing) for column in range(size)]
        + [Fraction(row == column) for column in range(size)]
        for row in range(size)
    ]
    for pivot in range(size):
        at = next(row for row in range(pivot, size) if rows[row][pivot])
        rows[pivot], rows[at] = rows[at], rows[pivot]
        divisor = rows[pivot][pivot]
        rows[pivot] = [value / divisor for value in rows[pivot]]
        for row in range(size):
            factor = rows[row][pivot]
            if row != pivot and factor:
                rows[row] = [
                    value - factor * other if other else value for value, other in zip(rows[row], rows[pivot], strict=True)
                ]
    return [row[size:] for row in rows]
