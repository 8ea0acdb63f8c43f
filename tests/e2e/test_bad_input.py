"""Bad input gets a 4xx with a stable reason and changes nothing; never a 5xx, never a stack trace."""

import base64
import json
import time
import uuid

import pytest
import requests

RECORD = {"customerNumber": "B1", "kind": "CUSTOMER_KIND_RETAIL", "displayName": "王芳"}
DEEP = "[" * 500 + "]" * 500

BODIES = {
    "unknown field": (json.dumps(RECORD | {"colour": "red"}), 400),
    "wrong type": (json.dumps(RECORD | {"displayName": 7}), 400),
    "unknown enum": (json.dumps(RECORD | {"kind": "CUSTOMER_KIND_MARTIAN"}), 400),
    "enum out of range": (json.dumps(RECORD | {"kind": 2**40}), 400),
    "not json": ("{", 400),
    "not an object": ("[1]", 400),
    "empty": ("", 400),
    "NUL in text": (json.dumps(RECORD | {"displayName": "a\0b"}), 400),
    "invalid UTF-8": (b'{"customerNumber": "\xff\xfe"}', 400),
    "too deep": ('{"displayName": ' + DEEP + "}", 400),
    "too large": (json.dumps(RECORD | {"displayName": "x" * 20_000_000}), 413),
    "name too long": (json.dumps(RECORD | {"displayName": "x" * 10_000}), 400),
    "zero-width name": (json.dumps(RECORD | {"displayName": "王\u200b芳"}), 400),
    "lone surrogate": (b'{"customerNumber": "B2", "kind": 1, "displayName": "\\ud800"}', 400),
    "wrong check digit": (json.dumps(RECORD | {"identifier": "110105194912310021"}), 400),
}

QUERIES = {
    "negative page": {"pageSize": "-1"},
    "page beyond int32": {"pageSize": "99999999999"},
    "page not a number": {"pageSize": "ten"},
    "forged token": {"pageToken": base64.urlsafe_b64encode(b'["x","y","z"]').decode()},
    "unknown parameter": {"colour": "red"},
    "unknown order": {"orderBy": "phone"},
    "order by injection": {"orderBy": "display_name; DROP TABLE customers"},
    "person not an id": {"leadPersonId": "1 OR 1=1"},
    "NUL": {"namePrefix": "a\0b"},
}


def _refused(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    problem = answer.json()
    assert problem["reason"].isupper()
    assert problem["correlationId"]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("case", BODIES)
def test_body(deployment, case):
    body, status = BODIES[case]
    before = deployment.get("rm1.east", "/v1/customers", pageSize=1000)
    headers = {"Content-Type": "application/json"}
    _refused(deployment.call("rm1.east", "POST", "/v1/customers", data=body, headers=headers), status)
    assert deployment.get("rm1.east", "/v1/customers", pageSize=1000) == before


@pytest.mark.parametrize("case", QUERIES)
def test_query(deployment, case):
    _refused(deployment.call("rm1.east", "GET", "/v1/customers", params=QUERIES[case]), 400)


def test_huge_page_is_cut_to_the_maximum(deployment):
    assert len(deployment.get("analyst.ho", "/v1/customers", pageSize=2**31 - 1)["customers"]) <= 1_000


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nowhere", 404),
        ("DELETE", "/v1/customers", 405),
        ("GET", "/v1/customers/not-a-uuid", 400),
        ("GET", "/v1/customers/%00", 400),
        ("GET", "/v1/customers/%ff", 400),
        ("GET", "/v1/customers/..%2f..%2fetc", 404),
        ("GET", "/v1/operations/nosuch/eventLag", 404),
        ("GET", "/" + "x" * 9_000, 414),
    ],
)
def test_path(deployment, method, path, status):
    login = "operator.ho" if "eventLag" in path else "rm1.east"
    answer = deployment.call(login, method, path)
    assert answer.status_code == status or (answer.status_code, status) in {(404, 501), (404, 400)}, answer.text
    assert "Traceback" not in answer.text


def _segment(value) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _tampered(token):
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return f"{header}.{_segment(claims | {'sub': str(uuid.uuid4())})}.{signature}"


def _unsigned(token):
    payload = token.split(".")[1]
    return f"{_segment({'alg': 'none', 'typ': 'JWT'})}.{payload}."


def _other_algorithm(token):
    return f"{_segment({'alg': 'HS256', 'typ': 'JWT'})}.{token.split('.')[1]}.{_segment('x')}"


@pytest.mark.parametrize("forge", [_tampered, _unsigned, _other_algorithm, lambda _: "garbage", lambda _: "a.b.c", lambda _: "é"])
def test_forged_token(deployment, forge):
    token = deployment.sign_in("rm1.east")["Authorization"].removeprefix("Bearer ")
    headers = {"Authorization": f"Bearer {forge(token)}".encode()}
    answer = requests.get(f"{deployment.url}/v1/customers", headers=headers, timeout=10)
    _refused(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_no_token(deployment):
    _refused(requests.get(f"{deployment.url}/v1/customers", timeout=10), 401)


def test_token_of_another_deployment(deployment, tmp_path):
    from services.chassis import keys

    keys.create_keys(tmp_path)
    other = keys.KeyRing.load(tmp_path / keys.SIGNING_KEYS_FILE)
    claims = {"sub": str(uuid.uuid4()), "lgn": "rm1.east", "sid": str(uuid.uuid4()), "org": "/HO/", "grt": []}
    token = other.sign(claims, "workbench", 600)
    answer = requests.get(f"{deployment.url}/v1/customers", headers={"Authorization": f"Bearer {token}"}, timeout=10)
    _refused(answer, 401)


def test_expired_token(deployment):
    from services.chassis import keys

    ring = keys.KeyRing.load(deployment.home / "secrets" / keys.SIGNING_KEYS_FILE)
    claims = {"sub": str(uuid.uuid4()), "lgn": "rm1.east", "sid": str(uuid.uuid4()), "org": "/HO/", "grt": []}
    token = ring.sign(claims, "workbench", 600, issued_at=time.time() - 900)
    answer = requests.get(f"{deployment.url}/v1/customers", headers={"Authorization": f"Bearer {token}"}, timeout=10)
    _refused(answer, 401)
    assert answer.json()["reason"] == "TOKEN_EXPIRED"


def test_wrong_password_and_unknown_login_sound_alike(deployment):
    answers = [
        requests.post(f"{deployment.url}/v1/sessions", json={"login": login, "password": "wrong-password"}, timeout=10)
        for login in ("rm1.south", "nobody.anywhere")
    ]
    for answer in answers:
        _refused(answer, 401)
    assert answers[0].json()["detail"] == answers[1].json()["detail"]
