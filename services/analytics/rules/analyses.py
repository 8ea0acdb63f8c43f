"""Analyses: how one stands, from which revisions of the datasets it is made, and how its inputs are told from others."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import IntEnum
from typing import Any

# By these a day is known to have been worked. The first that the bank has at all counts.
DAILY_DATASETS = (("balances",), ("transactions",))
# Snapshots of a day that the next days go by where they have none of their own, so long as the feed goes on.
CARRIED_DATASETS = ("balances",)
# What holds until it is told anew, however long that takes.
LASTING_DATASETS = ("account_holders", "accounts", "customers", "employees", "interest_rates", "standing_orders")
RATE_DATASETS = ("fx_rates",)
# Prices as they were on each day.
PRICE_DATASETS = ("ftp_curve", "interest_rates")
# What happened on a day; another day has none of it.
FLOW_DATASETS = ("ebanking_events", "transactions")
# Of the expressions by which files are made: those of another number are made anew.
ENGINE_VERSION = 1
# Long enough that no two sets of inputs of a month have the same.
KEY_LENGTH = 16
# A month's end before which less than that is known teaches nothing: its features look back so far.
HISTORY_DAYS_MIN = 180


class AnalysisState(IntEnum):
    """Stored as the number, which never changes its meaning; `workbench.analytics.v1.AnalysisState` mirrors it."""

    RUNNING = 1
    SUCCEEDED = 2
    FAILED = 3
    CANCELLED = 4


class AnalysisKind(IntEnum):
    """What it is for. Stored as the number; `workbench.analytics.v1.AnalysisKind` mirrors it."""

    # How customers stand: signals, scores and warnings come of it.
    REGULAR = 1
    # How they stood at the end of a month long past, for models to learn from: features and nothing else.
    HISTORY = 2


def revision_days(found: Sequence[date], start: date, end: date, carry_days_max: int | None) -> dict[date, date]:
    """For each day from one to another the day whose revision stands for it: its own, or the last before it.

    `found` is sorted. A feed that was silent for more than `carry_days_max` days has ended: later days have none; None is no end.
    """
    days: dict[date, date] = {}
    for day in days_between(start, end):
        place = bisect_right(found, day)
        if place and (carry_days_max is None or (day - found[place - 1]).days <= carry_days_max):
            days[day] = found[place - 1]
    return days


def days_between(start: date, end: date) -> list[date]:
    """The days from one to another, both included."""
    return [start + timedelta(days=count) for count in range((end - start).days + 1)]


def months_between(start: date, end: date) -> list[date]:
    """The first days of the months in which the days from one to another are, in their order."""
    months, month = [], start.replace(day=1)
    # The calendar's last day is no first one: after its last month comes none.
    while month <= end and month != date.max:
        months.append(month)
        month = next_month(month)
    return months


def next_month(month: date) -> date:
    """The first day of the month after; the calendar's last day after its last month."""
    if (month.year, month.month) == (date.max.year, date.max.month):
        return date.max
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def month_end(day: date) -> date:
    """The last day of its month."""
    following = next_month(day)
    return following if following == date.max else following - timedelta(days=1)


def month_ends_before(day: date, first_known: date, months_max: int) -> list[date]:
    """The ends of months before a day that a model can learn from, the latest first, at most so many.

    `first_known` is the bank's first day of daily facts: a date that has too little before it is none.
    """
    ends: list[date] = []
    end = day.replace(day=1) - timedelta(days=1) if day > date.min.replace(day=31) else date.min
    while len(ends) < months_max and end.toordinal() - first_known.toordinal() >= HISTORY_DAYS_MIN:
        ends.append(end)
        end = end.replace(day=1) - timedelta(days=1)
    return ends


def signature(inputs: Mapping[str, Any]) -> str:
    """SHA-256 by which inputs are told from others: equal inputs make equal results."""
    return hashlib.sha256(json.dumps(inputs, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def month_key(inputs: Mapping[str, Any]) -> str:
    """By which a month's customer days are found that were made from these inputs."""
    return signature(inputs)[:KEY_LENGTH]


def outermost(days: Iterable[date]) -> tuple[date, date] | None:
    """The first and the last of the days; None where there are none."""
    found = sorted(days)
    return (found[0], found[-1]) if found else None
