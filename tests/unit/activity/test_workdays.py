"""Workdays: China's as announced, others' by law, the bank's own over both."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.activity.rules.workdays import DaySource, OwnDay, Workdays, check_country
from services.chassis.kernel.errors import InvalidInput, RuleBroken

DAYS = st.dates(date(2004, 1, 1), date(2035, 12, 31))


def test_a_week_of_chinas_national_day_with_the_weekends_worked_for_it():
    china = Workdays()
    assert not any(china.is_workday(date(2025, 10, day)) for day in range(1, 9))
    assert china.day(date(2025, 10, 1)).name == "国庆节"
    sunday = china.day(date(2025, 9, 28))
    assert (sunday.working, sunday.source, sunday.name) == (True, DaySource.COUNTRY, "国庆节调休")
    assert china.day(date(2025, 9, 27)).source is DaySource.WEEK


def test_years_that_are_not_announced_yet_go_by_the_law():
    china = Workdays()
    assert not china.is_workday(date(2030, 10, 1))
    assert china.day(date(2030, 10, 1)).name.startswith("国庆节")
    assert china.is_workday(date(2030, 10, 14))


def test_every_year_can_be_asked():
    for year in (1, 1900, 1999, 2500, 9999):
        assert Workdays().is_workday(date(year, 7, 10)) == (date(year, 7, 10).weekday() < 5)


def test_other_countries_have_their_own_weekends_and_holidays():
    assert not Workdays("SA").is_workday(date(2026, 11, 27))
    assert Workdays("SA").is_workday(date(2026, 11, 29))
    assert Workdays("DE").day(date(2026, 10, 3)).source is DaySource.COUNTRY
    check_country("DE")
    with pytest.raises(InvalidInput):
        check_country("ZZ")


def test_the_banks_own_day_stands_over_the_countrys():
    own = {date(2025, 10, 1): OwnDay(working=True, name="值班"), date(2025, 10, 9): OwnDay(working=False, name="行庆")}
    bank = Workdays(own=own)
    assert [bank.is_workday(day) for day in own] == [True, False]
    assert bank.add(date(2025, 9, 30), 2) == date(2025, 10, 10)


def test_counting_off():
    china = Workdays()
    assert china.add(date(2025, 9, 30), 1) == date(2025, 10, 9)
    assert china.add(date(2025, 10, 9), -1) == date(2025, 9, 30)
    assert china.add(date(2025, 10, 1), 0) == date(2025, 10, 9)
    assert china.add(date(2025, 10, 9), 0) == date(2025, 10, 9)
    for day, count in ((date.max, 1), (date.min, -1), (date(2025, 1, 1), 10**9)):
        with pytest.raises(InvalidInput):
            china.add(day, count)


def test_a_bank_that_never_works_is_told_and_not_waited_for():
    start = date(2025, 1, 1)
    never = Workdays(own={start + timedelta(days=place): OwnDay(working=False) for place in range(800)})
    with pytest.raises(RuleBroken):
        never.add(start, 1)


@given(DAYS, st.integers(1, 60))
def test_counting_forth_and_back_comes_to_the_same_workday(day, count):
    china = Workdays()
    there = china.add(day, count)
    assert china.is_workday(there)
    assert len(china.between(day + timedelta(days=1), there)) == count
    if china.is_workday(day):
        assert china.add(there, -count) == day


@pytest.mark.parametrize(("start", "end"), [(date(2025, 1, 2), date(2025, 1, 1)), (date.min, date.max)])
def test_a_period_that_is_none_or_too_long_is_refused(start, end):
    with pytest.raises(InvalidInput):
        Workdays().between(start, end)


def test_as_another_source_reads_the_announcements(shared_data: Path):
    """`holiday-cn` reads the State Council's papers by itself; every day of its is ours."""
    china, days = Workdays(), 0
    for year in range(2007, 2027):
        for told in json.loads((shared_data / f"cn_reference/holidays/{year}.json").read_text())["days"]:
            day = date.fromisoformat(told["date"])
            if day.year == year:
                days += 1
                assert china.is_workday(day) != told["isOffDay"], day
    assert days > 500
