"""What people of a bank do with the platform, through the gateway, on both profiles."""

import uuid

import pytest
import requests

from tests.deployments import wait_until


@pytest.fixture
def customer(deployment):
    """A new customer of rm1.east."""
    number = f"T{uuid.uuid4().hex[:12]}"
    # Another name each time: the same one with the same telephone is the same customer.
    name = "欧阳" + "".join(chr(0x4E00 + 80 * byte) for byte in uuid.uuid4().bytes[:3])
    record = {"customerNumber": number, "kind": "CUSTOMER_KIND_RETAIL", "displayName": name, "phone": "13812345678"}
    answer = deployment.call("rm1.east", "POST", "/v1/customers", json=record)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_rm_finds_own_customers_and_nobody_elses(deployment):
    me = deployment.get("rm1.east", "/v1/me")["person"]["personId"]
    page = deployment.get("rm1.east", "/v1/customers", pageSize=1000)
    assert page["customers"]
    assert {customer["leadPersonId"] for customer in page["customers"]} == {me}


def test_a_manager_sees_the_branch_and_an_analyst_the_bank(deployment):
    paths = {c["organisationPath"] for c in deployment.get("manager.east", "/v1/customers", pageSize=1000)["customers"]}
    assert paths
    assert all(path.startswith("/HO/EAST/") for path in paths)
    everywhere = {c["organisationPath"] for c in deployment.get("analyst.ho", "/v1/customers", pageSize=1000)["customers"]}
    assert paths < everywhere


def test_pages_join_to_the_whole_without_gaps_or_repeats(deployment):
    whole = [c["customerId"] for c in deployment.get("manager.east", "/v1/customers", pageSize=1000)["customers"]]
    paged, token = [], ""
    while True:
        page = deployment.get("manager.east", "/v1/customers", pageSize=7, pageToken=token)
        paged += [c["customerId"] for c in page["customers"]]
        if not (token := page["nextPageToken"]):
            break
    assert paged == whole


def test_identifying_fields_are_masked_and_revealed_only_with_permission_and_purpose(deployment, customer):
    path = f"/v1/customers/{customer['customerId']}"
    assert customer["phone"] == "138****5678"
    assert deployment.get("rm1.east", path)["phone"] == "138****5678"
    revealed = deployment.call("rm1.east", "POST", f"{path}:reveal", json={"purpose": "call back about a complaint"})
    assert revealed.status_code == 200, revealed.text
    assert revealed.json()["phone"] == "13812345678"
    refused = deployment.call("analyst.ho", "POST", f"{path}:reveal", json={"purpose": "curiosity"})
    assert (refused.status_code, refused.json()["reason"]) == (403, "PERMISSION_DENIED")


def test_an_edit_needs_the_state_that_was_seen(deployment, customer):
    path = f"/v1/customers/{customer['customerId']}"
    seen = deployment.call("rm1.east", "GET", path).headers["ETag"]
    edit = deployment.call("rm1.east", "PATCH", path, json={"displayName": "欧阳方"}, headers={"If-Match": seen})
    assert edit.status_code == 200, edit.text
    assert edit.json()["displayName"] == "欧阳方"
    assert edit.json()["phone"] == "138****5678"
    stale = deployment.call("rm1.east", "PATCH", path, json={"displayName": "x"}, headers={"If-Match": seen})
    assert (stale.status_code, stale.json()["reason"]) == (412, "CUSTOMER_CHANGED")


def test_a_repeated_write_happens_once(deployment):
    key = str(uuid.uuid4())
    record = {"customerNumber": f"I{key[:12]}", "kind": "CUSTOMER_KIND_CORPORATE", "displayName": "华东纺织有限公司"}
    first, second = (
        deployment.call("rm1.east", "POST", "/v1/customers", json=record, headers={"Idempotency-Key": key}) for _ in range(2)
    )
    assert first.status_code == second.status_code == 200, (first.text, second.text)
    assert first.json() == second.json()


@pytest.mark.parametrize("giver", ["rm1.east", "manager.east"])
def test_a_hand_over_moves_the_customer_and_keeps_the_history(deployment, customer, giver):
    path = f"/v1/customers/{customer['customerId']}"
    successor = deployment.get("rm2.east", "/v1/me")["person"]["personId"]
    choice = deployment.get(giver, "/v1/relationshipManagers", pageSize=1000)["relationshipManagers"]
    assert successor in {manager["personId"] for manager in choice}
    moved = deployment.call(giver, "POST", f"{path}:reassign", json={"leadPersonId": successor, "reason": "rotation"})
    assert moved.status_code == 200, moved.text
    assert deployment.get("rm2.east", path)["leadPersonId"] == successor
    assert deployment.call("rm1.east", "GET", path).status_code == 404
    history = deployment.get("rm2.east", f"{path}/coverages")["coverages"]
    assert [coverage["personId"] for coverage in history] == [successor, customer["leadPersonId"]]


