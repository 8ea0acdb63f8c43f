"""What a caller may do, and on whose data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.kernel.caller import Caller, Grant, Scope, paths_above
from services.chassis.kernel.errors import NotAllowed

CODES = st.from_regex(r"[A-Z0-9]{1,4}", fullmatch=True)
PATHS = st.lists(CODES, max_size=4).map(lambda codes: "/" + "".join(f"{code}/" for code in codes))
SCOPES = st.builds(Scope, own=st.booleans(), organisation_paths=st.lists(PATHS, max_size=3).map(tuple))
GRANTS = st.builds(Grant, st.frozensets(st.sampled_from(["a.b.read", "a.b.update", "c.d.read"])), SCOPES)
CALLERS = st.builds(Caller, st.uuids().map(str), grants=st.lists(GRANTS, max_size=4).map(tuple))


@given(CALLERS, PATHS, st.uuids().map(str))
def test_scope_of_a_permission_is_the_union_of_the_posts_that_give_it(caller, path, person_id):
    giving = [grant.scope for grant in caller.grants if "a.b.read" in grant.permissions]
    if not giving:
        with pytest.raises(NotAllowed, match="PERMISSION_DENIED"):
            caller.scope("a.b.read")
        return
    reached = caller.scope("a.b.read").covers(path, person_id, caller.person_id)
    assert reached == any(scope.covers(path, person_id, caller.person_id) for scope in giving)


@given(CALLERS)
def test_claims_read_back_as_the_same_caller(caller):
    assert Caller.from_claims(caller.to_claims()) == caller


def test_a_path_covers_its_subtree_and_no_namesake():
    east = Scope(organisation_paths=("/HO/EAST/",))
    assert east.covers("/HO/EAST/", "", "me")
    assert east.covers("/HO/EAST/E01/", "", "me")
    assert not east.covers("/HO/EASTERN/", "", "me")
    assert not east.covers("/HO/", "", "me")


def test_own_covers_only_ones_own():
    assert Scope(own=True).covers("/HO/EAST/", "me", "me")
    assert not Scope(own=True).covers("/HO/EAST/", "you", "me")


def test_a_permission_in_one_scope_does_not_widen_another():
    caller = Caller(
        "me",
        grants=(
            Grant(frozenset({"customer.record.read"}), Scope(organisation_paths=("/HO/",))),
            Grant(frozenset({"customer.record.update"}), Scope(own=True)),
        ),
    )
    assert caller.scope("customer.record.update") == Scope(own=True)


def test_paths_above_begin_with_the_bank_and_end_with_the_unit():
    assert paths_above("/HO/EAST/E01/") == ["/", "/HO/", "/HO/EAST/", "/HO/EAST/E01/"]
    assert paths_above("/") == paths_above("") == ["/"]
