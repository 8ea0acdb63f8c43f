"""Signing in, staying in, and one's own account."""

import pytest
from playwright.sync_api import expect

from tests.page.conftest import offline, sign_in


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_person_signs_in_and_stays_in_after_a_reload(visit, looks_right, language):
    page = visit(path="account", language=language)
    looks_right(page, "sign-in")
    sign_in(page, "rm1.east")
    looks_right(page, "account")
    page.reload()
    page.locator("#content").wait_for()
    assert page.evaluate("() => localStorage.length + document.cookie.length") == 0


def test_a_wrong_password_is_said_plainly(visit):
    page = visit(language="en")
    page.locator("input[autocomplete=username]").fill("rm1.east")
    page.locator("input[autocomplete=current-password]").fill("wrong-password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()


def test_language_and_appearance_are_chosen_and_kept(visit, looks_right):
    page = visit("rm1.east", "account", language="en")
    page.get_by_role("button", name="Dark appearance").click()
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("我的账户")
    page.variant = "zh-dark"
    looks_right(page, "account")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("我的账户")
    assert page.evaluate("() => document.documentElement.dataset.appearance") == "dark"


def test_a_lost_connection_is_said_and_recovers(visit):
    page = visit("rm1.east", "account", language="en")
    with offline(page):
        expect(page.get_by_text("You are offline.")).to_be_visible()
    expect(page.get_by_text("You are offline.")).to_be_hidden()


def test_signing_out_ends_the_session_in_every_tab(visit):
    page = visit("rm1.east", "account", language="en")
    other = page.context.new_page()
    other.goto("/app/account")
    other.locator("#content").wait_for()
    page.bring_to_front()
    page.get_by_role("button", name="刘").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(other.get_by_role("button", name="Sign in")).to_be_visible()
    other.reload()
    expect(other.get_by_role("button", name="Sign in")).to_be_visible()


def test_on_a_phone(visit, looks_right):
    page = visit("rm1.east", "account", phone=True, appearance="dark")
    looks_right(page, "account")
