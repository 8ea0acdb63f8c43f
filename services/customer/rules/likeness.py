"""How alike two customers are: a score from 0 to 100, and what it is made of.

Each agreement gives points and each contradiction takes some; the sum, held between 0 and 100, is the score. Weights are data:
`RETAIL` and `ORGANISATION`. They are set so that

- a name alone never makes two people likely duplicates (there are 290,000 people called 王伟), nor does a shared telephone or
  birth date alone: it takes two things that agree (`LIKELY`);
- a name and a telephone that are equal, or one identifier, are nearly certain (`NEARLY_CERTAIN`), unless something contradicts;
- two numbers of a kind of which everybody has one (ID card, credit code) outweigh a name: that is another customer.

The score is symmetric, and agreement more never lowers it: no customer is more alike to another than to itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from rapidfuzz.distance import Indel, Levenshtein

from services.chassis.words.folding import fold
from services.customer.rules.kinds import CustomerKind
from services.customer.rules.name_forms import NameForms, organisation_forms, person_forms

SCORE_MAX = 100
# From here on somebody should look at the two records.
LIKELY = 60
# From here on a new record is not opened without a word.
NEARLY_CERTAIN = 85

# Names less alike than this speak against, more alike for.
_NAME_BALANCE = 0.6
_READ_ALIKE = 0.92
_SOUND_ALIKE = 0.88
# What the mark 字号 of an organisation's name weighs against the trade beside it.
_MARK_SHARE = 0.7
_OTHER_REGION = 0.55
_REGION_UNTOLD = 0.97
# Address lines less alike than this say nothing.
_LINE_BALANCE = 0.6


class ReasonKind(IntEnum):
    """What agrees or contradicts; the numbers are those of `workbench.customer.v1.DuplicateReasonKind`."""

    SAME_IDENTIFIER = 1
    SAME_PHONE = 2
    SAME_EMAIL = 3
    SAME_NAME = 4
    LIKE_NAME = 5
    SAME_DATE = 6
    LIKE_ADDRESS = 7
    OTHER_IDENTIFIER = 8
    OTHER_NAME = 9
    OTHER_DATE = 10


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that agrees (points above 0) or contradicts (below)."""

    kind: ReasonKind
    points: int


@dataclass(frozen=True, slots=True)
class Weights:
    """The points that each agreement gives at most, and each contradiction takes at most."""

    same_identifier: int
    same_phone: int
    same_email: int
    same_name: int
    same_date: int
    like_address: int
    other_identifier: int
    other_name: int
    other_date: int


