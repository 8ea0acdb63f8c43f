"""One's own account: password and second factor."""

from itertools import pairwise

import pyotp
import pytest
from workbench.identity.v1 import directory_pb2

from gateway.identity.model.account import Account

NEW = "quite another password"


@pytest.fixture
def me(identity):
    return identity.sign_in("rm1.east")


def test_me_says_who_and_what_and_over_whose_data(identity, me):
    answer = me.call("GetMe")
    assert answer.person.login == "rm1.east"
    assert answer.duty == directory_pb2.ROLE_DUTY_BUSINESS
    assert not answer.totp_enrolled
    (post,) = answer.posts
    assert (post.role, post.organisation_unit_display_name, post.scope, post.scope_path) == (
        "relationship_manager", "一号网点", directory_pb2.SCOPE_KIND_OWN, "",
    )  # fmt: skip
    assert list(answer.permissions) == sorted(post.permissions)
    manager = identity.sign_in("manager.east").call("GetMe").posts[0]
    assert (manager.scope, manager.scope_path) == (directory_pb2.SCOPE_KIND_SUBTREE, "/HO/EAST/")
    assert identity.sign_in("newcomer.east").call("GetMe").duty == directory_pb2.ROLE_DUTY_UNSPECIFIED


def test_a_new_password_replaces_the_old_and_closes_other_sessions(identity, me):
    other = identity.sign_in("rm1.east")
    assert me.refusal("ChangePassword", current_password="wrong", new_password=NEW) == "PASSWORD_WRONG"
    me.call("ChangePassword", current_password="workbench-demo", new_password=NEW)
    assert identity.void(other.session)
    assert not identity.void(me.session)
    assert identity.nobody.refusal("CreateSession", login="rm1.east", password="workbench-demo") == "SIGN_IN_REFUSED"
    assert identity.sign_in("rm1.east", NEW)


@pytest.mark.parametrize("unfit", ["short", "aaaaaaaaaaaa", "password12345", "my-rm1.east-password", "workbench-demo"])
def test_an_unfit_password_changes_nothing(identity, me, unfit):
    assert me.refusal("ChangePassword", current_password="workbench-demo", new_password=unfit) == "PASSWORD_UNFIT"
    assert identity.sign_in("rm1.east")


def test_former_passwords_do_not_come_back_soon(me):
    passwords = ["workbench-demo", *(f"password of season {number}" for number in range(6))]
    for before, after in pairwise(passwords):
        me.call("ChangePassword", current_password=before, new_password=after)
    assert me.refusal("ChangePassword", current_password=passwords[-1], new_password=passwords[1]) == "PASSWORD_UNFIT"
    me.call("ChangePassword", current_password=passwords[-1], new_password=passwords[0])


def test_the_same_password_typed_on_another_machine_is_the_same(identity, me):
    composed, decomposed = "caf\u00e9 au lait, bitte", "cafe\u0301 au lait, bitte"
    me.call("ChangePassword", current_password="workbench-demo", new_password=composed)
    assert identity.sign_in("rm1.east", decomposed)


def test_guesses_by_whoever_found_the_screen_lock_the_session_not_the_person(identity, me):
    for _ in range(6):
        assert me.refusal("ChangePassword", current_password="wrong", new_password=NEW) == "PASSWORD_WRONG"
    assert me.refusal("ChangePassword", current_password="workbench-demo", new_password=NEW) == "PASSWORD_WRONG"
    elsewhere = identity.sign_in("rm1.east")
    elsewhere.call("ChangePassword", current_password="workbench-demo", new_password=NEW)


@pytest.fixture
def enrol(identity, me):
    """Turns the second factor on; answers what makes its codes, by the moved clock."""

    def codes():
        started = me.call("StartTotpEnrolment", password="workbench-demo")
        totp = pyotp.parse_uri(started.otpauth_uri)
        assert totp.secret == started.secret
        me.call("ConfirmTotpEnrolment", totp_code=totp.at(identity.clock()))
        return lambda: totp.at(identity.clock())

    return codes


