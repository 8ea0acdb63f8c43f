"""What a report counts: things that somebody did, or was to do, in a period, and the figures that are their sums."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from services.activity.rules.completion import Completion, Part, Target, WorkKind

NOTES_MAX = 100


class ReportState(IntEnum):
    """Where a report stands; the numbers of `workbench.activity.v1.WorkReportState`."""

    UNSPECIFIED = 0
    DRAFT = 1
    SUBMITTED = 2
    CONFIRMED = 3
    RETURNED = 4


class LineKind(IntEnum):
    """As what something is counted; the numbers of `workbench.activity.v1.WorkLineKind`."""

    UNSPECIFIED = 0
    VISIT = 1
    CONTACT = 2
    LEAD = 3
    TASK = 4
    REPORT = 5
    CAPTURED_LEAD = 6
    OPENED_OPPORTUNITY = 7
    WON_OPPORTUNITY = 8
    LOST_OPPORTUNITY = 9


_LINES_OF = {
    WorkKind.VISIT: LineKind.VISIT,
    WorkKind.CONTACT: LineKind.CONTACT,
    WorkKind.LEAD: LineKind.LEAD,
    WorkKind.TASK: LineKind.TASK,
    WorkKind.REPORT: LineKind.REPORT,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is counted. `planned`: for the period, or due in it; `done`: in it, and in time where there is a time."""

    kind: LineKind
    resource: str
    business_date: date
    planned: bool = False
    done: bool = False
    # Planned, and cancelled or come to nothing, or late and still open.
    missed: bool = False
    # Of a task: done in the period, in time or late.
    ended: bool = False
    contact_kind: int = 0
    tier: int = 0
    minutes: int = 0
    customer_id: str = ""
    minor_units: int = 0
    currency_code: str = ""


@dataclass(frozen=True, slots=True)
class ContactCount:
    """Contacts of one kind."""

    contact_kind: int
    planned_count: int
    done_count: int
    minutes: int
    missed_count: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The sums of a report's lines."""

    lines: tuple[Line, ...]

    def completion(self, targets: Iterable[Target]) -> Completion:
        """How much of what was planned was done. A fixed number is met by all that was done, the calendar's by what it had."""
        return Completion(tuple(self._part(target) for target in targets))

    def contacts(self) -> list[ContactCount]:
        """Contacts by kind, in the kinds' order."""
        found = [line for line in self.lines if line.kind in (LineKind.VISIT, LineKind.CONTACT)]
        return [_contacts(kind, found) for kind in sorted({line.contact_kind for line in found})]

    def customer_count(self) -> int:
        """Customers with whom there was a contact, each once."""
        contacts = (LineKind.VISIT, LineKind.CONTACT)
        return len({line.customer_id for line in self.lines if line.done and line.customer_id and line.kind in contacts})

    def count(self, kind: LineKind) -> int:
        """How many lines are of a kind."""
        return sum(line.kind is kind for line in self.lines)

    def done_tasks(self) -> int:
        """Tasks that were done in the period, in time or late."""
        return sum(line.kind is LineKind.TASK and line.ended for line in self.lines)

    def overdue_tasks(self) -> int:
        """Tasks that were due in the period and were not done."""
        return sum(line.kind is LineKind.TASK and line.missed for line in self.lines)

    def won_amounts(self) -> list[tuple[str, int]]:
        """What the won opportunities bring, by currency: unlike currencies are never added."""
        sums: dict[str, int] = {}
        for line in self.lines:
            if line.kind is LineKind.WON_OPPORTUNITY and line.currency_code:
                sums[line.currency_code] = sums.get(line.currency_code, 0) + line.minor_units
        return sorted(sums.items())

    def _part(self, target: Target) -> Part:
        kind = _LINES_OF[target.kind]
        lines = [line for line in self.lines if line.kind is kind and target.tier in (0, line.tier)]
        if target.planned is None:
            planned = [line for line in lines if line.planned]
            return Part(target, len(planned), sum(line.done for line in planned))
        return Part(target, target.planned, sum(line.done for line in lines))


def in_order(lines: Iterable[Line]) -> Sequence[Line]:
    """The lines by day, then by kind and name: the order in which a report keeps them."""
    return sorted(lines, key=lambda line: (line.business_date, line.kind, line.resource))


def _contacts(kind: int, lines: Iterable[Line]) -> ContactCount:
    found = [line for line in lines if line.contact_kind == kind]
    return ContactCount(
        contact_kind=kind,
        planned_count=sum(line.planned for line in found),
        done_count=sum(line.done for line in found),
        minutes=sum(line.minutes for line in found if line.done),
        missed_count=sum(line.missed for line in found),
    )
