"""Features: the engine's expressions against the plain oracle, and what must hold whatever the data."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.analytics.engine import feature_staging
from services.analytics.engine.features import write_features
from services.analytics.engine.tables import FEATURES
from services.analytics.rules.features import FEATURES as WORDS
from services.analytics.rules.features import MODEL_FEATURES, FeatureKind
from services.analytics.rules.happenings import HappeningKind
from services.chassis.lake.lake import Lake
from tests.unit.analytics.analysis_files import inputs_of, random_bank
from tests.unit.analytics.feature_oracle import Oracle

AS_OF = date(2026, 11, 24)
CYCLES = {1: 90, 2: 45}
DAY = timedelta(days=1)
FEW = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    """An engine as services have it."""
    with Lake(tmp_path_factory.mktemp("lake"), memory_mb_max=256, threads=1).connection() as found:
        yield found


def computed(connection, folder, bank, as_of=AS_OF, **fields):
    """The features by customer's number."""
    inputs = inputs_of(folder, bank, as_of, **fields)
    write_features(connection, inputs, folder / "features.parquet")
    found = connection.sql(f"FROM read_parquet('{folder / 'features.parquet'}')")
    names = found.columns
    assert names == list(FEATURES)
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    assert [row["customer_number"] for row in rows] == sorted(row["customer_number"] for row in rows)
    return {row["customer_number"]: row for row in rows}


@pytest.mark.parametrize("seed", range(3))
def test_features_are_what_the_oracle_says(connection, tmp_path, monkeypatch, seed):
    # In portions of five customers.
    monkeypatch.setattr(feature_staging, "_ROWS", 485 * 5)
    bank = random_bank(seed, AS_OF)
    found = computed(connection, tmp_path, bank)
    oracle = Oracle(bank, AS_OF, cycles=CYCLES)
    assert len(found) == len(bank["customers"])
    for customer in bank["customers"]:
        row, expected = found[customer["customer_number"]], oracle.features(customer)
        differing = {name: (row[name], expected[name]) for name in FEATURES if not _same(row[name], expected[name])}
        assert not differing, customer["customer_number"]


def _same(one, other):
    return one == (pytest.approx(other, rel=1e-12) if isinstance(other, float) else other)


@FEW
@given(seed=st.integers(0, 10**6), back=st.integers(1, 200))
def test_what_comes_later_changes_nothing(connection, tmp_path, seed, back):
    as_of = AS_OF - back * DAY
    bank = random_bank(seed, AS_OF, customers=4, days=250)
    until = dict(bank)
    until["customer_days"] = [row for row in bank["customer_days"] if row["day"] <= as_of]
    until["happenings"] = [
        row | {"end_date": row["end_date"] if row["end_date"] and row["end_date"] <= as_of else None}
        for row in bank["happenings"] if row["start_date"] <= as_of
    ]  # fmt: skip
    until["accounts"] = [row for row in bank["accounts"] if row["open_date"] <= as_of]
    until["rates"] = [row for row in bank["rates"] if row["day"] <= as_of]
    assert computed(connection, tmp_path, until, as_of) == computed(connection, tmp_path, bank, as_of)


@FEW
@given(seed=st.integers(0, 10**6))
def test_the_order_of_rows_never_matters(connection, tmp_path, seed):
    bank = random_bank(seed, AS_OF, customers=4, days=250)
    shuffled = {name: random.Random(seed).sample(rows, len(rows)) for name, rows in bank.items()}
    assert computed(connection, tmp_path, shuffled) == computed(connection, tmp_path, bank)


def lived(amounts, *, number="C1", last=AS_OF, **fields):
    """Days up to one, with these deposits."""
    first = last - (len(amounts) - 1) * DAY
    return [{"customer_number": number, "day": first + n * DAY, "deposit": a} | fields for n, a in enumerate(amounts)]


def of_one(connection, folder, days, as_of=AS_OF, **rest):
    """The features of one customer in a bank in which another has always had something."""
    fields = {name: rest.pop(name) for name in ("movement_dates", "online_dates", "history_days_min") if name in rest}
    bank = {"customers": [{"customer_number": n, "customer_id": n} for n in ("C1", "Z")], **rest}
    bank["customer_days"] = days + lived([5] * 500, number="Z")
    return computed(connection, folder, bank, as_of, **fields)["C1"]


