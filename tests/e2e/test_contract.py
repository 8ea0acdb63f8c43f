"""The OpenAPI document is the truth: no 5xx, no answer that it does not name, and each permission holds for exactly its posts."""

import subprocess
import sys
import uuid
from pathlib import Path

import pytest
import requests

from tests.deployments import PASSWORD

LOGINS = ("rm1.east", "rm2.east", "rm1.west", "manager.east", "analyst.ho", "auditor.ho", "operator.ho", "useradmin.ho")
EXAMPLES = "8"
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "missing_required_header", "unsupported_method",
)  # fmt: skip
# A sign-out ends the run's own session, and a stream does not end by itself; both have tests of their own.
EXCLUDED = (("--exclude-path", "/v1/sessions/current"), ("--exclude-path", "/v1/customers:watch"))


@pytest.fixture(scope="module")
def document(deployment):
    return requests.get(f"{deployment.url}/v1/openapi.json", timeout=10).json()


@pytest.mark.timeout(400)
@pytest.mark.parametrize("login", ["manager.east", "useradmin.ho"])
def test_schemathesis_finds_no_server_error_and_no_undocumented_answer(deployment, login):
    session = requests.post(f"{deployment.url}/v1/sessions", json={"login": login, "password": PASSWORD}, timeout=10).json()
    run = subprocess.run(
        [
            str(Path(sys.executable).parent / "schemathesis"), "run", f"{deployment.url}/v1/openapi.json",
            "--header", f"Authorization: Bearer {session['accessToken']}",
            "--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES, "--seed", "1", "--workers", "2",
            "--checks", ",".join(CHECKS), "--no-color", "--warnings", "off",
            *(argument for pair in EXCLUDED for argument in pair),
        ],
        capture_output=True, text=True, check=False, timeout=380, cwd=deployment.home,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-8_000:] + run.stderr[-2_000:]


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
