"""How a person comes to a post and loses it: two people, one duty, no conflicts, at once."""

import threading

import pytest
from workbench.identity.v1 import events_pb2, grant_service_pb2

from gateway.identity.rules.roles import ScopeKind
from services.chassis.kernel.errors import WorkbenchError

OWN, TEAM, SUBTREE = ScopeKind.OWN, ScopeKind.TEAM, ScopeKind.SUBTREE


@pytest.fixture
def admin(identity):
    return identity.sign_in("useradmin.ho")


@pytest.fixture
def second(identity):
    return identity.sign_in("second.ho")


@pytest.fixture
def wanted(identity):
    """The fields of a proposal."""

    def fields(login, role, unit, scope, **more):
        ids = {"person_id": identity.person_id(login), "organisation_unit_id": identity.unit_id(unit)}
        return {**ids, "role": role, "scope": scope, "reason": "works there now", **more}

    return fields


def test_a_post_takes_a_proposal_and_a_second_person(identity, admin, second, wanted):
    holder = identity.sign_in("newcomer.east")
    assert not holder.call("GetMe").posts
    proposed = admin.call("ProposeGrant", **wanted("newcomer.east", "relationship_manager", "E01", OWN))
    assert proposed.state == grant_service_pb2.GRANT_STATE_PROPOSED
    assert not holder.call("GetMe").posts
    assert admin.refusal("ApproveGrant", grant_id=proposed.grant_id) == "SECOND_PERSON_NEEDED"
    approved = second.call("ApproveGrant", grant_id=proposed.grant_id)
    assert approved.state == grant_service_pb2.GRANT_STATE_ACTIVE
    assert approved.decider_person_id == second.session.person.person_id
    assert [post.role for post in holder.call("GetMe").posts] == ["relationship_manager"]
    assert second.refusal("ApproveGrant", grant_id=proposed.grant_id) == "GRANT_NOT_PROPOSED"
    granted = identity.events()[-1]
    assert isinstance(granted, events_pb2.PostGranted)
    assert (granted.person_id, granted.role, granted.organisation_path, granted.staff_number) == (
        proposed.person_id, "relationship_manager", "/HO/EAST/E01/", "000009",
    )  # fmt: skip


def test_a_change_of_posts_holds_at_once(identity, second, grant):
    holder = identity.sign_in("newcomer.east")
    grant_id = grant("newcomer.east", "relationship_manager", "E01", OWN)
    assert identity.void(holder.session)
    refreshed = identity.nobody.call("RefreshSession", refresh_token=holder.session.refresh_token)
    assert not identity.void(refreshed)
    assert len(identity.claims(refreshed)["grt"]) == 1
    second.call("RevokeGrant", grant_id=grant_id, reason="moved on")
    assert identity.void(refreshed)
    again = identity.nobody.call("RefreshSession", refresh_token=refreshed.refresh_token)
    assert identity.claims(again)["grt"] == []
    assert isinstance(identity.events()[-1], events_pb2.PostRevoked)
    assert second.refusal("RevokeGrant", grant_id=grant_id, reason="again") == "GRANT_NOT_ACTIVE"


def test_a_token_issued_in_the_instant_of_a_change_is_not_spared(identity, grant, monkeypatch):
    # Both transactions carry one instant, as if the clocks of two machines agreed to the microsecond.
    instant = identity.clock()
    monkeypatch.setattr(identity.database, "clock", lambda: instant)
    holder = identity.sign_in("newcomer.east")
    grant("newcomer.east", "relationship_manager", "E01", OWN)
    assert identity.void(holder.session)
    assert not identity.void(identity.nobody.call("RefreshSession", refresh_token=holder.session.refresh_token))


def test_nobody_grants_to_himself(identity, admin, second, wanted):
    mine = wanted("useradmin.ho", "operator", "HO", SUBTREE)
    assert admin.refusal("ProposeGrant", **mine) == "GRANT_TO_SELF"
    for_second = admin.call("ProposeGrant", **wanted("second.ho", "user_administrator", "EAST", SUBTREE))
    assert second.refusal("ApproveGrant", grant_id=for_second.grant_id) == "GRANT_TO_SELF"
    assert second.refusal("RejectGrant", grant_id=for_second.grant_id, reason="x") == "GRANT_TO_SELF"
    held = admin.call("ListGrants", person_id=admin.session.person.person_id).grants[0]
    assert admin.refusal("RevokeGrant", grant_id=held.grant_id, reason="x") == "GRANT_TO_SELF"


def test_a_proposer_may_withdraw_and_another_may_reject(identity, admin, second, wanted):
    fields = wanted("newcomer.east", "relationship_manager", "E01", OWN)
    for decider in (admin, second):
        proposed = admin.call("ProposeGrant", **fields)
        rejected = decider.call("RejectGrant", grant_id=proposed.grant_id, reason="not needed")
        assert (rejected.state, rejected.decision_reason) == (grant_service_pb2.GRANT_STATE_REJECTED, "not needed")
        assert second.refusal("ApproveGrant", grant_id=proposed.grant_id) == "GRANT_NOT_PROPOSED"


