"""A customer's page: who it is, what it has, and all that happened on one axis."""

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

# The icon says it too, in the name that a screen reader hears.
EDIT = re.compile("Edit$")
COMPANY, PERSON = "CUSTOMER_KIND_CORPORATE", "CUSTOMER_KIND_RETAIL"


def customers_of(bank, login: str, kind: str) -> list[dict]:
    """Whom the relationship manager leads."""
    me = bank.get(login, "/v1/me")["person"]["personId"]
    asked = {"kinds": kind, "leadPersonId": me, "pageSize": 200}
    found = bank.get(login, "/v1/customers", **asked)["customers"]
    return [each for each in found if each["state"] == "CUSTOMER_STATE_ACTIVE"]


def richest(bank, login: str, kind: str) -> dict:
    """The one of whom the most happened: a bank always has one with contacts, balances and more."""

    def happenings(customer: dict) -> int:
        path = f"/v1/customers/{customer['customerId']}/happenings"
        return len(bank.get(login, path, pageSize=100)["happenings"])

    tiers = ["PRIVATE", "PREMIER", "AFFLUENT", "MASS", "UNSPECIFIED"]
    ranked = sorted(customers_of(bank, login, kind), key=lambda each: tiers.index(each["tier"].split("_")[-1]))
    return max(ranked[:8], key=happenings)


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def charts_drawn(page: Page) -> None:
    page.locator(".chart canvas").first.wait_for()


def test_a_relationship_manager_sees_the_whole_customer(visit, looks_right, bank):
    customer = richest(bank, "rm1.east", PERSON)
    page = visit("rm1.east", f"customers/{customer['customerId']}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(customer["displayName"])
    expect(page.get_by_text(customer["customerNumber"])).to_be_visible()
    looks_right(page, "customer", full=True)

    tab(page, "时间轴")
    charts_drawn(page)
    looks_right(page, "customer-timeline", full=True)
    page.get_by_text("3个月", exact=True).click()
    expect(page).to_have_url(re.compile("range=3m"))
    row = page.get_by_role("table", name="事件").get_by_role("button").first
    words = row.inner_text()
    row.click()
    expect(page.get_by_role("dialog")).to_contain_text(words)
    page.keyboard.press("Escape")

    tab(page, "持有产品")
    page.get_by_role("table", name="持有明细").get_by_role("button").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    looks_right(page, "customer-holdings")
    page.keyboard.press("Escape")
    for name in ("联系记录", "需求与意见", "商机", "业绩归属"):
        tab(page, name)
        expect(page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")
    looks_right(page, "customer-credit")


def test_a_company_has_people_and_groups(visit, looks_right, bank):
    customer = richest(bank, "rm1.east", COMPANY)
    page = visit("rm1.east", f"customers/{customer['customerId']}?tab=people", language="en")
    name = f"Wu {uuid.uuid4().hex[:6]}"
    card = page.locator(".ant-card", has=page.get_by_text("Key persons", exact=True))
    card.get_by_role("button", name="Add").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Position").fill("Treasurer")
    dialog.get_by_role("button", name="Save").click()
    expect(card.get_by_text(name)).to_be_visible()
    looks_right(page, "customer-people", full=True)


def test_an_edit_over_somebody_elses_shows_both_and_can_be_undone(visit, looks_right, bank):
    customer = customers_of(bank, "rm1.east", PERSON)[-1]
    path = f"/v1/customers/{customer['customerId']}"
    page = visit("rm1.east", f"customers/{customer['customerId']}", language="en")
    page.get_by_role("button", name=EDIT).click()
    drawer = page.get_by_role("dialog", name="Edit")
    drawer.get_by_label("Contact hours").fill(mine := f"after {uuid.uuid4().hex[:6]}")
    # What was typed stands after a reload.
    page.reload()
    page.get_by_role("button", name=EDIT).click()
    expect(drawer.get_by_label("Contact hours")).to_have_value(mine)

    theirs = f"before {uuid.uuid4().hex[:6]}"
    body = {key: customer[key] for key in ("customerNumber", "kind", "displayName")}
    mask = {"updateMask": "preferences.contactHours"}
    changed = bank.call("rm1.east", "PATCH", path, params=mask, json={**body, "preferences": {"contactHours": theirs}})
    assert changed.status_code == 200, changed.text
    drawer.get_by_role("button", name="Save").click()
    stale = page.locator(".ant-modal", has_text=theirs)
    expect(stale).to_contain_text(mine)
    stale.locator(".ant-btn-primary").click()
    expect(drawer).to_be_hidden()
    assert bank.get("rm1.east", path)["preferences"]["contactHours"] == mine

    tab(page, "History")
    changes = page.get_by_role("table", name="Changes of the record")
    expect(changes).to_contain_text(mine)
    looks_right(page, "customer-history", full=True)
    changes.get_by_role("button", name="Restore").first.click()
    page.get_by_role("button", name="OK").click()
    expect(page.get_by_text("Restored", exact=True)).to_be_visible()
    assert bank.get("rm1.east", path)["preferences"]["contactHours"] == theirs


def test_a_number_is_shown_in_full_for_a_purpose_only(visit, bank):
    customer = customers_of(bank, "rm1.east", PERSON)[0]
    page = visit("rm1.east", f"customers/{customer['customerId']}", language="en")
    page.get_by_role("button", name="Show in full").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Show in full").click()
    expect(dialog.get_by_text("Say what it is for")).to_be_visible()
    dialog.get_by_label("Purpose").fill("call about a deposit that falls due")
    dialog.get_by_role("button", name="Show in full").click()
    expect(dialog.get_by_role("table")).to_contain_text(re.compile(r"\d{11,}"))
    dialog.get_by_role("button", name="Close").last.click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text(customer["identifier"])).to_be_visible()


def test_another_posts_customers_are_not_there(visit, bank):
    customer = customers_of(bank, "rm1.east", PERSON)[0]
    page = visit("rm1.west", f"customers/{customer['customerId']}", language="en")
    expect(page.get_by_text(customer["displayName"])).to_have_count(0)
    expect(page.get_by_role("tab")).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "appearance", "phone"), [("zh", "dark", False), ("zh", "light", True), ("en", "light", False)]
)
def test_the_timeline_looks_right_everywhere(visit, looks_right, bank, language, appearance, phone):
    customer = richest(bank, "rm1.east", PERSON)
    path = f"customers/{customer['customerId']}"
    page = visit("rm1.east", f"{path}?tab=timeline", language=language, appearance=appearance, phone=phone)
    charts_drawn(page)
    looks_right(page, "customer-timeline", full=True)
    page.goto(f"/app/{path}")
    looks_right(page, "customer", full=True)
