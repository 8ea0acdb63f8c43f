"""The demonstration bank, simulated, whose truth is known: how long before a loss one is warned, and what is caught by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from deploy.demonstration.books.bank_books import Departure
from services.analytics.engine.labels import write_labels
from services.analytics.engine.learning import rows as learning_rows
from services.analytics.engine.learning.estimators import KINDS, LIGHTGBM, Estimator
from services.analytics.engine.learning.rows import Origin
from services.analytics.engine.learning.scoring import write_scores
from services.analytics.engine.signals import write_signals
from services.analytics.rules.features import FEATURES, MODEL_FEATURES
from services.analytics.rules.leaving import Leaving
from services.analytics.rules.supplied_rules import SUPPLIED_RULES
from tests.backtest.data_sets import DataSet, matrix
from tests.backtest.demonstration_bank import DemonstrationBank, demonstration_bank
from tests.backtest.trying import CHOICES, Tried, chosen

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LAST = date(2026, 10, 31)
CUSTOMERS, SEED = 2_000, 1
# A date is looked at every four weeks; in between the model of the last one ranks whom to call, each week.
EVERY_DAYS, WEEK_DAYS = 28, 7
ORIGINS, TESTED = 16, 6
# A horizon is three of these stretches and a bit: what began later had no outcome yet.
GAP = 4
# A week's work for a thousand customers, and how long nobody is called again.
CALLS_PER_THOUSAND, COOLING_OFF_DAYS = 20, 60
# A call counts for a loss that comes within so many days; before that it was chance.
LOSS_WITHIN_DAYS = 180
TIMELY_DAYS = 30
RULES, AT_RANDOM, BY_BALANCE = "the rules", "at random", "the largest balances"


@dataclass(frozen=True)
class Caught:
    """What the calls of all weeks came to, with one way of choosing whom to call."""

    ranked_by: str
    called: int
    # Of whoever was lost in the weeks tested: how many, and how many were called before.
    lost: int
    warned: int
    # From the first call to the loss; NaN where nobody was called in time.
    median_lead_days: float
    timely_share: float
    # Of what they had before they began to go, what was still there when they were called.
    caught_share: float
    precision: float


@dataclass(frozen=True)
class SignPrecision:
    """Of the customers of whom a sign held on the dates tested, how many were lost within the time."""

    code: str
    count: int
    lost: int
    # Of all customers on those dates.
    base_rate: float


@dataclass(frozen=True)
class Demonstrated:
    """All that is told of the bank."""

    tried: Tried
    caught: Sequence[Caught]
    signs: Sequence[SignPrecision]


def demonstrate(folder: Path, customers: int = CUSTOMERS, *, origins: int = ORIGINS, tested: int = TESTED) -> Demonstrated:
    """Makes the bank in the folder, and looks at it as of each date with what was known on it."""
    with demonstration_bank(customers, SEED, LAST, folder) as bank:
        leaving = Leaving()
        last = LAST - timedelta(days=leaving.horizon_days)
        dates = [last - timedelta(days=EVERY_DAYS * back) for back in range(origins - 1, -1, -1)]
        given = [Origin(day, bank.features(day), _labels(bank, day, leaving)) for day in dates]
        connection = bank.opened.connection
        rows, excluded = learning_rows.read(connection, given, MODEL_FEATURES, 1_000_000)
        data_set = DataSet(
            name="Demonstration bank (simulated)",
            source="this project's own books of seed 1",
            names=MODEL_FEATURES,
            features=rows.features,
            target=rows.target,
            values=rows.lost,
            excluded={
                f"{excluded.thin:,} customers on dates": "too short a history",
                f"{excluded.gone:,}": "gone already",
                f"{excluded.little_or_new:,}": "too little money",
            },
            public="-",
            directions={name: FEATURES[name].risk for name in MODEL_FEATURES},
            stretches=rows.origin,
            first_tested=origins - tested,
            clusters=rows.customer,
            note="simulated: trained every four weeks on outcomes known by then",
        )
        tested_rows = np.flatnonzero(rows.origin >= data_set.first_tested)
        told = {kind: np.full(len(rows.target), np.nan) for kind in KINDS}
        trained = {}
        for stretch in range(data_set.first_tested, origins):
            seen, unseen = np.flatnonzero(rows.origin <= stretch - GAP), np.flatnonzero(rows.origin == stretch)
            for kind in KINDS:
                estimator = chosen(data_set, kind, seen, CHOICES[kind][:1])
                told[kind][unseen] = estimator.predict(rows.features[unseen])
                trained[kind, dates[stretch]] = estimator
        tried = Tried(data_set, tested_rows, {kind: each[tested_rows][None] for kind, each in told.items()})
        weeks = _weeks(bank, dates[data_set.first_tested :], trained)
        return Demonstrated(tried, _all_caught(weeks, bank), _signs(bank, dates[data_set.first_tested :]))


def _labels(bank: DemonstrationBank, day: date, leaving: Leaving) -> Path:
    path = bank.folder / f"labels-{day}.parquet"
    write_labels(bank.opened.connection, bank.days, day, leaving.horizon_days, leaving.kept_fraction, path, leaving=leaving)
    return path


@dataclass(frozen=True)
class _Week:
    """Who is a customer on the day, what he has, and by each way of ranking how urgent he is."""

    day: date
    numbers: np.ndarray
    assets: np.ndarray
    urgency: Mapping[str, np.ndarray]


def _weeks(bank: DemonstrationBank, dates: Sequence[date], trained: Mapping[tuple[str, date], Estimator]) -> list[_Week]:
    found = []
    for origin in dates:
        for day in (origin + timedelta(days=each) for each in range(0, EVERY_DAYS, WEEK_DAYS)):
            path = bank.features(day)
            columns = ", ".join(f"{name}::DOUBLE AS {name}" for name in MODEL_FEATURES)
            rows = bank.opened.connection.execute(
                f"SELECT customer_number AS number, assets_now::DOUBLE AS assets, {columns} FROM read_parquet('{path}') "
                "WHERE NOT thin ORDER BY customer_number"
            ).fetchnumpy()
            assets = np.maximum(matrix(rows, ["assets"])[:, 0], 0.0)
            seen = matrix(rows, MODEL_FEATURES)
            random = np.random.default_rng(day.toordinal())
            urgency = {
                **{f"{kind}, by expected loss": trained[kind, origin].predict(seen) * assets for kind in KINDS},
                f"{LIGHTGBM}, by probability": trained[LIGHTGBM, origin].predict(seen),
                RULES: _by_rules(bank, day, list(rows["number"])),
                BY_BALANCE: assets,
                AT_RANDOM: random.random(len(assets)),
            }
            found.append(_Week(day, np.asarray(rows["number"]).astype(str), assets, urgency))
    return found


def _by_rules(bank: DemonstrationBank, day: date, numbers: Sequence[str]) -> np.ndarray:
    """Expected loss as a bank without a model has it."""
    connection = bank.opened.connection
    signals, scores = (bank.folder / f"{name}-{day}.parquet" for name in ("signals", "scores"))
    write_signals(connection, bank.features(day), SUPPLIED_RULES, day, signals)
    write_scores(connection, bank.features(day), None, signals, scores)
    told = dict(connection.execute(f"SELECT customer_number, expected_loss FROM read_parquet('{scores}')").fetchall())
    return np.array([float(told.get(number) or 0) for number in numbers])


def _all_caught(weeks: Sequence[_Week], bank: DemonstrationBank) -> list[Caught]:
    gone = {each.customer_number: each for each in bank.departures() if each.reason != "STAYS"}
    before = _assets_before(bank.opened.connection, bank.days, list(gone.values()))
    return [_caught(weeks, name, gone, before) for name in weeks[0].urgency]


def _assets_before(connection: DuckDBPyConnection, days: Sequence[Path], gone: Sequence[Departure]) -> dict[str, float]:
    """The average assets of the month before each began to go."""
    connection.execute("CREATE OR REPLACE TEMP TABLE went (customer_number VARCHAR, decline_date DATE)")
    connection.executemany("INSERT INTO went VALUES (?, ?)", [[each.customer_number, each.decline_date] for each in gone])
    files = [str(path) for path in days]
    return dict(
        connection.execute(
            f"SELECT customer_number, avg(deposit + term + wealth)::DOUBLE FROM read_parquet({files}) JOIN went "
            "USING (customer_number) WHERE day BETWEEN decline_date - 30 AND decline_date - 1 GROUP BY customer_number"
        ).fetchall()
    )


def _caught(weeks: Sequence[_Week], name: str, gone: Mapping[str, Departure], before: Mapping[str, float]) -> Caught:
    """Plays the weeks: each calls the most urgent who were not called lately."""
    first, last = weeks[0].day, weeks[-1].day
    called: dict[str, date] = {}
    calls, hits = 0, 0
    earliest: dict[str, tuple[date, float]] = {}
    for week in weeks:
        count = round(len(week.numbers) * CALLS_PER_THOUSAND / 1_000)
        rested = np.array([(week.day - called.get(number, date.min)).days > COOLING_OFF_DAYS for number in week.numbers])
        ranked = np.argsort(-np.where(rested, week.urgency[name], -1.0), kind="stable")[:count]
        for place in ranked[rested[ranked]]:
            number = week.numbers[place]
            called[number], calls = week.day, calls + 1
            if number in gone and 0 < (gone[number].loss_date - week.day).days <= LOSS_WITHIN_DAYS:
                hits += 1
                earliest.setdefault(number, (week.day, week.assets[place]))
    # Whoever was lost in the weeks; of the first ones only the weeks since count.
    lost = [each for number, each in gone.items() if first < each.loss_date <= last and before.get(number)]
    leads = [(each.loss_date - earliest[each.customer_number][0]).days for each in lost if each.customer_number in earliest]
    had = sum(before[each.customer_number] for each in lost)
    saved = sum(
        min(earliest[each.customer_number][1], before[each.customer_number]) for each in lost if each.customer_number in earliest
    )
    return Caught(
        ranked_by=name,
        called=calls,
        lost=len(lost),
        warned=len(leads),
        median_lead_days=float(np.median(leads)) if leads else float("nan"),
        timely_share=sum(lead >= TIMELY_DAYS for lead in leads) / max(1, len(lost)),
        caught_share=saved / had if had else 0.0,
        precision=hits / max(1, calls),
    )


def _signs(bank: DemonstrationBank, dates: Sequence[date]) -> list[SignPrecision]:
    connection, gone = bank.opened.connection, {each.customer_number: each for each in bank.departures()}
    counted: dict[str, list[int]] = {}
    customers = lost_all = 0

    def lost(number: str, day: date) -> bool:
        each = gone.get(number)
        return each is not None and each.reason != "STAYS" and 0 < (each.loss_date - day).days <= LOSS_WITHIN_DAYS

    for day in dates:
        path = bank.folder / f"signals-{day}.parquet"
        write_signals(connection, bank.features(day), SUPPLIED_RULES, day, path)
        for number, code in _fetched(connection, f"SELECT customer_number, signal_code FROM read_parquet('{path}')"):
            pair = counted.setdefault(code, [0, 0])
            pair[0] += 1
            pair[1] += lost(number, day)
        everybody = _fetched(connection, f"SELECT customer_number FROM read_parquet('{bank.features(day)}') WHERE NOT thin")
        customers += len(everybody)
        lost_all += sum(lost(number, day) for (number,) in everybody)
    base_rate = lost_all / max(1, customers)
    found = [SignPrecision(code, count, hits, base_rate) for code, (count, hits) in counted.items()]
    return sorted(found, key=lambda each: -each.lost / each.count)


def _fetched(connection: DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return connection.execute(query).fetchall()
