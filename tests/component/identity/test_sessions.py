"""Signing in, staying signed in, signing out."""

import threading

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from workbench.identity.v1 import events_pb2, session_service_pb2

from gateway.identity.model.account import Account
from gateway.identity.model.person import Person
from gateway.identity.usecases.settings import IdentitySettings
from services.chassis.db.audit import AuditRecord
from services.chassis.kernel.errors import NotAuthenticated

WRONG = "not-the-password"


def test_a_sign_in_answers_tokens_with_the_posts(identity):
    tokens = identity.nobody.call("CreateSession", login="RM1.East", password="workbench-demo")
    claims = identity.claims(tokens)
    assert tokens.token_type == "Bearer"
    assert tokens.expires_in_seconds == 600
    assert tokens.person.login == claims["lgn"] == "rm1.east"
    assert claims["sid"] == tokens.session_id
    assert claims["org"] == "/HO/EAST/E01/"
    (grant,) = claims["grt"]
    assert (grant["o"], grant["u"]) == (True, [])
    assert "customer.record.read" in grant["p"]
    manager = identity.claims(identity.sign_in("manager.east").session)["grt"][0]
    assert (manager["o"], manager["u"]) == (False, ["/HO/EAST/"])


@pytest.mark.parametrize(
    "fields",
    [
        {"login": "rm1.east", "password": WRONG},
        {"login": "nobody.anywhere", "password": WRONG},
        {"login": "' OR 1=1 --", "password": WRONG},
        {"login": "名" * 64, "password": WRONG},
    ],
)
def test_every_wrong_sign_in_sounds_alike(identity, fields):
    with pytest.raises(NotAuthenticated) as caught:
        identity.nobody.call("CreateSession", **fields)
    assert (caught.value.reason, caught.value.message) == (
        "SIGN_IN_REFUSED",
        "Login, password and code do not fit together.",
    )


@pytest.mark.parametrize(
    "fields", [{"login": "x" * 65, "password": "x"}, {"login": "a", "password": "x" * 129}, {"login": "", "password": "x"}]
)
def test_oversized_proofs_are_not_even_tried(identity, fields):
    assert identity.nobody.refusal("CreateSession", **fields) == "REQUEST_INVALID"


def test_a_nul_character_is_a_callers_mistake(identity):
    assert identity.nobody.refusal("CreateSession", login="a\0b", password="x") in {"SIGN_IN_REFUSED", "VALUE_INVALID"}


def test_every_refusal_costs_one_hash_of_the_same_strength(identity, monkeypatch):
    """Time itself is no reliable witness on a shared machine; that the costly step is taken once, whatever was wrong, is."""
    for _ in range(5):
        identity.nobody.refusal("CreateSession", login="rm1.west", password=WRONG)
    admin, out = identity.sign_in("useradmin.ho"), identity.person_id("auditor.ho")
    admin.call("DisablePerson", person_id=out, reason="left")
    joined = {"staff_number": "X1", "login": "no.password", "display_name": "x", "organisation_unit_id": identity.unit_id("E01")}
    admin.call("CreatePerson", person=joined)
    hashed, verify = [], PasswordHasher.verify

    def counted(self, stored, plain):
        hashed.append(stored.rsplit("$", 2)[0])
        return verify(self, stored, plain)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    for login in ("rm1.east", "nobody.anywhere", "rm1.west", "auditor.ho", "no.password"):
        hashed.clear()
        identity.nobody.refusal("CreateSession", login=login, password=WRONG)
        assert hashed == ["$argon2id$v=19$m=8,t=1,p=1"], login


def test_a_hash_of_former_strength_is_renewed_at_the_next_sign_in(identity, settings):
    def stored():
        with identity.database.transaction(read_only=True) as work:
            return work.session.scalars(select(Account.password_hash).join(Person).where(Person.login == "rm1.east")).one()

    identity.sign_in("rm1.east")
    before = stored()
    identity.database.settings = IdentitySettings(**settings | {"argon2_passes": 2})
    identity.sign_in("rm1.east")
    assert before != stored()
    assert "t=2" in stored()
    identity.sign_in("rm1.east")


def test_failures_lock_the_account_and_outlive_the_refusal(identity):
    for _ in range(5):
        identity.nobody.refusal("CreateSession", login="rm1.east", password=WRONG)
    assert identity.nobody.refusal("CreateSession", login="rm1.east", password="workbench-demo") == "SIGN_IN_REFUSED"
    identity.sign_in("rm1.west")
    identity.clock.forward(seconds=31)
    tokens = identity.nobody.call("CreateSession", login="rm1.east", password="workbench-demo")
    assert tokens.session_id
    identity.nobody.refusal("CreateSession", login="rm1.east", password=WRONG)
    identity.nobody.call("CreateSession", login="rm1.east", password="workbench-demo")


