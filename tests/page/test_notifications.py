"""What others do for somebody is told at once: the bell counts it, also where no stream is to be had, and leads to it."""

import re
import time
from datetime import timedelta
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.page.conftest import business_day, offline, settled
from tests.page.test_unit import choose

STREAM = "**/v1/notifications:watch"
POLL_SECONDS = 30
SOON_MILLISECONDS = 15_000


def test_what_is_given_to_somebody_is_counted_at_once_and_leads_there(visit, bank):
    manager = visit("manager.east", "unit/dispatch", language="en")
    page = visit("rm1.east", "account", language="en")
    # In another browser all places for streams are taken: it asks from time to time.
    silent = visit("rm1.east", "account", language="en")
    silent.route(STREAM, lambda route: route.fulfill(status=503, content_type="application/problem+json", body="{}"))
    silent.clock.install()
    silent.reload()
    before, before_there = counted(page), counted(silent)
    name = bank.get("rm1.east", "/v1/me")["person"]["displayName"]

    title = f"Call back {time.time_ns()}"
    manager.get_by_role("button", name="Give a task").click()
    choose(manager, "To", name)
    manager.get_by_label("What is to be done").fill(title)
    manager.get_by_role("button", name="Give", exact=True).click()
    expect(manager.get_by_text("The task is given")).to_be_visible()
    expect(bell(page)).not_to_have_attribute("aria-label", before, timeout=SOON_MILLISECONDS)
    silent.clock.fast_forward((POLL_SECONDS + 1) * 1_000)
    expect(bell(silent)).not_to_have_attribute("aria-label", before_there, timeout=SOON_MILLISECONDS)

    bell(page).click()
    page.get_by_role("button", name="A task was assigned to you").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    expect(page).to_have_url(re.compile("/work/tasks/"))

    # What is taken away while the network is gone is known as soon as it is back.
    before = counted(page)
    with offline(page):
        expect(page.get_by_text("You are offline.")).to_be_visible()
        cancelled = bank.call("manager.east", "POST", f"/v1/tasks/{page.url.rsplit('/', 1)[1]}:cancel", json={})
        assert cancelled.ok, cancelled.text
    expect(bell(page)).not_to_have_attribute("aria-label", before, timeout=SOON_MILLISECONDS)


def bell(page):
    return page.get_by_role("button", name=re.compile("^Notifications"))


def counted(page) -> str:
    """What the bell says once it has asked."""
    settled(page)
    expect(bell(page)).to_be_visible()
    return bell(page).get_attribute("aria-label")


def test_a_campaign_gives_its_tasks_to_whose_customers_they_are(visit, bank):
    me = bank.get("rm1.east", "/v1/me")["person"]
    customer = bank.get("rm1.east", "/v1/customers", leadPersonId=me["personId"], pageSize=1)["customers"][0]
    name, words = f"Loyal deposits {time.time_ns()}", "Ask how the last visit went."
    manager = visit("manager.east", "work/campaigns", language="en")
    manager.get_by_role("button", name="New campaign").click()
    dialog = manager.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill(name)
    dialog.get_by_label("What to say").fill(words)
    due = dialog.get_by_label("Due")
    due.fill((business_day() + timedelta(days=20)).isoformat())
    due.press("Tab")
    dialog.locator("button[type=submit]").click()
    expect(manager.get_by_role("heading", level=1)).to_have_text(name)
    expect(manager.get_by_role("button", name="Launch")).to_be_disabled()
    manager.get_by_role("button", name="Add customers").click()
    dialog.get_by_text("One customer", exact=True).click()
    dialog.get_by_label("Customer", exact=True).fill(customer["customerNumber"])
    manager.locator(".ant-select-item-option", has_text=customer["customerNumber"]).click()
    dialog.get_by_role("button", name="Add these customers").click()
    expect(dialog.get_by_text("1 added")).to_be_visible()
    dialog.get_by_role("button", name="Close").last.click()
    manager.get_by_role("button", name="Launch").click()
    manager.locator(".ant-popconfirm .ant-btn-primary").click()
    expect(manager.get_by_role("tab", name="Progress")).to_be_visible()

    page = visit("rm1.east", "account", language="en")
    bell(page).click()
    # It is told once its tasks are given out.
    page.get_by_role("button", name="Tasks of a campaign were assigned to you").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_text(words)).to_be_visible()
    campaign_id = urlsplit(page.url).path.rsplit("/", 1)[1]
    tasks = bank.get("rm1.east", "/v1/tasks", personId=me["personId"], pageSize=1000)["tasks"]
    (task,) = (task for task in tasks if task["campaignId"] == campaign_id)
    page.goto(f"/app/work/tasks/{task['taskId']}")
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("link", name=customer["displayName"]).first).to_be_visible()

    manager.get_by_role("button", name=re.compile("^End")).click()
    manager.get_by_role("menuitem", name="Call off").click()
    manager.locator(".ant-modal-confirm-btns .ant-btn-primary").click()
    expect(manager.get_by_role("button", name=re.compile("^End"))).to_be_hidden()
