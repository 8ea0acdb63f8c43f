"""A manager's unit: the team's day, results, coverage, warnings, departures, dispatch and approvals."""

import re
import time
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.page.conftest import business_day, settled

PAGES = ("unit", "unit/results", "unit/coverage", "unit/warnings", "unit/departures", "unit/dispatch", "unit/approvals")
VARIANTS = {
    "zh": {},
    "en": {"language": "en"},
    "dark": {"appearance": "dark"},
    # In the language that takes more room.
    "phone": {"phone": True, "language": "en"},
}


@pytest.fixture
def asked(bank):
    """Asks the gateway as somebody, for what a test needs to be there."""

    def ask(login, method, path, **body):
        answer = bank.call(login, method, path, **({"params": body} if method == "GET" else {"json": body}))
        assert answer.ok, answer.text
        return answer.json()

    return ask


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_page_looks_right(visit, looks_right, variant):
    page = visit("manager.east", "account", **VARIANTS[variant])
    for path in PAGES:
        page.goto(f"/app/{path}")
        page.get_by_role("heading", level=1).wait_for()
        looks_right(page, path.replace("/", "-"))


def test_a_manager_drills_from_the_unit_to_a_person(visit):
    page = visit("manager.east", "unit/results", language="en")
    page.get_by_role("tab", name="Made of").click()
    page.get_by_label("Made of").get_by_role("button").first.click()
    expect(page).to_have_url(re.compile("unit=%2FHO%2FEAST%2F"))
    settled(page)
    person = page.get_by_label("Made of").get_by_role("link").first
    expect(person).to_have_attribute("href", re.compile("/performance/results/"))
    page.get_by_role("tab", name="Products").click()
    expect(page.get_by_label("Products").get_by_text("Total")).to_be_visible()
    page.get_by_role("tab", name="Months").click()
    page.get_by_label("Months").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("/performance/months/20"))


def test_a_manager_gives_a_task_and_gives_it_to_another(visit, asked):
    title = f"Call back {time.time_ns()}"
    page = visit("manager.east", "unit/dispatch", language="en")
    people = asked("manager.east", "GET", "/v1/relationshipManagers")["relationshipManagers"]
    page.get_by_role("button", name="Give a task").click()
    choose(page, "To", people[0]["displayName"])
    page.get_by_label("What is to be done").fill(title)
    page.get_by_role("button", name="Give", exact=True).click()
    expect(page.get_by_text("The task is given")).to_be_visible()
    narrow(page, people[0]["displayName"])
    task_row(page, title).get_by_role("checkbox").click()
    page.get_by_role("button", name="Reassign", exact=True).click()
    choose(page, "To", people[1]["displayName"])
    page.get_by_role("dialog").get_by_role("button", name="Reassign").click()
    expect(page.get_by_text("Reassigned", exact=True)).to_be_visible()
    narrow(page, people[1]["displayName"])
    expect(task_row(page, title)).to_contain_text(people[1]["displayName"])
    path = asked("manager.east", "GET", "/v1/me")["posts"][0]["scopePath"]
    for task in asked("manager.east", "GET", "/v1/tasks", organisationPath=path, pageSize=1000)["tasks"]:
        if task["title"] == title:
            asked("manager.east", "POST", f"/v1/tasks/{task['taskId']}:cancel")


def test_a_manager_narrows_warnings_and_assigns_one(visit, asked):
    path = asked("manager.east", "GET", "/v1/me")["posts"][0]["scopePath"]
    warnings = asked("manager.east", "GET", "/v1/warnings", organisationPath=path)["warnings"]
    page = visit("manager.east", "unit/warnings", language="en")
    if not warnings:
        expect(page.get_by_text("No warning fits.")).to_be_visible()
        return
    page.get_by_role("button", name=re.compile(warnings[0]["assigneeName"])).first.click()
    expect(page).to_have_url(re.compile("person="))
    page.get_by_role("button", name=re.compile(f"assign {warnings[0]['customerName']}", re.IGNORECASE)).click()
    choose(page, "To", warnings[0]["assigneeName"])
    page.get_by_role("dialog").get_by_role("button", name="Assign").click()
    expect(page.get_by_text("Assigned", exact=True)).to_be_visible()
    page.get_by_role("tab", name="Outcomes").click()
    expect(page.get_by_label("How far signs can be trusted")).to_be_visible()


