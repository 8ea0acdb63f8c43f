"""Documents: their kinds and states, for whom they are, and on which days a version holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import IntEnum

from services.chassis.kernel.errors import FieldViolation, InvalidInput
from services.chassis.words.folding import fold

# Stands where a version has no last day.
NO_END = date.max


class DocumentKind(IntEnum):
    """The numbers of `workbench.activity.v1.DocumentKind`."""

    UNSPECIFIED = 0
    CASE = 1
    MACRO_POLICY = 2
    MARKETING = 3
    TRAINING = 4
    SOLUTION = 5
    PROCESS = 6
    BANK_POLICY = 7
    REGULATION = 8


class DocumentState(IntEnum):
    """The numbers of `workbench.activity.v1.DocumentState`."""

    UNSPECIFIED = 0
    DRAFT = 1
    PUBLISHED = 2
    SUPERSEDED = 3
    WITHDRAWN = 4


# What readers find, on the days on which it holds.
READABLE = (DocumentState.PUBLISHED.value, DocumentState.SUPERSEDED.value)

EVERYBODY = ""
# What stands between a post and a unit in the key of an audience; names of roles and ids of units have none.
_SEPARATOR = "@"
# How files of other systems write for whom a document is.
_ROLES_BY_NAME: Mapping[str, str] = {
    "客户经理": "relationship_manager",
    "relationship manager": "relationship_manager",
    "relationship managers": "relationship_manager",
    "团队负责人": "team_leader",
    "team leader": "team_leader",
    "机构负责人": "branch_manager",
    "支行行长": "branch_manager",
    "branch manager": "branch_manager",
    "产品经理": "product_manager",
    "product manager": "product_manager",
    "绩效分析员": "performance_analyst",
    "performance analyst": "performance_analyst",
    "数据管理员": "data_steward",
    "data steward": "data_steward",
    "审计员": "auditor",
    "auditor": "auditor",
} | {
    role: role
    for role in (
        "relationship_manager", "team_leader", "branch_manager", "product_manager", "performance_analyst", "data_steward",
        "auditor",
    )
}  # fmt: skip
_ALL_NAMES = ("全员", "全行", "全体员工", "所有人", "all", "all staff", "everybody", "everyone")
# Full-width ones are folded into these.
_MARKS = ";|/、"


def audience_key(role: str, organisation_unit_id: str) -> str:
    """One audience of a document, as it is kept and asked for; either part empty for all."""
    return f"{role}{_SEPARATOR}{organisation_unit_id}"


def audience_of_key(key: str) -> tuple[str, str]:
    """The role and the unit of a key."""
    role, _, unit = key.partition(_SEPARATOR)
    return role, unit


def reader_keys(posts: Iterable[tuple[str, Sequence[str]]]) -> list[str]:
    """The keys of all audiences to which somebody belongs, by his posts: each its role and the units in which it lies.

    Whoever holds no post at all is one of everybody.
    """
    keys = {audience_key(EVERYBODY, EVERYBODY)}
    for role, units in posts:
        keys.update(audience_key(each, unit) for each in (role, EVERYBODY) for unit in (*units, EVERYBODY))
    return sorted(keys)


def roles_named(audience: str) -> list[str] | None:
    """The roles that a file's text names; none for everybody, and None where it names somebody whom nobody here knows."""
    text = fold(audience)
    for mark in _MARKS:
        text = text.replace(mark, ",")
    named = [part for each in text.split(",") if (part := " ".join(each.split()))]
    if any(name in _ALL_NAMES for name in named):
        return []
    roles = [_ROLES_BY_NAME.get(name, "") for name in named]
    return sorted(set(roles)) if all(roles) else None


def check_days(start: date | None, end: date | None, read_by: date | None) -> None:
    """Raises InvalidInput DOCUMENT_INVALID where the days of a version do not follow each other."""
    if start and end and end < start:
        raise _refused("end_date", "Not before the first day on which it holds.")
    if start and read_by and read_by < start:
        raise _refused("read_by_date", "Not before the first day on which it holds.")
    if end and read_by and end < read_by:
        raise _refused("read_by_date", "Not after the last day on which it holds.")


def until_dates(versions: Sequence[tuple[date, date]]) -> list[date]:
    """For each published version, from the first to the last, given by its own first and last day, until when readers find it.

    A later version takes an earlier one's place on its own first day; where that is not later than the earlier one's own, the
    earlier is never found: its last day lies before its first.
    """
    found: list[date] = []
    successor = NO_END
    for start, end in reversed(versions):
        last = end if successor == NO_END else min(end, day_before(successor))
        found.append(last)
        successor = min(successor, start)
    return found[::-1]


def day_before(day: date) -> date:
    """The day before; the calendar's first has none, and stands for it."""
    return day - timedelta(days=1) if day > date.min else day


def _refused(field: str, description: str) -> InvalidInput:
    violation = FieldViolation(field, description)
    return InvalidInput("DOCUMENT_INVALID", "The document cannot be kept as it is.", violations=(violation,))
