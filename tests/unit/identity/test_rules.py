from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbench.identity.v1 import directory_pb2

from gateway.identity.rules import duties, lockout, organisation, passwords, roles, scopes, second_factor
from gateway.identity.rules.lockout import Lockout
from gateway.identity.rules.organisation import UnitKind
from gateway.identity.rules.roles import ROLES, Duty, Role, ScopeKind
from services.chassis.kernel.caller import Caller, Scope
from services.chassis.kernel.errors import RuleBroken

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
codes = st.text("ABC01", min_size=1, max_size=4)
paths = st.lists(codes, min_size=1, max_size=5).map(lambda parts: "/" + "/".join(parts) + "/")
role_names = st.sampled_from(sorted(ROLES))


# Passwords
@pytest.mark.parametrize("password", ["workbench-demo", "correct horse battery", "我的密码要足够长才行吧真的", "tr0ub4dor&3-x-9"])
def test_long_passwords_are_fit_whatever_they_are_made_of(password):
    assert passwords.password_faults(password, "rm1.east") == ()


@pytest.mark.parametrize(
    "password",
    [
        "short", "x" * 129, "aaaaaaaaaaaa", "abababababab", "Password1234!", "qwertyuiop12", "123456789012", "987654321098",
        "abcdefghijklm", "Welcome-2026!", "my-rm1.east-password", "RM1.EAST-2026-x",
    ],
)  # fmt: skip
def test_passwords_that_are_tried_first_are_not(password):
    assert passwords.password_faults(password, "rm1.east")


@given(st.text(max_size=200), codes)
def test_a_fit_password_is_long_and_without_the_login(password, login):
    if not passwords.password_faults(password, login):
        assert 12 <= len(password) <= 128
        assert login.casefold() not in password.casefold()


# Lockout
def test_each_failure_beyond_the_fifth_doubles_the_wait():
    waits = [lockout.lock_duration(failures).total_seconds() for failures in range(1, 12)]
    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900]


@given(st.integers(0, 10**9))
def test_no_wait_is_longer_than_the_longest(failures):
    assert lockout.lock_duration(failures) <= lockout.LONGEST_LOCK


@given(st.lists(st.timedeltas(timedelta(), timedelta(hours=1)), max_size=60))
def test_guesses_are_bounded_by_the_clock(pauses):
    state, now, tried = Lockout(), NOW, 0
    for pause in pauses:
        now += pause
        tried += not state.holds(now)
        state = state.failed(now)
    assert state.failures == tried
    waited = sum((lockout.lock_duration(n) for n in range(1, tried)), timedelta())
    assert now - NOW >= waited


# Second factor
@given(st.integers(0, 10**6), st.integers(-3, 3))
def test_a_code_is_taken_once_and_only_near_its_time(present, apart):
    now = datetime.fromtimestamp(present * 30 + 7, UTC)
    code = str(present + apart)
    step = second_factor.accepted_step(code, str, -1, now)
    assert (step is not None) == (abs(apart) <= 1 and present + apart >= 0)
    if step is not None:
        assert second_factor.accepted_step(code, str, step, now) is None


# Organisation
@given(paths, codes)
def test_a_unit_is_below_its_parent(parent, code):
    path = organisation.unit_path(parent, code)
    assert path.startswith(parent)
    assert organisation.depth(path) == organisation.depth(parent) + 1
    assert organisation.unit_path("", code) == f"/{code}/"


@given(paths, paths, paths)
def test_a_move_takes_along_what_is_below_and_nothing_else(path, former, root):
    moved = organisation.moved_path(path, former, root)
    assert moved == (root + path[len(former) :] if path.startswith(former) else path)
    assert moved.startswith("/")
    assert moved.endswith("/")


@pytest.mark.parametrize(
    ("kind", "parent", "fits"),
    [
        (UnitKind.HEAD_OFFICE, None, True),
        (UnitKind.BRANCH, None, False),
        (UnitKind.BRANCH, UnitKind.HEAD_OFFICE, True),
        (UnitKind.OUTLET, UnitKind.BRANCH, True),
        (UnitKind.OUTLET, UnitKind.HEAD_OFFICE, False),
        (UnitKind.BRANCH, UnitKind.OUTLET, False),
        (UnitKind.HEAD_OFFICE, UnitKind.BRANCH, False),
        (UnitKind.TEAM, UnitKind.OUTLET, True),
    ],
)
def test_each_kind_has_its_place(kind, parent, fits):
    path = "/HO/" if parent is None else "/HO/X/"
    if fits:
        organisation.check_place(kind, parent, path)
    else:
        assert reason(organisation.check_place, kind, parent, path) == "UNIT_PARENT_UNFIT"