def test_guesses_in_parallel_all_count(identity):
    barrier = threading.Barrier(8)

    def guess():
        caller = identity.nobody
        barrier.wait()
        caller.refusal("CreateSession", login="rm1.east", password=WRONG)

    run_all([guess] * 8)
    assert identity.nobody.refusal("CreateSession", login="rm1.east", password="workbench-demo") == "SIGN_IN_REFUSED"
    counted = [r for r in identity.trail() if r.method == "CreateSession" and '"failures"' in r.changes_json]
    # What came while the account rested was not tried.
    assert len(counted) == 5


def test_the_trail_knows_who_tried_and_no_secret(identity):
    identity.nobody.refusal("CreateSession", login="rm1.east", password=WRONG)
    identity.nobody.refusal("CreateSession", login="My-Passw0rd-in-the-wrong-field", password=WRONG)
    signed_in = identity.sign_in("rm1.east")
    signed_in.call("RefreshSession", refresh_token=signed_in.session.refresh_token)
    person_id = signed_in.session.person.person_id
    trail = [record for record in identity.trail() if record.method in ("CreateSession", "RefreshSession")]
    assert [(record.outcome, record.person_id, record.resource) for record in trail] == [
        ("SIGN_IN_REFUSED", "", f"people/{person_id}"),
        ("SIGN_IN_REFUSED", "", ""),
        ("OK", person_id, f"sessions/{signed_in.session.session_id}"),
        ("OK", person_id, f"sessions/{signed_in.session.session_id}"),
    ]
    assert {record.remote_address for record in trail} == {"10.0.0.1"}
    assert trail[2].login == "rm1.east"
    everything = "".join(f"{getattr(r, c.key)}" for r in trail for c in AuditRecord.__table__.columns)
    for secret in (WRONG, "Passw0rd", "workbench-demo", signed_in.session.access_token, signed_in.session.refresh_token):
        assert secret not in everything


def test_a_refresh_brings_a_new_pair_and_uses_up_the_old(identity):
    first = identity.sign_in("rm1.east").session
    second = identity.nobody.call("RefreshSession", refresh_token=first.refresh_token)
    assert second.session_id == first.session_id
    assert second.refresh_token != first.refresh_token
    third = identity.nobody.call("RefreshSession", refresh_token=second.refresh_token)
    assert third.person.login == "rm1.east"


def test_a_used_refresh_token_closes_the_whole_session(identity):
    first = identity.sign_in("rm1.east").session
    second = identity.nobody.call("RefreshSession", refresh_token=first.refresh_token)
    identity.clock.forward(seconds=31)
    _closed_as_stolen(identity, first, second)
    assert identity.void(second)


def test_a_lost_answer_is_given_again_and_costs_nothing(identity):
    first = identity.sign_in("rm1.east").session
    lost = identity.nobody.call("RefreshSession", refresh_token=first.refresh_token)
    identity.clock.forward(seconds=20)
    again = identity.nobody.call("RefreshSession", refresh_token=first.refresh_token)
    assert again.refresh_token == lost.refresh_token
    assert not identity.void(again)
    third = identity.nobody.call("RefreshSession", refresh_token=again.refresh_token)
    assert third.session_id == first.session_id
    # Once that was used, whoever comes with the first one is no loser of an answer.
    _closed_as_stolen(identity, first, third)


def test_a_bank_may_have_no_answer_given_again(identity, monkeypatch):
    settings = identity.database.settings.model_copy(update={"refresh_repeat_seconds": 0})
    monkeypatch.setattr(identity.database, "settings", settings)
    first = identity.sign_in("rm1.east").session
    _closed_as_stolen(identity, first, identity.nobody.call("RefreshSession", refresh_token=first.refresh_token))


def test_of_two_bearers_the_session_is_closed_as_they_part(identity):
    """A thief within the seconds has the owner's pair, and one of both comes later than the other at the next refresh."""
    first = identity.sign_in("rm1.east").session
    owners, thiefs = (identity.nobody.call("RefreshSession", refresh_token=first.refresh_token) for _ in range(2))
    identity.clock.forward(minutes=9)
    next_of_thief = identity.nobody.call("RefreshSession", refresh_token=thiefs.refresh_token)
    identity.clock.forward(minutes=1)
    _closed_as_stolen(identity, owners, next_of_thief)


