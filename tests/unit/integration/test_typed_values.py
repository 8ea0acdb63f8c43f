"""Texts become values exactly, or not at all: held to a reference in plain Python, digit for digit."""

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.kernel.errors import InvalidInput
from services.integration.engine import expressions

# Digits without end: nothing is rounded unless it is asked for.
EXACT = Context(prec=2_000)
ODD = (
    *("", ".", "-", "+", "-.", "1.", ".5", "+1", "-0", "-0.00", "1e5", "1E5", "0x10", "1_000", "\uff11\uff12", "\u0663"),
    *("1,000", "--1", "1-", "NaN", "inf", " 1", "1 ", "1 2", "00012.50", "9223372036854775807", "9223372036854775808"),
    *("-9223372036854775808", "92233720368547758.07", "92233720368547758.08", "0." + "0" * 60 + "1", "1." + "0" * 60),
    *("0" * 60 + "1.5", "9" * 60, "12.345", "12.344999", "12.355", "12.3450001", "-12.345", "-12.355", "0.005", "0.015"),
    *("-0.005", "1.2.3"),
)
numbers = st.one_of(
    st.sampled_from(ODD),
    st.from_regex(r"[+-]?[0-9]{0,25}(\.[0-9]{0,25})?", fullmatch=True),
    st.text("0123456789.,-+eE _\uff11\t", max_size=30),
)


@pytest.fixture(scope="module")
def engine():
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


def value(engine, expression, text):
    """What the expression makes of a text in the column `t`."""
    return engine.execute(f"SELECT {expression} FROM (SELECT ?::VARCHAR AS t)", [text]).fetchall()[0][0]


def whole_number(text, digits, *, rounds=False):
    """The reference: the plain number in units of that power, or None."""
    if not re.fullmatch(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)", text, re.ASCII):
        return None
    scaled = EXACT.create_decimal(text).scaleb(digits, EXACT)
    kept = scaled.to_integral_value(ROUND_HALF_EVEN, EXACT)
    if kept != scaled and not rounds:
        return None
    return int(kept) if abs(kept) < 2**63 else None


@given(numbers, st.sampled_from([0, 2, 3, 4, 6, 8]))
def test_a_number_keeps_every_digit(engine, text, digits):
    assert value(engine, expressions.scaled("t", digits), text) == whole_number(text, digits)


@given(numbers, st.sampled_from([0, 2, 3]))
def test_where_the_bank_rounds_it_rounds_half_to_even(engine, text, digits):
    expected = whole_number(text, digits, rounds=True)
    if expected is not None and len(re.sub(r"\D", "", text)) > 37:
        return  # More digits than the engine's largest number has: nothing, and never another one.
    assert value(engine, expressions.scaled("t", digits, rounds=True), text) == expected


@pytest.mark.parametrize("text", ODD)
def test_odd_numbers(engine, text):
    for digits in (0, 2, 8):
        assert value(engine, expressions.scaled("t", digits), text) == whole_number(text, digits)


@given(st.integers(-(10**17), 10**17), st.sampled_from(["CNY", "JPY", "KWD", "XXX"]))
def test_the_currency_says_how_many_digits(engine, minor_units, currency):
    digits = {"JPY": 0, "KWD": 3}.get(currency, 2)
    text = f"{Decimal(minor_units).scaleb(-digits):f}"
    query = f"SELECT {expressions.scaled('t', expressions.digits_of('c'))} FROM (SELECT ?::VARCHAR AS t, ?::VARCHAR AS c)"
    assert engine.execute(query, [text, currency]).fetchall() == [(minor_units,)]


@pytest.mark.parametrize(
    ("text", "decimal", "grouping", "expected"),
    [
        ("1,234.56", ".", ",", 123456),
        ("1.234,56", ",", ".", 123456),
        ("1234,56", ",", ".", 123456),
        ("1'234'567.8", ".", "'", 123456780),
        ("-1,234", ".", ",", -123400),
        ("1,23.45", ".", ",", None),
        ("1,2345", ".", ",", None),
        ("12,34", ".", ",", None),
        (",123", ".", ",", None),
        ("1.234", ",", "", None),
        ("1.5", ",", ".", None),
        ("12,5", ",", "", 1250),
        ("1,234,56", ",", "", None),
    ],
)
def test_marks_stand_where_they_may(engine, text, decimal, grouping, expected):
    assert value(engine, expressions.scaled(expressions.with_plain_marks("t", decimal, grouping), 2), text) == expected


