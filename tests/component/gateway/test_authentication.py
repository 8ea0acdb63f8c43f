"""Who may call: tokens that hold, and every kind that does not."""

import base64
import json
import time

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from gateway.revocations import Revocations, RevocationsPoll
from services.chassis import keys

BOOK = "/v1/shelves/1/books/2"


def ask(trial, authorization):
    return trial.client.patch(BOOK, json={}, headers={"Authorization": authorization} if authorization else {})


def unsigned(claims, algorithm):
    parts = [{"alg": algorithm, "typ": "JWT"}, claims]
    head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return f"{head}.{body}."


def claims_of(token):
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def tampered(trial):
    head, _, signature = trial.token().split(".")
    body = base64.urlsafe_b64encode(json.dumps({**claims_of(trial.token()), "sub": "p-2"}).encode()).decode().rstrip("=")
    return f"{head}.{body}.{signature}"


def signed_with_the_public_key_as_a_secret(trial):
    public = trial.keys.public_jwks()["keys"][0]
    return jwt.encode({"alg": "HS256", "kid": public["kid"]}, claims_of(trial.token()), OctKey.import_key(json.dumps(public)))


def signed_with_a_key_of_his_own(trial):
    kid = trial.keys.public_jwks()["keys"][0]["kid"]
    own = ECKey.generate_key("P-256", private=True)
    return jwt.encode({"alg": "ES256", "kid": kid}, claims_of(trial.token()), own)


def of_another_deployment(trial, tmp_path):
    keys.create_keys(tmp_path / "other")
    other = keys.KeyRing.load(tmp_path / "other" / keys.SIGNING_KEYS_FILE)
    return other.sign({"sub": "p"}, "workbench", 60)


@pytest.mark.parametrize(
    "forge",
    [
        lambda *_: "",
        lambda *_: "x",
        lambda *_: "a.b.c",
        lambda *_: "é.é.é",
        lambda *_: "x" * 100_000,
        lambda trial, _: unsigned(claims_of(trial.token()), "none"),
        lambda trial, _: unsigned(claims_of(trial.token()), "ES256"),
        lambda trial, _: tampered(trial),
        lambda trial, _: signed_with_the_public_key_as_a_secret(trial),
        lambda trial, _: signed_with_a_key_of_his_own(trial),
        of_another_deployment,
        lambda trial, _: trial.token(audience="workbench-internal"),
        lambda trial, _: trial.token(grt="everything"),
        lambda trial, _: trial.token()[:-4],
    ],
)
def test_a_token_that_does_not_hold_is_401_and_nothing_is_called(trial, tmp_path, forge):
    answer = ask(trial, f"Bearer {forge(trial, tmp_path)}".encode().decode("latin-1"))
    assert (answer.status_code, answer.json["reason"]) == (401, "TOKEN_INVALID")
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert trial.backend.requests == []


def test_an_expired_token_is_told_as_such(trial):
    answer = ask(trial, f"Bearer {trial.token(lifetime_seconds=-60)}")
    assert (answer.status_code, answer.json["reason"]) == (401, "TOKEN_EXPIRED")


def test_without_a_token_it_is_401_with_a_plain_challenge(trial):
    answer = ask(trial, "")
    assert (answer.status_code, answer.json["reason"]) == (401, "NOT_SIGNED_IN")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("scheme", ["Basic dTpw", "Bearer", "bearer", "Negotiate x"])
def test_another_scheme_is_no_token(trial, scheme):
    assert ask(trial, scheme).status_code == 401


def test_a_caller_without_the_permission_is_403_and_told_which_it_is(trial):
    answer = trial.client.post("/v1/shelves/1/books", json={}, headers=trial.signed_in("trial.book.read"))
    assert (answer.status_code, answer.json["reason"]) == (403, "PERMISSION_DENIED")
    assert answer.json["metadata"] == {"permission": "trial.book.create"}
    assert trial.backend.requests == []


def test_an_open_method_takes_whatever_token_comes_along(trial):
    assert trial.client.get("/v1/titles", headers={"Authorization": "Bearer nonsense"}).status_code == 200


