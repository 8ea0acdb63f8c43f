"""Deliveries into a deployment: once, then day by day, and never over what somebody changed."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from deploy.demonstration.delivery import Deliveries, deliver_day, deliver_history, takes_deliveries
from deploy.demonstration.feeds.delivering import Stretch, definitions, stretches
from services.chassis.kernel.errors import InvalidInput, RuleBroken
from services.chassis.settings import load

LAST = date(2026, 11, 24)
NEXT = date(2026, 11, 25)


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path))
    monkeypatch.setenv("WORKBENCH_PROFILE", "branch")
    return load()


def quiet(_said):
    """Says nothing."""


def delivered(settings):
    """What is in the inbox, and when it was written."""
    return {path.name: path.stat().st_mtime_ns for path in (settings.home / "inbox").rglob("*.*")}


def test_a_history_is_delivered_once_and_then_day_by_day(settings):
    assert takes_deliveries(settings)
    deliver_history(settings, LAST, customers=40, history_months=0, tell=quiet)
    first = delivered(settings)
    assert {"CB_BAL_20261122.dat.gz", "CB_BAL_20261124.dat.gz", "CB_BAL_20261124.ok", "CB_ACCT_20261124.dat"} <= first.keys()
    assert Deliveries.read(settings.home) == Deliveries(1, 40, date(2024, 11, 1), LAST)
    deliver_history(settings, LAST, customers=40, history_months=0, tell=quiet)
    assert delivered(settings) == first
    deliver_history(settings, NEXT, customers=40, history_months=0, tell=quiet)
    second = delivered(settings)
    assert first.items() <= second.items()
    assert all("25" in name for name in second.keys() - first.keys())


def test_the_feeds_come_with_the_files_and_stay_as_somebody_changed_them(settings):
    deliver_history(settings, LAST, customers=40, history_months=0, tell=quiet)
    feeds = settings.home / "feeds"
    assert {path.stem for path in feeds.glob("*.toml")} == set(definitions())
    (feeds / "core.balances.toml").write_text("# ours")
    deliver_day(settings, None, faults=False, tell=quiet)
    assert (feeds / "core.balances.toml").read_text() == "# ours"


def test_the_truth_is_beside_the_inbox_and_not_in_it(settings):
    deliver_history(settings, LAST, customers=200, history_months=0, tell=quiet)
    with (settings.home / "demonstration" / "truth.csv").open(encoding="utf-8") as file:
        told = list(csv.DictReader(file))
    assert {row["reason"] for row in told} > {"STAYS"}
    assert all(row["customer_number"].startswith("6") and row["decline_date"] <= LAST.isoformat() for row in told)
    assert not list((settings.home / "inbox").rglob("*truth*"))


def test_a_bank_that_has_grown_is_delivered_anew(settings):
    deliver_history(settings, LAST, customers=20, history_months=0, tell=quiet)
    before = (settings.home / "inbox" / "core" / "CB_CUST_20261124.dat").read_bytes()
    deliver_history(settings, LAST, customers=40, history_months=0, tell=quiet)
    after = (settings.home / "inbox" / "core" / "CB_CUST_20261124.dat").read_bytes()
    assert len(after.splitlines()) > len(before.splitlines())
    assert after.splitlines()[:10] == before.splitlines()[:10]


def test_a_day_that_the_bank_does_not_have_is_refused(settings):
    with pytest.raises(RuleBroken, match="workbench demo"):
        deliver_day(settings, NEXT, faults=False, tell=quiet)
    deliver_history(settings, LAST, customers=20, history_months=0, tell=quiet)
    for day in (date(2020, 1, 1), date(2030, 1, 1)):
        with pytest.raises(InvalidInput):
            deliver_day(settings, day, faults=False, tell=quiet)


def test_a_day_with_faults_lacks_the_ledgers_file_until_it_is_delivered_again(settings):
    deliver_history(settings, LAST, customers=40, history_months=0, tell=quiet)
    said = []
    assert deliver_day(settings, None, faults=True, tell=said.append) == NEXT
    assert "GL_BAL_2026-11-25.csv" not in delivered(settings)
    assert any("will be refused" in line for line in said)
    assert deliver_day(settings, NEXT, faults=False, tell=quiet) == NEXT
    assert "GL_BAL_2026-11-25.csv" in delivered(settings)


def test_a_deployment_without_an_inbox_takes_no_deliveries(settings, monkeypatch):
    monkeypatch.setenv("WORKBENCH_INTEGRATION_RUN", "absent")
    assert not takes_deliveries(load())


def test_history_comes_by_months_and_its_last_days_one_by_one():
    assert list(stretches(date(2026, 9, 15), date(2026, 11, 3))) == [
        Stretch(date(2026, 9, 15), date(2026, 9, 30)),
        Stretch(date(2026, 10, 1), date(2026, 10, 31)),
        Stretch(date(2026, 11, 1), date(2026, 11, 1)),
        Stretch(date(2026, 11, 2), date(2026, 11, 2)),
        Stretch(date(2026, 11, 3), date(2026, 11, 3)),
    ]
    assert list(stretches(LAST, LAST)) == [Stretch(LAST, LAST)]
