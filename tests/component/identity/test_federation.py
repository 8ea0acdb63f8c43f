"""Signing in through a single sign-on: the gateway, identity and a real provider process."""

import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from prometheus_client import CollectorRegistry
from pydantic import ValidationError
from werkzeug.test import Client

from gateway.composition import compose
from gateway.federation_settings import FederationSettings
from services.chassis.settings import DeploymentSettings
from tests.component.identity import provider as provider_module
from tests.deployments import free_port

PUBLIC_URL = "http://127.0.0.1:18080"
CALLBACK = f"{PUBLIC_URL}/v1/federation/staff/callback"


@pytest.fixture
def dialect():
    # Nothing here depends on the database.
    return "sqlite"


@pytest.fixture(scope="module")
def issuer():
    port = free_port()
    command = [sys.executable, str(Path(provider_module.__file__)), str(port), CALLBACK]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}"
        _wait_for(f"{url}/jwks", process)
        yield url
        process.kill()


@pytest.fixture
def provider(issuer):
    def control(**wanted):
        requests.post(f"{issuer}/control", json=wanted, timeout=5).raise_for_status()

    control(subject="s-1", fault="")
    return control


@pytest.fixture
def gateway_with(identity, tmp_path):
    running = []

    def start(issuer, **more):
        (tmp_path / "client-secret").write_text(provider_module.CLIENT_SECRET + "\n")
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        if not (home / "secrets").exists():
            (home / "secrets").symlink_to(identity.secrets)
        federation = {
            "public_url": PUBLIC_URL,
            "providers": {
                "staff": {
                    "issuer": issuer, "client_id": provider_module.CLIENT_ID,
                    "client_secret_file": str(tmp_path / "client-secret"),
                }
            },
            "page_path": "",
            **more,
        }  # fmt: skip
        settings = DeploymentSettings(
            profile="trial", home=home, services={"identity": {"address": identity.address}},
            gateway={"access_log": False, "federation": federation},
        )  # fmt: skip
        gateway = compose(settings, registry=CollectorRegistry())
        running.append(gateway)
        return Client(gateway.flask)

    yield start
    for gateway in running:
        gateway.close()


@pytest.fixture
def browser(gateway_with, issuer, provider):
    return gateway_with(issuer)


@pytest.fixture
def linked(identity, issuer):
    admin = identity.sign_in("useradmin.ho")
    admin.call("LinkFederatedIdentity", person_id=identity.person_id("rm1.east"), issuer=issuer, subject="s-1")


def start(browser):
    answer = browser.get("/v1/federation/staff/start")
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def at_the_provider(address):
    """What the provider's page does: signs in, and sends the browser back."""
    back = requests.get(address, allow_redirects=False, timeout=5).headers["Location"]
    assert back.startswith(CALLBACK + "?")
    return back.removeprefix(PUBLIC_URL)


def sign_in(browser):
    return browser.get(at_the_provider(start(browser)))


def test_whom_the_provider_vouches_for_is_signed_in(browser, identity, linked):
    answer = sign_in(browser)
    assert answer.status_code == 200, answer.text
    tokens = answer.get_json()
    assert tokens["person"]["login"] == "rm1.east"
    assert answer.headers["Cache-Control"] == "no-store"
    me = browser.get("/v1/me", headers={"Authorization": f"Bearer {tokens['accessToken']}"})
    assert me.get_json()["person"]["login"] == "rm1.east"
    record = identity.trail()[-1]
    assert (record.method, record.login, record.outcome) == ("CreateFederatedSession", "rm1.east", "OK")
    assert record.correlation_id == answer.headers["X-Correlation-Id"]


def test_nobody_is_created_on_the_way(browser, identity):
    before = len(identity.events())
    answer = sign_in(browser)
    assert (answer.status_code, answer.get_json()["reason"]) == (401, "SIGN_IN_REFUSED")
    assert len(identity.events()) == before


def test_a_disabled_person_stays_out(browser, identity, linked):
    identity.sign_in("useradmin.ho").call("DisablePerson", person_id=identity.person_id("rm1.east"), reason="left")
    assert sign_in(browser).get_json()["reason"] == "SIGN_IN_REFUSED"


def test_the_request_carries_pkce_state_and_nonce_and_the_cookie_is_the_browsers_own(browser):
    answer = browser.get("/v1/federation/staff/start")
    asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [CALLBACK]
    assert asked["response_type"] == ["code"]
    assert all(len(asked[name][0]) >= 16 for name in ("state", "nonce", "code_challenge"))
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/v1/federation" in cookie