def _closed_as_stolen(identity, used, latest):
    """The used token closes the session, whoever has its latest pair."""
    assert identity.nobody.refusal("RefreshSession", refresh_token=used.refresh_token) == "REFRESH_REFUSED"
    assert identity.trail()[-1].outcome == "REFRESH_REFUSED"
    assert identity.nobody.refusal("RefreshSession", refresh_token=latest.refresh_token) == "REFRESH_REFUSED"
    assert identity.void(used)
    revoked = [event for event in identity.events() if isinstance(event, events_pb2.SessionRevoked)]
    assert [(event.session_id, event.reason) for event in revoked] == [(used.session_id, "REFRESH_TOKEN_REUSED")]


def test_two_who_refresh_at_once_have_one_pair(identity):
    """As two tabs do that open together where the browser has no locks."""
    first = identity.sign_in("rm1.east").session
    barrier, answers = threading.Barrier(2), []

    def refresh():
        caller = identity.nobody
        barrier.wait()
        answers.append(caller.call("RefreshSession", refresh_token=first.refresh_token))

    run_all([refresh] * 2)
    assert len({answer.refresh_token for answer in answers}) == 1
    assert not any(identity.void(answer) for answer in answers)


def test_forged_refresh_tokens_close_nothing(identity):
    tokens = identity.sign_in("rm1.east").session
    session_id, generation, mac = tokens.refresh_token.split(".")
    for forged in (
        f"{session_id}.0.{mac}", f"{session_id}.2.{mac}", f"{session_id}.{generation}.{mac[:-2]}AA", f"{session_id}.{generation}",
        f"{session_id}.01.{mac}", "x", "..", f"{session_id}.-1.{mac}", f"{session_id}.².{mac}", f"{session_id}.{'9' * 200}",
        f"00000000-0000-7000-8000-000000000000.{generation}.{mac}", tokens.access_token[:256], "é", "\0",
    ):  # fmt: skip
        assert identity.nobody.refusal("RefreshSession", refresh_token=forged) == "REFRESH_REFUSED", forged
    assert identity.nobody.call("RefreshSession", refresh_token=tokens.refresh_token)


def test_a_session_ends_when_idle_and_in_any_case_after_a_day(identity):
    idle = identity.sign_in("rm1.east").session
    identity.clock.forward(minutes=121)
    assert identity.nobody.refusal("RefreshSession", refresh_token=idle.refresh_token) == "REFRESH_REFUSED"
    busy = identity.nobody.call("CreateSession", login="rm1.east", password="workbench-demo")
    hours = 0
    while hours < 24:
        identity.clock.forward(hours=1)
        hours += 1
        try:
            busy = identity.nobody.call("RefreshSession", refresh_token=busy.refresh_token)
        except NotAuthenticated:
            break
    assert hours == 12


def test_signing_out_voids_the_tokens(identity):
    me = identity.sign_in("rm1.east")
    other = identity.sign_in("rm1.east")
    assert not identity.void(me.session)
    me.call("SignOut")
    assert identity.void(me.session)
    assert not identity.void(other.session)
    assert identity.nobody.refusal("RefreshSession", refresh_token=me.session.refresh_token) == "REFRESH_REFUSED"
    assert me.refusal("SignOut") == "SESSION_NOT_FOUND"
    assert identity.nobody.refusal("SignOut") == "NOT_SIGNED_IN"


def test_one_sees_and_closes_ones_own_sessions(identity):
    me, other, stranger = (identity.sign_in(login) for login in ("rm1.east", "rm1.east", "rm1.west"))
    listed = me.call("ListSessions").sessions
    assert [(s.session_id, s.current) for s in listed] == [(other.session.session_id, False), (me.session.session_id, True)]
    assert listed[0].remote_address == "10.0.0.1"
    assert listed[0].sign_in_method == session_service_pb2.SIGN_IN_METHOD_PASSWORD
    assert stranger.refusal("RevokeSession", session_id=other.session.session_id) == "SESSION_NOT_FOUND"
    me.call("RevokeSession", session_id=other.session.session_id)
    assert [s.session_id for s in me.call("ListSessions").sessions] == [me.session.session_id]


def test_pages_of_sessions_join(identity):
    me = [identity.sign_in("rm1.east") for _ in range(5)][-1]
    whole = [s.session_id for s in me.call("ListSessions").sessions]
    paged, token = [], ""
    while True:
        page = me.call("ListSessions", page_size=2, page_token=token)
        paged += [s.session_id for s in page.sessions]
        if not (token := page.next_page_token):
            break
    assert paged == whole
    assert len(paged) == 5
    assert identity.sign_in("rm1.west").refusal("ListSessions", page_token=token or "AAAA") == "PAGE_TOKEN_INVALID"


