"""Runs: how one stands, from which revisions a month is computed, and how its inputs are told from others."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import IntEnum
from typing import Any

from services.performance.rules.periods import PeriodKind, month_start, period_end

# Snapshots of a day that the next days go by where they have none of their own: by them it is known which days there are.
CARRIED_DATASETS = ("balances", "bills", "factoring", "trade_finance")
# What holds until it is told anew, however long that takes.
LASTING_DATASETS = ("accounts", "interest_rates", "loan_classes", "risk_ratings")
RATE_DATASETS = ("fx_rates",)
# Internal prices of funds: of every day, since an account keeps the price of the day on which it was opened.
HISTORY_DATASETS = ("ftp_curve",)
# What happened on a day; another day has none of it.
FLOW_DATASETS = ("ebanking_events", "fees", "transactions")
# By these a month is known to have been worked, and how far it is. The first that the bank has at all counts.
DAILY_DATASETS = (("balances",), (*CARRIED_DATASETS, *FLOW_DATASETS))


class RunKind(IntEnum):
    """What a run is for; the numbers are the contract's."""

    UNSPECIFIED = 0
    # Its results become the month's.
    REGULAR = 1
    # Computed beside the month's results, and held against them: they stay as they are.
    COMPARISON = 2


class RunState(IntEnum):
    """How a run stands; the numbers are the contract's."""

    UNSPECIFIED = 0
    RUNNING = 1
    SUCCEEDED = 2
    FAILED = 3
    CANCELLED = 4


class ClosingState(IntEnum):
    """How the closing of a month stands; the numbers are the contract's."""

    UNSPECIFIED = 0
    # Waits for a second person.
    REQUESTED = 1
    CONFIRMED = 2
    # By the second person, or taken back by the first.
    DECLINED = 3


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


def silent_since(found: Sequence[date], day: date, carry_days_max: int) -> date | None:
    """The last day of a feed that had ended by that day; None where it still brings something, or never did."""
    place = bisect_right(found, day)
    ended = place and (day - found[place - 1]).days > carry_days_max
    return found[place - 1] if ended else None


def as_of_date(month: date, latest: date) -> date:
    """Up to which day a month is computed where the bank's latest day is that one: its last, once a later month has begun."""
    return min(period_end(PeriodKind.MONTH, month), latest)


def months_worked(days: Iterable[date]) -> list[date]:
    """The months, by their first days, in which these days are; in their order."""
    return sorted({month_start(day) for day in days})


def within(months: Iterable[date], start: date, end: date | None) -> list[date]:
    """Those of the months that have a day from one to another; no end is None."""
    first = month_start(start)
    return [month for month in months if month >= first and (end is None or month <= end)]


def signature(inputs: Mapping[str, Any]) -> str:
    """SHA-256 by which inputs are told from others: equal inputs make equal results."""
    return hashlib.sha256(json.dumps(inputs, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