def test_the_hosts_header_does_not_choose_where_the_browser_returns(browser):
    answer = browser.get("/v1/federation/staff/start", headers={"Host": "evil.example"})
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["redirect_uri"] == [CALLBACK]


def refused(answer):
    assert (answer.status_code, answer.get_json()["reason"]) == (401, "FEDERATION_REFUSED"), answer.text


@pytest.mark.parametrize("fault", ["nonce", "audience", "issuer", "expired", "key", "secret_key", "none", "no_id_token"])
def test_a_statement_that_does_not_hold_signs_nobody_in(browser, provider, linked, identity, fault):
    provider(fault=fault)
    refused(sign_in(browser))
    provider(fault="")
    assert sign_in(browser).status_code == 200


def test_an_answer_belongs_to_the_browser_that_asked_and_works_once(browser, gateway_with, issuer, linked):
    back = at_the_provider(start(browser))
    stranger = gateway_with(issuer)
    refused(stranger.get(back))
    assert browser.get(back).status_code == 200
    refused(browser.get(back))


def test_forged_answers_sign_nobody_in(browser, linked):
    start(browser)
    for query in (
        "",
        "?code=x",
        "?state=x",
        "?code=x&state=x",
        "?error=access_denied&error_description=no",
        "?code=%00&state=%00",
    ):
        refused(browser.get(f"/v1/federation/staff/callback{query}"))
    back = at_the_provider(start(browser))
    refused(browser.get(back.replace("code=", "code=x")))


def test_the_browsers_cookie_cannot_be_made_up(browser, linked):
    back = at_the_provider(start(browser))
    browser.set_cookie("workbench_sign_in", "eyJmb3JnZWQiOnRydWV9.aaaaaa.bbbbbb", domain="localhost", path="/v1/federation")
    refused(browser.get(back))


def test_the_page_takes_over_with_tokens_that_stay_in_the_browser(gateway_with, issuer, provider, linked):
    assert FederationSettings().page_path == "/app/"
    browser = gateway_with(issuer, page_path="/app/")
    assert browser.get("/app/session").get_json() == {"singleSignOn": ["staff"], "renewable": False}
    answer = sign_in(browser)
    assert answer.status_code == 303
    target = urlsplit(answer.headers["Location"])
    assert (target.netloc, target.path, target.query) == ("", "/app/", "")
    tokens = parse_qs(target.fragment)
    assert set(tokens) >= {"accessToken", "refreshToken", "sessionId"}
    opened = browser.post("/app/session", json={"refreshToken": tokens["refreshToken"][0]})
    me = browser.get("/v1/me", headers={"Authorization": f"Bearer {opened.get_json()['accessToken']}"})
    assert me.get_json()["person"]["login"] == "rm1.east"
    assert browser.get("/app/session").get_json()["renewable"]


def test_an_unknown_provider_is_not_found(browser):
    for step in ("start", "callback"):
        answer = browser.get(f"/v1/federation/nobody/{step}")
        assert (answer.status_code, answer.get_json()["reason"]) == (404, "PROVIDER_NOT_FOUND")


def test_a_provider_that_is_down_stops_nobody_else(gateway_with, provider):
    browser = gateway_with(f"http://127.0.0.1:{free_port()}")
    answer = browser.get("/v1/federation/staff/start")
    assert (answer.status_code, answer.get_json()["reason"]) == (503, "PROVIDER_UNAVAILABLE")
    assert browser.get("/healthz").status_code == 200


def test_a_provider_under_another_name_is_not_believed(gateway_with, issuer, provider):
    refused(gateway_with(issuer.replace("127.0.0.1", "localhost") + "/").get("/v1/federation/staff/start"))


@pytest.mark.parametrize(
    "settings",
    [
        {"providers": {"staff": {"issuer": "https://sso.example", "client_id": "x", "client_secret_file": "/x"}}},
        {"public_url": "http://workbench.example"},
        {"page_path": "https://evil.example"},
        {"page_path": "//evil.example"},
        {"public_url": "https://a.example", "providers": {"S/": {"issuer": "https://sso.example", "client_id": "x"}}},
    ],
)
def test_settings_that_would_leak_a_sign_in_are_refused(settings):
    with pytest.raises(ValidationError):
        FederationSettings.model_validate(settings)


def _wait_for(url, process):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            requests.get(url, timeout=1)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("The provider did not start.")
