"""Conditions of signals: what is let through, what is refused and why, and that the engine decides as plain values do."""

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analytics.engine.conditions import feature_column, statement
from services.analytics.rules.conditions import FEATURE_SORTS, ConditionFault, FaultReason, Sort, read
from services.analytics.rules.conditions import trees as tree
from services.analytics.rules.conditions.deciding import decide
from services.analytics.rules.conditions.words import in_words

FAULTS = {
    "": FaultReason.EMPTY,
    "   \n": FaultReason.EMPTY,
    "fall_30": FaultReason.NOT_A_CONDITION,
    "fall_30 +": FaultReason.SYNTAX,
    "fall_30 >= :a; fall_7 >= :b": FaultReason.SYNTAX,
    "fall_30 >= 'x'": FaultReason.NUMBER_UNFIT,
    "fall_30 >= 1e400": FaultReason.NUMBER_UNFIT,
    "fall_30 >= 'x": FaultReason.SYNTAX,
    "falls_30 >= :a": FaultReason.FEATURE_UNKNOWN,
    "features.fall_30 >= :a": FaultReason.FEATURE_UNKNOWN,
    "fall_30 >= :A": FaultReason.SYNTAX,
    "fall_30 >= ?": FaultReason.SYNTAX,
    "fall_30 >= $1": FaultReason.FEATURE_UNKNOWN,
    "fall_30 >= (SELECT 1)": FaultReason.CONSTRUCT_REFUSED,
    "EXISTS (SELECT 1)": FaultReason.CONSTRUCT_REFUSED,
    "read_parquet('/etc/passwd') >= 1": FaultReason.CONSTRUCT_REFUSED,
    "CAST(fall_30 AS BIGINT) >= :a": FaultReason.CONSTRUCT_REFUSED,
    "fall_30 IN (SELECT 1)": FaultReason.CONSTRUCT_REFUSED,
    "DROP TABLE customers": FaultReason.CONSTRUCT_REFUSED,
    "fall_30 >= days_min": FaultReason.FEATURE_UNKNOWN,
    "fall_30 >= assets_now": FaultReason.SORTS_DIFFER,
    "assets_now >= 1000": FaultReason.SORTS_DIFFER,
    "assets_now * assets_30 >= :a": FaultReason.SORTS_DIFFER,
    "complaint_date >= :a": FaultReason.SORTS_DIFFER,
    "thin = 1": FaultReason.SORTS_DIFFER,
    "kind >= 2": FaultReason.SORTS_DIFFER,
    "fall_30 >= :a AND assets_now >= :a": FaultReason.SORTS_DIFFER,
    ":a >= :b": FaultReason.SORTS_DIFFER,
    "fall_30 IS TRUE": FaultReason.CONSTRUCT_REFUSED,
    ":a IS NULL": FaultReason.CONSTRUCT_REFUSED,
    "fall_30 AND thin": FaultReason.NOT_A_CONDITION,
    "NOT fall_30": FaultReason.NOT_A_CONDITION,
    "(" * 60 + "thin" + ")" * 60: FaultReason.TOO_LONG,
    "(" * 490 + "thin" + ")" * 490: FaultReason.TOO_LONG,
    "NOT " * 240 + "thin": FaultReason.TOO_LONG,
    "thin OR " * 200 + "thin": FaultReason.TOO_LONG,
    "fall_30 >= 0.1234567890123": FaultReason.NUMBER_UNFIT,
    "fall_30 LIKE 1": FaultReason.CONSTRUCT_REFUSED,
    "-- nothing": FaultReason.SYNTAX,
}


@pytest.mark.parametrize("text", FAULTS)
def test_what_is_refused_is_refused_with_its_reason_and_what_to_do(text):
    with pytest.raises(ConditionFault) as refused:
        read(text)
    assert refused.value.reason is FAULTS[text]
    assert refused.value.problem
    assert refused.value.advice
    assert refused.value.place.line >= 1
    assert refused.value.place.column >= 1


def test_a_fault_says_where_it_is():
    with pytest.raises(ConditionFault) as refused:
        read("fall_30 >= :a\nAND falls >= :b")
    assert (refused.value.place.line, refused.value.place.column) == (2, 5)


def test_thresholds_are_of_the_sort_of_what_they_are_compared_with():
    read_one = read(
        "assets_now BETWEEN :low AND :high AND rate_gap_e8 >= :gap AND contact_days > :days AND kind IN (1, 2)"
        " AND own_transfer_30 / assets_now >= :share AND outflow_30 > :factor * inflow_30 AND NOT thin"
    )
    assert read_one.thresholds == {
        "days": Sort.DAYS, "factor": Sort.RATIO, "gap": Sort.RATIO, "high": Sort.AMOUNT, "low": Sort.AMOUNT, "share": Sort.RATIO,
    }  # fmt: skip
    assert "rate_gap_e8" in read_one.features


