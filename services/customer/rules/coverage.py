"""Coverage 管户关系 in days: plain business dates, the last day itself included."""

from __future__ import annotations

from datetime import date, timedelta


def last_day(start_date: date, handed_over_on: date) -> date:
    """The last day of a coverage whose successor begins on a day: the day before.

    What is handed over on the day it began ends on that day, which it then shares with its successor: of two coverages of a
    day the later one counts.
    """
    return max(start_date, handed_over_on - timedelta(days=1))
