"""The page's files and the session that a browser keeps: what leaves the gateway, and what cannot be taken from it."""

import gzip
import re

import pytest
from prometheus_client import CollectorRegistry
from werkzeug.test import Client

from gateway import page
from gateway.composition import compose
from gateway.transcoding.contract import Contract, message_class
from services.chassis import keys
from services.chassis.kernel.errors import NotAuthenticated
from services.chassis.settings import DeploymentSettings
from tests.component.gateway.conftest import Backend

SESSIONS = "workbench.identity.v1.SessionService"
SCRIPT = b"console.log('" + b"x" * 2_000 + b"')"
SIGN_IN = {"login": "rm1.east", "password": "a-password"}


class Browser(Backend):
    """A gateway with a built page, the session service behind it, and a browser in front that keeps cookies."""

    def __init__(self, folder, **own):
        self.contract = Contract.load()
        super().__init__(self.contract, SESSIONS, "identity")
        keys.create_keys(folder / "secrets")
        settings = DeploymentSettings.model_validate({
            "profile": "trial",
            "home": folder,
            "services": {"identity": {"run": "here", "address": f"127.0.0.1:{self.port}"}},
            "gateway": {"access_log": False, **own},
        })  # fmt: skip
        self.gateway = compose(settings, contract=self.contract, registry=CollectorRegistry())
        self.client = Client(lambda environ, start: self.gateway.flask({"REMOTE_ADDR": "127.0.0.1", **environ}, start))
        self.tokens = message_class(self.contract.pool.FindMessageTypeByName("workbench.identity.v1.SessionTokens"))
        self.issued = 0
        self.answers["CreateSession"] = self.answers["RefreshSession"] = self._next

    def _next(self, request):
        used = getattr(request, "refresh_token", "")
        if used and used != f"refresh-{self.issued}":
            raise NotAuthenticated("REFRESH_REFUSED", "Sign in again.")
        self.issued += 1
        return self.tokens(
            access_token=f"access-{self.issued}", refresh_token=f"refresh-{self.issued}", expires_in_seconds=300, session_id="s-1"
        )

    def close(self):
        self.gateway.close()
        self.stop()


@pytest.fixture
def built(tmp_path, monkeypatch):
    folder = tmp_path / "page"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text('<meta name="style-nonce" content="__STYLE_NONCE__">')
    (folder / "icon.svg").write_text("<svg/>")
    (folder / "assets/index-1.js").write_bytes(SCRIPT)
    (folder / "assets/index-1.js.gz").write_bytes(gzip.compress(SCRIPT))
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr(page, "BUILT", folder)
    return folder


@pytest.fixture
def make_browser(tmp_path, built):
    made = []

    def make(**own):
        made.append(Browser(tmp_path, **own))
        return made[-1]

    yield make
    for browser in made:
        browser.close()


@pytest.fixture
def browser(make_browser):
    return make_browser()


def cookie_of(answer):
    return answer.headers.get("Set-Cookie", "")


def test_the_root_leads_to_the_page(browser):
    answer = browser.client.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/app/")


@pytest.mark.parametrize("path", ["/app/", "/app/today", "/app/customers/0198/timeline"])
def test_every_address_of_the_page_is_the_page_under_a_policy_without_holes(browser, path):
    answer, other = browser.client.get(path), browser.client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    nonce = re.search(r'content="([\w-]{22})"', answer.text)[1]
    assert f"style-src 'self' 'nonce-{nonce}'" in policy
    assert nonce not in other.text
    assert "unsafe" not in policy
    assert not re.search(r"https?:", policy)
    assert "default-src 'none'" in policy
    assert answer.headers["Cache-Control"] == "no-store"


