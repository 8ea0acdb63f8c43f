"""Workload completion 工作量完成率, exactly: rates are fractions, and are rounded only where somebody reads them.

Σ weight · min(done / planned, cap) / Σ weight, over the kinds of which anything was planned. Where nothing was planned nobody is
assessed: that is neither 0 nor 100 %.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import IntEnum
from fractions import Fraction
from itertools import pairwise

from services.chassis.kernel.errors import FieldViolation, InvalidInput

BASIS_POINTS = 10_000
CAP_BASIS_POINTS = 12_000
LEVEL_BASIS_POINTS = (8_000, 10_000, 12_000)
_PLACES = Decimal("0.000001")
# More digits than the integer part of any rate and its six places have.
_PRECISION = 60


class WorkKind(IntEnum):
    """What is counted; the numbers of `workbench.activity.v1.WorkKind`."""

    UNSPECIFIED = 0
    VISIT = 1
    CONTACT = 2
    LEAD = 3
    TASK = 4
    REPORT = 5


@dataclass(frozen=True, slots=True)
class Target:
    """How much of one kind is expected; `planned` None where what was planned in the calendar, and due, counts."""

    kind: WorkKind
    weight: int
    tier: int = 0
    planned: int | None = None
    cap_basis_points: int = CAP_BASIS_POINTS


# What holds where nobody set a plan: what was planned, and due, with the weights that practice gives.
DEFAULT_TARGETS = (
    Target(WorkKind.VISIT, 40),
    Target(WorkKind.CONTACT, 20),
    Target(WorkKind.LEAD, 20),
    Target(WorkKind.TASK, 10),
    Target(WorkKind.REPORT, 10),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of somebody's work: how much was planned, and how much of it done."""

    target: Target
    planned: int
    done: int

    @property
    def ratio(self) -> Fraction | None:
        """min(done / planned, cap); None where nothing was planned."""
        if self.planned <= 0:
            return None
        return min(Fraction(max(self.done, 0), self.planned), Fraction(self.target.cap_basis_points, BASIS_POINTS))


@dataclass(frozen=True, slots=True)
class Completion:
    """A rate and what explains it: the contributions, one for each part, are the rate."""

    parts: tuple[Part, ...]

    @property
    def weight(self) -> int:
        """Of all kinds of which anything was planned: the one denominator of the rate and of each contribution."""
        return sum(part.target.weight for part in self.parts if part.ratio is not None)

    @property
    def rate(self) -> Fraction | None:
        """The rate; None where nobody is assessed."""
        return sum(filter(None, map(self.contribution, self.parts)), Fraction(0)) if self.weight else None

    def contribution(self, part: Part) -> Fraction | None:
        """What a part adds to the rate; None where nothing of it was planned."""
        return None if part.ratio is None else part.ratio * part.target.weight / self.weight


def level(rate: Fraction | None, thresholds_basis_points: Sequence[int] = LEVEL_BASIS_POINTS) -> int:
    """How many of the thresholds the rate reaches, compared exactly, each included; 0 where nobody is assessed."""
    return 0 if rate is None else sum(rate >= Fraction(each, BASIS_POINTS) for each in thresholds_basis_points)


def exact(value: Fraction | None) -> str:
    """`numerator/denominator`, empty for None."""
    return "" if value is None else f"{value.numerator}/{value.denominator}"


def shown(value: Fraction | None) -> str:
    """A decimal of six places, rounded half up; empty for None. For people to read: nothing is compared with it."""
    if value is None:
        return ""
    with localcontext(prec=_PRECISION):
        return str((Decimal(value.numerator) / value.denominator).quantize(_PLACES, ROUND_HALF_UP))


def default_targets(*, of_day: bool) -> tuple[Target, ...]:
    """What holds where nobody set a plan; a day has no reports of days within it."""
    return tuple(target for target in DEFAULT_TARGETS if not (of_day and target.kind is WorkKind.REPORT))


def check_targets(targets: Iterable[Target], *, of_day: bool = False) -> None:
    """Raises InvalidInput TARGETS_INVALID where a kind stands twice, a tier is of no visit, visits overlap, or a day has any."""
    found = [(target.kind, target.tier) for target in targets]
    if len(set(found)) != len(found):
        raise _refused("Each kind, and each tier of visits, once.")
    if any(tier and kind is not WorkKind.VISIT for kind, tier in found):
        raise _refused("Only visits have a tier.")
    if of_day and any(kind is WorkKind.REPORT for kind, _ in found):
        raise _refused("Reports of days are of weeks and months.")
    tiers = {tier for kind, tier in found if kind is WorkKind.VISIT}
    if 0 in tiers and len(tiers) > 1:
        raise _refused("Visits of all tiers, or by tier: both together would count them twice.")


def check_levels(thresholds_basis_points: Sequence[int]) -> None:
    """Raises InvalidInput LEVELS_INVALID where the thresholds do not ascend."""
    if any(after <= before for before, after in pairwise(thresholds_basis_points)):
        violation = FieldViolation("level_basis_points", "Ascending, each once.")
        raise InvalidInput("LEVELS_INVALID", "Levels go up.", violations=(violation,))


def _refused(fault: str) -> InvalidInput:
    return InvalidInput("TARGETS_INVALID", "These targets do not go together.", violations=(FieldViolation("targets", fault),))
