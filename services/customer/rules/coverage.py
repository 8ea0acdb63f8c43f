"""Coverage 管户关系: to whom it can go, and its days (plain business dates, the last day itself included)."""

from __future__ import annotations

from datetime import date, timedelta

# The head office is one unit deep, a branch two: no colleagues' path is shorter.
_BRANCH_DEPTH = 2


def colleagues_path(organisation_path: str) -> str:
    """Below which unit somebody's colleagues are: the unit above his own, but never more than his branch.

    `/HO/EAST/` for `/HO/EAST/E01/` and for `/HO/EAST/` itself; empty for the head office and for nowhere: all the bank would be
    below it.
    """
    units = organisation_path.strip("/").split("/")
    if len(units) < _BRANCH_DEPTH:
        return ""
    return f"/{'/'.join(units[: max(len(units) - 1, _BRANCH_DEPTH)])}/"


def last_day(start_date: date, handed_over_on: date) -> date:
    """The last day of a coverage whose successor begins on a day: the day before.

    What is handed over on the day it began ends on that day, which it then shares with its successor: of two coverages of a
    day the later one counts.
    """
    return max(start_date, handed_over_on - timedelta(days=1))
