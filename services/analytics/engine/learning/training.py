"""Trains a model on the bank's own history, and writes its card: how good it was on dates that it could not have known.

Rolling origins: on each of the last dates whose outcome is known a model learns from what was known by then, and is measured on
what came after. The same inputs give the same files, byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.analytics.engine.learning import drift, leaks
from services.analytics.engine.learning import rows as learning_rows
from services.analytics.engine.learning.estimators import KINDS, Estimator, fit
from services.analytics.engine.learning.measures import gain_with_interval, measured, with_intervals
from services.analytics.engine.learning.rows import Origin, Rows
from services.analytics.rules.features import FEATURES, MODEL_FEATURES, FeatureKind
from services.analytics.rules.leaving import Leaving
from services.analytics.rules.models import rolling_origins
from services.chassis.kernel.errors import RuleBroken

if TYPE_CHECKING:
    import numpy as np
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

CARD = "card.json"
REFERENCE = "reference.json"
# How many of the last dates are tests.
TESTS_MAX = 4
IMPORTANT_MAX = 15
_DATES = tuple(name for name, feature in FEATURES.items() if feature.kind is FeatureKind.DATE)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a model is made from: all that decides what comes out."""

    kind: str
    origins: tuple[Origin, ...]
    leaving: Leaving
    names: tuple[str, ...] = MODEL_FEATURES
    # With fewer who left nothing is learned.
    leavers_min: int = 30
    rows_max: int = 200_000
    seed: int = 7
    # Over those of the kinds of estimators, the baselines among them.
    parameters: Mapping[str, Any] = field(default_factory=dict)


