"""Schemes by what was agreed, and by who is on the team."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from services.chassis.kernel.errors import RuleBroken
from services.chassis.kernel.money import Money
from services.performance.rules.attribution.deals import Deal, Part, Split, Tranche, normalised, whole
from services.performance.rules.attribution.kinds import DealRole
from services.performance.rules.attribution.parameters import Parameters
from services.performance.rules.shares import WHOLE_BASIS_POINTS


def single_owner(deal: Deal, _parameters: Parameters) -> Split:
    """All to one: whom the terms name, or the owner."""
    owners = [member.person_id for member in deal.members if member.role == DealRole.OWNER]
    owner = deal.terms.single_owner_person_id or next(iter(sorted(owners)), "")
    if owner not in deal.person_ids:
        raise RuleBroken("TERMS_MISSING", "Nobody of the team is named as the one owner.")
    return whole({person_id: int(person_id == owner) for person_id in deal.person_ids}, [Part(owner)])


def equal_members(deal: Deal, _parameters: Parameters) -> Split:
    """To each member the same."""
    figures = {"members": str(len(deal.members))}
    return whole(dict.fromkeys(deal.person_ids, 1), [Part(person_id, figures) for person_id in deal.person_ids])


def agreed(deal: Deal, _parameters: Parameters) -> Split:
    """In the ratios that the members agreed on."""
    ratios = _of_whole(deal.terms.agreed_basis_points)
    return whole(ratios, [Part(person_id, {"basis_points": str(ratio)}) for person_id, ratio in sorted(ratios.items())])


def amount_band(deal: Deal, _parameters: Parameters) -> Split:
    """Each part of the amount in ratios of its own."""
    bands = deal.terms.bands
    if not bands:
        raise RuleBroken("TERMS_MISSING", "The members agreed on no bands of the amount.")
    tranches = [Tranche(normalised(_of_whole(band.basis_points)), band.from_minor_units, band.to_minor_units) for band in bands]
    people = sorted({person_id for band in bands for person_id in band.basis_points})
    return Split(tranches, [Part(person_id, {"bands": str(_bands(deal, person_id))}) for person_id in people])


def role(deal: Deal, parameters: Parameters) -> Split:
    """In proportion to what the role of each weighs, times how much of it he filled."""
    weights, parts = {}, []
    for member in sorted(deal.members, key=lambda each: each.person_id):
        weight = parameters.role_weights.get(member.role, 0)
        weights[member.person_id] = weight * member.involvement_basis_points
        figures = {"role_weight": str(weight), "involvement_basis_points": str(member.involvement_basis_points)}
        parts.append(Part(member.person_id, figures))
    return whole(weights, parts)


def stock_increment(deal: Deal, increment: Split) -> Split:
    """The base stays with whoever had it before, what is more goes to the team."""
    former, base = deal.terms.former_owner, deal.terms.base_minor_units
    if former is None or base <= 0:
        raise RuleBroken("TERMS_MISSING", "Who had it before, and how much there was then, is not said.")
    stock = Tranche({former.person_id: Fraction(1)}, 0, base)
    team = [Tranche(increment.tranches[0].weights, base)]
    kept = Part(former.person_id, {"base": f"{Money(base, deal.currency_code)} {deal.currency_code}"})
    return Split([stock, *team], [kept, *increment.parts], increment.error_bound)


def blend(deal: Deal, evidence: Split, parameters: Parameters) -> Split:
    """So much by what was agreed, the rest by evidence, and to nobody less than the floor or more than the cap.

    Within the bounds the proportions of the mixture stay. Raises RuleBroken BOUNDS_UNFIT where so many members cannot all have
    the floor, or cannot together have all.
    """
    ratios, weights = normalised(_of_whole(deal.terms.agreed_basis_points)), evidence.tranches[0].weights
    share, nothing = Fraction(parameters.agreed_basis_points, WHOLE_BASIS_POINTS), Fraction(0)
    mixed = {
        person_id: share * ratios.get(person_id, nothing) + (1 - share) * weights.get(person_id, nothing)
        for person_id in deal.person_ids
    }
    floor = Fraction(parameters.floor_basis_points, WHOLE_BASIS_POINTS)
    cap = Fraction(parameters.cap_basis_points, WHOLE_BASIS_POINTS)
    bounded = within(mixed, floor, cap)
    found = {part.person_id: part for part in evidence.parts}
    parts = []
    for person_id in deal.person_ids:
        mine = found.get(person_id, Part(person_id))
        agreed_part = deal.terms.agreed_basis_points.get(person_id, 0)
        of_evidence = round(weights.get(person_id, nothing) * WHOLE_BASIS_POINTS)
        figures = {"agreed_basis_points": str(agreed_part), "evidence_basis_points": str(of_evidence)}
        parts.append(Part(person_id, {**figures, **mine.figures}, mine.resources))
    return whole(bounded, parts, (1 - share) * evidence.error_bound)


def within(weights: Mapping[str, Fraction], floor: Fraction, cap: Fraction) -> dict[str, Fraction]:
    """Weights that sum to 1, scaled alike and held between the bounds so that they still do; raises RuleBroken BOUNDS_UNFIT.

    Who has nothing has the floor; where all others have the cap, those share what is left.
    """
    count = len(weights)
    if count * floor > 1 or count * cap < 1:
        raise RuleBroken("BOUNDS_UNFIT", f"{count} members cannot share all of it between the floor and the cap.")

    def scaled(factor: Fraction) -> dict[str, Fraction]:
        return {person_id: min(max(weight * factor, floor), cap) for person_id, weight in weights.items()}

    # The sum grows with the factor, in a straight line from one of these to the next.
    corners = sorted({Fraction(0), *(bound / weight for weight in weights.values() if weight for bound in (floor, cap))})
    below, above = corners[0], corners[-1]
    for corner in corners:
        if sum(scaled(corner).values()) >= 1:
            above = corner
            break
        below = corner
    lower, upper = (sum(scaled(factor).values(), Fraction(0)) for factor in (below, above))
    if upper >= 1:
        return scaled(below + (above - below) * ((1 - lower) / (upper - lower)) if upper > lower else above)
    idle = [person_id for person_id, weight in weights.items() if not weight]
    return scaled(above) | dict.fromkeys(idle, floor + (1 - upper) / len(idle))


def _of_whole(basis_points: Mapping[str, int]) -> Mapping[str, int]:
    if not basis_points:
        raise RuleBroken("TERMS_MISSING", "The members agreed on no ratios.")
    if sum(basis_points.values()) != WHOLE_BASIS_POINTS:
        raise RuleBroken("RATIOS_NOT_WHOLE", f"Ratios sum up to {WHOLE_BASIS_POINTS} basis points.")
    return basis_points


def _bands(deal: Deal, person_id: str) -> int:
    return sum(1 for band in deal.terms.bands if band.basis_points.get(person_id))