def test_no_customer_goes_to_another_branch(deployment, customer):
    path = f"/v1/customers/{customer['customerId']}"
    stranger = deployment.get("rm1.west", "/v1/me")["person"]["personId"]
    for giver in ("rm1.east", "manager.east"):
        refused = deployment.call(giver, "POST", f"{path}:reassign", json={"leadPersonId": stranger, "reason": "rotation"})
        assert (refused.status_code, refused.json()["reason"]) == (404, "PERSON_NOT_FOUND")


def test_another_branch_learns_nothing(deployment, customer):
    strangers = ("rm1.west", "rm2.east")
    existing, missing = customer["customerId"], str(uuid.uuid4())
    for login in strangers:
        answers = [deployment.call(login, "GET", f"/v1/customers/{which}") for which in (existing, missing)]
        assert [answer.status_code for answer in answers] == [404, 404]
        told = [{k: v for k, v in answer.json().items() if k not in ("correlationId", "instance")} for answer in answers]
        assert told[0] == told[1]


@pytest.mark.parametrize("login", ["operator.ho", "useradmin.ho"])
def test_system_posts_see_no_customer(deployment, customer, login):
    for path in ("/v1/customers", f"/v1/customers/{customer['customerId']}", "/v1/relationshipManagers"):
        assert deployment.call(login, "GET", path).status_code == 403


def test_the_auditor_finds_each_act_and_proves_the_chain(deployment, customer):
    deployment.call("rm1.east", "PATCH", f"/v1/customers/{customer['customerId']}", json={"tier": "CUSTOMER_TIER_PREMIER"})
    records = deployment.get("auditor.ho", "/v1/operations/customer/auditRecords", resourceId=customer["customerId"])
    acts = [(record["method"], record["login"], record["outcome"]) for record in records["auditRecords"]]
    assert acts == [("UpdateCustomer", "rm1.east", "OK"), ("CreateCustomer", "rm1.east", "OK")]
    assert "CUSTOMER_TIER" not in records["auditRecords"][1]["changesJson"]
    assert "13812345678" not in str(records)

    def sealed():
        report = deployment.get("auditor.ho", "/v1/operations/customer/auditTrail:verify")
        assert report["intact"], report
        return report["unsealedRecords"] == "0" and int(report["seals"]) > 0

    wait_until(sealed, what="seal over the latest records")
    assert deployment.call("rm1.east", "GET", "/v1/operations/customer/auditRecords").status_code == 403


def test_sign_ins_are_in_identitys_trail(deployment):
    deployment.tokens.pop("rm1.west", None)
    deployment.sign_in("rm1.west")
    records = deployment.get("auditor.ho", "/v1/operations/identity/auditRecords", method="CreateSession", pageSize=1000)
    assert "rm1.west" in {record["login"] for record in records["auditRecords"]}


def test_the_operator_sees_how_events_flow(deployment):
    def drained():
        lag = deployment.get("operator.ho", "/v1/operations/identity/eventLag")
        return lag["unpublishedEvents"] == "0" and lag["parkedEvents"] == "0"

    wait_until(drained, what="identity's events published")
    assert deployment.get("operator.ho", "/v1/operations/customer/parkedEvents")["parkedEvents"] == []


def test_a_granted_post_reaches_the_customer_service_by_event(deployment):
    managers = deployment.get("manager.east", "/v1/relationshipManagers", pageSize=1000)["relationshipManagers"]
    me = deployment.get("rm1.east", "/v1/me")["person"]["personId"]
    assert me in {manager["personId"] for manager in managers}
    assert all(manager["organisationPath"].startswith("/HO/EAST/") for manager in managers)


def test_the_deployment_says_what_it_has(deployment):
    capabilities = requests.get(f"{deployment.url}/v1/capabilities", timeout=10).json()
    assert {"customer", "identity"} <= {service["name"] for service in capabilities["services"]}
    assert requests.get(f"{deployment.url}/healthz", timeout=10).status_code == 200
    assert requests.get(f"{deployment.url}/readyz", timeout=10).status_code == 200
    assert requests.get(f"{deployment.url}/v1/openapi.json", timeout=10).json()["openapi"].startswith("3.1")