def test_only_so_many_sessions_stay_open(identity, monkeypatch):
    monkeypatch.setattr("gateway.identity.usecases.sessions.OPEN_SESSIONS_MAX", 3)
    signed_in = [identity.sign_in("rm1.east") for _ in range(5)]
    open_now = [s.session_id for s in signed_in[-1].call("ListSessions").sessions]
    assert open_now == [s.session.session_id for s in signed_in[:1:-1]]
    assert identity.void(signed_in[0].session)


def test_an_administrator_sees_and_closes_sessions_in_scope(identity):
    victim = identity.sign_in("rm1.east")
    person_id = victim.session.person.person_id
    east, head_office = identity.sign_in("useradmin.east"), identity.sign_in("useradmin.ho")
    west_id = identity.person_id("rm1.west")
    assert [s.session_id for s in east.call("ListPersonSessions", person_id=person_id).sessions] == [victim.session.session_id]
    assert east.refusal("ListPersonSessions", person_id=west_id) == "PERSON_NOT_FOUND"
    assert east.refusal("RevokePersonSessions", person_id=west_id) == "PERSON_NOT_FOUND"
    assert victim.refusal("RevokePersonSessions", person_id=person_id) == "PERMISSION_DENIED"
    identity.sign_in("rm1.east")
    assert head_office.call("RevokePersonSessions", person_id=person_id).revoked_sessions == 2
    assert identity.void(victim.session)
    assert (
        head_office.refusal("RevokePersonSessions", person_id=person_id, session_id=victim.session.session_id)
        == "SESSION_NOT_FOUND"
    )


def test_revocations_are_for_the_gateway_alone_and_go_on_where_they_ended(identity):
    assert identity.sign_in("useradmin.ho").refusal("ListRevocations") == "PERMISSION_DENIED"
    assert identity.nobody.refusal("ListRevocations") == "NOT_SIGNED_IN"
    me = identity.sign_in("rm1.east")
    before = identity.gateway.call("ListRevocations")
    assert not before.revocations
    me.call("SignOut")
    after = identity.gateway.call("ListRevocations", revoked_after=before.as_of_time)
    assert [r.session_id for r in after.revocations] == [me.session.session_id]
    expires = after.revocations[0].expire_time.seconds
    assert 599 <= expires - after.revocations[0].revoke_time.seconds <= 601
    identity.clock.forward(minutes=2)
    later = identity.gateway.call("ListRevocations").as_of_time
    assert not identity.gateway.call("ListRevocations", revoked_after=later).revocations
    assert identity.gateway.call("ListRevocations").revocations
    identity.clock.forward(minutes=10)
    assert not identity.gateway.call("ListRevocations").revocations


def test_a_single_sign_on_vouches_for_linked_people_only(identity):
    issuer = "https://sso.bank.example"
    admin, person_id = identity.sign_in("useradmin.ho"), identity.person_id("rm1.east")
    federated = {"issuer": issuer, "subject": "s-1"}
    assert identity.gateway.refusal("CreateFederatedSession", **federated) == "SIGN_IN_REFUSED"
    admin.call("LinkFederatedIdentity", person_id=person_id, **federated)
    admin.call("LinkFederatedIdentity", person_id=person_id, **federated)
    other = {"person_id": identity.person_id("rm1.west")}
    assert admin.refusal("LinkFederatedIdentity", **other, **federated) == "FEDERATED_IDENTITY_TAKEN"
    second = {"person_id": person_id, "issuer": issuer, "subject": "s-2"}
    assert admin.refusal("LinkFederatedIdentity", **second) == "FEDERATED_IDENTITY_TAKEN"
    assert admin.refusal("CreateFederatedSession", **federated) == "PERMISSION_DENIED"
    tokens = identity.gateway.call("CreateFederatedSession", **federated)
    assert tokens.person.login == "rm1.east"
    assert identity.with_tokens(tokens).call("ListSessions").sessions[0].sign_in_method == 3
    admin.call("UnlinkFederatedIdentity", person_id=person_id, issuer=issuer)
    assert identity.void(tokens)
    assert identity.gateway.refusal("CreateFederatedSession", **federated) == "SIGN_IN_REFUSED"


def test_ended_sessions_are_forgotten_after_a_while(identity):
    from gateway.identity.__main__ import SERVICE
    from gateway.identity.model.session import Session

    identity.sign_in("rm1.east")
    for days, left in ((0.5, 1), (1, 0)):
        identity.clock.forward(days=days)
        with identity.database.transaction() as work:
            SERVICE.timers[0].run(work)
        with identity.database.transaction(read_only=True) as work:
            assert work.session.query(Session).count() == left


def run_all(functions):
    threads = [threading.Thread(target=function) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
