"""Coverage 管户关系: to whom it can go, its days (plain business dates, the last day itself included), what depends on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from services.customer.rules.kinds import CoverageRole

# The head office is one unit deep, a branch two: no colleagues' path is shorter.
_BRANCH_DEPTH = 2


@dataclass(frozen=True, slots=True)
class Days:
    """Somebody's time with a customer; no last day while it lasts. One that was revoked counts no more, whatever its days."""

    person_id: str
    role: int
    start_date: date
    end_date: date | None = None
    revoked: bool = False

    def hold_on(self, day: date) -> bool:
        """Whether the day is one of them."""
        return not self.revoked and self.start_date <= day and (self.end_date is None or self.end_date >= day)

    def overlap(self, start_date: date, end_date: date | None) -> bool:
        """Whether they share a day with others."""
        begins_in_time = end_date is None or self.start_date <= end_date
        return not self.revoked and begins_in_time and (self.end_date is None or self.end_date >= start_date)


@dataclass(frozen=True, slots=True)
class Dependence:
    """On how few people a customer depends."""

    lead_tenure_days: int
    bank_people_count: int
    single_threaded: bool
    last_change_date: date


def dependence(coverages: Iterable[Days], today: date) -> Dependence:
    """What the coverages of one customer say of its dependence on its lead.

    Key-person dependence 关键人依赖 of a customer on one person grows with the share of all contacts that he holds and with his
    tenure, and falls with the number of the bank's people whom the customer knows; the share of contacts is told by whoever keeps
    contacts. Of it coverage gives: `lead_tenure_days` = today - first day of the lead that holds + 1; `bank_people_count` =
    persons with a coverage that holds today, lead and supporters alike; `single_threaded` = one at most. `last_change_date` is
    the latest day up to today on which a coverage began, or the day after one ended.
    """
    known = [each for each in coverages if each.start_date <= today]
    holding = [each for each in known if each.hold_on(today)]
    # Of two leads that share the day of a hand-over the later one counts.
    since = max((each.start_date for each in holding if each.role == CoverageRole.LEAD), default=today)
    people = {each.person_id for each in holding}
    ends = [each.end_date + timedelta(days=1) for each in known if each.end_date is not None and each.end_date < today]
    return Dependence(
        lead_tenure_days=(today - since).days + 1,
        bank_people_count=len(people),
        single_threaded=len(people) <= 1,
        last_change_date=max([*ends, *(each.start_date for each in known)], default=today),
    )


def colleagues_path(organisation_path: str) -> str:
    """Below which unit somebody's colleagues are: the unit above his own, but never more than his branch.

    `/HO/EAST/` for `/HO/EAST/E01/` and for `/HO/EAST/` itself; empty for the head office and for nowhere: all the bank would be
    below it.
    """
    units = organisation_path.strip("/").split("/")
    if len(units) < _BRANCH_DEPTH:
        return ""
    return f"/{'/'.join(units[: max(len(units) - 1, _BRANCH_DEPTH)])}/"


def branch_path(organisation_path: str) -> str:
    """The branch in which a unit is: `/HO/EAST/` for `/HO/EAST/E01/`; the path itself for the head office."""
    units = organisation_path.strip("/").split("/")
    return f"/{'/'.join(units[:_BRANCH_DEPTH])}/"


def last_day(start_date: date, handed_over_on: date) -> date:
    """The last day of a coverage whose successor begins on a day: the day before.

    What is handed over on the day it began ends on that day, which it then shares with its successor: of two coverages of a
    day the later one counts.
    """
    return max(start_date, handed_over_on - timedelta(days=1))
