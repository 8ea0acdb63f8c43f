"""What a month is computed from, by what is known now: kept with its run as JSON, and read back as the engine takes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import moved
from services.chassis.lake.lake import Pin
from services.chassis.replicas import datasets as pins
from services.performance.engine.computing import MonthInputs, PinnedDay
from services.performance.model.dataset_pin import DatasetPin
from services.performance.rules import runs
from services.performance.rules.periods import PeriodKind, base_date, period_end
from services.performance.usecases import catalogue

# What stands at the end of the year before, from which increments count.
_BASE_DATASETS = ("accounts", *runs.CARRIED_DATASETS, *runs.RATE_DATASETS)


def latest_day(work: UnitOfWork) -> date | None:
    """The last day of which the bank has any daily facts; None before the first. A day that has not come yet is none."""
    until = max(work.business_date, work.clock_date)
    for datasets in runs.DAILY_DATASETS:
        days = select(func.max(DatasetPin.business_date))
        if latest := work.session.scalar(days.where(DatasetPin.dataset.in_(datasets), DatasetPin.business_date <= until)):
            return latest
    return None


def months(work: UnitOfWork) -> list[date]:
    """The months of which there are daily facts, by their first days; in their order."""
    until = max(work.business_date, work.clock_date)
    for datasets in runs.DAILY_DATASETS:
        days = select(DatasetPin.business_date).where(DatasetPin.dataset.in_(datasets), DatasetPin.business_date <= until)
        if found := work.session.scalars(days.distinct()).all():
            return runs.months_worked(found)
    return []


def gather(work: UnitOfWork, month: date, latest: date) -> dict[str, Any]:
    """What the month is computed from, where the bank's latest day is that one: JSON, equal where its results must be equal."""
    end, base, carry = runs.as_of_date(month, latest), base_date(month), work.settings.carry_days_max
    gathered: dict[str, Any] = {
        "month_date": month.isoformat(),
        "as_of_date": end.isoformat(),
        "home_currency_code": work.settings.home_currency_code,
        "feeds": {},
        "base": {},
        "silent": {},
        "products": _products(work, month),
    }
    for feed, found in _of_month(work, month, end, carry).items():
        days = _days(feed, found, month, end, carry)
        if days:
            gathered["feeds"][feed[0]] = _feed(feed, found, days)
        if feed[1] in runs.CARRIED_DATASETS and (last := runs.silent_since(sorted(found), end, carry)):
            gathered["silent"][feed[0]] = last.isoformat()
    for feed, found in pins.last_until(work, DatasetPin, _BASE_DATASETS, base).items():
        days = runs.revision_days(sorted(found), base, base, carry if feed[1] in runs.CARRIED_DATASETS else None)
        if days:
            gathered["base"][feed[0]] = _feed(feed, found, days)
    return gathered


def month_inputs(work: UnitOfWork, inputs: Mapping[str, Any], ownership: Path) -> MonthInputs:
    """The same as the engine takes it, with the rules of the versions that it names."""
    rules = catalogue.rules_of(work, [version_id for version_id, _, _ in inputs["products"]])
    return MonthInputs(
        month_date=date.fromisoformat(inputs["month_date"]),
        as_of_date=date.fromisoformat(inputs["as_of_date"]),
        home_currency_code=inputs["home_currency_code"],
        days=tuple(_pinned(inputs["feeds"])),
        base=tuple(_pinned(inputs["base"])),
        products=tuple(
            replace(rule, start_date=date.fromisoformat(start), end_date=date.fromisoformat(end))
            for version_id, start, end in inputs["products"]
            for rule in rules
            if rule.version_id == version_id
        ),
        ownership=ownership,
    )


def equal_until(former: Mapping[str, Any], inputs: Mapping[str, Any], day: date) -> bool:
    """Whether both say the same of the month up to that day, so that what was computed up to it still stands."""
    alike = ("month_date", "home_currency_code", "base", "products")
    return all(former[name] == inputs[name] for name in alike) and _until(former, day) == _until(inputs, day)


