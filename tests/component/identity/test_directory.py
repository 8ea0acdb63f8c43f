"""The organisation tree, people and roles."""

import threading
import uuid

import pytest
from workbench.identity.v1 import directory_pb2, events_pb2

BRANCH, OUTLET, TEAM = 2, 4, 6


@pytest.fixture
def admin(identity):
    return identity.sign_in("useradmin.ho")


@pytest.fixture
def east(identity):
    return identity.sign_in("useradmin.east")


def unit(**fields):
    return directory_pb2.OrganisationUnit(**fields)


def person(**fields):
    return directory_pb2.Person(**fields)


def test_the_tree_is_listed_by_path_in_pages(identity, admin):
    paths = [u.organisation_path for u in admin.call("ListOrganisationUnits").organisation_units]
    assert paths == ["/HO/", "/HO/EAST/", "/HO/EAST/E01/", "/HO/WEST/", "/HO/WEST/W01/"]
    first = admin.call("ListOrganisationUnits", page_size=2)
    rest = admin.call("ListOrganisationUnits", page_size=3, page_token=first.next_page_token)
    assert [u.organisation_path for u in [*first.organisation_units, *rest.organisation_units]] == paths
    assert not rest.next_page_token
    below = admin.call("ListOrganisationUnits", parent_unit_id=identity.unit_id("HO"), kinds=[BRANCH])
    assert [u.code for u in below.organisation_units] == ["EAST", "WEST"]
    assert admin.refusal("ListOrganisationUnits", page_token=first.next_page_token, kinds=[BRANCH]) == "PAGE_TOKEN_INVALID"
    assert admin.refusal("GetOrganisationUnit", organisation_unit_id=str(uuid.uuid4())) == "ORGANISATION_UNIT_NOT_FOUND"


def test_units_are_added_below_their_parent_in_scope(identity, admin, east):
    added = east.call(
        "CreateOrganisationUnit",
        organisation_unit=unit(code="T1", kind=TEAM, display_name="甲组", parent_unit_id=identity.unit_id("E01")),
    )
    assert added.organisation_path == "/HO/EAST/E01/T1/"
    assert added.etag
    created = identity.events()[-1]
    assert isinstance(created, events_pb2.OrganisationUnitCreated)
    assert (created.organisation_path, created.code) == ("/HO/EAST/E01/T1/", "T1")
    for caller, fields, reason in (
        (east, {"code": "W02", "kind": OUTLET, "parent_unit_id": identity.unit_id("WEST")}, "ORGANISATION_UNIT_NOT_FOUND"),
        (admin, {"code": "T1", "kind": TEAM, "parent_unit_id": identity.unit_id("W01")}, "UNIT_CODE_TAKEN"),
        (admin, {"code": "X", "kind": BRANCH, "parent_unit_id": identity.unit_id("E01")}, "UNIT_PARENT_UNFIT"),
        (admin, {"code": "HO2", "kind": 1}, "ORGANISATION_UNIT_NOT_FOUND"),
        (admin, {"code": "a/b", "kind": OUTLET, "parent_unit_id": identity.unit_id("EAST")}, "REQUEST_INVALID"),
    ):
        refused = caller.refusal("CreateOrganisationUnit", organisation_unit=unit(display_name="x", **fields))
        assert refused == reason, fields


def test_a_unit_is_renamed_by_whoever_saw_it(identity, admin):
    unit_id = identity.unit_id("E01")
    seen = admin.call("GetOrganisationUnit", organisation_unit_id=unit_id)
    renamed = admin.call(
        "UpdateOrganisationUnit", organisation_unit=unit(organisation_unit_id=unit_id, display_name="新名", etag=seen.etag)
    )
    assert (renamed.display_name, renamed.code, renamed.kind) == ("新名", "E01", OUTLET)
    assert identity.events()[-1] == events_pb2.OrganisationUnitUpdated(organisation_unit_id=unit_id, display_name="新名")
    stale = unit(organisation_unit_id=unit_id, display_name="z", etag=seen.etag)
    assert admin.refusal("UpdateOrganisationUnit", organisation_unit=stale) == "ORGANISATION_UNIT_CHANGED"
    bad_mask = {"organisation_unit": unit(organisation_unit_id=unit_id), "update_mask": {"paths": ["secret"]}}
    assert admin.refusal("UpdateOrganisationUnit", **bad_mask) == "FIELD_UNKNOWN"
    emptied = {"organisation_unit": unit(organisation_unit_id=unit_id), "update_mask": {"paths": ["display_name"]}}
    assert admin.refusal("UpdateOrganisationUnit", **emptied) == "REQUEST_INVALID"


