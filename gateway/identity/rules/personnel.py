"""What the bank's personnel system 人力资源 may tell of units and people, and when it is not believed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# As the contract has them (`identity/v1/directory.proto`).
_CODE = re.compile(r"[A-Z0-9]{1,16}")
_STAFF_NUMBER = re.compile(r"[A-Za-z0-9-]{1,32}")
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
UNIT_NAME_LENGTH_MAX = 200
PERSON_NAME_LENGTH_MAX = 100
# In a small bank one leaver is a large share; so many are always believed.
GOING_ALWAYS_MAX = 5


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as the personnel system has it."""

    code: str
    parent_code: str
    # A name of `UnitKind`.
    kind: str
    display_name: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as the personnel system has him."""

    staff_number: str
    display_name: str
    unit_code: str
    # Does not work here any more: said so, or his last day has passed.
    left: bool


def unit_fault(row: UnitRow) -> str:
    """The stable reason why the row can be no unit; empty where it can."""
    if not _CODE.fullmatch(row.code):
        return "UNIT_NUMBER_UNFIT"
    return "" if _is_name(row.display_name, UNIT_NAME_LENGTH_MAX) else "NAME_UNFIT"


def person_fault(row: PersonRow) -> str:
    """The stable reason why the row can be no person; empty where it can."""
    if not _STAFF_NUMBER.fullmatch(row.staff_number):
        return "STAFF_NUMBER_UNFIT"
    return "" if _is_name(row.display_name, PERSON_NAME_LENGTH_MAX) else "NAME_UNFIT"


def login_of(staff_number: str) -> str:
    """The name with which the person signs in: his staff number; empty where it fits no such name."""
    login = staff_number.lower()
    return login if _LOGIN.fullmatch(login) else ""


def ordered(rows: Iterable[UnitRow]) -> tuple[list[UnitRow], list[UnitRow]]:
    """The units with each parent before its children, and those that hang in a ring of their own.

    A parent that is not among the rows counts as there: whether it is, the tree knows.
    """
    waiting = {row.code: row for row in rows}
    below: dict[str, list[UnitRow]] = {}
    for row in waiting.values():
        below.setdefault(row.parent_code if row.parent_code in waiting else "", []).append(row)
    placed: list[UnitRow] = []
    following = below.get("", [])
    while following:
        placed += following
        following = [child for row in following for child in below.get(row.code, ())]
    known = {row.code for row in placed}
    return placed, [row for row in waiting.values() if row.code not in known]


def is_believed(going: int, active: int, share_max: float) -> bool:
    """Whether so many of the active people can be going at once; a broken file must not lock the bank out."""
    return going <= max(GOING_ALWAYS_MAX, active * share_max)


def without(rows: Sequence[str], known: Iterable[str]) -> list[str]:
    """Those known that the rows lack, in order."""
    return sorted(set(known).difference(rows))


def _is_name(text: str, length_max: int) -> bool:
    return 0 < len(text) <= length_max and not _UNSEEN.search(text)
