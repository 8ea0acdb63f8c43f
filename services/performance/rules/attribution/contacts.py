"""Schemes by the contacts that took place: how many, how long before, at which place, with how much effort."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction

from services.performance.rules.attribution.deals import Deal, Part, Split, Touch, whole
from services.performance.rules.attribution.kinds import EffortMeasure
from services.performance.rules.attribution.parameters import Parameters, Position
from services.performance.rules.shares import WHOLE_BASIS_POINTS

# Powers of 2 are irrational as a rule: taken to so many digits they are the same everywhere, and none of them reaches a cent.
_PRECISE = Context(prec=40)
_FIRST = Position(WHOLE_BASIS_POINTS, 0, 0, 0)
_LAST = Position(0, 0, WHOLE_BASIS_POINTS, 0)


def equal_touches(deal: Deal, _parameters: Parameters) -> Split:
    """To each contact the same: who had more of them has more. Of one contact each who took part has all."""
    touches = deal.evidence()
    weights = dict.fromkeys(deal.person_ids, 0)
    for touch in touches:
        weights[touch.person_id] += 1
    return whole(weights, _parts(touches))


def time_decay(deal: Deal, parameters: Parameters) -> Split:
    """A contact weighs 2^(-days/h), days before the deal was won, h the half-life."""
    touches = deal.evidence()
    weights = dict.fromkeys(deal.person_ids, Fraction(0))
    for touch in touches:
        weights[touch.person_id] += decay((deal.close_date - touch.business_date).days, parameters.half_life_days)
    return whole(weights, _parts(touches, {key: {"weight": f"{float(weight):.4f}"} for key, weight in weights.items()}))


def decay(days: int, half_life_days: int) -> Fraction:
    """What is left of 1 after so many days."""
    return Fraction(_PRECISE.power(Decimal(2), _PRECISE.divide(Decimal(-days), Decimal(half_life_days))))


def position(deal: Deal, parameters: Parameters) -> Split:
    """The first contact, the turning one and the last have a part each, the others one together.

    The turning one is, of those between the first and the last, the first at another stage than that of the very first; the
    middle one where none is. A part that no contact has is shared by the others in proportion: one contact has all, two have half
    each at U 40/20/40 and at W 30/30/30/10.
    """
    return _by_position(deal, parameters.position)


def first_touch(deal: Deal, _parameters: Parameters) -> Split:
    """All to whoever had the first contact."""
    return _by_position(deal, _FIRST)


def last_touch(deal: Deal, _parameters: Parameters) -> Split:
    """All to whoever had the last contact before it was won."""
    return _by_position(deal, _LAST)


def effort(deal: Deal, parameters: Parameters) -> Split:
    """In proportion to minutes, or to points by the kind of contact; of one day not more than the cap."""
    touches = deal.evidence()
    by_day: dict[tuple[str, date], int] = {}
    for touch in touches:
        minutes = parameters.effort_measure == EffortMeasure.MINUTES
        counted = touch.minutes if minutes else parameters.contact_points.get(touch.contact_kind, 0)
        key = touch.person_id, touch.business_date
        by_day[key] = by_day.get(key, 0) + counted
    weights = dict.fromkeys(deal.person_ids, 0)
    for (person_id, _), counted in by_day.items():
        weights[person_id] += min(counted, parameters.effort_per_day_max)
    return whole(weights, _parts(touches, {person_id: {"effort": str(weight)} for person_id, weight in weights.items()}))


def _by_position(deal: Deal, places: Position) -> Split:
    moments = deal.moments()
    weights = dict.fromkeys(deal.person_ids, Fraction(0))
    for moment, weight in zip(moments, _position_weights(moments, places), strict=True):
        # Who was there together shares it: none of them was there before another.
        for touch in moment:
            weights[touch.person_id] += Fraction(weight, len(moment))
    figures = {person_id: {"position": str(round(weight))} for person_id, weight in weights.items()}
    return whole(weights, _parts(deal.evidence(), figures))


def _position_weights(moments: Sequence[Sequence[Touch]], places: Position) -> list[Fraction]:
    weights = [Fraction(0)] * len(moments)
    weights[0] += places.first_basis_points
    weights[-1] += places.last_basis_points
    others = list(range(1, len(moments) - 1))
    if others and places.turning_basis_points:
        turning = _turning(moments, others)
        weights[turning] += places.turning_basis_points
        others.remove(turning)
    for place in others:
        weights[place] += Fraction(places.others_basis_points, len(others))
    return weights


def _turning(moments: Sequence[Sequence[Touch]], between: Sequence[int]) -> int:
    first_stage = moments[0][0].stage_code
    later = (place for place in between if moments[place][0].stage_code not in ("", first_stage))
    return next(later, between[len(between) // 2])


def _parts(touches: Iterable[Touch], figures: Mapping[str, Mapping[str, str]] | None = None) -> list[Part]:
    by_person: dict[str, list[str]] = {}
    for touch in touches:
        by_person.setdefault(touch.person_id, []).append(touch.resource)
    figures = figures or {}
    return [
        Part(person_id, {"contacts": str(len(resources))} | dict(figures.get(person_id, {})), tuple(resources))
        for person_id, resources in sorted(by_person.items())
    ]