def test_a_move_takes_people_posts_and_scopes_along(identity, admin, grant):
    outside = identity.sign_in("rm1.west")
    grant("newcomer.east", "auditor", "E01", 3)
    manager, rm, auditor = (identity.sign_in(login) for login in ("manager.east", "rm1.east", "newcomer.east"))
    branch_id, west_id = identity.unit_id("EAST"), identity.unit_id("WEST")
    moved = admin.call("MoveOrganisationUnit", organisation_unit_id=branch_id, parent_unit_id=west_id)
    assert moved.organisation_path == "/HO/WEST/EAST/"
    paths = [u.organisation_path for u in admin.call("ListOrganisationUnits").organisation_units]
    assert paths == ["/HO/", "/HO/WEST/", "/HO/WEST/EAST/", "/HO/WEST/EAST/E01/", "/HO/WEST/W01/"]
    people = {p.login: p.organisation_path for p in admin.call("ListPeople").people}
    assert people["rm1.east"] == "/HO/WEST/EAST/E01/"
    assert people["rm1.west"] == "/HO/WEST/W01/"
    assert [identity.void(caller.session) for caller in (manager, rm, auditor, outside)] == [True, True, True, False]
    reaches = {
        login: identity.claims(identity.sign_in(login).session)["grt"][0]["u"] for login in ("manager.east", "newcomer.east")
    }
    assert reaches == {"manager.east": ["/HO/WEST/EAST/"], "newcomer.east": ["/HO/WEST/EAST/E01/"]}
    event = identity.events()[-1]
    assert isinstance(event, events_pb2.OrganisationUnitMoved)
    assert (event.former_organisation_path, event.organisation_path) == ("/HO/EAST/", "/HO/WEST/EAST/")


