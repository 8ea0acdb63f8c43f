"""A deal as the schemes see it, and what they answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from itertools import groupby

from services.chassis.kernel.errors import RuleBroken
from services.performance.rules.attribution.kinds import DealRole
from services.performance.rules.shares import WHOLE_BASIS_POINTS

# By person: exact, 0 or more, and together 1.
Weights = Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who worked on the deal."""

    person_id: str
    # Decides where two parts are equally near to the next whole one.
    staff_number: str
    role: int = DealRole.OWNER
    # How much of his role he filled, as its owner judges.
    involvement_basis_points: int = WHOLE_BASIS_POINTS


@dataclass(frozen=True, slots=True)
class Touch:
    """Something that a member did for the deal: a contact that took place. Of one contact each who took part has a touch."""

    # What there is to look at, such as `contacts/0198…`.
    resource: str
    person_id: str
    touch_time: datetime
    business_date: date
    # The stage at which the opportunity stood.
    stage_code: str = ""
    # The number of `workbench.activity.v1.ContactKind`.
    contact_kind: int = 0
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Journey:
    """Who dealt with an opportunity of the past, in their order; who did so together stand together."""

    moments: Sequence[Sequence[str]]
    won: bool


@dataclass(frozen=True, slots=True)
class AgreedBand:
    """How the part of the amount from a sum to below another is shared."""

    from_minor_units: int
    to_minor_units: int | None
    basis_points: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Terms:
    """What the members agreed on among themselves; empty where they did not."""

    # By person.
    agreed_basis_points: Mapping[str, int] = field(default_factory=dict)
    bands: Sequence[AgreedBand] = ()
    # Who keeps the base, who need not be a member; None where nobody.
    former_owner: Member | None = None
    base_minor_units: int = 0
    # Who has all of it; the owner where empty.
    single_owner_person_id: str = ""


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal and its evidence. The order of members and touches changes nothing."""

    amount_minor_units: int
    currency_code: str
    close_date: date
    members: Sequence[Member]
    touches: Sequence[Touch] = ()
    journeys: Sequence[Journey] = ()
    terms: Terms = field(default_factory=Terms)
    # From which sampling takes its numbers: the same deal is sampled alike each time.
    seed: str = ""

    @property
    def person_ids(self) -> list[str]:
        """The members, in a fixed order."""
        return sorted(member.person_id for member in self.members)

    @property
    def participants(self) -> dict[str, Member]:
        """The members, and whoever had it before them, by id."""
        former = self.terms.former_owner
        return ({former.person_id: former} if former else {}) | {member.person_id: member for member in self.members}

    def counted(self) -> list[Touch]:
        """The touches that are evidence: of members, and not after the day on which the deal was won."""
        members = {member.person_id for member in self.members}
        return [each for each in self.touches if each.person_id in members and each.business_date <= self.close_date]

    def evidence(self) -> list[Touch]:
        """The touches that count, in order of time; raises RuleBroken NO_EVIDENCE where there are none."""
        counted = self.counted()
        if not counted:
            raise RuleBroken(
                "NO_EVIDENCE", "No contact of a member is known for the deal: schemes by evidence have nothing to say."
            )
        return sorted(counted, key=lambda each: (each.touch_time, each.resource, each.person_id))

    def moments(self) -> list[list[Touch]]:
        """The same by contact: those who took part in one together."""
        return [list(together) for _, together in groupby(self.evidence(), key=lambda each: (each.touch_time, each.resource))]


@dataclass(frozen=True, slots=True)
class Part:
    """Why somebody has what he has: figures by their names, and what there is to look at."""

    person_id: str
    figures: Mapping[str, str] = field(default_factory=dict)
    resources: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Tranche:
    """How the part of an amount from a sum to below another is shared; without end where the other is None."""

    weights: Weights
    from_minor_units: int = 0
    to_minor_units: int | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """How a scheme shares a deal: tranches one behind the other from 0 without end."""

    tranches: Sequence[Tranche]
    parts: Sequence[Part]
    # By how much a sampled weight may differ from the exact one, with 95 % confidence; 0 where it is exact.
    error_bound: Fraction = Fraction(0)


def whole(weights: Mapping[str, Fraction | int], parts: Iterable[Part] = (), error_bound: Fraction = Fraction(0)) -> Split:
    """A split of all of it in proportion to weights of 0 or more; raises RuleBroken NO_EVIDENCE where all are 0."""
    return Split((Tranche(normalised(weights)),), tuple(parts), error_bound)


def normalised(weights: Mapping[str, Fraction | int]) -> Weights:
    """The same proportions, together 1; raises RuleBroken NO_EVIDENCE where all are 0."""
    total = sum(weights.values(), Fraction(0))
    if total == 0:
        raise RuleBroken("NO_EVIDENCE", "Nothing that this scheme counts is known of any member.")
    return {person_id: Fraction(weight) / total for person_id, weight in weights.items()}
