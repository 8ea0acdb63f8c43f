"""What an analysis is made from, by what is known now: kept as JSON, and read back as the engine takes it.

Of each month that it looks back on the pins of its days, which the month's key stands for; and what stands on the last day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from services.analytics.model.customer import Customer
from services.analytics.model.dataset_pin import DatasetPin
from services.analytics.rules import analyses
from services.analytics.rules.analyses import AnalysisKind
from services.analytics.usecases.analyses import exporting, judging
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import moved
from services.chassis.replicas import datasets as pins

# What a customer's days of a month are made from.
_MONTH_DATASETS = ("accounts", "balances", "customers", "ebanking_events", "fx_rates", "transactions")
# What is read as it stands on the last day.
_STANDING_DATASETS = ("accounts", "balances", "customers", "fx_rates", "standing_orders")
# By how long ago standing orders count as cancelled of late.
ORDERS_BACK_DAYS = 90


@dataclass(frozen=True, slots=True)
class Gathered:
    """What an analysis is made from."""

    # Equal where its results must be equal.
    inputs: dict[str, Any]
    # The inputs of each month, by its first day.
    months: dict[date, dict[str, Any]]


def latest_day(work: UnitOfWork) -> date | None:
    """The last day of which the bank has any daily facts; None before the first. A day that has not come yet is none."""
    return _daily(work, func.max(DatasetPin.business_date))


def first_day(work: UnitOfWork) -> date | None:
    """The first of them."""
    return _daily(work, func.min(DatasetPin.business_date))


def gather(work: UnitOfWork, as_of_date: date, kind: AnalysisKind) -> Gathered:
    """What an analysis as of that date is made from: nothing of a later day."""
    settings: Any = work.settings
    first_known = first_day(work) or as_of_date
    start = max(moved(as_of_date, -settings.look_back_days), first_known).replace(day=1)
    found = _known(work, _MONTH_DATASETS, start, as_of_date, settings.carry_days_max)
    months = {}
    for month in analyses.months_between(start, as_of_date):
        end = min(analyses.month_end(month), as_of_date)
        months[month] = _of_month(settings, found, month, end)
    inputs = {
        "engine_version": analyses.ENGINE_VERSION,
        "as_of_date": as_of_date.isoformat(),
        "home_currency_code": settings.home_currency_code,
        "look_back_days": settings.look_back_days,
        "history_days_min": settings.history_days_min,
        "carry_days_max": settings.carry_days_max,
        "months": {f"{month:%Y-%m}": analyses.month_key(each) for month, each in months.items()},
        "feeds": _standing(work, found, as_of_date, settings),
    }
    if kind == AnalysisKind.REGULAR:
        inputs |= _in_force(work)
    return Gathered(inputs, months)


def _in_force(work: UnitOfWork) -> dict[str, Any]:
    """By what customers are judged, and how many there are."""
    return {
        "rules": sorted([rule.code, rule.version] for rule in judging.rules(work)),
        "model_id": judging.model(work)[0],
        "customer_count": work.session.scalar(select(func.count()).select_from(Customer).where(exporting.STANDS)) or 0,
    }


def _of_month(settings: Any, found: pins.Revisions, month: date, end: date) -> dict[str, Any]:
    feeds = {}
    for feed, revisions in found.items():
        days = _days(feed[1], revisions, month, end, settings.carry_days_max)
        if days:
            feeds[feed[0]] = told(feed, revisions, days)
    return {
        "engine_version": analyses.ENGINE_VERSION,
        "month_date": month.isoformat(),
        "end_date": end.isoformat(),
        "home_currency_code": settings.home_currency_code,
        "feeds": feeds,
    }


def _days(dataset: str, revisions: Mapping[date, int], start: date, end: date, carry_days_max: int) -> dict[date, date]:
    """For each day the day of the revision that is read of it."""
    known = sorted(day for day in revisions if day <= end)
    if dataset in analyses.FLOW_DATASETS:
        return {day: day for day in known if day >= start}
    if dataset in ("accounts", "customers"):
        # One revision says of all days whose an account is: the last, or, before the first one, that. What it has no more, such
        # as an account that was closed, is found in the one before the first day.
        stands = known[-1:] or sorted(revisions)[:1]
        before = [day for day in known if day < start][-1:]
        return dict(zip((start, end), (before or stands) + stands, strict=True)) if stands else {}
    return analyses.revision_days(known, start, end, carry_days_max)


def _standing(work: UnitOfWork, found: pins.Revisions, as_of_date: date, settings: Any) -> dict[str, Any]:
    """What stands on the last day, and what prices were."""
    feeds = {}
    known = {feed: revisions for feed, revisions in found.items() if feed[1] in _STANDING_DATASETS}
    known |= _known(work, ("standing_orders",), moved(as_of_date, -ORDERS_BACK_DAYS), as_of_date, 0)
    for feed, revisions in known.items():
        days = _days(feed[1], revisions, as_of_date, as_of_date, settings.carry_days_max)
        if feed[1] == "standing_orders":
            ago = moved(as_of_date, -ORDERS_BACK_DAYS)
            days |= analyses.revision_days(sorted(revisions), ago, ago, None)
        if days:
            feeds[feed[0]] = told(feed, revisions, days)
    prices = _known(work, analyses.PRICE_DATASETS, moved(as_of_date, -settings.look_back_days), as_of_date, 0)
    return feeds | {feed[0]: told(feed, days, {day: day for day in days if day <= as_of_date}) for feed, days in prices.items()}


def told(feed: tuple[str, str, str], revisions: Mapping[date, int], days: Mapping[date, date]) -> dict[str, Any]:
    """JSON of a feed: for each day the day of the revision that stands for it, and its number."""
    pinned = [[day.isoformat(), stands.isoformat(), revisions[stands]] for day, stands in sorted(days.items())]
    return {"dataset": feed[1], "source_system": feed[2], "days": pinned}


def _daily(work: UnitOfWork, outermost: Any) -> date | None:
    until = max(work.business_date, work.clock_date)
    for datasets in analyses.DAILY_DATASETS:
        found = select(outermost).where(DatasetPin.dataset.in_(datasets), DatasetPin.business_date <= until)
        day: date | None = work.session.scalar(found)
        if day:
            return day
    return None


def _known(work: UnitOfWork, datasets: Sequence[str], start: date, end: date, carry_days_max: int) -> pins.Revisions:
    """All revisions that may stand for a day from one to another."""
    found = pins.revisions(work, DatasetPin, datasets, moved(start, -carry_days_max), end)
    before = pins.last_until(work, DatasetPin, datasets, moved(start, -1))
    # What came only later says at least whose an account is.
    after = pins.first_after(work, DatasetPin, ("accounts", "customers"), end)
    for feed, revisions in (*before.items(), *after.items()):
        if feed[1] in datasets:
            found.setdefault(feed, {}).update(revisions)
    return found