def test_a_condition_reads_in_plain_words():
    root = read("fall_30 >= :fall_min AND (contact_days IS NULL OR NOT contact_days < 30)").root
    shown = {"fall_min": "30%"}
    assert in_words(root, lambda name, _sort: shown[name], chinese=False) == (
        "fall of the last 30 days against 31 to 120 days back is at least 30% and "
        "(days since the last contact is not known or not days since the last contact is below 30)"
    )
    chinese = in_words(root, lambda name, _sort: shown[name], chinese=True)
    assert chinese == "近30天日均较此前31至120天下降 达到 30% 且 （距上次联系天数未知 或 并非 距上次联系天数 低于 30）"


# Random conditions, of what the allow-list lets through.
_AMOUNTS, _RATIOS, _DAYS = ("assets_now", "assets_30"), ("fall_30", "rate_gap_e8"), ("contact_days", "complaint_days")
_VALUES = {
    **dict.fromkeys(_AMOUNTS, st.one_of(st.none(), st.integers(-(10**12), 10**15), st.just(0))),
    "fall_30": st.one_of(st.none(), st.floats(-5, 5), st.just(float("nan")), st.just(0.0)),
    "rate_gap_e8": st.one_of(st.none(), st.integers(-(10**7), 10**7)),
    **dict.fromkeys(_DAYS, st.one_of(st.none(), st.integers(0, 400))),
    "thin": st.one_of(st.none(), st.booleans()),
}


def _numbers(names, threshold, literals):
    leaves = st.one_of(st.sampled_from(names), st.just(threshold), literals)
    return st.one_of(
        st.sampled_from(names),
        st.tuples(st.sampled_from(names), st.sampled_from("+-"), leaves).map(lambda each: f"({each[0]} {each[1]} {each[2]})"),
        st.tuples(st.sampled_from(names), st.sampled_from("*/"), st.sampled_from(["fall_30", "0.5", "0", ":factor"])).map(
            lambda each: f"({each[0]} {each[1]} {each[2]})"
        ),
        st.sampled_from(names).map(lambda name: f"abs(-{name})"),
        st.sampled_from(names).map(lambda name: f"coalesce({name}, {threshold})"),
    )


_TESTS = st.one_of(
    *(
        st.tuples(
            _numbers(names, threshold, literals), st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), st.just(threshold)
        ).map(" ".join)
        for names, threshold, literals in (
            (_AMOUNTS, ":amount", st.just("0")),
            (_RATIOS, ":ratio", st.sampled_from(["0.25", "0"])),
            (_DAYS, ":days", st.sampled_from(["30", "0"])),
        )
    ),
    st.just("thin"),
    st.sampled_from(sorted(_VALUES)).map(lambda name: f"{name} IS NULL"),
    st.sampled_from(_DAYS).map(lambda name: f"{name} BETWEEN 10 AND :days"),
    st.sampled_from(_DAYS).map(lambda name: f"{name} IN (1, 2, :days)"),
)
_CONDITIONS = st.recursive(
    _TESTS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(lambda each: f"({' '.join(each)})"),
        inner.map(lambda each: f"NOT ({each})"),
    ),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as connected:
        yield connected


@settings(max_examples=150, deadline=None)
@given(text=_CONDITIONS, row=st.fixed_dictionaries(_VALUES), data=st.data())
def test_the_engine_decides_as_plain_values_do(connection, text, row, data):
    condition = read(text)
    thresholds = {"amount": float(data.draw(st.integers(-(10**9), 10**9))), "ratio": 0.25, "days": 30.0, "factor": 2.0}
    plain = row | {"rate_gap_e8": None if row["rate_gap_e8"] is None else row["rate_gap_e8"] / 10**8}
    types = {"fall_30": "DOUBLE", "thin": "BOOLEAN"}
    given_columns = ", ".join(f"?::{types.get(name, 'BIGINT')} AS {name}" for name in row)
    seen = ", ".join([*map(feature_column, row), *(f"{value!r}::DOUBLE AS t_{name}" for name, value in thresholds.items())])
    sql = f"SELECT {statement(condition.root)} FROM (SELECT {seen} FROM (SELECT {given_columns}))"
    ((found,),) = connection.execute(sql, list(row.values())).fetchall()
    assert found is decide(condition.root, plain, thresholds)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="fal_30><=():;'\"-*/ANDORNOT ,.\\$?@[]{}\x00", max_size=60))
def test_whatever_is_written_is_read_or_refused(text):
    try:
        condition = read(text)
    except ConditionFault:
        return
    assert isinstance(condition.root, tree.Node)


def test_every_feature_has_a_sort():
    assert FEATURE_SORTS["rate_gap_e8"] is Sort.RATIO
    assert FEATURE_SORTS["complaint_date"] is Sort.DATE
    assert decide(read("complaint_date IS NULL").root, {"complaint_date": date(2026, 1, 1)}, {}) is False
    assert decide(read("fall_30 > 0.1").root, {"fall_30": Decimal("0.2")}, {}) is True