def test_a_manager_tries_a_departure_and_plans_for_it(visit, asked, looks_right):
    path = asked("manager.east", "GET", "/v1/me")["posts"][0]["scopePath"]
    for plan in asked("manager.east", "GET", "/v1/departurePlans", organisationPath=path)["departurePlans"]:
        if plan["state"] == "DEPARTURE_PLAN_STATE_DRAFT":
            asked("manager.east", "POST", f"/v1/departurePlans/{plan['planId']}:end")
    page = visit("manager.east", "unit/departures")
    page.get_by_role("checkbox").first.click()
    expect(page.get_by_text("八成可能")).to_be_visible()
    page.get_by_role("switch", name="自定").click()
    page.get_by_role("slider").press("ArrowRight")
    looks_right(page, "unit-departures-what-if")
    page.get_by_role("button", name="生成预案").click()
    page.get_by_role("dialog").get_by_role("button", name="生成预案").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("的预案")
    expect(page.get_by_role("button", name="启动预案")).to_be_visible()
    page.get_by_role("button", name=re.compile("^移出")).first.click()
    expect(page.get_by_role("button", name=re.compile("^恢复"))).to_be_visible()
    looks_right(page, "unit-departure-plan")
    page.get_by_role("button", name="放弃草稿").click()
    page.get_by_role("tooltip").get_by_role("button").last.click()
    expect(page).to_have_url(re.compile("view=plans"))


def test_a_report_is_sent_back_from_the_inbox(visit, asked):
    report = submitted_report(asked)
    page = visit("manager.east", "unit/approvals?kind=work_report", language="en")
    page.goto(f"/app/unit/approvals?kind=work_report&item=workReports/{report}")
    page.get_by_role("button", name="Send back").click()
    expect(page.get_by_text("Please say why")).to_be_visible()
    page.get_by_label("Why (needed for a no)").fill("Please add the two calls.")
    page.reload()
    expect(page.get_by_label("Why (needed for a no)")).to_have_value("Please add the two calls.")
    page.get_by_role("button", name="Send back").click()
    expect(page.get_by_text("Sent back", exact=True)).to_be_visible()
    assert asked("rm1.east", "GET", f"/v1/workReports/{report}")["state"] == "WORK_REPORT_STATE_RETURNED"


def submitted_report(asked) -> str:
    """A report of a day that nobody has confirmed, handed in."""
    for days in range(1, 30):
        day = (business_day() - timedelta(days)).isoformat()
        report = asked("rm1.east", "POST", "/v1/workReports:draft", period="WORK_PERIOD_DAY", dayDate=day)
        if report["state"] in ("WORK_REPORT_STATE_DRAFT", "WORK_REPORT_STATE_RETURNED"):
            asked("rm1.east", "POST", f"/v1/workReports/{report['workReportId']}:submit")
            return report["workReportId"]
    raise AssertionError("every report of a month is with the manager")


def test_a_relationship_manager_has_no_unit_to_look_after(visit):
    page = visit("rm1.east", "unit", language="en")
    expect(page.get_by_text("There is no such page")).to_be_visible()
    expect(page.get_by_role("navigation", name="Navigation").get_by_text("Team today")).to_have_count(0)


def choose(page, label, words):
    """Picks an option of a select field by typing."""
    field = page.get_by_role("dialog").get_by_label(label, exact=True)
    field.fill(words)
    page.locator(".ant-select-dropdown:visible").get_by_text(words).first.click()


def narrow(page, name):
    """Shows one person's tasks: by his load, which stands beside the list."""
    page.locator("button[aria-pressed]").filter(has_text=name).click()


def task_row(page, title):
    """A row of a list that draws only what is seen."""
    return page.locator(".ant-table-row").filter(has_text=title)
