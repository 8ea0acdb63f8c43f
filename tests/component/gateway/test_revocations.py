"""A closed session: its tokens end everywhere within a poll, whoever holds them."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from prometheus_client import CollectorRegistry
from werkzeug.test import Client

from gateway.composition import compose
from gateway.transcoding.contract import Contract, message_class
from services.chassis import keys
from services.chassis.kernel.caller import Caller, Grant, Scope
from services.chassis.settings import DeploymentSettings
from tests.component.gateway.conftest import Backend

CUSTOMER = "/v1/customers/0199c0de-0000-7000-8000-000000000001"


class Bank:
    """A gateway before identity and customer, each a backend of this test."""

    def __init__(self, folder):
        self.contract = Contract.load()
        self.identity = Backend(self.contract, "workbench.identity.v1.SessionService", "identity")
        self.customer = Backend(self.contract, "workbench.customer.v1.CustomerService", "customer")
        keys.create_keys(folder / "secrets")
        self.keys = keys.KeyRing.load(folder / "secrets" / keys.SIGNING_KEYS_FILE)
        settings = DeploymentSettings.model_validate({
            "profile": "trial",
            "home": folder,
            "services": {
                "identity": {"address": f"127.0.0.1:{self.identity.port}"},
                "customer": {"address": f"127.0.0.1:{self.customer.port}"},
            },
            "gateway": {"access_log": False, "revocations_poll_ms": 50},
        })  # fmt: skip
        self.gateway = compose(settings, keys=self.keys, registry=CollectorRegistry())
        self.client = Client(self.gateway.flask)

    def close(self):
        self.gateway.close()
        self.identity.stop()
        self.customer.stop()

    def token(self, session_id, issued_at=None):
        caller = Caller("p-1", "rm1.east", session_id, "/HO/", (Grant(frozenset({"customer.record.read"}), Scope(own=True)),))
        return self.keys.sign(caller.to_claims(), "workbench", 600, issued_at=issued_at)

    def read(self, token):
        answer = self.client.get(CUSTOMER, headers={"Authorization": f"Bearer {token}"})
        return answer.status_code, (answer.json or {}).get("reason")

    def revoke(self, session_id):
        answer = message_class(self.contract.pool.FindMessageTypeByName("workbench.identity.v1.ListRevocationsResponse"))()
        revocation = answer.revocations.add(session_id=session_id)
        revocation.revoke_time.FromNanoseconds(time.time_ns())
        revocation.expire_time.FromNanoseconds(time.time_ns() + 600 * 10**9)
        answer.as_of_time.FromNanoseconds(time.time_ns())
        self.identity.answers["ListRevocations"] = lambda _: answer


@pytest.fixture
def bank(tmp_path):
    bank = Bank(tmp_path)
    yield bank
    bank.close()


def within(seconds, holds):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_token_that_was_good_a_moment_ago_is_void_once_its_session_is_closed(bank):
    token, other = bank.token("s-1"), bank.token("s-2")
    assert bank.read(token) == bank.read(other) == (200, None)
    bank.revoke("s-1")
    within(5, lambda: bank.read(token) == (401, "TOKEN_REVOKED"))
    assert bank.read(bank.token("s-1", issued_at=time.time() - 5)) == (401, "TOKEN_REVOKED")
    assert bank.read(other) == (200, None)


def test_a_token_issued_after_the_closing_holds(bank):
    bank.revoke("s-1")
    within(5, lambda: bank.read(bank.token("s-1", issued_at=time.time() - 5))[0] == 401)
    assert bank.read(bank.token("s-1", issued_at=time.time() + 1)) == (200, None)


def test_the_gateway_proves_itself_to_identity(bank):
    within(5, lambda: bank.identity.metadata)
    claims = bank.keys.verify(bank.identity.metadata[0]["x-workbench-assertion"], "workbench-internal")
    assert claims["sub"] == "gateway"
    assert claims["grt"][0]["p"] == ["identity.revocations.read"]


def test_while_identity_is_down_signed_in_people_go_on(bank):
    token = bank.token("s-1")
    bank.identity.stop()
    time.sleep(0.2)
    assert bank.read(token) == (200, None)


def test_many_threads_may_verify_the_same_token_at_once(bank):
    token = bank.token("s-1")
    with ThreadPoolExecutor(16) as pool:
        assert {status for status, _ in pool.map(lambda _: bank.read(token), range(200))} == {200}