@pytest.mark.parametrize(
    ("login", "role", "unit", "scope", "reason"),
    [
        ("rm1.east", "operator", "HO", SUBTREE, "DUTIES_MIX"),
        ("operator.ho", "auditor", "HO", SUBTREE, "DUTIES_MIX"),
        ("rm1.east", "auditor", "HO", SUBTREE, "ROLES_CONFLICT"),
        ("rm1.east", "performance_analyst", "EAST", SUBTREE, "ROLES_CONFLICT"),
        ("operator.ho", "user_administrator", "HO", SUBTREE, "ROLES_CONFLICT"),
        ("newcomer.east", "relationship_manager", "E01", SUBTREE, "SCOPE_UNFIT"),
        ("newcomer.east", "auditor", "HO", OWN, "SCOPE_UNFIT"),
        ("newcomer.east", "emperor", "HO", OWN, "ROLE_UNKNOWN"),
        ("rm1.east", "relationship_manager", "E01", OWN, "GRANT_EXISTS"),
        ("newcomer.east", "relationship_manager", "E01", 0, "REQUEST_INVALID"),
        ("newcomer.east", "relationship_manager", "E01", 9, "REQUEST_INVALID"),
    ],
)
def test_posts_that_nobody_may_hold_are_refused(admin, wanted, login, role, unit, scope, reason):
    assert admin.refusal("ProposeGrant", **wanted(login, role, unit, scope)) == reason


def test_what_has_come_to_conflict_since_is_refused_at_approval(admin, second, wanted, identity):
    audit = admin.call("ProposeGrant", **wanted("newcomer.east", "auditor", "HO", SUBTREE))
    assert admin.refusal("ProposeGrant", **wanted("newcomer.east", "operator", "HO", SUBTREE)) == "DUTIES_MIX"
    admin.call("DisablePerson", person_id=audit.person_id, reason="leave")
    assert second.refusal("ApproveGrant", grant_id=audit.grant_id) == "PERSON_DISABLED"
    assert identity.sign_in("auditor.ho").call("GetGrant", grant_id=audit.grant_id).state == 1


def test_one_passes_on_only_what_one_reaches(identity, admin, wanted):
    east = identity.sign_in("useradmin.east")
    fields = wanted("newcomer.east", "auditor", "EAST", SUBTREE)
    assert east.refusal("ProposeGrant", **fields | {"scope_unit_id": identity.unit_id("HO")}) == "ORGANISATION_UNIT_NOT_FOUND"
    assert east.refusal("ProposeGrant", **fields | {"organisation_unit_id": identity.unit_id("WEST")}) == (
        "ORGANISATION_UNIT_NOT_FOUND"
    )
    assert east.refusal("ProposeGrant", **wanted("rm1.west", "auditor", "EAST", SUBTREE)) == "PERSON_NOT_FOUND"
    wide = admin.call("ProposeGrant", **fields, scope_unit_id=identity.unit_id("HO"))
    assert wide.scope_path == "/HO/"
    assert east.refusal("ApproveGrant", grant_id=wide.grant_id) == "SCOPE_UNFIT"
    narrow = admin.call("ProposeGrant", **wanted("newcomer.east", "auditor", "E01", SUBTREE))
    assert narrow.scope_path == "/HO/EAST/E01/"
    east.call("ApproveGrant", grant_id=narrow.grant_id)


def test_grants_are_listed_in_scope_only(identity, admin):
    east = identity.sign_in("useradmin.east")
    paths = {grant.organisation_path for grant in east.call("ListGrants").grants}
    assert paths
    assert all(path.startswith("/HO/EAST/") for path in paths)
    everything = admin.call("ListGrants", states=[2]).grants
    assert [g.grant_id for g in everything] == sorted((g.grant_id for g in everything), reverse=True)
    assert {g.role for g in admin.call("ListGrants", role="auditor").grants} == {"auditor"}
    elsewhere = next(g for g in everything if g.organisation_path == "/HO/")
    for method in ("GetGrant", "ApproveGrant"):
        assert east.refusal(method, grant_id=elsewhere.grant_id) == "GRANT_NOT_FOUND"
    assert identity.sign_in("rm1.east").refusal("ListGrants") == "PERMISSION_DENIED"


def test_two_deciders_at_once_decide_once(identity, admin, second, wanted, grant):
    grant("useradmin.east", "user_administrator", "HO", SUBTREE)
    third = identity.sign_in("useradmin.east")
    proposed = admin.call("ProposeGrant", **wanted("newcomer.east", "relationship_manager", "E01", OWN))
    barrier, outcomes = threading.Barrier(2), []

    def decide(caller, method, **fields):
        barrier.wait()
        try:
            outcomes.append(caller.call(method, grant_id=proposed.grant_id, **fields).state)
        except WorkbenchError as refusal:
            outcomes.append(refusal.reason)

    threads = [
        threading.Thread(target=decide, args=(second, "ApproveGrant")),
        threading.Thread(target=decide, args=(third, "RejectGrant"), kwargs={"reason": "no"}),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(outcome, int) for outcome in outcomes) == 1, outcomes
    assert outcomes.count("GRANT_NOT_PROPOSED") + outcomes.count("CONCURRENT_CHANGE") == 1


def test_no_token_leaves_with_posts_that_are_being_taken_away(identity, admin, grant):
    """A sign-in and a revocation meet, again and again: afterwards no living token holds the post."""
    for _ in range(5):
        grant_id = grant("newcomer.east", "relationship_manager", "E01", OWN)
        barrier, tokens = threading.Barrier(3), []

        def sign_in(barrier=barrier, tokens=tokens):
            caller = identity.nobody
            barrier.wait()
            tokens.append(caller.call("CreateSession", login="newcomer.east", password="workbench-demo"))

        threads = [threading.Thread(target=sign_in) for _ in range(2)]
        for thread in threads:
            thread.start()
        barrier.wait()
        admin.call("RevokeGrant", grant_id=grant_id, reason="moved on")
        for thread in threads:
            thread.join()
        assert len(tokens) == 2
        for issued in tokens:
            assert identity.claims(issued)["grt"] == [] or identity.void(issued)
