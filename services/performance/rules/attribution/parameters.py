"""What can be set of a scheme, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.chassis.kernel.errors import FieldViolation, InvalidInput
from services.performance.rules.attribution.kinds import (
    EVIDENCE_KINDS,
    INCREMENT_KINDS,
    DealRole,
    EffortMeasure,
    SchemeKind,
)
from services.performance.rules.shares import WHOLE_BASIS_POINTS

# Deals of a bank take weeks or months: what was done a week before is not worth half of what was done today.
HALF_LIFE_DAYS = range(30, 91)
ROLE_WEIGHTS: Mapping[int, int] = {
    DealRole.OWNER: 50,
    DealRole.CO_WORKER: 30,
    DealRole.PRODUCT_SPECIALIST: 20,
    DealRole.REFERRER: 15,
    DealRole.RISK_OFFICER: 10,
    DealRole.SUPPORT: 10,
}
# Points of a contact by `workbench.activity.v1.ContactKind`: visit, call, meeting, message, e-mail, letter, event.
CONTACT_POINTS: Mapping[int, int] = {1: 10, 2: 3, 3: 8, 4: 1, 5: 2, 6: 2, 7: 6}


@dataclass(frozen=True, slots=True)
class Position:
    """What the first contact, the turning one, the last one and all the others together have, in basis points."""

    first_basis_points: int = 4_000
    turning_basis_points: int = 0
    last_basis_points: int = 4_000
    others_basis_points: int = 2_000

    @property
    def total(self) -> int:
        """All of them: the whole, where they are right."""
        return self.first_basis_points + self.turning_basis_points + self.last_basis_points + self.others_basis_points


@dataclass(frozen=True, slots=True)
class Parameters:
    """What can be set of any scheme: each kind reads its own, and a blend those of its evidence too."""

    half_life_days: int = 60
    position: Position = field(default_factory=Position)
    role_weights: Mapping[int, int] = field(default_factory=lambda: dict(ROLE_WEIGHTS))
    effort_measure: int = EffortMeasure.MINUTES
    # So many minutes or points of one day count of anybody at most.
    effort_per_day_max: int = 480
    contact_points: Mapping[int, int] = field(default_factory=lambda: dict(CONTACT_POINTS))
    # How surely one contact of a member alone brings a stage about.
    touch_strength_basis_points: int = 3_000
    # Of one member at one stage count so many contacts at most.
    touches_per_stage_max: int = 10
    # Where none is named all stages weigh the same; else those that are not named weigh nothing.
    stage_weights: Mapping[str, int] = field(default_factory=dict)
    permutation_count: int = 2_000
    # How far back opportunities of the members are looked at.
    history_days: int = 730
    # Of a blend: the part that goes by what was agreed.
    agreed_basis_points: int = 5_000
    floor_basis_points: int = 0
    cap_basis_points: int = WHOLE_BASIS_POINTS
    # Of a blend its evidence, of stock and increment that by which the increment is shared.
    inner_kind: int = SchemeKind.EFFORT

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Parameters:
        """From how they are kept: names to values, numbers as text where they are keys."""
        values = dict(kept)
        for name in ("role_weights", "contact_points"):
            if name in values:
                values[name] = {int(key): weight for key, weight in values[name].items()}
        if "position" in values:
            values["position"] = Position(**values["position"])
        return cls(**values)


def lint(kind: SchemeKind, parameters: Parameters) -> None:
    """Raises InvalidInput SCHEME_INVALID with everything that is wrong with the parameters of such a scheme."""
    if violations := tuple(FieldViolation(f"parameters.{name}", fault) for name, fault in _faults(kind, parameters)):
        raise InvalidInput("SCHEME_INVALID", "The scheme cannot share every deal fairly as it is set.", violations=violations)


def _faults(kind: SchemeKind, parameters: Parameters) -> Iterator[tuple[str, str]]:
    if kind in (SchemeKind.BLEND, SchemeKind.STOCK_INCREMENT):
        inner = SchemeKind(parameters.inner_kind)
        allowed = EVIDENCE_KINDS if kind is SchemeKind.BLEND else INCREMENT_KINDS
        if inner not in allowed:
            yield "inner_kind", f"One of {', '.join(sorted(each.name for each in allowed))}."
        else:
            yield from _faults(inner, parameters)
    if kind is SchemeKind.TIME_DECAY and parameters.half_life_days not in HALF_LIFE_DAYS:
        yield "half_life_days", f"From {HALF_LIFE_DAYS.start} to {HALF_LIFE_DAYS.stop - 1} days."
    elif kind is SchemeKind.POSITION and parameters.position.total != WHOLE_BASIS_POINTS:
        yield "position", f"Together {WHOLE_BASIS_POINTS} basis points, not {parameters.position.total}."
    elif kind is SchemeKind.POSITION and not parameters.position.first_basis_points + parameters.position.last_basis_points:
        yield "position", "The first or the last contact has a part: of a deal with one contact there is no other."
    elif kind is SchemeKind.ROLE and not parameters.role_weights.get(DealRole.OWNER):
        yield "role_weights", "The owner has a weight: a deal may have no other member."
    elif kind is SchemeKind.EFFORT:
        yield from _effort_faults(parameters)
    elif kind is SchemeKind.SHAPLEY and parameters.stage_weights and not any(parameters.stage_weights.values()):
        yield "stage_weights", "At least one stage weighs something."
    elif kind is SchemeKind.BLEND and parameters.floor_basis_points > parameters.cap_basis_points:
        yield "floor_basis_points", "At most as much as `cap_basis_points`."


def _effort_faults(parameters: Parameters) -> Iterator[tuple[str, str]]:
    if parameters.effort_measure == EffortMeasure.POINTS and not any(parameters.contact_points.values()):
        yield "contact_points", "At least one kind of contact has points."
