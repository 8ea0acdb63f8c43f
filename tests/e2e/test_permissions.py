"""Each permission holds for exactly the posts that give it, and no post mixes business with the system."""

import uuid

import pytest
import requests

LOGINS = (
    "rm1.east", "rm2.east", "rm1.west", "manager.east", "product.ho", "analyst.ho", "auditor.ho", "operator.ho", "useradmin.ho",
)  # fmt: skip


@pytest.fixture(scope="module")
def document(deployment):
    return requests.get(f"{deployment.url}/v1/openapi.json", timeout=10).json()


def _operations(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            permission = operation.get("x-permission", "") if method in ("get", "post", "patch", "put", "delete") else ""
            # What anybody, or anybody who is signed in, may do is no matter of posts.
            if "." in permission:
                yield method.upper(), path, permission


@pytest.mark.parametrize("login", LOGINS)
def test_each_permission_holds_for_exactly_its_posts(deployment, document, login):
    held = set(deployment.get(login, "/v1/me")["permissions"])
    wrong = []
    for method, path, permission in _operations(document):
        if path.endswith(":watch") and permission in held:
            continue
        filled = path.replace("{service}", "customer")
        while "{" in filled:
            start, end = filled.index("{"), filled.index("}")
            filled = filled[:start] + str(uuid.uuid4()) + filled[end + 1 :]
        # An empty body is refused after the permission is checked, so nothing is changed where it holds.
        body = {} if method == "GET" else {"data": "[]", "headers": {"Content-Type": "application/json"}}
        answer = deployment.call(login, method, filled, **body)
        denied = answer.status_code == 403 and answer.json()["reason"] == "PERMISSION_DENIED"
        if denied == (permission in held):
            wrong.append((method, path, permission, answer.status_code, answer.text[:200]))
    assert not wrong


def test_no_post_mixes_business_and_system(deployment):
    duties = {login: deployment.get(login, "/v1/me")["duty"] for login in LOGINS}
    assert {login for login, duty in duties.items() if duty == "ROLE_DUTY_SYSTEM"} == {"operator.ho", "useradmin.ho"}
    catalogue = {p["permission"]: p for p in deployment.get("useradmin.ho", "/v1/permissions")["permissions"]}
    for login, duty in duties.items():
        kind = "system" if duty == "ROLE_DUTY_SYSTEM" else "business"
        assert all(catalogue[name][kind] for name in deployment.get(login, "/v1/me")["permissions"]), login
