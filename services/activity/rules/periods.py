"""The days, weeks and months of reports: plain dates of the bank, each period with its first and its last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from services.chassis.kernel.errors import FieldViolation, InvalidInput

# No bank keeps a report of an earlier day, or of a later one; between them no arithmetic on dates overflows.
FIRST_DATE, LAST_DATE = date(1970, 1, 1), date(2199, 12, 31)
_DAY = timedelta(days=1)


class PeriodKind(IntEnum):
    """Of how many days a report is; the numbers of `workbench.activity.v1.WorkPeriod`."""

    UNSPECIFIED = 0
    DAY = 1
    WEEK = 2
    MONTH = 3


@dataclass(frozen=True, slots=True)
class Period:
    """A day, a week from Monday to Sunday (ISO 8601), or a month; both days are in it."""

    kind: PeriodKind
    start_date: date
    end_date: date

    @classmethod
    def around(cls, kind: int, day: date) -> Period:
        """The period of that kind in which the day lies; raises InvalidInput PERIOD_INVALID where no report is of such a day."""
        if not FIRST_DATE <= day <= LAST_DATE:
            violation = FieldViolation("day_date", f"A day from {FIRST_DATE} to {LAST_DATE}.")
            raise InvalidInput("PERIOD_INVALID", "There is no report of such a day.", violations=(violation,))
        if kind == PeriodKind.WEEK:
            first = day - _DAY * day.weekday()
            return cls(PeriodKind.WEEK, first, first + 6 * _DAY)
        if kind == PeriodKind.MONTH:
            first = day.replace(day=1)
            return cls(PeriodKind.MONTH, first, _next_month(first) - _DAY)
        return cls(PeriodKind.DAY, day, day)

    @property
    def next_date(self) -> date:
        """The day after the last."""
        return self.end_date + _DAY

    def covers(self, day: date | None) -> bool:
        """Whether the day lies in it."""
        return day is not None and self.start_date <= day <= self.end_date


def ended_before(day: date, kind: PeriodKind, after: date | None, count_max: int) -> list[Period]:
    """The periods that were over as that day began and begin after another day, the last ones, the latest first.

    Without such a day the last alone. A bank's date can go over several days at once, as over a weekend.
    """
    ended: list[Period] = []
    start_date = Period.around(kind, day).start_date
    while len(ended) < (count_max if after else 1):
        period = Period.around(kind, start_date - _DAY)
        if after and period.start_date <= after:
            break
        ended.append(period)
        start_date = period.start_date
    return ended


def _next_month(first: date) -> date:
    return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