def test_a_tree_is_only_so_deep_and_has_no_circles():
    deep = "/" + "A/" * 13
    assert reason(organisation.check_place, UnitKind.BRANCH, UnitKind.BRANCH, deep) == "UNIT_TOO_DEEP"
    args = (UnitKind.BRANCH, "/HO/E/", UnitKind.BRANCH)
    assert reason(organisation.check_move, *args, "/HO/E/E1/", "/HO/E/E1/") == "UNIT_PARENT_UNFIT"
    assert reason(organisation.check_move, *args, "/HO/W/", "/HO/E/" + "A/" * 10) == "UNIT_TOO_DEEP"
    organisation.check_move(*args, "/HO/W/", "/HO/E/E1/")


# Roles and duties
def test_numbers_are_those_of_the_contract():
    for ours, theirs in (
        (UnitKind, directory_pb2.OrganisationUnitKind),
        (ScopeKind, directory_pb2.ScopeKind),
        (Duty, directory_pb2.RoleDuty),
    ):
        names = {name.removeprefix(prefix_of(theirs)): number for name, number in theirs.items() if number}
        assert {member.name: member.value for member in ours} == names


def prefix_of(enum):
    return enum.Name(0).removesuffix("UNSPECIFIED")


@given(role_names, role_names)
def test_conflicts_go_both_ways_and_duties_never_mix(one, other):
    a, b = ROLES[one], ROLES[other]
    assert (one in b.conflicts) == (other in a.conflicts)
    assert one not in a.conflicts
    allowed = a.duty is b.duty and other not in a.conflicts
    assert allowed == (reason(duties.check_post, a, a.scopes[0], [b]) is None)
    assert allowed == (reason(duties.check_post, b, b.scopes[0], [a]) is None)


@given(role_names, st.sampled_from(ScopeKind))
def test_a_role_has_only_the_scopes_that_fit_it(name, kind):
    refused = reason(duties.check_post, ROLES[name], kind, [])
    assert refused == (None if kind in ROLES[name].scopes else "SCOPE_UNFIT")


@given(st.sampled_from("abc"), st.sampled_from("abc"), st.sampled_from("abc"))
def test_a_grant_has_two_people_beside_its_holder(person, proposer, decider):
    refusals = {person: "GRANT_TO_SELF", **({proposer: "SECOND_PERSON_NEEDED"} if proposer != person else {})}
    expected = refusals.get(decider)
    assert reason(duties.check_decision, person, proposer, decider) == expected


def test_a_role_that_the_contract_does_not_bear_out_is_a_fault():
    role = Role("x", "X", Duty.SYSTEM, (ScopeKind.SUBTREE,), frozenset({"a.b.c", "d.e.f", "g.h.i"}))
    catalogue = {"a.b.c": frozenset({Duty.BUSINESS}), "d.e.f": frozenset(Duty)}
    assert roles.role_faults([role], catalogue) == ["x: a.b.c is for the other duty", "x: g.h.i is not in the contract"]


def test_every_business_post_knows_the_business_date_and_how_fresh_results_are_and_moves_neither():
    knows, moves = (
        {"integration.calendar.read", "performance.freshness.read"},
        {"integration.calendar.manage", "performance.run.start"},
    )
    for role in ROLES.values():
        if role.duty is Duty.BUSINESS:
            assert role.permissions >= knows, role.name
            assert not role.permissions & moves or role.name == "performance_analyst", role.name


# Scopes
@given(role_names, paths, paths, paths, st.booleans())
def test_a_post_reaches_its_scope_and_nothing_else(name, unit, chosen, row, own_row):
    me, row_person = "me", "me" if own_row else "other"
    for kind in ScopeKind:
        grant = scopes.HeldPost(ROLES[name], kind, unit, chosen if kind is ScopeKind.SUBTREE else "").grant()
        reached = grant.scope.covers(row, row_person, me)
        expected = {ScopeKind.OWN: own_row, ScopeKind.TEAM: row.startswith(unit), ScopeKind.SUBTREE: row.startswith(chosen)}
        assert reached == expected[kind]
        assert grant.permissions == ROLES[name].permissions


@given(paths, paths)
def test_posts_add_up(one, other):
    posts = [scopes.HeldPost(ROLES["branch_manager"], ScopeKind.TEAM, path) for path in (one, other)]
    caller = Caller("me", grants=tuple(post.grant() for post in posts))
    assert caller.scope("customer.record.read") == Scope(organisation_paths=tuple(sorted({one, other})))


def test_one_passes_on_only_what_one_reaches():
    scope = Scope(organisation_paths=("/HO/E/",))
    assert scopes.within("/HO/E/E1/", scope)
    assert not scopes.within("/HO/", scope)
    assert not scopes.within("/HO/E/", Scope(own=True))


def reason(check, *arguments):
    try:
        check(*arguments)
    except RuleBroken as refusal:
        return refusal.reason
    return None