def _until(inputs: Mapping[str, Any], day: date) -> dict[str, Any]:
    last = day.isoformat()
    kept = {name: [each for each in feed["days"] if each[0] <= last] for name, feed in inputs["feeds"].items()}
    return {name: days for name, days in kept.items() if days}


def later_accounts(inputs: Mapping[str, Any], day: date) -> dict[str, tuple[str, int]]:
    """By feed of accounts its first revision after that day: in it accounts are found that the ones before lack."""
    found, last = {}, day.isoformat()
    for name, feed in inputs["feeds"].items():
        later = [(stands, revision) for _, stands, revision in feed["days"] if stands > last]
        if feed["dataset"] == "accounts" and later:
            found[name] = later[0]
    return found


def _products(work: UnitOfWork, month: date) -> list[list[str]]:
    """The versions in force in the month, each with its days in it: what comes after the month changes nothing of it."""
    month_end, found = period_end(PeriodKind.MONTH, month), []
    for span in catalogue.published_spans(work):
        start, end = max(span.start_date, month), min(span.end_date or month_end, month_end)
        if start <= end:
            found.append([span.version_id, start.isoformat(), end.isoformat()])
    return sorted(found)


def _of_month(work: UnitOfWork, month: date, end: date, carry_days_max: int) -> pins.Revisions:
    """All revisions that may stand for a day of the month."""
    # How far back: internal prices to the first, since an account keeps the price of the day on which it was opened; rates of
    # exchange so far that a currency is found which the last revision lacks.
    reach = {
        (*runs.CARRIED_DATASETS, *runs.FLOW_DATASETS, *runs.LASTING_DATASETS): month,
        runs.HISTORY_DATASETS: date.min,
        runs.RATE_DATASETS: moved(month, -carry_days_max),
    }
    found: pins.Revisions = {}
    for datasets, start in reach.items():
        found |= pins.revisions(work, DatasetPin, datasets, start, end)
    standing = (*runs.CARRIED_DATASETS, *runs.LASTING_DATASETS, *runs.RATE_DATASETS)
    for feed, revisions in pins.last_until(work, DatasetPin, standing, moved(month, -1)).items():
        found.setdefault(feed, {}).update(revisions)
    # An account that was opened after the last revision of a feed that comes but now and then is found in the next one.
    for feed, revisions in pins.first_after(work, DatasetPin, ("accounts",), end).items():
        found.setdefault(feed, {}).update(revisions)
    return found


def _days(feed: tuple[str, str, str], found: Mapping[date, int], start: date, end: date, carry: int) -> dict[date, date]:
    dataset, known = feed[1], sorted(found)
    if dataset in runs.FLOW_DATASETS:
        return {day: day for day in known}
    days = runs.revision_days(known, start, end, carry if dataset in runs.CARRIED_DATASETS else None)
    if dataset == "accounts":
        # Before the first revision there were accounts too: what it says of them stands for those days.
        days = {day: known[0] for day in runs.days_between(start, end) if day < known[0]} | days
    if dataset in (*runs.HISTORY_DATASETS, *runs.RATE_DATASETS):
        days |= {day: day for day in known if day < start}
    return days | {day: day for day in known if day > end}


def _feed(feed: tuple[str, str, str], found: Mapping[date, int], days: Mapping[date, date]) -> dict[str, Any]:
    """JSON of a feed: for each day the day of the revision that stands for it, and its number."""
    told = [[day.isoformat(), stands.isoformat(), found[stands]] for day, stands in sorted(days.items())]
    return {"dataset": feed[1], "source_system": feed[2], "days": told}


def _pinned(feeds: Mapping[str, Any]) -> Iterable[PinnedDay]:
    for name, feed in feeds.items():
        for day, stands, revision in feed["days"]:
            pin = Pin(name, feed["dataset"], feed["source_system"], date.fromisoformat(stands), revision)
            yield PinnedDay(date.fromisoformat(day), pin)