def test_without_days_nothing_is_known_and_nothing_is_made_up(connection, tmp_path):
    row = of_one(connection, tmp_path, [])
    assert (row["thin"], row["history_days"]) == (True, 0)
    known = {name for name in WORDS if row[name] is not None} - {"kind", "tier", "history_days", "thin"}
    # What the service itself, or a whole file, tells of everybody.
    told = {"product", "unrenewed", "maturing", "complaint", "need", "lead", "contact", "people", "tenure", "standing"}
    assert all(name.split("_")[0].rstrip("s") in {each.rstrip("s") for each in told} for name in known), known


def test_one_day_only_zeros_and_always_the_same_are_not_falls(connection, tmp_path):
    one = of_one(connection, tmp_path, lived([700]))
    assert (one["thin"], one["assets_now"], one["assets_30"], one["fall_30"], one["below_days"]) == (True, 700, None, None, None)
    zeros = of_one(connection, tmp_path, lived([0] * 200))
    assert (zeros["thin"], zeros["history_days"], zeros["fall_30"], zeros["draw_down"]) == (True, 200, None, None)
    same = of_one(connection, tmp_path, lived([700] * 200))
    assert not same["thin"]
    assert [same[name] for name in ("fall_7", "fall_30", "fall_90", "draw_down", "below_days", "volatility_90")] == [0] * 6
    assert same["fall_onset_date"] is None


def test_accounts_that_are_told_of_no_more_are_empty(connection, tmp_path):
    row = of_one(connection, tmp_path, lived([1_000] * 200, last=AS_OF - 10 * DAY))
    assert (row["assets_now"], row["assets_7"], row["fall_7"], row["draw_down"]) == (0, 0, 1.0, 1.0)
    assert (row["below_days"], row["fall_onset_date"]) == (10, AS_OF - 9 * DAY)
    assert row["fall_30"] == pytest.approx(1 / 3)
    assert row["history_days"] == 210


def test_sums_are_exact_beyond_what_floating_point_numbers_hold(connection, tmp_path):
    row = of_one(connection, tmp_path, lived([10**15 - 1] * 200, inflow=10**15 - 1))
    assert (row["inflow_90"], row["assets_now"], row["volatility_90"]) == (90 * (10**15 - 1), 10**15 - 1, 0)


def test_debts_have_no_fall(connection, tmp_path):
    row = of_one(connection, tmp_path, lived([-500] * 170 + [-900] * 30))
    assert (row["assets_now"], row["assets_30"], row["fall_30"], row["draw_down"], row["volatility_90"]) == (
        -900,
        -900,
        None,
        None,
        None,
    )


def test_a_gap_of_the_whole_bank_is_unknown_and_not_empty(connection, tmp_path):
    gap = {AS_OF - n * DAY for n in range(40, 60)}
    bank = {"customers": [{"customer_number": "C1", "customer_id": "1"}]}
    bank["customer_days"] = [row for row in lived([900] * 200) if row["day"] not in gap]
    row = computed(connection, tmp_path, bank)["C1"]
    assert (row["history_days"], row["fall_30"], row["below_days"]) == (180, 0, 0)


def test_the_same_fall_a_year_before_is_the_season(connection, tmp_path):
    amounts = [1_000] * 455 + [500] * 30
    amounts[485 - 395 : 485 - 365] = [500] * 30
    row = of_one(connection, tmp_path, lived(amounts))
    assert (row["fall_30"], row["fall_season"]) == (pytest.approx(0.5), pytest.approx(0.0))
    assert of_one(connection, tmp_path, lived([1_000] * 370 + [500] * 30))["fall_season"] is None


def test_a_salary_that_does_not_come_is_overdue_as_far_as_movements_are_known(connection, tmp_path):
    days = lived([1_000] * 200)
    for back in (150, 120, 90, 60):
        days[199 - back]["salary_inflow"] = 50
    row = of_one(connection, tmp_path, days)
    assert (row["salary_last_date"], row["salary_interval_days"], row["salary_overdue_days"]) == (AS_OF - 60 * DAY, 30, 30)
    known = frozenset(AS_OF - n * DAY for n in range(25, 200))
    assert of_one(connection, tmp_path, days, movement_dates=known)["salary_overdue_days"] == 5
    assert of_one(connection, tmp_path, days, movement_dates=known)["inflow_30"] is None
    assert of_one(connection, tmp_path, days, movement_dates=frozenset())["salary_overdue_days"] is None