RETAIL = Weights(
    same_identifier=85, same_phone=45, same_email=45, same_name=40, same_date=28, like_address=20,
    other_identifier=45, other_name=20, other_date=25,
)  # fmt: skip
# A company's name is registered and all but its own; its telephone and address are those of a building or an agent.
ORGANISATION = Weights(
    same_identifier=85, same_phone=25, same_email=30, same_name=60, same_date=10, like_address=15,
    other_identifier=60, other_name=30, other_date=10,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Likeness:
    """A score, and its reasons, the weightiest first."""

    score: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Traits:
    """What of a customer is compared. `keys` holds blind indexes by their names, so that no identifying value is needed."""

    kind: CustomerKind
    # The present name first.
    names: tuple[str, ...]
    # Blind indexes by the name of the key: `phone`, `email`, `identifier.passport`.
    keys: Mapping[str, frozenset[str]]
    birth_or_founding_date: str = ""
    # Division code and line of each address.
    addresses: tuple[tuple[str, str], ...] = ()

    @property
    def weights(self) -> Weights:
        """Which weights count for the customer."""
        return RETAIL if self.kind == CustomerKind.RETAIL else ORGANISATION


# Numbers of which nobody has two at a time; a passport is renewed, and gets another.
SINGULAR_KEYS = tuple(
    f"identifier.{kind}" for kind in ("resident_id_card", "unified_social_credit_code", "lei", "permanent_residence_card")
)


def likeness(one: Traits, other: Traits) -> Likeness:
    """How alike two customers of one kind are."""
    reasons = sorted(_reasons(one, other), key=lambda reason: (-abs(reason.points), reason.kind))
    return Likeness(max(0, min(SCORE_MAX, sum(reason.points for reason in reasons))), tuple(reasons))


def ruled_out(one: Traits, other: Traits) -> bool:
    """Whether two customers of one kind cannot be `LIKELY`, told without a look at their names.

    Where numbers of which everybody has one differ, and no other key is shared, name, date and address together are too little:
    a scan meets a thousand such pairs for one that is worth the look.
    """
    differ = any(name in other.keys and one.keys[name].isdisjoint(other.keys[name]) for name in SINGULAR_KEYS if name in one.keys)
    return differ and not any(name in other.keys and not values.isdisjoint(other.keys[name]) for name, values in one.keys.items())


def name_likeness(one: NameForms, other: NameForms, *, organisation: bool) -> float:
    """How alike two names are, from 0 to 1; 1 where nothing but their dress differs."""
    if one.sorted_text == other.sorted_text:
        return 1.0
    return _organisation_names(one, other) if organisation else _person_names(one, other)


def forms(kind: CustomerKind, name: str) -> NameForms:
    """The forms of a name as they are compared for a customer of that kind."""
    return person_forms(name) if kind == CustomerKind.RETAIL else organisation_forms(name)


def _reasons(one: Traits, other: Traits) -> Iterator[Reason]:
    weights = one.weights
    yield from _identifier_reasons(one, other, weights)
    if _share(one, other, ("phone",)):
        yield Reason(ReasonKind.SAME_PHONE, weights.same_phone)
    if _share(one, other, ("email",)):
        yield Reason(ReasonKind.SAME_EMAIL, weights.same_email)
    yield from _name_reasons(one, other, weights)
    if one.birth_or_founding_date and other.birth_or_founding_date:
        same = one.birth_or_founding_date == other.birth_or_founding_date
        yield Reason(ReasonKind.SAME_DATE, weights.same_date) if same else Reason(ReasonKind.OTHER_DATE, -weights.other_date)
    nearest = max((_address_likeness(a, b) for a in one.addresses for b in other.addresses), default=0.0)
    if points := round(weights.like_address * nearest):
        yield Reason(ReasonKind.LIKE_ADDRESS, points)


def _identifier_reasons(one: Traits, other: Traits, weights: Weights) -> Iterator[Reason]:
    if _share(one, other, [name for name in one.keys if name.startswith("identifier.")]):
        yield Reason(ReasonKind.SAME_IDENTIFIER, weights.same_identifier)
    elif any(one.keys.get(name) and other.keys.get(name) for name in SINGULAR_KEYS):
        yield Reason(ReasonKind.OTHER_IDENTIFIER, -weights.other_identifier)


def _share(one: Traits, other: Traits, names: Iterable[str]) -> bool:
    nothing: frozenset[str] = frozenset()
    return any(not one.keys.get(name, nothing).isdisjoint(other.keys.get(name, nothing)) for name in names)


def _name_reasons(one: Traits, other: Traits, weights: Weights) -> Iterator[Reason]:
    organisation = one.kind != CustomerKind.RETAIL
    ours, theirs = ([forms(each.kind, name) for name in each.names] for each in (one, other))
    alike = max((name_likeness(a, b, organisation=organisation) for a in ours for b in theirs), default=0.0)
    if alike == 1.0:
        yield Reason(ReasonKind.SAME_NAME, weights.same_name)
    elif alike > _NAME_BALANCE:
        yield Reason(ReasonKind.LIKE_NAME, round(weights.same_name * (alike - _NAME_BALANCE) / (1.0 - _NAME_BALANCE)))
    else:
        yield Reason(ReasonKind.OTHER_NAME, -round(weights.other_name * (_NAME_BALANCE - alike) / _NAME_BALANCE))


def _person_names(one: NameForms, other: NameForms) -> float:
    if not one.readings.isdisjoint(other.readings):
        return _READ_ALIKE
    if not one.like_readings.isdisjoint(other.like_readings):
        return _SOUND_ALIKE
    # Below what is read alike: a slip of the pen in a long name, two letters that changed places.
    return min(_SOUND_ALIKE, Levenshtein.normalized_similarity(one.sorted_text, other.sorted_text))


def _organisation_names(one: NameForms, other: NameForms) -> float:
    alike = _cores(one, other)
    # Two regions of which neither lies in the other: 上海银行 is not 北京银行, but 浙江 may be 杭州.
    if not (one.regions <= other.regions or other.regions <= one.regions):
        return alike * _OTHER_REGION
    return alike


def _cores(one: NameForms, other: NameForms) -> float:
    if one.core == other.core:
        # Two companies of one region cannot register one name; a name without its region may be another's.
        return 1.0 if one.regions == other.regions else _REGION_UNTOLD
    if not one.readings.isdisjoint(other.readings):
        return _READ_ALIKE
    whole, mark = Indel.normalized_similarity(one.core, other.core), Levenshtein.normalized_similarity(one.mark, other.mark)
    return min(_READ_ALIKE, _MARK_SHARE * mark + (1.0 - _MARK_SHARE) * whole)


def _address_likeness(one: tuple[str, str], other: tuple[str, str]) -> float:
    """From 0 to 1: two lines that are alike, in divisions of which one may lie in the other."""
    (one_division, one_line), (other_division, other_line) = one, other
    if not _compatible(one_division, other_division) or not (one_line and other_line):
        return 0.0
    alike = Levenshtein.normalized_similarity(fold_line(one_line), fold_line(other_line))
    return max(0.0, (alike - _LINE_BALANCE) / (1.0 - _LINE_BALANCE))


def fold_line(line: str) -> str:
    """An address line without what only dresses it."""
    return "".join(filter(str.isalnum, fold(line)))


def _compatible(one: str, other: str) -> bool:
    """330000 holds 330100 and 330106; an unknown division contradicts none."""
    shorter, longer = sorted((_trimmed(one), _trimmed(other)), key=len)
    return longer.startswith(shorter)


def _trimmed(division: str) -> str:
    while division.endswith("00"):
        division = division[:-2]
    return division
