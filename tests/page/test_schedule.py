"""Calendar, contacts, tasks and campaigns, as those who use them do."""

import re
import uuid
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.page.conftest import business_day, settled


def choose(page: Page, field: str, option: str) -> None:
    """One of a select's options."""
    page.get_by_label(field, exact=True).click()
    page.locator(".ant-select-item-option", has_text=option).first.click()


def workday_ahead() -> date:
    """A day of next week, of which nobody sees the end while a test runs."""
    today = business_day()
    return today + timedelta(days=8 - today.weekday())


def open_calendar_at(page: Page, day: date, view: str = "week") -> None:
    page.goto(f"/app/work/calendar?view={view}&date={day.isoformat()}")
    page.locator("#content").wait_for()
    settled(page)


def drag(page: Page, event, *, right: float = 0, down: float = 0) -> None:
    event.scroll_into_view_if_needed()
    box = event.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + min(10, box["height"] / 2)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right / 2, y + down / 2 + 4, steps=5)
    page.mouse.move(x + right, y + down, steps=8)
    page.mouse.up()


def test_a_manager_plans_a_series_and_moves_one_of_it(visit, looks_right):
    page = visit("manager.east", "work/calendar")
    day, title = workday_ahead(), f"周例会 {uuid.uuid4().hex[:8]}"
    open_calendar_at(page, day)
    page.get_by_role("button", name="新建日程").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("标题").fill(title)
    start = drawer.get_by_label("开始")
    start.fill(f"{day.isoformat()} 09:00")
    start.press("Enter")
    choose(page, "重复", "按周")
    drawer.get_by_role("checkbox", name="二", exact=True).wait_for()
    drawer.get_by_role("checkbox", name="二", exact=True).check()
    choose(page, "截止", "若干次")
    drawer.get_by_label("次数").fill("3")
    looks_right(page, "appointment")
    drawer.get_by_role("button", name="保 存").or_(drawer.get_by_role("button", name="保存")).click()
    again = page.get_by_role("button", name="仍然保存")
    event = page.locator(".calendar .entry", has_text=title)
    expect(event.or_(again).first).to_be_visible()
    if again.is_visible():
        again.click()
    expect(event).to_be_visible()
    looks_right(page, "calendar")

    column = page.locator(".calendar [data-date]").last.bounding_box()["width"]
    drag(page, event, right=column)
    page.get_by_role("dialog").get_by_text("仅此次").click()
    page.get_by_role("dialog").locator(".ant-btn-primary").click()
    expect(page.get_by_text("时间已调整")).to_be_visible()


def test_an_hour_is_drawn_and_moved_and_a_series_is_cancelled_in_part(visit):
    page = visit("rm2.east", "account", language="en")
    # Weeks that no other run has filled, of which there are not many hours to draw in.
    day, title = workday_ahead() + timedelta(weeks=4 + uuid.uuid4().int % 40), f"Drawn {uuid.uuid4().hex[:8]}"
    open_calendar_at(page, day)
    draw(page, day, "10:00:00", "11:00:00")
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_label("Start", exact=True)).to_have_value(re.compile("10:00"))
    drawer.get_by_label("Title").fill(title)
    choose(page, "Repeats", "Daily")
    choose(page, "Ends", "After some times")
    drawer.get_by_label("Times", exact=True).fill("4")
    save(page, drawer)
    events = page.locator(".calendar .entry", has_text=title)
    expect(events).to_have_count(4)
    expect(events.first).to_contain_text("10:00")

    # Somewhat less than two hours: it goes to the quarter in which it is let go.
    drag(page, events.first, down=slot(page, "12:00:00") - slot(page, "10:00:00") - 6)
    asked_for(page, "Only this one")
    expect(page.get_by_text("Time changed")).to_be_visible()
    expect(events.first).to_contain_text("12:00")
    expect(events.nth(1)).to_contain_text("10:00")

    cancel(page, events.nth(1), "Only this one")
    expect(events).to_have_count(3)
    cancel(page, events.nth(1), "This and following")
    expect(events).to_have_count(1)
    expect(events.first).to_contain_text("12:00")
    # What stands apart from the series is one by itself.
    events.first.click()
    page.get_by_role("button", name="Cancel appointment").click()
    page.locator(".ant-popconfirm .ant-btn-primary").click()
    expect(events).to_have_count(0)


def draw(page: Page, day: date, start: str, end: str) -> None:
    column = page.locator(f".calendar [data-date='{day.isoformat()}']").last.bounding_box()
    x = column["x"] + column["width"] / 2
    page.mouse.move(x, slot(page, start) + 3)
    page.mouse.down()
    page.mouse.move(x, slot(page, end) - 3, steps=8)
    page.mouse.up()


def slot(page: Page, clock: str) -> float:
    """How far down an hour of the calendar is."""
    return page.locator(f".calendar [data-time='{clock}']").last.bounding_box()["y"]


def cancel(page: Page, event, part: str) -> None:
    event.click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel appointment").click()
    asked_for(page, part)
    expect(page.get_by_role("dialog")).to_have_count(0)


def asked_for(page: Page, part: str) -> None:
    """How much of a series is meant."""
    asking = page.locator(".ant-modal-confirm")
    asking.get_by_text(part, exact=True).click()
    asking.locator(".ant-btn-primary").click()
    expect(asking).to_be_hidden()


