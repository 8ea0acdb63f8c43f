"""How somebody comes to a post: two people, one kind of duty, at once and everywhere."""

import uuid

import pytest
import requests

from tests.deployments import wait_until

PASSWORD = "a-long-walk-by-the-lake"


@pytest.fixture
def units(deployment):
    """The ids of the organisation units by their code."""
    listed = deployment.get("useradmin.ho", "/v1/organisationUnits", pageSize=1000)["organisationUnits"]
    return {unit["code"]: unit["organisationUnitId"] for unit in listed}


@pytest.fixture
def newcomer(deployment, units):
    """Somebody of an outlet in the east who holds no post yet."""
    staff_number = uuid.uuid4().hex[:12]
    person = {
        "staffNumber": staff_number,
        "login": f"n{staff_number}",
        "displayName": "赵新",
        "organisationUnitId": units["E01"],
    }
    return _done(deployment.call("useradmin.ho", "POST", "/v1/people", json=person))


def test_a_post_takes_two_people_and_holds_at_once_everywhere(deployment, units, newcomer):
    session = _first_sign_in(deployment, newcomer)
    assert _call(deployment, session, "/v1/customers").status_code == 403
    grant = _done(_propose(deployment, newcomer["personId"], "relationship_manager", units["E01"], "SCOPE_KIND_OWN"))
    assert grant["state"] == "GRANT_STATE_PROPOSED"
    approval = f"/v1/grants/{grant['grantId']}:approve"
    alone = deployment.call("useradmin.ho", "POST", approval, json={})
    assert (alone.status_code, alone.json()["reason"]) == (400, "SECOND_PERSON_NEEDED")
    assert _call(deployment, session, "/v1/customers").status_code == 403

    approved = _done(deployment.call("useradmin2.ho", "POST", approval, json={}))
    assert approved["state"] == "GRANT_STATE_ACTIVE"
    wait_until(lambda: _call(deployment, session, "/v1/me").status_code == 401, seconds=5, what="the token before is void")
    session = _done(_post(deployment, "/v1/sessions:refresh", refreshToken=session["refreshToken"]))
    assert "customer.record.read" in _call(deployment, session, "/v1/me").json()["permissions"]

    def known():
        managers = deployment.get("manager.east", "/v1/relationshipManagers", pageSize=1000)["relationshipManagers"]
        return newcomer["personId"] in {manager["personId"] for manager in managers}

    wait_until(known, seconds=10, what="the customer service has heard of it")
    record = {"customerNumber": f"G{uuid.uuid4().hex[:12]}", "kind": "CUSTOMER_KIND_RETAIL", "displayName": "王芳"}
    opened = requests.post(f"{deployment.url}/v1/customers", json=record, headers=_bearer(session), timeout=10)
    assert _done(opened)["leadPersonId"] == newcomer["personId"]

    revocation = {"reason": "moved on"}
    _done(deployment.call("useradmin.ho", "POST", f"/v1/grants/{grant['grantId']}:revoke", json=revocation))
    wait_until(lambda: not known(), seconds=10, what="the customer service has heard of the end")


@pytest.mark.parametrize(
    ("login", "role", "scope"),
    [
        ("operator.ho", "relationship_manager", "SCOPE_KIND_OWN"),
        ("rm1.east", "operator", "SCOPE_KIND_SUBTREE"),
    ],
)
def test_business_and_system_posts_never_mix(deployment, units, login, role, scope):
    person_id = deployment.get(login, "/v1/me")["person"]["personId"]
    refused = _propose(deployment, person_id, role, units["HO"], scope)
    assert (refused.status_code, refused.json()["reason"]) == (400, "DUTIES_MIX")


def test_nobody_decides_over_his_own_posts(deployment, units):
    myself = deployment.get("useradmin.ho", "/v1/me")["person"]["personId"]
    refused = _propose(deployment, myself, "user_administrator", units["EAST"], "SCOPE_KIND_SUBTREE")
    assert (refused.status_code, refused.json()["reason"]) == (400, "GRANT_TO_SELF")


def _propose(deployment, person_id, role, unit_id, scope):
    wanted = {"personId": person_id, "role": role, "organisationUnitId": unit_id, "scope": scope, "reason": "starts there"}
    return deployment.call("useradmin.ho", "POST", "/v1/grants", json=wanted)


def _first_sign_in(deployment, person):
    reset = _done(deployment.call("useradmin.ho", "POST", f"/v1/people/{person['personId']}:resetPassword", json={}))
    temporary = {"login": person["login"], "password": reset["temporaryPassword"], "newPassword": PASSWORD}
    return _done(_post(deployment, "/v1/sessions", **temporary))


def _post(deployment, path, **body):
    return requests.post(deployment.url + path, json=body, timeout=10)


def _call(deployment, session, path):
    return requests.get(deployment.url + path, headers=_bearer(session), timeout=10)


def _bearer(session):
    return {"Authorization": f"Bearer {session['accessToken']}"}


def _done(answer):
    assert answer.status_code == 200, answer.text
    return answer.json()