def test_files_are_kept_by_their_hash_and_sent_compressed(browser):
    plain = browser.client.get("/app/assets/index-1.js")
    assert (plain.data, plain.headers.get("Content-Encoding")) == (SCRIPT, None)
    packed = browser.client.get("/app/assets/index-1.js", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Content-Type"].startswith("text/javascript")
    assert gzip.decompress(packed.data) == SCRIPT
    assert "immutable" in packed.headers["Cache-Control"]
    assert "immutable" not in browser.client.get("/app/icon.svg").headers["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["assets/old-9.js", "assets/../../secret.txt", "..%2fsecret.txt", "assets/%2e%2e/%2e%2e/secret.txt"]
)
def test_what_is_not_of_the_page_is_not_served(browser, path):
    answer = browser.client.get(f"/app/{path}")
    assert b"secret" not in answer.data
    if path.startswith("assets/old"):
        assert (answer.status_code, answer.json["reason"]) == (404, "PAGE_FILE_NOT_FOUND")


def test_where_nothing_is_built_it_says_how(browser, built):
    (built / "index.html").unlink()
    answer = browser.client.get("/app/")
    assert (answer.status_code, answer.json["reason"]) == (404, "PAGE_NOT_BUILT")
    assert "make up" in answer.json["detail"]


def test_a_sign_in_gives_the_page_no_refresh_token(browser):
    answer = browser.client.post("/app/session", json=SIGN_IN)
    assert answer.json == {"accessToken": "access-1", "expiresInSeconds": 300, "sessionId": "s-1"}
    assert cookie_of(answer) == "workbench_page=refresh-1; HttpOnly; Path=/app/session; SameSite=Strict"
    assert browser.client.get("/app/session").json == {"singleSignOn": [], "renewable": True}


def test_by_https_alone_the_cookie_is_for_https_alone(make_browser):
    assert "Secure" in cookie_of(make_browser(https_only=True).client.post("/app/session", json=SIGN_IN))


def test_a_session_is_renewed_with_what_the_cookie_holds(browser):
    browser.client.post("/app/session", json=SIGN_IN)
    for number in (2, 3):
        answer = browser.client.post("/app/session/renew", json={})
        assert answer.json["accessToken"] == f"access-{number}"
        assert f"refresh-{number}" in cookie_of(answer)


def test_a_session_that_is_over_takes_its_cookie_along(browser):
    browser.client.post("/app/session", json=SIGN_IN)
    browser.issued = 7
    answer = browser.client.post("/app/session/renew", json={})
    assert (answer.status_code, answer.json["reason"]) == (401, "REFRESH_REFUSED")
    assert "Max-Age=0" in cookie_of(answer)
    assert browser.client.get("/app/session").json["renewable"] is False
    assert browser.client.post("/app/session/renew", json={}).json["reason"] == "NOT_SIGNED_IN"


def test_what_a_single_sign_on_handed_over_becomes_a_session(browser):
    browser.issued = 1
    answer = browser.client.post("/app/session", json={"refreshToken": "refresh-1"})
    assert answer.json["accessToken"] == "access-2"
    assert "refresh-2" in cookie_of(answer)


@pytest.mark.parametrize("path", ["/app/session", "/app/session/renew"])
@pytest.mark.parametrize("form", [{"data": "login=rm1.east"}, {"data": b"{", "content_type": "application/json"}, {"json": []}])
def test_another_sites_form_and_what_is_no_object_open_nothing(browser, path, form):
    answer = browser.client.post(path, **form)
    assert answer.status_code in (400, 415)
    assert browser.issued == 0
    assert not cookie_of(answer)


def test_a_refusal_of_identity_is_passed_on(browser):
    def refuse(_request):
        raise NotAuthenticated("TOTP_REQUIRED", "A code is needed.")

    browser.answers["CreateSession"] = refuse
    answer = browser.client.post("/app/session", json=SIGN_IN)
    assert (answer.status_code, answer.json["reason"]) == (401, "TOTP_REQUIRED")


def test_forgetting_takes_the_cookie_back(browser):
    browser.client.post("/app/session", json=SIGN_IN)
    answer = browser.client.delete("/app/session")
    assert answer.status_code == 204
    assert browser.client.get("/app/session").json["renewable"] is False


def test_files_do_not_use_up_the_requests_of_an_address(make_browser):
    browser = make_browser(address_requests_per_minute_max=5)
    assert {browser.client.get("/app/assets/index-1.js").status_code for _ in range(40)} == {200}
    assert 429 in {browser.client.get("/app/").status_code for _ in range(10)}
