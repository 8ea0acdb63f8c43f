"""Training on a history, and scoring with what came of it: the same each time, honest about what it could not know."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from services.analytics.engine.learning import rows as learning_rows
from services.analytics.engine.learning import scoring, training
from services.analytics.engine.learning.estimators import KINDS, LIGHTGBM, LOGISTIC, fit
from services.analytics.engine.tables import SCORES
from services.analytics.rules.features import FEATURES
from services.analytics.rules.leaving import Leaving
from services.chassis.kernel.errors import RuleBroken
from tests.unit.analytics.feature_rows import write_features
from tests.unit.analytics.leavers import DATES, write_origins

FAST = {"trees": 15, "num_threads": 1}
NAMES = ("kind", "tier", "fall_30", "contact_overdue_days", "volatility_90", "sign_ins_30")


@pytest.fixture(scope="module")
def origins(tmp_path_factory):
    return write_origins(tmp_path_factory.mktemp("history"))


@pytest.fixture
def plan(origins):
    return training.Plan(LIGHTGBM, origins, Leaving(), names=NAMES, parameters=FAST)


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch):
    from services.analytics.engine.learning import measures

    monkeypatch.setattr(measures, "RESAMPLES", 40)
    monkeypatch.setattr(training, "TESTS_MAX", 2)


@pytest.fixture
def train(tmp_path):
    def trained(plan, name="model"):
        folder = tmp_path / name
        folder.mkdir()
        with duckdb.connect() as connection:
            return training.train(connection, plan, folder), folder

    return trained


@pytest.fixture(scope="module")
def model_folder(origins, tmp_path_factory):
    """A model that is there, whatever it is worth."""
    folder = tmp_path_factory.mktemp("model")
    with duckdb.connect() as connection:
        rows, _ = learning_rows.read(connection, origins, NAMES, 3_000)
    directions = [FEATURES[name].risk for name in NAMES]
    fit(LIGHTGBM, rows.features, rows.target, directions, NAMES, 7, groups=rows.customer, parameters=FAST).save(folder)
    return folder


def refusal(train, plan):
    with pytest.raises(RuleBroken) as refused:
        train(plan)
    return refused.value.reason


def test_a_card_says_what_was_learned_from_what_and_how_good_it_was(plan, train):
    card, folder = train(plan)
    assert card == json.loads((folder / training.CARD).read_text())
    assert card["data"]["as_of_dates"] == [day.isoformat() for day in DATES]
    assert card["data"]["rows"] == 8 * (400 - 8 - 10)
    assert card["exclusions"]["thin"] == 8 * 8
    assert card["exclusions"]["gone"] + card["exclusions"]["little_or_new"] == 8 * 10
    assert card["exclusions"]["features_never_known"] == ["sign_ins_30"]
    assert card["tests"]["as_of_dates"] == ["2026-03-31", "2026-04-30"]
    assert set(card["measures"]) == set(KINDS)
    auc = card["measures"][LIGHTGBM]["auc"]
    assert 0.75 < auc["low"] < auc["value"] < auc["high"] < 0.97
    assert auc["value"] > card["measures"]["one_rule"]["auc"]["value"]
    assert {each["name"] for each in card["importance"][:2]} == {"fall_30", "contact_overdue_days"}
    assert [part["customer_kind"] for part in card["by_kind"]] == [1, 2]
    assert card["measures"][LIGHTGBM]["calibration_error"]["value"] < 0.1


def test_trained_twice_is_the_same_in_every_byte(plan, train):
    shas = []
    for name in ("1", "2"):
        _, folder = train(plan, name)
        shas.append(hashlib.sha256(b"".join(path.read_bytes() for path in sorted(folder.iterdir()))).hexdigest())
    assert shas[0] == shas[1]


def test_of_many_rows_a_part_of_the_customers_is_learned_from_always_the_same(plan, train):
    card, _ = train(replace(plan, kind=LOGISTIC, rows_max=1_500))
    assert card["exclusions"]["not_drawn"] > 1_000
    assert 1_000 < card["data"]["rows"] < 2_000
    # Whole customers: at all their dates.
    assert card["data"]["rows"] == 8 * card["data"]["customers"]


def test_too_few_leavers_teach_nothing(plan, train):
    assert refusal(train, replace(plan, leavers_min=10_000)) == "MODEL_LEAVERS_TOO_FEW"


def test_a_history_without_a_date_to_be_tested_on_is_too_short(plan, train):
    assert refusal(train, replace(plan, origins=plan.origins[:3])) == "MODEL_HISTORY_TOO_SHORT"


def test_a_feature_that_knows_the_outcome_is_refused(plan, train, tmp_path):
    leaking = []
    for origin in plan.origins:
        labels = pq.read_table(origin.labels)
        features = pq.read_table(origin.features)
        path = tmp_path / origin.features.name
        place = features.schema.get_field_index("volatility_90")
        known = pc.cast(pc.fill_null(labels["left"], False), pa.float64())  # noqa: FBT003 - a value
        pq.write_table(features.set_column(place, "volatility_90", known), path)
        leaking.append(replace(origin, features=path))
    assert refusal(train, replace(plan, origins=tuple(leaking))) == "MODEL_FEATURES_LEAK"


def test_a_date_after_the_date_is_refused(plan, train, tmp_path):
    last = plan.origins[-1]
    features = pq.read_table(last.features)
    place = features.schema.get_field_index("complaint_date")
    ahead = pa.array([last.as_of_date + timedelta(days=1)] + [None] * (features.num_rows - 1), pa.date32())
    path = tmp_path / "ahead.parquet"
    pq.write_table(features.set_column(place, "complaint_date", ahead), path)
    with pytest.raises(RuleBroken) as refused:
        train(replace(plan, origins=(*plan.origins[:-1], replace(last, features=path))))
    assert refused.value.metadata == {"features": "complaint_date"}


def signals(path, rows=()):
    names = ("customer_number", "customer_id", "signal_code", "evidence")
    columns = {name: pa.array([row[name] for row in rows], pa.string()) for name in names}
    columns["severity"] = pa.array([row["severity"] for row in rows], pa.int64())
    pq.write_table(pa.table(columns), path)
    return path


def scores(tmp_path, features, folder, signs=()):
    path = tmp_path / "scores.parquet"
    with duckdb.connect() as connection:
        scoring.write_scores(connection, features, folder, signals(tmp_path / "signals.parquet", signs), path)
    table = pq.read_table(path)
    assert table.schema.names == list(SCORES)
    return table.to_pylist()


def test_a_model_scores_everybody_of_whom_enough_is_known(model_folder, tmp_path):
    rows = [
        {"fall_30": 0.9, "contact_overdue_days": 89, "assets_now": 1_000_000, "history_days": 400},
        {"fall_30": -0.5, "contact_overdue_days": 0, "assets_now": -500},
        {"thin": True, "assets_now": 7},
        {},
    ]
    found = scores(tmp_path, write_features(rows, tmp_path / "features.parquet"), model_folder)
    risky, safe, thin, unknown = found
    assert {row["model_id"] for row in found} == {model_folder.name}
    assert risky["probability"] > 3 * safe["probability"]
    assert (thin["probability"], thin["expected_loss"], thin["value_at_risk"]) == (None, 0, 7)
    assert (safe["value_at_risk"], safe["expected_loss"]) == (0, 0)
    assert risky["expected_loss"] == round(risky["probability"] * 1_000_000)
    reasons = json.loads(risky["reasons"])
    assert {reason["feature"] for reason in reasons[:2]} == {"fall_30", "contact_overdue_days"}
    assert next(reason["value"] for reason in reasons if reason["feature"] == "contact_overdue_days") == 89
    assert sorted((reason["contribution"] for reason in reasons), reverse=True) == [r["contribution"] for r in reasons]
    assert json.loads(thin["reasons"]) == []
    assert 0 < unknown["probability"] < 1


def test_without_a_model_signs_rank(tmp_path):
    features = write_features([{"assets_now": 1_000_000}, {"assets_now": 1_000_000}, {"thin": True}, {}], tmp_path / "f.parquet")
    evidence = json.dumps({"features": {"fall_30": 0.6, "assets_now": None}, "thresholds": {"fall": 0.3}})
    signs = [
        {"customer_number": "C000", "customer_id": "", "signal_code": "A", "severity": 3, "evidence": evidence},
        {"customer_number": "C000", "customer_id": "", "signal_code": "B", "severity": 1, "evidence": evidence},
        {"customer_number": "C002", "customer_id": "", "signal_code": "A", "severity": 9, "evidence": evidence},
    ]
    signed, calm, thin, poor = scores(tmp_path, features, None, signs)
    assert signed["model_id"] == ""
    assert signed["probability"] == pytest.approx(1 - 0.98 * 0.65 * 0.95, abs=1e-6)
    assert calm["probability"] == pytest.approx(0.02)
    assert (signed["expected_loss"], calm["expected_loss"]) == (round(1_000_000 * signed["probability"]), 20_000)
    assert (thin["probability"], poor["value_at_risk"]) == (None, 0)
    assert json.loads(signed["reasons"]) == [
        {"feature": "assets_now", "value": None, "contribution": 0.35},
        {"feature": "fall_30", "value": 0.6, "contribution": 0.35},
    ]
    assert json.loads(calm["reasons"]) == []


def test_expected_loss_is_exact_and_half_to_even():
    probability = np.array([0.5, 0.5, 0.000001, 0.999999, 0.3])
    value = np.array([3, 5, 2_500_000, 2**62, 10])
    known = np.array([True, True, True, True, False])
    found = scoring._expected(probability, value, known)
    assert found.tolist() == [2, 2, 2, (2**62 * 999_999 + 500_000) // 1_000_000, 0]


def test_no_customers_are_no_scores(tmp_path, model_folder):
    empty = write_features([], tmp_path / "none.parquet")
    assert scores(tmp_path, empty, model_folder) == []
    assert scores(tmp_path, empty, None) == []
