"""Surveys: satisfaction with its intervals, and a customer's answers taken down."""

import re
import time

from playwright.sync_api import expect

from tests.deployments import wait_until


def test_satisfaction_is_told_with_its_interval(visit, looks_right):
    page = visit("manager.east", "work/surveys", language="en")
    expect(page.get_by_text("Net promoter score")).to_be_visible()
    looks_right(page, "surveys")
    page.get_by_role("tab", name="Surveys", exact=True).click()
    expect(page.get_by_role("link", name="Who is asked").first).to_be_visible()
    expect(page.get_by_role("button", name="New survey")).to_have_count(0)
    page.get_by_role("tab", name="Questionnaires").click()
    expect(page.get_by_text("(required)").first).to_be_visible()


def test_a_relationship_manager_takes_answers_down(visit, looks_right, bank):
    name = newcomer(bank)
    page = visit("rm1.east", "work/surveys?view=invitations")
    looks_right(page, "survey-invitations")
    page.get_by_role("button", name="邀请客户").click()
    form = page.get_by_role("dialog")
    form.get_by_role("combobox", name="客户").fill(name)
    page.locator(".ant-select-dropdown:visible .ant-select-item-option", has_text=name).click()
    form.get_by_role("button", name="邀请").click()
    expect(page).to_have_url(re.compile("/invitations/"))
    looks_right(page, "survey-questions")
    page.locator(".scale").nth(0).get_by_text("9", exact=True).click()
    page.locator(".scale").nth(1).get_by_text("5", exact=True).click()
    page.get_by_role("button", name="提交答卷").click()
    expect(page.get_by_text("9 / 10")).to_be_visible()
    looks_right(page, "survey-answers")


def newcomer(bank) -> str:
    """A customer whom nobody asked yet: whoever was asked within ninety days is not asked again."""
    number = f"SURVEY-{time.time_ns()}"
    name = f"问卷{number[-8:]}有限公司"
    draft = {"customerNumber": number, "kind": "CUSTOMER_KIND_CORPORATE", "displayName": name}
    made = bank.call("rm1.east", "POST", "/v1/customers", json=draft)
    assert made.ok, made.text
    # Known here, it is not yet where surveys are.
    known = {"customerId": made.json()["customerId"]}
    wait_until(lambda: bank.call("rm1.east", "GET", "/v1/contacts", params=known).ok)
    return name


def test_on_a_phone(visit, looks_right):
    page = visit("manager.east", "work/surveys", phone=True, appearance="dark")
    looks_right(page, "surveys")
