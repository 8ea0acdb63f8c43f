import base64
import json
import stat
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from services.chassis import keys
from services.chassis.kernel.errors import NotAuthenticated, Unavailable
from services.chassis.keys import DataKeys, KeyRing

CLAIMS = {"sub": "p-1", "grt": []}


@pytest.fixture
def folder(tmp_path):
    keys.create_keys(tmp_path / "secrets")
    return tmp_path / "secrets"


@pytest.fixture
def signer(folder):
    return KeyRing.load(folder / keys.SIGNING_KEYS_FILE)


@pytest.fixture
def prover(folder):
    return KeyRing.load(folder / keys.PUBLIC_KEYS_FILE)


def refusal(ring, token, audience="workbench"):
    with pytest.raises(NotAuthenticated) as caught:
        ring.verify(token, audience)
    return caught.value.reason


def age(ring):
    """As if the last look at the file were long ago."""
    ring._looked_at = -1e9


def test_a_token_says_what_was_signed(signer, prover):
    claims = prover.verify(signer.sign(CLAIMS, "workbench", 600), "workbench")
    assert claims["sub"] == "p-1"
    assert claims["iss"] == signer.issuer
    assert claims["exp"] - int(claims["iat"]) == 600


def test_claims_cannot_replace_the_frame(signer, prover):
    token = signer.sign({**CLAIMS, "iss": "other", "exp": 9e9}, "workbench", 60)
    claims = prover.verify(token, "workbench")
    assert claims["iss"] == signer.issuer
    assert claims["exp"] < time.time() + 61


def test_a_token_is_for_one_audience(signer, prover):
    assert refusal(prover, signer.sign(CLAIMS, "workbench-internal", 60)) == "TOKEN_INVALID"


def test_an_expired_token_says_so(signer, prover):
    assert refusal(prover, signer.sign(CLAIMS, "workbench", 60, issued_at=time.time() - 70)) == "TOKEN_EXPIRED"


def test_a_token_of_the_future_does_not_hold(signer, prover):
    assert refusal(prover, signer.sign(CLAIMS, "workbench", 60, issued_at=time.time() + 60)) == "TOKEN_INVALID"
    assert refusal(prover, signer.sign({**CLAIMS, "nbf": time.time() + 60}, "workbench", 60)) == "TOKEN_INVALID"


def test_a_token_of_another_deployment_does_not_hold(signer, tmp_path):
    keys.create_keys(tmp_path / "other")
    other = KeyRing.load(tmp_path / "other" / keys.PUBLIC_KEYS_FILE)
    assert refusal(other, signer.sign(CLAIMS, "workbench", 60)) == "TOKEN_INVALID"


def encoded(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_forged_tokens_do_not_hold(signer, prover):
    header, payload, signature = signer.sign(CLAIMS, "workbench", 60).split(".")
    kid = signer.public_jwks()["keys"][0]["kid"]
    own_key = ECKey.generate_key("P-256", {"kid": kid})
    frame = {**CLAIMS, "iss": signer.issuer, "aud": "workbench", "iat": time.time(), "exp": time.time() + 60}
    public_text = json.dumps(signer.public_jwks()["keys"][0])
    forged = [
        f"{encoded({'alg': 'none', 'kid': kid})}.{payload}.",
        f"{encoded({'alg': 'none'})}.{payload}.{signature}",
        f"{header}.{encoded(frame)}.{signature}",
        f"{header}.{payload}.{signature[:-6]}AAAAAA",
        jwt.encode({"alg": "ES256", "kid": kid}, frame, own_key),
        jwt.encode({"alg": "ES256", "kid": "unknown"}, frame, own_key),
        jwt.encode({"alg": "HS256", "kid": kid}, frame, OctKey.import_key(public_text)),
        jwt.encode({"alg": "ES256", "kid": kid, "jwk": own_key.as_dict(private=False)}, frame, own_key),
        f"{encoded({'alg': 'ES256', 'kid': [kid]})}.{payload}.{signature}",
        f"{encoded({'alg': 'ES256', 'kid': {}})}.{payload}.{signature}",
        f"{'A' * 100_000}.{payload}.{signature}",
        f"{encoded([])}.{payload}.{signature}",
        "a.b.c", "..", "", "é", "\0", "[" * 10_000,
    ]  # fmt: skip
    assert [refusal(prover, token) for token in forged] == ["TOKEN_INVALID"] * len(forged)


@given(st.text())
def test_no_text_is_a_token_by_chance(tmp_path_factory, text):
    folder = tmp_path_factory.getbasetemp() / "by-chance"
    keys.create_keys(folder)
    assert refusal(KeyRing.load(folder / keys.PUBLIC_KEYS_FILE), text) == "TOKEN_INVALID"


def test_a_token_must_expire(signer, prover):
    key = signer._signing_key(time.time())
    frame = {**CLAIMS, "iss": signer.issuer, "aud": "workbench", "iat": time.time()}
    assert refusal(prover, jwt.encode({"alg": "ES256", "kid": key.kid}, frame, key)) == "TOKEN_INVALID"


def test_no_token_outlives_its_key(signer):
    with pytest.raises(ValueError, match="at most"):
        signer.sign(CLAIMS, "workbench", keys.TOKEN_LIFETIME_SECONDS_MAX + 1)


def test_a_public_ring_signs_nothing(prover):
    with pytest.raises(Unavailable):
        prover.sign(CLAIMS, "workbench", 60)


def test_what_is_published_holds_nothing_secret(folder, signer):
    public = json.loads((folder / keys.PUBLIC_KEYS_FILE).read_text())
    assert all("d" not in key for key in public["keys"] + signer.public_jwks()["keys"])
    assert signer.public_jwks()["keys"][0].keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    assert stat.S_IMODE((folder / keys.SIGNING_KEYS_FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / keys.DATA_KEYS_FILE).stat().st_mode) == 0o600


def test_keys_are_made_once_though_many_start_at_once(tmp_path):
    barrier = threading.Barrier(8)
    issuers = []

    def start():
        barrier.wait()
        keys.create_keys(tmp_path)
        issuers.append(KeyRing.load(tmp_path / keys.SIGNING_KEYS_FILE).issuer)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(issuers) == 8
    assert len(set(issuers)) == 1
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".sign")]