def test_a_second_factor_is_asked_for_once_confirmed(identity, me):
    assert me.refusal("ConfirmTotpEnrolment", totp_code="123456") == "TOTP_NOT_STARTED"
    assert me.refusal("StartTotpEnrolment", password="wrong") == "PASSWORD_WRONG"
    secret = me.call("StartTotpEnrolment", password="workbench-demo").secret
    identity.sign_in("rm1.east")
    assert me.refusal("ConfirmTotpEnrolment", totp_code="000000") == "TOTP_CODE_WRONG"
    me.call("ConfirmTotpEnrolment", totp_code=pyotp.TOTP(secret).at(identity.clock()))
    assert me.call("GetMe").totp_enrolled
    sign_in = {"login": "rm1.east", "password": "workbench-demo"}
    assert identity.nobody.refusal("CreateSession", **sign_in) == "TOTP_REQUIRED"
    assert identity.nobody.refusal("CreateSession", login="rm1.east", password="wrong", totp_code="000000") == "SIGN_IN_REFUSED"
    assert me.refusal("StartTotpEnrolment", password="workbench-demo") == "TOTP_ENROLLED"


def test_a_code_is_taken_once(identity, enrol):
    code = enrol()
    used = code()
    sign_in = {"login": "rm1.east", "password": "workbench-demo"}
    # The code that confirmed the enrolment is used up too.
    assert identity.nobody.refusal("CreateSession", **sign_in, totp_code=used) == "SIGN_IN_REFUSED"
    identity.clock.forward(seconds=30)
    tokens = identity.nobody.call("CreateSession", **sign_in, totp_code=code())
    assert tokens.session_id
    assert identity.nobody.refusal("CreateSession", **sign_in, totp_code=code()) == "SIGN_IN_REFUSED"


def test_wrong_codes_lock_the_account(identity, enrol):
    code = enrol()
    sign_in = {"login": "rm1.east", "password": "workbench-demo"}
    for _ in range(5):
        identity.nobody.refusal("CreateSession", **sign_in, totp_code="000000")
        identity.nobody.refusal("CreateSession", **sign_in)
    identity.clock.forward(seconds=29)
    assert identity.nobody.refusal("CreateSession", **sign_in, totp_code=code()) == "SIGN_IN_REFUSED"
    identity.clock.forward(seconds=31)
    assert identity.nobody.call("CreateSession", **sign_in, totp_code=code())


def test_the_secret_is_unreadable_at_rest(identity, me):
    secret = me.call("StartTotpEnrolment", password="workbench-demo").secret
    with identity.database.engine.connect() as connection:
        stored = connection.execute(Account.__table__.select()).mappings().all()
        raw = connection.exec_driver_sql("SELECT totp_secret FROM accounts WHERE totp_secret IS NOT NULL").scalar_one()
    assert secret in {row["totp_secret"] for row in stored}
    assert secret not in raw
    assert secret not in "".join(record.changes_json for record in identity.trail())


def test_a_second_factor_is_removed_with_password_and_code_or_by_an_administrator(identity, me, enrol):
    code, admin = enrol(), identity.sign_in("useradmin.ho")
    identity.clock.forward(seconds=30)
    assert me.refusal("RemoveTotp", password="workbench-demo", totp_code="000000") == "TOTP_CODE_WRONG"
    assert me.refusal("RemoveTotp", password="wrong", totp_code=code()) == "PASSWORD_WRONG"
    me.call("RemoveTotp", password="workbench-demo", totp_code=code())
    assert identity.nobody.call("CreateSession", login="rm1.east", password="workbench-demo")
    enrol()
    password = admin.call("ResetPassword", person_id=me.session.person.person_id, remove_totp=True).temporary_password
    assert identity.nobody.call("CreateSession", login="rm1.east", password=password, new_password=NEW)
