"""A session on the page: the first one, a second factor, one that ends under what somebody types."""

import uuid

import pyotp
import pytest
from playwright.sync_api import expect

from tests.page.conftest import sign_in

PASSWORD = "a-long-walk-by-the-lake"


@pytest.fixture
def newcomer(bank):
    """Somebody without a post, with a temporary password: login and password."""
    units = bank.get("useradmin.ho", "/v1/organisationUnits", pageSize=1000)["organisationUnits"]
    staff_number = uuid.uuid4().hex[:12]
    person = {
        "staffNumber": staff_number,
        "login": f"p{staff_number}",
        "displayName": "赵新",
        "organisationUnitId": units[-1]["organisationUnitId"],
    }
    made = bank.call("useradmin.ho", "POST", "/v1/people", json=person).json()
    reset = bank.call("useradmin.ho", "POST", f"/v1/people/{made['personId']}:resetPassword", json={})
    return made["login"], reset.json()["temporaryPassword"]


def test_a_temporary_password_is_replaced_and_a_second_factor_asked_for(visit, looks_right, newcomer):
    login, temporary = newcomer
    page = visit(language="en")
    page.locator("input[autocomplete=username]").fill(login)
    page.locator("input[autocomplete=current-password]").fill(temporary)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Your password is temporary")).to_be_visible()
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.locator("#content").wait_for()

    card = page.locator(".ant-card", has_text="Second factor")
    card.get_by_label("Present password").fill(PASSWORD)
    card.get_by_role("button", name="Turn on").click()
    secret = card.locator("code").inner_text()
    card.get_by_label("Six digits").fill(pyotp.TOTP(secret).now())
    card.get_by_role("button", name="Confirm").click()
    expect(card.get_by_text("On: signing in asks for a one-time code.")).to_be_visible()

    other = visit(language="en")
    other.locator("input[autocomplete=username]").fill(login)
    other.locator("input[autocomplete=current-password]").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_text("Enter the six digits that your authenticator shows")).to_be_visible()
    looks_right(other, "sign-in-code")


def test_a_session_that_ends_takes_nothing_that_was_typed(visit, looks_right, bank):
    page = visit("rm2.east", "account", language="en")
    page.get_by_label("Present password").first.fill("not-the-password")
    page.get_by_label("New password").fill("half-typed-password")
    for session in bank.get("rm2.east", "/v1/sessions")["sessions"]:
        if not session["current"]:
            bank.call("rm2.east", "POST", f"/v1/sessions/{session['sessionId']}:revoke", json={})
    page.get_by_role("button", name="Change", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Your session has ended")).to_be_visible()
    looks_right(page, "session-ended")
    # Whatever else finds out that it has ended, as a list that asks anew does, takes nothing away either.
    with page.expect_response("**/app/session/renew"):
        page.locator("button", has_text="Change").dispatch_event("click")
    expect(dialog.get_by_text("Your session has ended")).to_be_visible()
    dialog.locator("input[autocomplete=current-password]").fill("workbench-demo")
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_label("New password")).to_have_value("half-typed-password")
    page.get_by_role("button", name="Change", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("password")


def test_somebody_else_signing_in_finds_nothing_of_the_first(visit):
    page = visit("rm1.east", "account", language="en")
    page.evaluate("() => sessionStorage.setItem('draft:trial', '{}')")
    page.get_by_role("button", name="刘").click()
    page.get_by_role("menuitem", name="Sign out").click()
    sign_in(page, "operator.ho")
    assert page.evaluate("() => sessionStorage.length") == 0