def save(page: Page, drawer) -> None:
    """Also where something else is at that time."""
    drawer.get_by_role("button", name="Save", exact=True).click()
    again = page.get_by_role("button", name="Save anyway")
    expect(page.get_by_text("Saved").or_(again).first).to_be_visible()
    if again.is_visible():
        again.click()
    expect(drawer).to_be_hidden()


def test_an_appointment_begun_survives_a_reload_and_a_subscription_is_given(visit):
    page = visit("rm2.east", "work/calendar", language="en")
    day, title = workday_ahead(), f"Reading {uuid.uuid4().hex[:8]}"
    open_calendar_at(page, day)
    page.get_by_role("button", name="New appointment").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("Title").fill(title)
    page.reload()
    page.get_by_role("button", name="New appointment").click()
    expect(page.get_by_role("dialog").get_by_label("Title")).to_have_value(title)
    page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()
    again = page.get_by_role("button", name="Save anyway")
    expect(page.get_by_text("Saved").or_(again).first).to_be_visible()
    if again.is_visible():
        again.click()
        expect(page.get_by_text("Saved")).to_be_visible()

    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Calendar subscriptions").click()
    name = f"Phone {uuid.uuid4().hex[:8]}"
    page.get_by_label("Used for").fill(name)
    page.get_by_role("button", name="Make link").click()
    expect(page.get_by_text(re.compile(r"/v1/calendarFeeds/\S+/calendar\.ics"))).to_be_visible()
    row = page.get_by_role("row", name=name)
    row.get_by_role("button", name="Revoke").click()
    page.locator(".ant-popconfirm .ant-btn-primary").click()
    expect(row).to_be_hidden()


def test_a_contact_is_corrected_and_what_it_was_is_kept(visit, looks_right):
    page = visit("rm1.east", "work/contacts", language="en")
    looks_right(page, "contacts")
    choose(page, "State", "Done")
    page.get_by_role("link").filter(has_text=re.compile(r"\d\d:\d\d")).first.click()
    page.get_by_role("button", name="Edit").click()
    subject = f"Follow-up {uuid.uuid4().hex[:8]}"
    page.get_by_role("dialog").get_by_label("Subject").fill(subject)
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_text(subject).first).to_be_visible()
    expect(page.get_by_text("Former versions")).to_be_visible()
    note = {"name": "note.txt", "mimeType": "text/plain", "buffer": b"What was agreed."}
    page.locator("input[type=file]").set_input_files(note)
    expect(page.get_by_text("note.txt").first).to_be_visible()
    looks_right(page, "contact")


def test_a_task_is_taken_on_done_and_opened_again(visit, looks_right):
    page = visit("rm1.east", "work/tasks", appearance="dark")
    title = f"准备授信材料 {uuid.uuid4().hex[:8]}"
    page.get_by_role("button", name="新建任务").click()
    page.get_by_role("dialog").get_by_label("任务内容").fill(title)
    page.get_by_role("dialog").locator("button[type=submit]").click()
    page.get_by_role("link", name=title).wait_for()
    looks_right(page, "tasks")
    page.get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    page.get_by_role("button", name="开始", exact=True).or_(page.get_by_role("button", name="开 始")).click()
    expect(page.get_by_text("任务已开始")).to_be_visible()
    page.get_by_role("button", name=re.compile("^完 ?成$")).click()
    page.get_by_role("dialog").get_by_label("完成情况").fill("材料已齐")
    page.get_by_role("dialog").locator("button[type=submit]").click()
    expect(page.get_by_text("材料已齐")).to_be_visible()
    expect(page.get_by_role("button", name="重新打开")).to_be_visible()
    looks_right(page, "task")


def test_a_manager_runs_a_campaign(visit, looks_right):
    page = visit("manager.east", "work/campaigns", language="en")
    name = f"Year-end deposits {uuid.uuid4().hex[:8]}"
    page.get_by_role("button", name="New campaign").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill(name)
    due = dialog.get_by_label("Due")
    due.fill((business_day() + timedelta(days=20)).isoformat())
    due.press("Tab")
    dialog.locator("button[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.get_by_role("button", name="Add customers").click()
    choose(page, "Tiers", "Private")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add these customers").click()
    expect(page.get_by_text(re.compile(r"\d+ added"))).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    looks_right(page, "campaign")
    page.get_by_role("button", name=re.compile("^End")).click()
    page.get_by_role("menuitem", name="Call off").click()
    page.locator(".ant-modal-confirm-btns .ant-btn-primary").click()
    expect(page.get_by_role("button", name="Add customers")).to_be_hidden()
    page.goto("/app/work/campaigns")
    expect(page.get_by_role("link", name=name)).to_be_visible()
    looks_right(page, "campaigns")


def test_on_a_phone_days_are_a_list(visit, looks_right):
    page = visit("rm1.east", "work/calendar", phone=True)
    looks_right(page, "calendar")
    for path, name in (("work/contacts", "contacts"), ("work/tasks", "tasks")):
        page.goto(f"/app/{path}")
        page.locator("#content").wait_for()
        looks_right(page, name)


@pytest.mark.parametrize("login", ["useradmin.ho"])
def test_a_system_post_has_no_calendar(visit, login):
    page = visit(login, "work/calendar", language="en")
    settled(page)
    expect(page.get_by_role("link", name="Tasks")).to_have_count(0)
    expect(page.locator(".calendar")).to_have_count(0)