def placed(number, opened, due, **fields):
    """A term deposit."""
    usual = {"customer_number": "C1", "account_number": number, "kind": "TERM_DEPOSIT"}
    return usual | {"open_date": opened, "maturity_date": due} | fields


@pytest.mark.parametrize(("after", "unrenewed"), [(-4, 400), (-3, 0), (14, 0), (15, 400), (None, 400)])
def test_what_fell_due_is_renewed_by_what_is_opened_about_then(connection, tmp_path, after, unrenewed):
    due = AS_OF - 20 * DAY
    days = lived([1_000] * 179, last=due - DAY, term=400) + lived([1_000] * 21)
    accounts = [placed("1", due - 365 * DAY, due, state="CLOSED", close_date=due)]
    if after is not None:
        accounts.append(placed("2", due + after * DAY, AS_OF + 99 * DAY))
    row = of_one(connection, tmp_path, days, accounts=accounts)
    assert (row["unrenewed_30"], row["unrenewed_date"]) == (unrenewed, due if unrenewed else None)


def test_a_record_that_was_merged_counts_as_its_survivor(connection, tmp_path):
    bank = {"customers": [{"customer_number": "C1", "customer_id": "1"}]}
    bank["customer_days"] = lived([100] * 200) + lived([900] * 190, number="C9", last=AS_OF - 10 * DAY)
    bank["aliases"] = [{"customer_number": "C9", "survivor_number": "C1"}]
    row = computed(connection, tmp_path, bank)["C1"]
    assert (row["assets_now"], row["assets_peak_90"], row["below_days"]) == (100, 1_000, 10)


def test_only_whom_something_touched_is_looked_at(connection, tmp_path):
    bank = random_bank(7, AS_OF)
    whole = computed(connection, tmp_path / "whole", bank)
    numbers = ("C003", "C010", "NOBODY")
    some = computed(connection, tmp_path / "some", bank | {"touched": [{"customer_number": number} for number in numbers]})
    assert some == {number: whole[number] for number in numbers[:2]}
    assert computed(connection, tmp_path / "none", bank | {"touched": []}) == {}


def test_dates_at_the_ends_of_time_are_no_trouble(connection, tmp_path):
    for as_of in (date(9999, 12, 31), date(1, 1, 1)):
        happenings = [
            {"customer_number": "C1", "source": str(n), "start_date": day, "due_date": day, "kind": int(HappeningKind.COMPLAINT)}
            for n, day in enumerate((date.min, date.max, AS_OF))
        ]
        accounts = [placed(str(n), date.min, day, interest_rate_e8=1, balance=2) for n, day in enumerate((date.max, None))]
        row = of_one(connection, tmp_path, [], as_of, happenings=happenings, accounts=accounts)
        assert row["complaints_open"] == (3 if as_of == date.max else 1)


def test_every_feature_has_words_and_the_model_takes_what_has_a_direction():
    assert set(WORDS) == set(FEATURES) - {"customer_number", "customer_id"}
    kinds = {"date": {FeatureKind.DATE}, "boolean": {FeatureKind.FLAG}, "float64": {FeatureKind.RATIO}}
    others = set(FeatureKind) - {FeatureKind.DATE, FeatureKind.FLAG, FeatureKind.RATIO}
    for name, feature in WORDS.items():
        assert feature.kind in kinds.get(FEATURES[name], others)
        assert feature.chinese
        assert feature.english
        assert feature.risk in (-1, 0, 1)
        assert feature.kind is not FeatureKind.DATE or feature.risk == 0
    assert (
        len({feature.chinese for feature in WORDS.values()}) == len({feature.english for feature in WORDS.values()}) == len(WORDS)
    )
    assert {"kind", "tier", "fall_30", "contact_overdue_days"} <= set(MODEL_FEATURES)
    assert "assets_now" not in MODEL_FEATURES