def test_moves_that_meet_leave_a_tree_whose_paths_are_true(identity, admin):
    """A branch moves while an outlet leaves it, and somebody joins the outlet, again and again."""
    ids = {code: identity.unit_id(code) for code in ("HO", "EAST", "E01", "WEST")}
    for round_ in range(4):
        there = round_ % 2 == 0
        new = person(staff_number=f"R-{round_}", display_name="x", organisation_unit_id=ids["E01"])
        acts = (
            ("MoveOrganisationUnit", {"organisation_unit_id": ids["EAST"], "parent_unit_id": ids["WEST" if there else "HO"]}),
            ("MoveOrganisationUnit", {"organisation_unit_id": ids["E01"], "parent_unit_id": ids["WEST" if there else "EAST"]}),
            ("CreatePerson", {"person": new}),
        )
        barrier = threading.Barrier(len(acts))

        def act(method, fields, barrier=barrier):
            barrier.wait()
            admin.call(method, **fields)

        threads = [threading.Thread(target=act, args=each) for each in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        units = {u.organisation_unit_id: u for u in admin.call("ListOrganisationUnits").organisation_units}
        for each in units.values():
            above = units[each.parent_unit_id].organisation_path if each.parent_unit_id else "/"
            assert each.organisation_path == f"{above}{each.code}/"
        people = admin.call("ListPeople").people
        assert all(p.organisation_path == units[p.organisation_unit_id].organisation_path for p in people)
        assert len(people) == 10 + round_


def test_a_unit_does_not_move_under_itself_or_out_of_scope(identity, admin, east):
    branch, outlet, west = (identity.unit_id(code) for code in ("EAST", "E01", "WEST"))
    assert admin.refusal("MoveOrganisationUnit", organisation_unit_id=branch, parent_unit_id=branch) == "UNIT_PARENT_UNFIT"
    assert admin.refusal("MoveOrganisationUnit", organisation_unit_id=branch, parent_unit_id=outlet) == "UNIT_PARENT_UNFIT"
    away = {"organisation_unit_id": outlet, "parent_unit_id": west}
    assert east.refusal("MoveOrganisationUnit", **away) == "ORGANISATION_UNIT_NOT_FOUND"
    assert admin.refusal("MoveOrganisationUnit", **away, etag="77") == "ORGANISATION_UNIT_CHANGED"


def test_people_are_listed_in_scope_with_filters(identity, admin, east):
    assert {p.login for p in east.call("ListPeople").people} == {"rm1.east", "manager.east", "useradmin.east", "newcomer.east"}
    assert [p.staff_number for p in admin.call("ListPeople").people] == [f"{n:06}" for n in range(1, 10)]
    assert [p.login for p in admin.call("ListPeople", name_prefix="rm1").people] == ["rm1.east", "rm1.west"]
    assert [p.login for p in admin.call("ListPeople", name_prefix="%").people] == []
    assert [p.login for p in admin.call("ListPeople", login="RM1.East").people] == ["rm1.east"]
    in_west = admin.call("ListPeople", organisation_unit_id=identity.unit_id("WEST")).people
    assert [p.login for p in in_west] == ["rm1.west"]
    assert admin.call("ListPeople", states=[2]).people == []
    unknown = admin.refusal("ListPeople", organisation_unit_id=str(uuid.uuid4()))
    assert unknown == "ORGANISATION_UNIT_NOT_FOUND"
    west_id = identity.person_id("rm1.west")
    assert east.refusal("GetPerson", person_id=west_id) == east.refusal("GetPerson", person_id=str(uuid.uuid4()))
    assert identity.sign_in("rm1.east").refusal("ListPeople") == "PERMISSION_DENIED"


def test_a_person_joins_gets_a_password_and_signs_in(identity, admin):
    sent = person(staff_number="A-77", login="li.ming", display_name="李明", organisation_unit_id=identity.unit_id("E01"))
    joined = admin.call("CreatePerson", person=sent, request_id=str(uuid.uuid4()))
    assert joined.organisation_path == "/HO/EAST/E01/"
    assert joined.state == directory_pb2.PERSON_STATE_ACTIVE
    created = identity.events()[-1]
    assert (created.staff_number, created.display_name) == ("A-77", "李明")
    assert identity.nobody.refusal("CreateSession", login="li.ming", password="x") == "SIGN_IN_REFUSED"
    temporary = admin.call("ResetPassword", person_id=joined.person_id).temporary_password
    credentials = {"login": "li.ming", "password": temporary}
    assert identity.nobody.refusal("CreateSession", **credentials) == "PASSWORD_MUST_CHANGE"
    assert identity.nobody.refusal("CreateSession", **credentials, new_password="short") == "PASSWORD_UNFIT"
    assert identity.nobody.call("CreateSession", **credentials, new_password="a much better one").session_id
    assert identity.nobody.refusal("CreateSession", **credentials) == "SIGN_IN_REFUSED"
    assert temporary not in "".join(record.changes_json for record in identity.trail())
    for fields, reason in (
        ({"staff_number": "A-77", "login": "other"}, "STAFF_NUMBER_TAKEN"),
        ({"staff_number": "A-78", "login": "li.ming"}, "LOGIN_TAKEN"),
        ({"staff_number": "A-78", "login": "Li.Ming"}, "REQUEST_INVALID"),
        ({"staff_number": "A 78"}, "REQUEST_INVALID"),
    ):
        refused = admin.refusal("CreatePerson", person=person(display_name="x", organisation_unit_id=str(uuid.uuid4()), **fields))
        assert refused in (reason, "ORGANISATION_UNIT_NOT_FOUND")
        good_unit = {"display_name": "x", "organisation_unit_id": identity.unit_id("E01")}
        assert admin.refusal("CreatePerson", person=person(**good_unit, **fields)) == reason


def test_somebody_without_a_login_never_signs_in(identity, admin):
    sent = person(staff_number="A-79", display_name="无名", organisation_unit_id=identity.unit_id("E01"))
    for number in ("A-79", "A-80"):
        sent.staff_number = number
        joined = admin.call("CreatePerson", person=sent)
    assert admin.refusal("ResetPassword", person_id=joined.person_id) == "PERSON_HAS_NO_LOGIN"
    assert identity.nobody.refusal("CreateSession", login=" ", password="x") == "SIGN_IN_REFUSED"


def test_a_person_changes_name_and_unit(identity, admin, east):
    person_id = identity.person_id("rm1.east")
    seen = admin.call("GetPerson", person_id=person_id)
    changed = admin.call(
        "UpdatePerson",
        person=person(person_id=person_id, organisation_unit_id=identity.unit_id("W01"), staff_number="ignored", etag=seen.etag),
    )
    assert (changed.organisation_path, changed.display_name, changed.staff_number) == (
        "/HO/WEST/W01/", seen.display_name, seen.staff_number,
    )  # fmt: skip
    assert isinstance(identity.events()[-1], events_pb2.PersonUpdated)
    stale = person(person_id=person_id, display_name="x", etag=seen.etag)
    assert admin.refusal("UpdatePerson", person=stale) == "PERSON_CHANGED"
    assert east.refusal("UpdatePerson", person=person(person_id=person_id, display_name="x")) == "PERSON_NOT_FOUND"
    recorded = len(identity.events())
    admin.call("UpdatePerson", person=person(person_id=person_id, display_name=seen.display_name))
    assert len(identity.events()) == recorded


def test_a_disabled_person_is_out_at_once_and_posts_rest(identity, admin):
    out = identity.sign_in("rm1.east")
    person_id = out.session.person.person_id
    disabled = admin.call("DisablePerson", person_id=person_id, reason="left the bank")
    assert disabled.state == directory_pb2.PERSON_STATE_DISABLED
    assert identity.void(out.session)
    assert out.refusal("GetMe") == "SESSION_CLOSED"
    assert identity.nobody.refusal("RefreshSession", refresh_token=out.session.refresh_token) == "REFRESH_REFUSED"
    sign_in = {"login": "rm1.east", "password": "workbench-demo"}
    assert identity.nobody.refusal("CreateSession", **sign_in) == "SIGN_IN_REFUSED"
    assert [type(event).__name__ for event in identity.events()[-2:]] == ["SessionRevoked", "PersonDisabled"]
    record = next(record for record in identity.trail() if record.method == "DisablePerson")
    assert record.purpose == "left the bank"
    admin.call("EnablePerson", person_id=person_id)
    back = identity.nobody.call("CreateSession", **sign_in)
    assert len(identity.claims(back)["grt"]) == 1


def test_nobody_administers_himself_or_who_reaches_further(identity, admin, east, grant):
    own_id = admin.session.person.person_id
    for method, fields in (("DisablePerson", {"reason": "x"}), ("EnablePerson", {}), ("ResetPassword", {})):
        assert admin.refusal(method, person_id=own_id, **fields) == "PERSON_IS_CALLER"
    # Belongs to the eastern branch, audits the whole bank: whoever resets that password could sign in as an auditor.
    proposed = admin.call(
        "ProposeGrant", person_id=identity.person_id("newcomer.east"), role="auditor", scope=3, reason="x",
        organisation_unit_id=identity.unit_id("EAST"), scope_unit_id=identity.unit_id("HO"),
    )  # fmt: skip
    identity.sign_in("second.ho").call("ApproveGrant", grant_id=proposed.grant_id)
    assert east.refusal("ResetPassword", person_id=proposed.person_id) == "PERSON_REACHES_FURTHER"
    assert admin.call("ResetPassword", person_id=proposed.person_id).temporary_password
    assert east.call("ResetPassword", person_id=identity.person_id("rm1.east")).temporary_password


def test_roles_and_permissions_are_those_of_the_contract(identity, admin):
    roles = {role.role: role for role in admin.call("ListRoles").roles}
    catalogue = {entry.permission: entry for entry in admin.call("ListPermissions").permissions}
    assert set(roles) >= {"relationship_manager", "branch_manager", "auditor", "operator", "user_administrator"}
    for role in roles.values():
        kind = "business" if role.duty == directory_pb2.ROLE_DUTY_BUSINESS else "system"
        assert all(getattr(catalogue[permission], kind) for permission in role.permissions), role.role
    assert "workbench.customer.v1.CustomerService/GetCustomer" in catalogue["customer.record.read"].methods
    # What only the gateway itself may do stands in no role.
    internal = {"identity.revocations.read", "identity.sessions.federate"}
    assert internal <= set(catalogue)
    assert not internal & {permission for role in roles.values() for permission in role.permissions}
    # And each other permission in at least one, or nobody could ever use it.
    assert set(catalogue) - internal == {permission for role in roles.values() for permission in role.permissions}
