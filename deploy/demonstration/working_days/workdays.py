"""Days on which the demonstration bank works: China's, with the weekends that are worked and the holidays that are not."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, timedelta

_SATURDAY = 5


class Workdays:
    """The workdays from one date to another."""

    def __init__(self, first: date, last: date) -> None:
        days = (first + timedelta(days=each) for each in range((last - first).days + 1))
        self._days = [day for day in days if _is_workday(day)]

    def on_or_after(self, day: date) -> date:
        """That day, or the first workday after it; date.max where there is none any more."""
        place = bisect_left(self._days, day)
        return self._days[place] if place < len(self._days) else date.max


def _is_workday(day: date) -> bool:
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        # The State Council announces a year's holidays in the autumn before it.
        return day.weekday() < _SATURDAY