def test_a_token_is_verified_once_and_asked_for_its_end_at_each_use(trial, monkeypatch):
    verified = []
    verify = keys.KeyRing.verify
    monkeypatch.setattr(keys.KeyRing, "verify", lambda *given: verified.append(given) or verify(*given))
    token = f"Bearer {trial.token(lifetime_seconds=60)}"
    assert [ask(trial, token).status_code for _ in range(3)] == [200] * 3
    assert len(verified) == 1
    monkeypatch.setattr(time, "time", lambda now=time.time: now() + 120)
    answer = ask(trial, token)
    assert (answer.status_code, answer.json["reason"]) == (401, "TOKEN_EXPIRED")


def test_an_assertion_serves_for_half_a_minute(trial, monkeypatch):
    token = f"Bearer {trial.token()}"
    for _ in range(2):
        ask(trial, token)
    monkeypatch.setattr(time, "monotonic", lambda now=time.monotonic: now() + 31)
    ask(trial, token)
    first, second, third = (metadata["x-workbench-assertion"] for metadata in trial.backend.metadata)
    assert first == second != third


def test_verified_tokens_are_bounded(make_trial):
    trial = make_trial(verified_tokens_max=3)
    for number in range(10):
        assert ask(trial, f"Bearer {trial.token(person_id=f'p-{number}')}").status_code == 200


class Page:
    def __init__(self, *revocations, position="later"):
        self.revocations, self.as_of_time = revocations, position


class Revocation:
    def __init__(self, session_id, revoked, expires):
        self.session_id = session_id
        self.revoke_time, self.expire_time = Instant(revoked), Instant(expires)


class Instant:
    def __init__(self, moment):
        self.seconds, self.nanos = int(moment), int(moment % 1 * 1e9)


class Request:
    def __init__(self):
        self.positions = []
        self.revoked_after = self

    def CopyFrom(self, position):  # noqa: N802 - protobuf's name
        self.positions.append(position)


def poll_over(revocations, pages, **more):
    asked = []

    def ask_identity(request):
        asked.append(request.positions)
        return pages.pop(0)

    given = {"keys_version": lambda: 1, "on_keys_changed": lambda: None, **more}
    return RevocationsPoll(revocations, ask_identity, Request, every_seconds=0.01, **given), asked


def test_a_poll_goes_on_from_where_the_last_one_ended():
    revocations, now = Revocations(), time.time()
    pages = [Page(Revocation("a", now, now + 60), position=1), Page(Revocation("b", now, now + 60), position=2), Page()]
    poll, asked = poll_over(revocations, pages)
    for _ in range(3):
        poll.poll()
    assert revocations.cover("a", now - 1)
    assert revocations.cover("b", now - 1)
    assert asked == [[], [1], [2]]


def test_a_poll_that_fails_is_followed_by_one_that_may_not():
    revocations, now = Revocations(), time.time()
    poll, asked = poll_over(revocations, [None, Page(Revocation("a", now, now + 60))])
    for _ in range(2):
        poll.poll()
    assert revocations.cover("a", now - 1)
    assert asked == [[], []]


def test_a_token_issued_after_its_session_was_closed_once_holds():
    revocations = Revocations()
    revocations.add("a", 1_000.0, 2_000.0)
    assert revocations.cover("a", 1_000.0)
    assert not revocations.cover("a", 1_000.5)
    assert not revocations.cover("b", 0.0)


def test_a_revocation_is_forgotten_once_no_token_of_its_time_can_live():
    revocations = Revocations()
    revocations.add("a", 1_000.0, 2_000.0)
    revocations.forget_old(2_000.0)
    assert not revocations.cover("a", 1_000.0)


def test_changed_keys_empty_the_memory_of_tokens():
    versions, forgotten = iter([1, 1, 2, 2, 2]), []
    poll, _ = poll_over(
        Revocations(), [Page()] * 10_000, keys_version=lambda: next(versions, 2), on_keys_changed=lambda: forgotten.append(1)
    )
    poll.start()
    for _ in range(200):
        if forgotten:
            break
        time.sleep(0.01)
    poll.stop()
    assert forgotten == [1]
