"""Relations 关系: which customers can have which, how shares are written and what they come to, and the days they hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import IntEnum

from services.chassis.kernel.dates import parse_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput, RuleBroken
from services.customer.rules.kinds import CustomerKind


class RelationKind(IntEnum):
    """What one is to another, numbered as the contract numbers it."""

    SHAREHOLDER = 1
    GUARANTOR = 2
    ACTUAL_CONTROLLER = 3
    SPOUSE = 4
    PARENT = 5
    SIBLING = 6
    SUPPLIER = 7
    LEGAL_REPRESENTATIVE = 8
    DIRECTOR = 9
    SUPERVISOR = 10
    EXECUTIVE = 11
    OTHER = 12


# A share is kept in millionths, so that 33.3333 % is the whole number 333,333 and three thirds never come to more than all.
WHOLE_SHARE_MILLIONTHS = 1_000_000
_MILLIONTHS_PER_PERCENT = 10_000
# In characters.
LABEL_LENGTH_MAX = 40
SOURCE_LENGTH_MAX = 100
NOTE_LENGTH_MAX = 500

# The same from either end.
SYMMETRIC = frozenset({RelationKind.SPOUSE, RelationKind.SIBLING})
# One at a time.
SINGLE = frozenset({RelationKind.LEGAL_REPRESENTATIVE})

_PEOPLE = frozenset({CustomerKind.RETAIL})
_ORGANISATIONS = frozenset(CustomerKind) - _PEOPLE
_ANYBODY = frozenset(CustomerKind)
_ENDS = {
    RelationKind.SHAREHOLDER: (_ANYBODY, _ORGANISATIONS),
    RelationKind.GUARANTOR: (_ANYBODY, _ANYBODY),
    RelationKind.ACTUAL_CONTROLLER: (_ANYBODY, _ORGANISATIONS),
    RelationKind.SPOUSE: (_PEOPLE, _PEOPLE),
    RelationKind.PARENT: (_PEOPLE, _PEOPLE),
    RelationKind.SIBLING: (_PEOPLE, _PEOPLE),
    RelationKind.SUPPLIER: (_ORGANISATIONS, _ORGANISATIONS),
    RelationKind.LEGAL_REPRESENTATIVE: (_PEOPLE, _ORGANISATIONS),
    RelationKind.DIRECTOR: (_PEOPLE, _ORGANISATIONS),
    RelationKind.SUPERVISOR: (_PEOPLE, _ORGANISATIONS),
    RelationKind.EXECUTIVE: (_PEOPLE, _ORGANISATIONS),
    RelationKind.OTHER: (_ANYBODY, _ANYBODY),
}


@dataclass(frozen=True, slots=True)
class Days:
    """Business dates from the first to the last, both included; without an end they go on."""

    start: date
    end: date | None = None

    def overlap(self, other: Days) -> bool:
        """Whether the two have a day in common."""
        return (other.end is None or self.start <= other.end) and (self.end is None or other.start <= self.end)

    def checked(self) -> Days:
        """These days; raises InvalidInput DATES_INVALID where the end lies before the start."""
        if self.end is not None and self.end < self.start:
            raise dates_invalid("end_date", "Not before the first day.")
        return self


def parse_day(text: str, field: str, default: date | None = None) -> date | None:
    """The business date that a text names, or the default; raises InvalidInput DATE_INVALID, naming the field."""
    return parse_date(text, field) if text else default


def dates_invalid(field: str, fault: str) -> InvalidInput:
    """The refusal of a day."""
    return InvalidInput("DATES_INVALID", "The days do not hold.", violations=(FieldViolation(field, fault),))


def check_fit(kind: RelationKind, from_kind: CustomerKind, to_kind: CustomerKind, label: str) -> None:
    """Raises InvalidInput RELATION_UNFIT where such customers cannot have such a relation; a key person counts as a person."""
    from_kinds, to_kinds = _ENDS[kind]
    if from_kind not in from_kinds:
        raise _unfit("from_party", "Such a customer cannot be that.")
    if to_kind not in to_kinds:
        raise _unfit("to_party", "To such a customer nobody can be that.")
    if (kind == RelationKind.OTHER) != bool(label):
        raise _unfit("label", "Says what it is where the kind is other, and only there.")


def parse_share(percent: str, kind: RelationKind) -> int | None:
    """A share in millionths, None where it is not known; raises InvalidInput RELATION_UNFIT for 0, or where there is none."""
    if not percent:
        return None
    if kind != RelationKind.SHAREHOLDER:
        raise _unfit("share_percent", "Only a shareholder has a share.")
    millionths = int(Decimal(percent) * _MILLIONTHS_PER_PERCENT)
    if millionths == 0:
        raise _unfit("share_percent", "More than 0.")
    return millionths


def percent_text(millionths: int | None) -> str:
    """A share as the contract writes it: `33.3333`, `50`; empty where it is not known."""
    if millionths is None:
        return ""
    whole, rest = divmod(millionths, _MILLIONTHS_PER_PERCENT)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".")


def check_shares(shares: Iterable[tuple[Days, int]]) -> None:
    """Raises RuleBroken SHARES_EXCEED where on some day the shares, in millionths, come to more than the whole."""
    if peak(shares) > WHOLE_SHARE_MILLIONTHS:
        violation = FieldViolation("share_percent", "All shareholders of a day together hold at most 100 percent.")
        raise RuleBroken("SHARES_EXCEED", "The shareholders would hold more than the whole company.", violations=(violation,))


def peak(shares: Iterable[tuple[Days, int]]) -> int:
    """The most that dated shares come to on one day."""
    steps: dict[date, int] = {}
    for days, share in shares:
        steps[days.start] = steps.get(days.start, 0) + share
        if days.end is not None and days.end < date.max:
            day_after = days.end + timedelta(days=1)
            steps[day_after] = steps.get(day_after, 0) - share
    highest = total = 0
    for day in sorted(steps):
        total += steps[day]
        highest = max(highest, total)
    return highest


def _unfit(field: str, fault: str) -> InvalidInput:
    return InvalidInput("RELATION_UNFIT", "These two cannot have such a relation.", violations=(FieldViolation(field, fault),))
