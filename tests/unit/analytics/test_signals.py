"""Signals: each rule of the library sees its sign and nothing else, by segment, with onset, severity and words."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbench.analytics.v1 import signal_pb2, signal_service_pb2

from services.analytics.engine.conditions import feature_column
from services.analytics.engine.signal_trial import Trial
from services.analytics.engine.signal_truth import count_truth
from services.analytics.engine.signals import write_signals
from services.analytics.engine.tables import SIGNALS
from services.analytics.rules.conditions import FEATURE_SORTS, Sort
from services.analytics.rules.conditions.deciding import decide
from services.analytics.rules.evidence import Language
from services.analytics.rules.precision import Precision, wilson_interval
from services.analytics.rules.signal_reading import RuleFault, effective, read_rule
from services.analytics.rules.signals import (
    RuleState,
    SegmentThresholds,
    SignalRule,
    SignalSeverity,
    SignalState,
    TriedChange,
)
from services.analytics.rules.supplied_rules import SUPPLIED_RULES
from tests.unit.analytics.feature_rows import feature_table, write_features

AS_OF = date(2026, 11, 25)
RULES = {rule.code: rule for rule in SUPPLIED_RULES}
ASSETS = 50_000_00

# A customer of each sign, since when it is there, and how severe it is.
SIGNS = {
    "BALANCE_DROP": ({"fall_7": 0.65, "assets_7": 20_000_00, "assets_30": ASSETS}, AS_OF, 2),
    "BALANCE_FALL": (
        {"fall_30": 0.8, "assets_before": ASSETS, "fall_season": 0.7, "fall_onset_date": date(2026, 10, 1)},
        date(2026, 10, 1),
        3,
    ),
    "COMPLAINT_THEN_SILENCE": (
        {"complaint_days": 20, "complaint_date": date(2026, 11, 5), "contact_days": 25},
        date(2026, 11, 5),
        1,
    ),
    "COMPLAINT_UNANSWERED": ({"complaints_open": 1, "complaint_overdue_days": 6}, date(2026, 11, 19), 2),
    "CONTACT_OVERDUE": ({"contact_overdue_days": 70, "contact_cycle_days": 90}, date(2026, 9, 16), 1),
    "DEPOSIT_UNRENEWED": (
        {"unrenewed_30": 30_000_00, "unrenewed_share": 0.6, "unrenewed_date": date(2026, 11, 10), "assets_now": 1_000_00},
        date(2026, 11, 10),
        3,
    ),
    "DRAWN_DOWN": ({"draw_down": 0.75, "below_days": 16, "assets_peak_90": ASSETS}, date(2026, 11, 9), 2),
    "INFLOW_FALL": ({"inflow_fall": 0.6, "inflow_90": ASSETS, "fall_30": 0.2}, AS_OF, 1),
    "LEAD_CHANGED": (
        {"lead_change_days": 31, "lead_change_date": date(2026, 10, 25), "lead_changes_180": 1},
        date(2026, 10, 25),
        2,
    ),
    "LEAD_LEFT": (
        {
            "lead_left_days": 3,
            "lead_left_date": date(2026, 11, 22),
            "top_person_share": 0.9,
            "people_known": 1,
            "assets_now": 10**8,
        },
        date(2026, 11, 22),
        3,
    ),
    "LOAN_ENDED": ({"loan_ended_90": True, "product_count": 1, "assets_now": 100_00}, AS_OF, 2),
    "MATURING_UNATTENDED": ({"maturing_30": 60_000_00, "assets_now": 10**9}, AS_OF, 1),
    "OWN_TRANSFERS": (
        {"own_transfer_share": 0.5, "own_transfer_30": 20_000_00, "own_transfer_last_date": date(2026, 11, 20)},
        date(2026, 11, 20),
        2,
    ),
    "PRODUCTS_CLOSED": (
        {"products_closed_90": 2, "product_count": 1, "product_last_close_date": date(2026, 11, 1)},
        date(2026, 11, 1),
        3,
    ),
    "RATE_GAP": (
        {"rate_gap_e8": 900_000, "assets_now": 60_000_00, "rate_gap_since_date": date(2026, 9, 1), "maturing_30": 1},
        date(2026, 9, 1),
        1,
    ),
    "SALARY_STOPPED": ({"salary_overdue_days": 40, "salary_last_date": date(2026, 9, 15)}, date(2026, 10, 16), 2),
    "SETTLEMENT_STOPPED": (
        {"kind": 2, "settlement_fall": 0.96, "settlement_last_date": date(2026, 10, 1), "fall_30": 0.4},
        date(2026, 10, 1),
        3,
    ),
    "SIGN_INS_FADING": ({"sign_in_fall": 0.85, "sign_in_last_date": date(2026, 11, 2), "fall_30": 0.2}, date(2026, 11, 2), 2),
    "SLOW_DRAIN": (
        {"fall_90": 0.45, "assets_before": 2 * ASSETS, "assets_90": ASSETS + 5_000_00, "assets_30": ASSETS},
        AS_OF,
        2,
    ),
    "STANDING_ORDERS_CANCELLED": ({"standing_orders_cancelled_90": 1, "standing_orders": 3}, AS_OF, 1),
    "SURVEY_LOW": (
        {"survey_low_days": 10, "survey_low_date": date(2026, 11, 15), "contact_days": 5},
        date(2026, 11, 15),
        1,
    ),
}


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as connected:
        yield connected


@pytest.fixture
def look(connection, tmp_path):
    """Looks for signs in these rows; answers the rows of signals."""

    def looked(rows, rules=SUPPLIED_RULES, **options):
        features, path = write_features(rows, tmp_path / "features.parquet"), tmp_path / "signals.parquet"
        write_signals(connection, features, rules, AS_OF, path, **options)
        return pq.read_table(path).to_pylist()

    return looked


def test_each_rule_sees_its_sign_since_when_and_how_severe_it_is(look):
    assert set(SIGNS) == set(RULES)
    rows = [row | {"customer_number": code, "customer_id": f"id-{code}"} for code, (row, *_) in SIGNS.items()]
    seen = [each for each in look(rows) if each["signal_code"] == each["customer_number"]]
    assert {each["signal_code"]: (each["onset_date"], each["severity"]) for each in seen} == {
        code: (onset, severity) for code, (_, onset, severity) in SIGNS.items()
    }
    for each in seen:
        rule, evidence = RULES[each["signal_code"]], json.loads(each["evidence"])
        values, sorts = evidence["features"] | evidence["thresholds"], read_rule(rule).sorts
        assert set(values) == set(sorts)
        for chinese, words in ((True, rule.chinese_words), (False, rule.english_words)):
            said = Language(chinese=chinese).filled(words, values, sorts)
            assert said
            assert "{" not in said


def test_nothing_is_seen_where_nothing_is_known(look):
    nothing = [{}, {"thin": True}, {"thin": None}, {"kind": None, "tier": None}, {"kind": 99, "tier": -1}]
    assert look(nothing) == []
    assert look([]) == []
    assert look([SIGNS["BALANCE_FALL"][0]], []) == []


def test_whom_there_is_too_little_of_has_only_signs_that_need_no_balances(look):
    rows = [row | {"thin": True, "customer_number": code} for code, (row, *_) in SIGNS.items()]
    seen = {each["signal_code"] for each in look(rows)}
    assert seen == {code for code, rule in RULES.items() if not rule.needs_history}


def test_no_number_that_is_none_is_a_sign(look):
    assert look([{"fall_30": float("nan"), "assets_before": ASSETS}, {"fall_30": float("inf"), "assets_before": ASSETS}]) == []


def test_rows_are_as_the_engine_tells_and_sorted(look, tmp_path):
    look([SIGNS["BALANCE_FALL"][0] | SIGNS["RATE_GAP"][0] | {"customer_number": name} for name in ("C2", "C1")])
    table = pq.read_table(tmp_path / "signals.parquet")
    names = {"string": "string", "int64": "int64", "date": "date32[day]"}
    assert {field.name: str(field.type) for field in table.schema} == {name: names[type_] for name, type_ in SIGNALS.items()}
    keys = [(row["customer_number"], row["signal_code"]) for row in table.to_pylist()]
    assert keys == sorted(keys)
    assert len(keys) == 4


def test_thresholds_are_those_of_the_narrowest_segment(look):
    row = {"fall_30": 0.22, "assets_before": 600_000_00}
    seen = look([row | {"kind": kind, "tier": tier} for kind in (1, 2) for tier in (1, 3, 4)])
    # A private customer of the highest tier alone falls enough.
    assert [each["customer_number"] for each in seen] == ["C002"]
    assert json.loads(seen[0]["evidence"])["thresholds"]["fall_min"] == 0.2
    fall = RULES["BALANCE_FALL"]
    assert effective(fall, 1, 4)[0]["fall_min"] == Decimal("0.2")
    # What the narrowest does not say, the wider one does.
    assert effective(fall, 1, 4)[0]["season_min"] == Decimal("0.2")
    assert effective(fall, 2, 4)[0]["fall_min"] == Decimal("0.45")
    assert effective(RULES["SETTLEMENT_STOPPED"], 1, 1)[1]
    assert not effective(RULES["SALARY_STOPPED"], 1, 4)[1]
    assert effective(RULES["SALARY_STOPPED"], 2, 1)[1]


def test_amounts_are_of_the_currency_s_minor_units(look):
    row = {"unrenewed_30": 20_000, "unrenewed_share": 0.3}
    assert look([row]) == []
    assert [each["signal_code"] for each in look([row], minor_unit_digits=0)] == ["DEPOSIT_UNRENEWED"]


def test_an_onset_is_never_after_the_day_nor_before_the_calendar(look):
    late = {"products_closed_90": 1, "product_count": 4, "product_last_close_date": date(2027, 1, 1)}
    endless = {"contact_overdue_days": 2**40}
    negative = {"complaints_open": 1, "complaint_overdue_days": 3, "below_days": -7}
    onsets = [each["onset_date"] for each in look([late, endless, negative])]
    assert onsets[0] == AS_OF
    assert date(1900, 1, 1) < onsets[1] < AS_OF
    assert onsets[2] == date(2026, 11, 22)


# Every number of the features, at will; the engine sees what plain values say.
_KINDS = {Sort.AMOUNT: st.integers(-(10**12), 10**12), Sort.RATIO: st.floats(-2, 2), Sort.FLAG: st.booleans()}
_ANY = st.fixed_dictionaries(
    {"kind": st.integers(0, 4), "tier": st.integers(0, 4), "thin": st.booleans()},
    optional={
        name: st.integers(-(10**7), 10**7) if name.endswith("_e8") else _KINDS.get(sort, st.integers(0, 200))
        for name, sort in FEATURE_SORTS.items()
        if sort not in (Sort.DATE, Sort.CATEGORY) and name != "thin"
    },
)


@settings(max_examples=40, deadline=None)
@given(st.lists(_ANY, max_size=6))
def test_the_library_sees_what_plain_values_say(connection, tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("any")
    features, path = write_features(rows, folder / "features.parquet"), folder / "signals.parquet"
    write_signals(connection, features, SUPPLIED_RULES, AS_OF, path)
    found = {(row["customer_number"], row["signal_code"]): row["severity"] for row in pq.read_table(path).to_pylist()}
    assert found == {
        (row["customer_number"], rule.code): severity
        for row in feature_table(rows).to_pylist()
        for rule in SUPPLIED_RULES
        if (severity := _severity(rule, row))
    }


def _severity(rule, row):
    read, (thresholds, left_out) = read_rule(rule), effective(rule, row["kind"], row["tier"])
    if left_out or (rule.needs_history and row["thin"]):
        return 0
    amounts = {
        name: float(value * 100 if read.threshold_sorts[name] is Sort.AMOUNT else value) for name, value in thresholds.items()
    }
    values = row | {"rate_gap_e8": None if row["rate_gap_e8"] is None else row["rate_gap_e8"] / 10**8}
    assert feature_column("rate_gap_e8").startswith("CAST")
    holds = [
        step is not None and decide(step.root, values, amounts) is True for step in (read.condition, read.serious, read.severe)
    ]
    if not holds[0]:
        return 0
    return 3 if holds[2] else 2 if holds[1] else 1


RULE = SignalRule(
    code="TEST",
    version=1,
    chinese="测试",
    english="Test",
    condition="fall_30 >= :fall_min",
    thresholds=(SegmentThresholds({"fall_min": Decimal("0.3")}),),
    chinese_words="{fall_30}",
    english_words="{fall_30}",
)
FAULTY = {
    "CONDITION_INVALID": {"condition": "fall_30"},
    "FEATURE_UNKNOWN": {"evidence_features": ("falls",)},
    "ONSET_UNFIT": {"onset_feature": "fall_30"},
    "THRESHOLD_MISSING": {"serious": "fall_30 >= :more"},
    "THRESHOLD_UNKNOWN": {"thresholds": (SegmentThresholds({"fall_min": Decimal(1), "other": Decimal(1)}),)},
    "THRESHOLD_UNFIT": {"thresholds": (SegmentThresholds({"fall_min": Decimal(2_000)}),)},
    "WORDS_UNFIT": {"english_words": "{assets_now}"},
}


@pytest.mark.parametrize("reason", FAULTY)
def test_a_rule_is_refused_whole(reason):
    with pytest.raises(RuleFault) as refused:
        read_rule(replace(RULE, **FAULTY[reason]))
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "thresholds",
    [
        (SegmentThresholds({"fall_min": Decimal(1)}, kind=1),),
        (SegmentThresholds({"fall_min": Decimal(1)}), SegmentThresholds({"fall_min": Decimal(1)})),
    ],
)
def test_segments_begin_with_everybody_and_come_once(thresholds):
    with pytest.raises(RuleFault) as refused:
        read_rule(replace(RULE, thresholds=thresholds))
    assert refused.value.reason == "SEGMENTS_UNFIT"


def test_more_that_a_rule_is_refused_for():
    with pytest.raises(RuleFault, match="whole number"):
        read_rule(replace(RULE, condition="contact_days >= :fall_min", english_words="", chinese_words=""))
    with pytest.raises(RuleFault, match="has no value"):
        read_rule(replace(RULE, thresholds=()))
    assert effective(replace(RULE, condition="thin", thresholds=()), 1, 1) == ({}, False)
    with pytest.raises(RuleFault, match="elsewhere"):
        read_rule(replace(RULE, serious="assets_now >= :fall_min"))
    for words in ("{", "}", "{}", "{Fall_30}", "{fall_30!r}", "{fall_30"):
        with pytest.raises(RuleFault, match="brace"):
            read_rule(replace(RULE, chinese_words=words))


def test_a_rule_that_is_switched_off_finds_nothing(look):
    row = {"fall_30": 0.5}
    assert [each["signal_code"] for each in look([row], [RULE])] == ["TEST"]
    assert look([row], [replace(RULE, enabled=False)]) == []


def test_no_text_of_a_rule_gets_into_a_statement(look):
    hostile = replace(RULE, code="X'; DROP TABLE t; --", chinese_words="'; --", english_words="'")
    assert [each["signal_code"] for each in look([{"fall_30": 0.5}], [hostile])] == ["X'; DROP TABLE t; --"]


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (0, "0元", "CNY 0"),
        (99, "1元", "CNY 1"),
        (-12_345_00, "-1.23万元", "CNY -12.3k"),
        (8_500_00, "8,500元", "CNY 8.5k"),
        (350_000_00, "35万元", "CNY 350k"),
        (1_234_567_00, "123万元", "CNY 1.23M"),
        (120_000_000_00, "1.2亿元", "CNY 120M"),
        (2**63 - 1, "922,337,204亿元", "CNY 92,233,720bn"),
    ],
)
def test_amounts_are_shown_as_each_language_counts(value, chinese, english):
    assert Language(chinese=True).shown(value, Sort.AMOUNT) == chinese
    assert Language(chinese=False).shown(value, Sort.AMOUNT) == english


def test_other_values_as_people_read_them():
    english = Language(chinese=False, currency_code="JPY")
    assert english.shown(1_500, Sort.AMOUNT) == "JPY 1.5k"
    assert Language(chinese=True, currency_code="XAU").shown(1_500_00, Sort.AMOUNT) == "1,500 XAU"
    assert [english.shown(value, Sort.RATIO) for value in (0.3, 0.0085, 0, 1, -0.256, 12.5)] == [
        "30%", "0.85%", "0%", "100%", "-25.6%", "1,250%",
    ]  # fmt: skip
    assert english.shown(1_234.0, Sort.DAYS) == "1,234"
    assert english.shown(None, Sort.RATIO) == "unknown"
    assert [english.shown(value, Sort.FLAG) for value in (True, False)] == ["yes", "no"]
    assert english.filled("{a} {b}", {"a": 1}, {"a": Sort.COUNT}) == "1 unknown"


def test_what_a_trial_changes_is_told_customer_by_customer(connection, tmp_path):
    falls = {"C0": 0.35, "C1": 0.6, "C2": 0.1, "C3": 0.45}
    rows = [{"customer_number": name, "customer_id": name, "fall_30": fall} for name, fall in falls.items()]
    trial = Trial(connection, write_features(rows, tmp_path / "features.parquet"), AS_OF, 2)
    former = replace(RULE, serious="fall_30 >= :fall_serious", thresholds=(_thresholds("0.3", "0.4"),))
    tried = replace(former, version=2, thresholds=(_thresholds("0.4", "0.5"),))
    trial.find(tried, former)
    counts = trial.counts()
    assert (counts.raised_count, counts.former_raised_count, counts.added_count, counts.dropped_count) == (2, 3, 0, 1)
    changes = {each.customer_id: TriedChange(each.change) for each in trial.some(10)}
    assert changes == {"C0": TriedChange.DROPPED, "C3": TriedChange.SEVERITY, "C1": TriedChange.NONE}
    (segment,) = trial.segments()
    assert (segment.customer_count, segment.raised_count, segment.serious_count, segment.severe_count) == (4, 2, 1, 0)
    trial.find(former, None)
    assert trial.counts().added_count == 3


def _thresholds(fall_min, fall_serious):
    return SegmentThresholds({"fall_min": Decimal(fall_min), "fall_serious": Decimal(fall_serious)})


def test_truth_is_counted_of_whom_it_is_known(connection, tmp_path, look):
    look([{"fall_30": 0.5}, {"fall_30": 0.5}, {"fall_30": 0.5}, {}], [RULE])
    labels = tmp_path / "labels.parquet"
    connection.execute(
        "COPY (FROM (VALUES ('C000', true), ('C001', false), ('C002', NULL), ('C003', false)) AS t(customer_number, \"left\")) "
        f"TO '{labels}' (FORMAT parquet)"
    )
    everybody, by_rule = count_truth(connection, tmp_path / "signals.parquet", labels)
    assert everybody == Precision(3, 1, 3, 1)
    assert by_rule == {("TEST", 1): Precision(2, 1, 3, 1)}


def test_a_noisy_sign_says_so_once_there_is_enough():
    assert Precision(29, 0, 1_000, 100).few
    assert not Precision(29, 0, 1_000, 100).noisy
    assert Precision(400, 42, 10_000, 1_000).noisy
    assert not Precision(400, 120, 10_000, 1_000).noisy
    nothing = Precision(0, 0, 0, 0)
    assert (nothing.value, nothing.base_rate, nothing.noisy, nothing.interval) == (None, None, False, (0.0, 1.0))


def test_wilsons_interval_is_that_of_the_books():
    # Newcombe 1998, table I: 81 of 263, and 1 of 29.
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson_interval(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)
    assert wilson_interval(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


@given(st.integers(0, 500), st.integers(1, 500))
def test_an_interval_holds_its_share(left, raised):
    low, high = wilson_interval(min(left, raised), raised)
    assert 0 <= low <= min(left, raised) / raised <= high <= 1


@pytest.mark.parametrize(
    ("enum", "mirrored"),
    [
        (SignalSeverity, signal_pb2.SignalSeverity),
        (SignalState, signal_pb2.SignalState),
        (RuleState, signal_pb2.SignalRuleState),
        (TriedChange, signal_service_pb2.TriedChange),
    ],
)
def test_the_contract_mirrors_the_rules(enum, mirrored):
    prefix = {RuleState: "SIGNAL_RULE_STATE"}.get(
        enum, "".join(f"_{letter}" if letter.isupper() else letter.upper() for letter in enum.__name__).strip("_")
    )
    assert {f"{prefix}_{each.name}": each.value for each in enum} == {name: number for name, number in mirrored.items() if number}