DATES = ("%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%y", "%y%m%d", "%Y年%m月%d日")
dates = st.one_of(
    st.dates().map(str),
    st.builds(lambda d, f: d.strftime(f) if d.year > 999 else "", st.dates(), st.sampled_from(DATES)),
    st.text("0123456789-/. 年", max_size=12),
)


@given(dates, st.sampled_from(DATES))
def test_a_date_is_one_that_there_is(engine, text, format_):
    assert value(engine, expressions.day("t", format_, 60), text) == _date(text, format_)


def _moment(*parts):
    """A time in UTC, as the engine answers it."""
    return datetime(*parts)  # noqa: DTZ001 - the engine's times have no zone


def _date(text, format_):
    """The reference: strptime, but for numbers that run into each other, which must have all their digits."""
    shapes = {"%Y": "([0-9]{4})", "%y": "([0-9]{2})", "%m": "([0-9]{1,2})", "%d": "([0-9]{1,2})"}
    if "%m%d" in format_:
        shapes |= {"%m": "([0-9]{2})", "%d": "([0-9]{2})"}
    pattern = re.sub("%.", lambda found: shapes[found[0]], re.escape(format_).replace("\\%", "%"))
    match = re.fullmatch(pattern, text, re.ASCII)
    if match is None:
        return None
    parts = dict(zip(re.findall("%(.)", format_), map(int, match.groups()), strict=True))
    year = parts["Y"] if "Y" in parts else parts["y"] + (1900 if parts["y"] >= 60 else 2000)
    try:
        return date(year, parts["m"], parts["d"])
    except ValueError:
        return None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("000229", date(2000, 2, 29)),
        ("600229", date(1960, 2, 29)),
        ("610229", None),
        ("591231", date(2059, 12, 31)),
        ("5912", None),
    ],
)
def test_a_year_of_two_digits_turns_at_the_pivot(engine, text, expected):
    assert value(engine, expressions.day("t", "%y%m%d", 60), text) == expected


@pytest.mark.parametrize("format_", ["%y%m%d", "%Y-%m", "%q", "%Y-%m-%d %Y", "%"])
def test_a_format_that_says_no_date_is_refused(format_):
    with pytest.raises(InvalidInput):
        expressions.day("t", format_, None)


SHANGHAI = ZoneInfo("Asia/Shanghai")


@given(st.datetimes(_moment(1970, 1, 1), _moment(2100, 1, 1)))
def test_a_time_without_a_zone_is_the_banks(engine, moment):
    expected = moment.replace(tzinfo=SHANGHAI).astimezone(UTC)
    if (
        expected.astimezone(SHANGHAI).replace(tzinfo=None) != moment
        or moment.replace(tzinfo=SHANGHAI, fold=1).utcoffset() != moment.replace(tzinfo=SHANGHAI).utcoffset()
    ):
        return  # An hour that summer time took away, or gave twice.
    found = value(engine, expressions.instant("t", "", "Asia/Shanghai"), moment.isoformat(" "))
    assert found == expected.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("text", "format_", "expected"),
    [
        ("2026-11-24T08:00:00+08:00", "", _moment(2026, 11, 24)),
        ("2026-11-24T08:00:00Z", "", _moment(2026, 11, 24, 8)),
        ("2026-11-24 08:00", "", _moment(2026, 11, 24)),
        ("2026-11-24 24:00:00", "", None),
        ("2026-11-24", "", None),
        ("2026-02-30 08:00:00", "", None),
        ("20261124080000", "%Y%m%d%H%M%S", _moment(2026, 11, 24)),
        ("2026112408000", "%Y%m%d%H%M%S", None),
        ("24/11/2026 8:00 +0000", "%d/%m/%Y %H:%M %z", _moment(2026, 11, 24, 8)),
    ],
)
def test_times(engine, text, format_, expected):
    assert value(engine, expressions.instant("t", format_, "Asia/Shanghai"), text) == expected


def test_codes_and_flags(engine):
    codes = expressions.code("t", {"1": "RETAIL", "it's": "OTHER", "": "NONE"})
    assert [value(engine, codes, text) for text in ("1", "it's", None, "2", " 1")] == ["RETAIL", "OTHER", "NONE", None, None]
    yes = expressions.flag("t", ("Y", "1"))
    assert [value(engine, yes, text) for text in ("Y", "1", "N", "y", None)] == [True, True, False, False, None]
