"""Days on which the demonstration bank works: China's, with the weekends that are worked and the holidays that are not."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, timedelta

from services.activity.rules import workdays as rules


class Workdays:
    """The workdays from one date to another."""

    def __init__(self, first: date, last: date) -> None:
        china = rules.Workdays()
        days = (first + timedelta(days=each) for each in range((last - first).days + 1))
        self._days = [day for day in days if china.is_workday(day)]

    def on_or_after(self, day: date) -> date:
        """That day, or the first workday after it; date.max where there is none any more."""
        place = bisect_left(self._days, day)
        return self._days[place] if place < len(self._days) else date.max
