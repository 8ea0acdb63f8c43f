"""Analytics through the gateway: an analysis makes itself of what the bank delivers, and says of whom it knows too little."""

import pytest

from tests.deployments import wait_until
from tests.e2e.results import RESULTS_SECONDS, wait_for_analysis

pytestmark = pytest.mark.timeout(RESULTS_SECONDS + 120)
RULE = "/v1/signalRules/BALANCE_FALL"


@pytest.fixture(scope="module")
def as_of(deployment):
    """As of which day the bank's customers have been looked at."""
    return wait_for_analysis(deployment)


@pytest.fixture
def customer(deployment, as_of):
    """One of an RM's customers that has balances."""
    for each in deployment.get("rm1.east", "/v1/customers", pageSize=20)["customers"]:
        chart = deployment.get("rm1.east", f"/v1/customers/{each['customerId']}/timelineChart")
        if any(chart["series"]["deposit"]):
            return each["customerId"]
    raise AssertionError("None of the first customers has a balance.")


def test_of_three_days_nothing_is_made_up(deployment, as_of):
    (latest,) = deployment.get("analyst.ho", "/v1/analyses", pageSize=1)["analyses"]
    assert latest["asOfDate"] == as_of
    assert int(latest["customerCount"]) == int(latest["thinCount"]) > 100
    assert deployment.get("manager.east", "/v1/warnings")["warnings"] == []
    refused = deployment.call("analyst.ho", "POST", "/v1/models", json={})
    assert (refused.status_code, refused.json()["reason"]) == (400, "MODEL_HISTORY_TOO_SHORT")


def test_a_contact_stands_beside_the_balances(deployment, customer):
    made = deployment.call(
        "rm1.east", "POST", "/v1/contacts", json={"customerId": customer, "kind": "CONTACT_KIND_CALL", "minutes": 7}
    )
    assert made.status_code == 200, made.text
    resource = f"contacts/{made.json()['contactId']}"
    path = f"/v1/customers/{customer}"

    def told():
        chart = deployment.get("rm1.east", f"{path}/timelineChart")
        return [item for item in chart["items"] if item["resource"] == resource] and chart

    chart = wait_until(told, 30, "the contact on the timeline")
    (item,) = (item for item in chart["items"] if item["resource"] == resource)
    assert item["kind"] == "TIMELINE_ITEM_KIND_CONTACT"
    assert item["chinese"]
    assert item["english"]
    assert chart["thin"]
    assert len(chart["series"]["dates"]) == len(chart["series"]["deposit"])
    assert deployment.get("manager.east", f"{path}/happenings")["happenings"]


def test_nobody_else_sees_a_customers_life(deployment, customer):
    for path in ("timelineChart", "happenings"):
        assert deployment.call("rm1.west", "GET", f"/v1/customers/{customer}/{path}").status_code == 404
        assert deployment.call("operator.ho", "GET", f"/v1/customers/{customer}/{path}").status_code == 403
    me = deployment.get("rm1.east", "/v1/me")["person"]["personId"]
    simulate = {"personIds": [me]}
    assert deployment.call("manager.west", "POST", "/v1/departures:simulate", json=simulate).status_code == 404
    assert deployment.call("rm1.east", "POST", "/v1/departures:simulate", json=simulate).status_code == 403


def test_a_rule_changes_once_a_second_person_says_so(deployment, as_of):
    rule = deployment.get("analyst.ho", RULE)
    definition = rule["definition"]
    definition["thresholds"][0]["values"]["fall_min"] = "0.29"
    tried = deployment.call(
        "analyst.ho", "POST", "/v1/signalRules:try", json={"ruleCode": rule["ruleCode"], "definition": definition}
    )
    assert (tried.status_code, tried.json()["asOfDate"]) == (200, as_of), tried.text
    made = deployment.call(
        "analyst.ho", "POST", "/v1/signalRuleVersions", json={"ruleCode": rule["ruleCode"], "definition": definition}
    )
    assert made.status_code == 200, made.text
    path = f"/v1/signalRuleVersions/{made.json()['signalRuleVersionId']}:approve"
    assert deployment.call("analyst.ho", "POST", path, json={}).json()["reason"] == "SELF_DECISION"
    assert deployment.get("analyst.ho", RULE)["versionNumber"] == rule["versionNumber"]
    assert deployment.call("analyst2.ho", "POST", path, json={}).status_code == 200
    assert deployment.get("rm1.east", RULE)["versionNumber"] == made.json()["versionNumber"]
