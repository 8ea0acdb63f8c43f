"""Deliveries into a deployment: once, then day by day, and never over what somebody changed."""

from __future__ import annotations

import csv
import shutil
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
    monkeypatch.setenv("WORKBENCH_INTEGRATION_PACKS", "hr,core")
    return load()


@pytest.fixture(scope="module")
def delivered_home(tmp_path_factory):
    """A state folder into which the bank has delivered, to be copied."""
    home = tmp_path_factory.mktemp("delivered")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_HOME", str(home))
        patch.setenv("WORKBENCH_PROFILE", "branch")
        patch.setenv("WORKBENCH_INTEGRATION_PACKS", "hr,core")
        deliver_history(load(), LAST, customers=150, history_months=0, tell=quiet)
    return home


@pytest.fixture
def living(settings, delivered_home):
    """A deployment into which the bank has delivered."""
    shutil.copytree(delivered_home, settings.home, dirs_exist_ok=True)
    return settings


def quiet(_said):
    """Says nothing."""


def delivered(settings):
    """What is in the inbox, and when it was written."""
    return {path.name: path.stat().st_mtime_ns for path in (settings.home / "inbox").rglob("*.*")}


def test_a_history_is_delivered_once_and_then_day_by_day(living):
    first = delivered(living)
    assert {"CB_BAL_20261122.dat.gz", "CB_BAL_20261124.dat.gz", "CB_BAL_20261124.ok", "CB_ACCT_20261124.dat"} <= first.keys()
    assert Deliveries.read(living.home) == Deliveries(1, 150, date(2024, 11, 1), LAST)
    deliver_history(living, LAST, customers=150, history_months=0, tell=quiet)
    assert delivered(living) == first
    (living.home / "feeds" / "ledger.gl_balances.toml").write_text("# ours")
    deliver_history(living, NEXT, customers=150, history_months=0, tell=quiet)
    second = delivered(living)
    assert first.items() <= second.items()
    assert all("25" in name for name in second.keys() - first.keys())
    # The feeds that no pack of the deployment has came with the first files, and stay as somebody changed them.
    assert {path.stem for path in (living.home / "feeds").glob("*.toml")} == {
        name for name in definitions() if not name.startswith(("hr.", "core."))
    }
    assert (living.home / "feeds" / "ledger.gl_balances.toml").read_text() == "# ours"


def test_the_truth_is_beside_the_inbox_and_not_in_it(living):
    with (living.home / "demonstration" / "truth.csv").open(encoding="utf-8") as file:
        told = list(csv.DictReader(file))
    assert {row["reason"] for row in told} > {"STAYS"}
    assert all(row["customer_number"].startswith("6") and row["decline_date"] <= LAST.isoformat() for row in told)
    assert not list((living.home / "inbox").rglob("*truth*"))


def test_a_bank_that_has_grown_is_delivered_anew(living):
    file = living.home / "inbox" / "core" / "CB_CUST_20261124.dat"
    before = file.read_bytes().splitlines()
    deliver_history(living, LAST, customers=180, history_months=0, tell=quiet)
    after = file.read_bytes().splitlines()
    assert len(after) > len(before)
    assert after[:100] == before[:100]


def test_a_day_that_the_bank_does_not_have_is_refused(settings, delivered_home):
    with pytest.raises(RuleBroken, match="workbench demo"):
        deliver_day(settings, NEXT, faults=False, tell=quiet)
    shutil.copytree(delivered_home, settings.home, dirs_exist_ok=True)
    for day in (date(2020, 1, 1), date(2030, 1, 1)):
        with pytest.raises(InvalidInput):
            deliver_day(settings, day, faults=False, tell=quiet)


def test_a_day_with_faults_lacks_the_ledgers_file_until_it_is_delivered_again(living):
    said = []
    assert deliver_day(living, None, faults=True, tell=said.append) == NEXT
    assert "GL_BAL_2026-11-25.csv" not in delivered(living)
    assert any("will be refused" in line for line in said)
    assert deliver_day(living, NEXT, faults=False, tell=quiet) == NEXT
    assert "GL_BAL_2026-11-25.csv" in delivered(living)


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
