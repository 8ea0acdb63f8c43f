"""A customer's timeline: points of a chart made of days, and the days for which nothing came."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from services.chassis.kernel.dates import moved

# With more points than that a finer resolution shows no more on a screen.
POINTS_USUAL = 400
POINTS_MAX = 1_200
# A timeline spans at most ten years, three leap days included.
DAYS_MAX = 3_653
# A source that keeps the bank's hours brings nothing on a weekend, nor on a holiday before or after it: that is no gap.
_WEEKEND_DAYS = 3
_SATURDAY = 5
_DECEMBER = 12
_ONE_DAY = timedelta(days=1)

# Closing balances: of a point the last one counts. The others are flows, of which the sum counts.
STOCKS = ("deposit", "term", "wealth", "loan")
FLOWS = ("inflow", "outflow", "salary_inflow", "settlement_inflow", "own_transfer_out", "sign_in_count")
COLUMNS = STOCKS + FLOWS
# Of the columns, those that are no amounts.
COUNTS = frozenset({"sign_in_count"})


class Resolution(IntEnum):
    """For how long a point stands; `workbench.analytics.v1.TimelineResolution` mirrors it."""

    DAY = 1
    WEEK = 2
    MONTH = 3


class ItemKind(IntEnum):
    """What an item is, beside those of `HappeningKind`; `workbench.analytics.v1.TimelineItemKind` mirrors both."""

    SIGNAL = 20
    ACCOUNT_OPENED = 30
    ACCOUNT_CLOSED = 31
    MATURITY = 32
    RATE_CHANGED = 33


@dataclass(frozen=True, slots=True)
class Gap:
    """Days for which nothing came, both included."""

    start_date: date
    end_date: date
    # The last balances still stand in on its last day.
    carried: bool = False


def usual_resolution(start_date: date, end_date: date) -> Resolution:
    """The finest with at most POINTS_USUAL points."""
    for resolution in (Resolution.DAY, Resolution.WEEK):
        if len(points(start_date, end_date, resolution)) <= POINTS_USUAL:
            return resolution
    return Resolution.MONTH


def points(start_date: date, end_date: date, resolution: Resolution) -> list[date]:
    """The last day of each point between two days: of the last one, the end; none where the end lies before the start."""
    found = []
    last = _last_day(start_date, resolution)
    while last < end_date:
        found.append(last)
        last = _last_day(last + _ONE_DAY, resolution)
    return [*found, end_date] if start_date <= end_date else []


def columns_of(
    days: Sequence[date], values: Mapping[str, Sequence[int | None]], ends: Sequence[date]
) -> dict[str, list[int | None]]:
    """The points that end on those days, made of ordered days with a value each in each of COLUMNS.

    A point without a day has None: nothing is known of it, which is not 0. A day after the last point counts nowhere.
    """
    bounds = [bisect_right(days, end) for end in ends]
    spans = list(zip([0, *bounds], bounds, strict=False))
    stocks = {name: [values[name][end - 1] if end > start else None for start, end in spans] for name in STOCKS}
    flows = {name: [_sum(values[name][start:end]) for start, end in spans] for name in FLOWS}
    return stocks | flows


def gaps(
    delivered: Collection[date], start_date: date, end_date: date, until: date, carry_days_max: int | None = None
) -> list[Gap]:
    """The runs of days from one to another for which nothing came since the first that ever did, and until a day.

    `delivered` are all days of one source. One that never brings anything on a weekend has no gap of three days or fewer. With
    `carry_days_max` the balances of the last day stand in for that long.
    """
    days = sorted(day for day in delivered if day <= until)
    shortest = 1 if any(day.weekday() >= _SATURDAY for day in days) else _WEEKEND_DAYS + 1
    found = []
    for before, last_missing in zip(days, [*(day - _ONE_DAY for day in days[1:]), until], strict=False):
        first, last = max(moved(before, 1), start_date), min(last_missing, end_date)
        if (last_missing - before).days >= shortest and first <= last:
            carried = carry_days_max is not None and (last - before).days <= carry_days_max
            found.append(Gap(first, last, carried))
    return found


def _sum(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _last_day(day: date, resolution: Resolution) -> date:
    if resolution is Resolution.DAY:
        return day
    if resolution is Resolution.WEEK:
        return moved(day, 6 - day.weekday())
    if day.month == _DECEMBER:
        return day.replace(day=31)
    return day.replace(month=day.month + 1, day=1) - _ONE_DAY