def train(connection: DuckDBPyConnection, plan: Plan, folder: Path, beat: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """Writes the estimator, its card and what drift is held against into the folder; answers the card.

    Raises RuleBroken MODEL_LEAVERS_TOO_FEW, MODEL_HISTORY_TOO_SHORT and MODEL_FEATURES_LEAK.
    """
    import numpy as np

    rows, excluded = learning_rows.read(connection, plan.origins, plan.names, plan.rows_max)
    leavers = int(rows.target.sum())
    if leavers < plan.leavers_min or len(rows.target) - leavers < plan.leavers_min:
        told = {"leavers": str(leavers), "needed": str(plan.leavers_min)}
        raise RuleBroken("MODEL_LEAVERS_TOO_FEW", "Too few have left to learn from; the rules rank instead.", metadata=told)
    beat()
    _refuse_leaks(connection, plan, rows)
    beat()
    tests = _tested(plan, rows, beat)
    monotonic = [FEATURES[name].risk for name in plan.names]
    estimator = fit(
        plan.kind, rows.features, rows.target, monotonic, plan.names, plan.seed,
        groups=rows.customer, parameters=plan.parameters, beat=beat,
    )  # fmt: skip
    estimator.save(folder)
    beat()
    everybody = learning_rows.seen(connection, [origin.features for origin in plan.origins], plan.names, plan.rows_max)
    _write(folder / REFERENCE, drift.reference(everybody, plan.names, estimator.predict(everybody)))
    beat()
    never = [name for index, name in enumerate(plan.names) if np.isnan(rows.features[:, index]).all()]
    card = {
        "kind": plan.kind,
        "data": _data(plan, rows),
        "exclusions": {**asdict(excluded), "features_never_known": never},
        "leaving": asdict(plan.leaving),
        "base_rate": estimator.base_rate,
        "features": [{"name": name, "risk": FEATURES[name].risk} for name in plan.names],
        "importance": _importance(estimator, rows),
        "parameters": dict(plan.parameters),
        "seed": plan.seed,
        **_measured(plan, rows, tests),
    }
    _write(folder / CARD, card)
    return read_card(folder)


def read_card(folder: Path) -> dict[str, Any]:
    """The card of a model's folder."""
    card: dict[str, Any] = json.loads((folder / CARD).read_text(encoding="utf-8"))
    return card


@dataclass(frozen=True, slots=True)
class _Tests:
    """Rows of all test dates, and by kind of estimator the probabilities that it gave them beforehand."""

    places: NDArray[np.int64]
    probabilities: Mapping[str, NDArray[np.float64]]
    dates: tuple[date, ...]


def _refuse_leaks(connection: DuckDBPyConnection, plan: Plan, rows: Rows) -> None:
    late = learning_rows.looks_until(connection, plan.origins, _DATES)
    last = max(origin.as_of_date for origin in plan.origins)
    ahead = {name: last + timedelta(days=days) for name, days in late.items()}
    found = leaks.find(rows.features, rows.target, plan.names, ratios=True)
    leaks.refuse([*(leaks.Leak((name,), leaks.LOOKS_AHEAD) for name in ahead), *found])


def _tested(plan: Plan, rows: Rows, beat: Callable[[], None]) -> _Tests:
    """What each kind of estimator says of each test date, having learned from what was known on it."""
    import numpy as np

    dates = [origin.as_of_date for origin in plan.origins]
    monotonic = [FEATURES[name].risk for name in plan.names]
    places: list[NDArray[np.int64]] = []
    told: dict[str, list[NDArray[np.float64]]] = {kind: [] for kind in KINDS}
    tested = []
    for known, origin in rolling_origins(dates, plan.leaving.horizon_days, TESTS_MAX):
        learned = np.flatnonzero(np.isin(rows.origin, [dates.index(day) for day in known]))
        test = np.flatnonzero(rows.origin == dates.index(origin))
        left = rows.target[learned].sum()
        if min(left, len(learned) - left) < plan.leavers_min // 2 or not len(test):
            continue
        for kind in KINDS:
            estimator = fit(
                kind, rows.features[learned], rows.target[learned], monotonic, plan.names, plan.seed,
                groups=rows.customer[learned], parameters=plan.parameters, beat=beat,
            )  # fmt: skip
            told[kind].append(estimator.predict(rows.features[test]))
        places.append(test)
        tested.append(origin)
    if not tested:
        needed = {"horizonDays": str(plan.leaving.horizon_days)}
        raise RuleBroken(
            "MODEL_HISTORY_TOO_SHORT",
            "There is no date to be tested on that is a horizon after enough others to learn from; the rules rank instead.",
            metadata=needed,
        )
    return _Tests(np.concatenate(places), {kind: np.concatenate(parts) for kind, parts in told.items()}, tuple(tested))


def _measured(plan: Plan, rows: Rows, tests: _Tests) -> dict[str, Any]:
    """Measures with intervals of the model and the baselines on the same rows; a customer is drawn with all his dates."""
    target, lost, customer = rows.target[tests.places], rows.lost[tests.places], rows.customer[tests.places]
    chosen = tests.probabilities[plan.kind]
    gains: dict[str, dict[str, dict[str, float]]] = {}
    for kind in (kind for kind in KINDS if kind != plan.kind):
        for name in ("auc", "average_precision"):
            gain = gain_with_interval(target, chosen, tests.probabilities[kind], name, clusters=customer)
            if gain is not None:
                gains.setdefault(kind, {})[name] = dict(zip(("value", "low", "high"), gain, strict=True))
    by_date, by_kind = [], []
    for day in tests.dates:
        those = rows.origin[tests.places] == [origin.as_of_date for origin in plan.origins].index(day)
        by_date.append({"as_of_date": day.isoformat(), **_part(target[those], chosen[those])})
    for number in sorted(set(rows.kind[tests.places].tolist())):
        those = rows.kind[tests.places] == number
        by_kind.append({"customer_kind": number, **_part(target[those], chosen[those])})
    return {
        "tests": {"as_of_dates": [day.isoformat() for day in tests.dates], "rows": len(target), "leavers": int(target.sum())},
        "measures": {
            kind: with_intervals(target, probabilities, lost, clusters=customer).as_json()
            for kind, probabilities in tests.probabilities.items()
        },
        "gains": gains,
        "by_date": by_date,
        "by_kind": by_kind,
    }


def _part(target: NDArray[np.float64], probabilities: NDArray[np.float64]) -> dict[str, Any]:
    return {"rows": len(target), "leavers": int(target.sum()), **asdict(measured(target, probabilities))}


def _data(plan: Plan, rows: Rows) -> dict[str, Any]:
    dates = sorted(origin.as_of_date for origin in plan.origins)
    return {
        "as_of_dates": [day.isoformat() for day in dates],
        "rows": len(rows.target),
        "customers": len(set(rows.customer.tolist())),
        "leavers": int(rows.target.sum()),
        "last_outcome_date": (dates[-1] + timedelta(days=plan.leaving.horizon_days)).isoformat(),
    }


def _importance(estimator: Estimator, rows: Rows) -> list[dict[str, Any]]:
    """By how much, on average, each feature moves the log odds: the most important first."""
    import numpy as np

    some = rows.features[:: max(1, len(rows.features) // 5_000)]
    means = np.abs(estimator.core.contributions(some)).mean(axis=0)
    order = np.argsort(-means, kind="stable")[:IMPORTANT_MAX]
    return [{"name": estimator.names[index], "log_odds": round(float(means[index]), 6)} for index in order if means[index] > 0]


def _write(path: Path, value: Mapping[str, Any] | Sequence[Any]) -> None:
    path.write_text(json.dumps(value, indent=1, sort_keys=True) + "\n", encoding="utf-8", newline="\n")