def test_a_new_key_is_published_first_and_signs_later(folder, signer, prover, monkeypatch):
    before = signer.sign(CLAIMS, "workbench", 3_600)
    keys.rotate(folder)
    age(signer)
    assert len(signer.public_jwks()["keys"]) == 2
    assert kid_of(signer.sign(CLAIMS, "workbench", 60)) == kid_of(before)
    later = time.time() + keys.PUBLISHING_DELAY_SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)
    after = signer.sign(CLAIMS, "workbench", 60)
    assert kid_of(after) != kid_of(before)
    # The prover looked before the rotation: it looks again because it does not know the key.
    prover._looked_at -= 2
    assert prover.verify(after, "workbench")["sub"] == prover.verify(before, "workbench")["sub"]


def test_an_old_key_goes_when_its_last_token_is_dead(folder, signer, monkeypatch):
    first = signer.public_jwks()["keys"][0]["kid"]
    start = time.time()
    keys.rotate(folder)
    for hours, still_there in ((1, True), (2, False)):
        monkeypatch.setattr(time, "time", lambda hours=hours: start + hours * 3_600 + 30)
        keys.rotate(folder)
        age(signer)
        assert (first in [key["kid"] for key in signer.public_jwks()["keys"]]) is still_there


def test_unknown_keys_do_not_make_the_ring_read_its_file_each_time(prover, monkeypatch):
    looks = []
    monkeypatch.setattr(keys.signing, "version_of", lambda path: looks.append(path) or prover._version)
    token = jwt.encode({"alg": "ES256", "kid": "unknown"}, CLAIMS, ECKey.generate_key("P-256"))
    for _ in range(50):
        refusal(prover, token)
    assert len(looks) <= 1


def test_missing_keys_say_how_to_make_them(tmp_path):
    for load, name in ((KeyRing.load, keys.SIGNING_KEYS_FILE), (DataKeys.load, keys.DATA_KEYS_FILE)):
        with pytest.raises(Unavailable, match="workbench up"):
            load(tmp_path / name)


def kid_of(token):
    return json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))["kid"]


@pytest.fixture(scope="module")
def data_keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data-keys")
    keys.create_keys(folder)
    return DataKeys.load(folder / keys.DATA_KEYS_FILE)


@given(st.text(), st.text())
def test_values_come_back_and_no_text_repeats(data_keys, purpose, plain):
    first, second = data_keys.encrypt(purpose, plain), data_keys.encrypt(purpose, plain)
    assert first != second
    assert data_keys.decrypt(purpose, first) == data_keys.decrypt(purpose, second) == plain


def test_a_value_is_bound_to_its_purpose(data_keys):
    with pytest.raises(ValueError, match="not what was written"):
        data_keys.decrypt("customer.identifier", data_keys.encrypt("customer.phone", "13800138000"))


def test_a_changed_value_is_refused(data_keys):
    kid, _, text = data_keys.encrypt("customer.phone", "13800138000").partition(".")
    for value in (f"{kid}.{text[:-4]}AAAA", f"{kid}.", f"{kid}", f"other.{text}", ""):
        with pytest.raises(ValueError, match=r"customer\.phone"):
            data_keys.decrypt("customer.phone", value)


def test_a_blind_index_finds_equal_values_of_one_purpose(data_keys):
    assert data_keys.blind_index("a", "x") == data_keys.blind_index("a", "x")
    assert len({data_keys.blind_index("a", "x"), data_keys.blind_index("b", "x"), data_keys.blind_index("a", "y")}) == 3
