"""Results through the gateway: what lands is in the figures soon, and each level is the sum of the one below."""

import subprocess
import sys
import time
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.deployments import wait_until
from tests.e2e.results import RESULTS_SECONDS, wait_for_results

# A feed that lands is in the figures within a minute where a machine has nothing else to do; here it has other tests.
TIMELY_SECONDS = 240
ALL = "/HO/"
# What one page holds of what a bank of tests has.
ROWS_MAX = 1_000
SUMS = (
    "balance", "averageBalance", "baseBalance", "increment", "ftpProfit", "feeIncome", "expectedLoss", "capitalCost",
    "contribution", "eva", "unitPrice", "flowAmount",
)  # fmt: skip

pytestmark = pytest.mark.timeout(RESULTS_SECONDS + TIMELY_SECONDS + 120)


@pytest.fixture(scope="module")
def day(deployment):
    """The last day of which there are results, once the bank's people own them and nothing is computed any more."""
    return wait_for_results(deployment)


def amounts(told):
    """What amounts come to, by measure; a count too."""
    sums = {name: Decimal(told[name]["amount"]) for name in SUMS}
    return sums | {"flowCount": Decimal(told["flowCount"])}


def summed(parts):
    """Measure by measure."""
    total = defaultdict(Decimal)
    for part in parts:
        for name, amount in amounts(part).items():
            total[name] += amount
    return dict(total)


def test_each_unit_is_the_sum_of_its_units_people_and_pool(deployment, day):
    people, pools = {}, []

    def walk(path):
        told = deployment.get("analyst.ho", "/v1/unitFigures", organisationPath=path, dayDate=day, pageSize=ROWS_MAX)
        assert not told["nextPageToken"]
        total = amounts(told["total"]["amounts"])
        assert summed(each["line"]["amounts"] for each in told["unitFigures"]) in (total, {})
        for each in told["unitFigures"]:
            if each["kind"] == "UNIT_PART_KIND_UNIT":
                assert walk(each["organisationPath"]) == amounts(each["line"]["amounts"])
            elif each["kind"] == "UNIT_PART_KIND_PERSON":
                people.setdefault(each["personId"], []).append(each["line"]["amounts"])
            else:
                pools.append(each["line"]["amounts"])
        return total

    whole = walk(ALL)
    assert whole == summed([*(part for parts in people.values() for part in parts), *pools])
    assert whole["balance"] > 0
    assert whole["contribution"] != 0
    # Some customers are nobody's, and most are somebody's.
    assert pools
    assert 0 < summed(pools)["balance"] < whole["balance"] / 4
    for person_id, parts in people.items():
        figures = deployment.get("analyst.ho", "/v1/figures", personId=person_id, dayDate=day)
        assert amounts(figures["total"]["amounts"]) == summed(parts)
        assert amounts(figures["total"]["amounts"]) == summed(line["amounts"] for line in figures["products"])


def test_a_relationship_managers_figure_is_explained_down_to_the_days_of_accounts(deployment, day):
    figures = deployment.get("rm1.east", "/v1/figures", dayDate=day)
    asked = {"dayDate": day, "measure": "FIGURE_MEASURE_FTP_PROFIT", "pageSize": ROWS_MAX}

    def explained(by, **of):
        told = deployment.get("rm1.east", "/v1/figures:explain", by=f"EXPLAIN_BY_{by}", **asked, **of)
        assert not told["nextPageToken"]
        return told

    total = amounts(figures["total"]["amounts"])
    for by in ("PRODUCT", "CUSTOMER", "ACCOUNT"):
        told = explained(by)
        assert amounts(told["total"]) == total
        assert summed(part["amounts"] for part in told["figureParts"]) == total
    (customer, *_) = explained("CUSTOMER")["figureParts"]
    accounts = explained("ACCOUNT", customerNumber=customer["customerNumber"])["figureParts"]
    assert summed(part["amounts"] for part in accounts) == amounts(customer["amounts"])
    days = explained("ACCOUNT_DAY", account=accounts[0]["account"])
    earned = {
        name: amount for name, amount in amounts(accounts[0]["amounts"]).items() if name in ("ftpProfit", "expectedLoss", "eva")
    }
    assert earned == {name: summed(part["amounts"] for part in days["figureParts"])[name] for name in earned}
    assert days["formulas"]
    assert days["accountProofs"]
    assert all(row["revision"] for part in days["figureParts"] for row in part["accountDays"])


def test_nobody_sees_another_branchs_results(deployment, day):
    assert deployment.call("rm1.west", "GET", "/v1/unitFigures", params={"organisationPath": "/HO/EAST/"}).status_code == 404
    assert deployment.call("manager.west", "GET", "/v1/figures", params={"organisationPath": "/HO/EAST/"}).status_code == 404
    me = deployment.get("rm1.east", "/v1/me")["person"]["personId"]
    for login in ("rm2.east", "manager.west"):
        assert deployment.call(login, "GET", "/v1/figures", params={"personId": me}).status_code == 404
    assert deployment.call("operator.ho", "GET", "/v1/figures").status_code == 403


def test_a_day_that_lands_is_in_the_figures_by_itself(deployment, day):
    """A day before all that were delivered: it has passed, whatever else was delivered into this deployment meanwhile."""

    def dates():
        asked = {"filter.dataset": "balances", "pageSize": ROWS_MAX}
        return {each["businessDate"] for each in deployment.get("operator.ho", "/v1/datasets", **asked)["datasets"]}

    def day_figures(of):
        return deployment.call("rm1.east", "GET", "/v1/figures", params={"period": "PERIOD_KIND_DAY", "dayDate": of})

    first = min(dates())
    landing = str(date.fromisoformat(first) - timedelta(days=1))
    assert day_figures(landing).status_code == 404 or not amounts(day_figures(landing).json()["total"]["amounts"])["balance"]
    command = [str(Path(sys.executable).parent / "workbench"), "simulate", "--date", landing]
    subprocess.run(command, env=dict(deployment.environment), capture_output=True, check=True, timeout=120)
    wait_until(lambda: landing in dates(), RESULTS_SECONDS, "the balances of the day")
    landed = time.monotonic()

    def computed():
        answer = day_figures(landing)
        return answer.status_code == 200 and amounts(answer.json()["total"]["amounts"])["balance"] and answer.json()

    figures = wait_until(computed, TIMELY_SECONDS, f"the figures of {landing}")
    print(f"{time.monotonic() - landed:.1f} s from landing to figures")
    assert figures["asOfDate"] == landing
    following = day_figures(first).json()["total"]
    (before,) = [each for each in following["comparisons"] if each["kind"] == "COMPARISON_KIND_DAY_BEFORE"]
    then, now = amounts(before["amounts"]), amounts(following["amounts"])
    assert then["balance"] == amounts(figures["total"]["amounts"])["balance"]
    assert amounts(before["change"])["balance"] == now["balance"] - then["balance"]
