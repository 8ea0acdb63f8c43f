"""Names of files by their pattern: what a pattern makes it finds again, and nothing that leads out of the folder is a name."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.kernel.errors import InvalidInput
from services.integration.rules.file_names import is_plain, pattern
from services.integration.usecases.definitions import PACKS, definitions
from services.integration.usecases.settings import IntegrationSettings

DATES = st.dates(date(1000, 1, 1), date(9999, 12, 31))
FORMS = ["{date}", "{date:%Y-%m-%d}", "{date:%d%m%Y}", "{date:%Y%j}", "{date:%Y%m}/b_{date:%d}", "{date:%Y}/{date:%Y%m%d}"]


@given(DATES, st.sampled_from(FORMS))
def test_what_a_pattern_makes_it_finds_again(day, form):
    made = pattern(f"a_{form}.csv").name_for(day)
    assert pattern(f"a_{form}.csv").matches(made)
    assert pattern(f"a_{form}.csv").date_of(made) == day


@settings(max_examples=50)
@given(st.text(max_size=30), st.sampled_from(["*", "*/{date}.csv", "a*b?c", "{date:%Y%m%d}*"]))
def test_whatever_a_name_is_it_leads_nowhere(name, text):
    if pattern(text).matches(name):
        assert is_plain(name)
        assert not set(name.split("/")) & {"", ".", ".."}
        assert not any(step.startswith(".") for step in name.split("/") if text != "{date:%Y%m%d}*")


@pytest.mark.parametrize(
    ("text", "name", "day"),
    [
        ("b_{date:%Y%m%d}.csv", "b_20261124.csv", date(2026, 11, 24)),
        ("b_{date:%Y%m%d}_*.csv", "b_20261124_part1.csv", date(2026, 11, 24)),
        ("{date:%Y%m}/b_{date:%Y%m%d}.csv", "202611/b_20261224.csv", None),
        ("b_{date:%Y%m%d}.csv", "b_20260230.csv", None),
        ("b_{date:%Y%m%d}.csv", "b_\uff12\uff10\uff12\uff16\uff11\uff11\uff12\uff14.csv", None),
        ("b_{date:%Y%m%d}.csv", "b_2026112.csv", None),
        ("b_{date:%Y%j}.csv", "b_2025366.csv", None),
        ("b_{date:%Y%j}.csv", "b_2024366.csv", date(2024, 12, 31)),
        ("b_{date:%Y%m%d}.csv", "B_20261124.csv", None),
        ("b.{date:%Y%m%d}", "bx20261124", None),
        ("b_{date:%Y%m}.csv", "b_202611.csv", None),
    ],
)
def test_the_date_of_a_name(text, name, day):
    assert pattern(text).date_of(name) == day


def test_a_month_alone_is_a_name_without_a_date():
    assert pattern("b_{date:%Y%m}.csv").matches("b_202611.csv")
    assert not pattern("b_{date:%Y%m}.csv").is_dated


@pytest.mark.parametrize(
    "text",
    [
        "", "/a", "a//b", "a/../b", "..", "a/.", "{", "{x}", "{date:%y%m%d}", "{date:%s}", "{date:%Y/%m}", "{date:%}", "a\\b",
        "a\nb", "a" * 201, "*" * 5,
    ],
)  # fmt: skip
def test_what_is_no_pattern_is_refused(text):
    with pytest.raises(InvalidInput, match="FILE_PATTERN_INVALID"):
        pattern(text)


def test_wildcards_are_matched_in_no_time():
    assert not pattern("*a*a*a*b").matches("a" * 900)
    assert pattern("*a*{date}*a*b").matches("a" * 400 + "20261124" + "a" * 400 + "b")


def test_the_files_of_every_pack_can_be_named():
    found = definitions(IntegrationSettings(packs=[path.name for path in PACKS.iterdir() if path.is_dir()]))
    assert not found.faults
    for feed in found.feeds.values():
        for text in filter(None, (feed.source.file, feed.source.ready_file, feed.controls.file)):
            assert pattern(text)
