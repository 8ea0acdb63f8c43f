"""All schemes by their kind, and what a split comes to: basis points by band, and amounts to the cent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from services.performance.rules.allocation import allocate
from services.performance.rules.attribution import agreements, contacts
from services.performance.rules.attribution.deals import Deal, Split
from services.performance.rules.attribution.kinds import SchemeKind
from services.performance.rules.attribution.markov import markov
from services.performance.rules.attribution.parameters import Parameters
from services.performance.rules.attribution.shapley import shapley
from services.performance.rules.shares import WHOLE_BASIS_POINTS

_SCHEMES: Mapping[SchemeKind, Callable[[Deal, Parameters], Split]] = {
    SchemeKind.SINGLE_OWNER: agreements.single_owner,
    SchemeKind.EQUAL_MEMBERS: agreements.equal_members,
    SchemeKind.EQUAL_TOUCHES: contacts.equal_touches,
    SchemeKind.AGREED: agreements.agreed,
    SchemeKind.AMOUNT_BAND: agreements.amount_band,
    SchemeKind.TIME_DECAY: contacts.time_decay,
    SchemeKind.POSITION: contacts.position,
    SchemeKind.FIRST_TOUCH: contacts.first_touch,
    SchemeKind.LAST_TOUCH: contacts.last_touch,
    SchemeKind.ROLE: agreements.role,
    SchemeKind.EFFORT: contacts.effort,
    SchemeKind.MARKOV: markov,
    SchemeKind.SHAPLEY: shapley,
}


def split(kind: SchemeKind, parameters: Parameters, deal: Deal) -> Split:
    """How the scheme shares the deal: exact weights of 0 or more that sum to 1 in each tranche.

    Raises RuleBroken where it cannot: NO_EVIDENCE, TERMS_MISSING, RATIOS_NOT_WHOLE, BOUNDS_UNFIT.
    """
    if kind is SchemeKind.BLEND:
        return agreements.blend(deal, split(SchemeKind(parameters.inner_kind), parameters, deal), parameters)
    if kind is SchemeKind.STOCK_INCREMENT:
        return agreements.stock_increment(deal, split(SchemeKind(parameters.inner_kind), parameters, deal))
    return _SCHEMES[kind](deal, parameters)


@dataclass(frozen=True, slots=True)
class Line:
    """So many basis points of a band to somebody."""

    person_id: str
    from_minor_units: int
    to_minor_units: int | None
    basis_points: int


def lines(found: Split, deal: Deal) -> list[Line]:
    """The split in basis points that sum to 10,000 in each band, ties by staff number; who has none of a band has no line."""
    shared = []
    for tranche in found.tranches:
        people = sorted(tranche.weights)
        order = [deal.participants[person_id].staff_number for person_id in people]
        points = allocate(WHOLE_BASIS_POINTS, [tranche.weights[person_id] for person_id in people], order)
        shared += [
            Line(person_id, tranche.from_minor_units, tranche.to_minor_units, each)
            for person_id, each in zip(people, points, strict=True)
            if each
        ]
    return shared


def amounts(shared: Sequence[Line], amount_minor_units: int, staff_numbers: Mapping[str, str]) -> dict[str, int]:
    """What each has of an amount, in minor units, by the same rule as results: exactly all of it, a negative one mirrored."""
    weights = band_weights(shared, amount_minor_units)
    people = sorted(weights)
    parts = allocate(amount_minor_units, [weights[each] for each in people], [staff_numbers[each] for each in people])
    return dict(zip(people, parts, strict=True))


def band_weights(shared: Sequence[Line], amount_minor_units: int) -> dict[str, int]:
    """What each has in minor units times basis points, by person: 0 where the amount does not reach his band."""
    reached = abs(amount_minor_units)
    weights: dict[str, int] = {}
    for line in shared:
        end = reached if line.to_minor_units is None else min(line.to_minor_units, reached)
        held = max(end - line.from_minor_units, 0) * line.basis_points
        weights[line.person_id] = weights.get(line.person_id, 0) + held
    return weights


def overall_basis_points(shared: Sequence[Line], amount_minor_units: int, staff_numbers: Mapping[str, str]) -> dict[str, int]:
    """What each has of the whole in basis points, over all bands; of an amount of 0 what he has of the first."""
    weights = band_weights(shared, amount_minor_units or 1)
    people = sorted(weights)
    points = allocate(WHOLE_BASIS_POINTS, [Fraction(weights[each]) for each in people], [staff_numbers[each] for each in people])
    return dict(zip(people, points, strict=True))
