"""Where two people are at one thing, or one hands over to others; and as of when figures are."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import requests
from playwright.sync_api import expect

from tests.page.conftest import business_day, settled
from tests.page.test_schedule import drag, open_calendar_at, workday_ahead

MANAGER, RM = "manager.east", "rm1.east"


@pytest.fixture
def asked(bank):
    """Asks the gateway as somebody, for what a test needs to be there."""

    def ask(login, method, path, **body):
        answer = bank.call(login, method, path, **({"params": body} if method == "GET" else {"json": body}))
        assert answer.ok, answer.text
        return answer.json()

    return ask


@pytest.fixture
def meeting(asked):
    """An hour of rm1.east's, on a workday to come."""
    start = datetime.combine(workday_ahead(), datetime.min.time(), UTC) + timedelta(hours=2)
    hours = {"startTime": start.isoformat(), "endTime": (start + timedelta(hours=1)).isoformat()}
    title = f"晨会 {uuid.uuid4().hex[:8]}"
    return asked(RM, "POST", "/v1/appointments", kind="APPOINTMENT_KIND_MEETING", title=title, **hours)


def test_a_drag_of_what_somebody_else_moved_shows_when_it_is_and_when_it_would_be(visit, looks_right, asked, bank, meeting):
    path = f"/v1/appointments/{meeting['appointmentId']}"
    page = visit(RM, "work/calendar")
    open_calendar_at(page, workday_ahead())
    event = page.locator(".calendar .entry", has_text=meeting["title"])
    expect(event).to_be_visible()
    later = datetime.fromisoformat(meeting["startTime"]) + timedelta(hours=4)
    moved = {"startTime": later.isoformat(), "endTime": (later + timedelta(hours=1)).isoformat()}
    assert bank.call(MANAGER, "PATCH", path, params={"updateMask": "startTime,endTime"}, json=moved).ok
    column = page.locator(".calendar [data-date]").last.bounding_box()["width"]
    drag(page, event, right=column)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("14:00")
    expect(dialog).to_contain_text("10:")
    looks_right(page, "calendar-stale-drag")
    dialog.get_by_role("button", name="用我的覆盖").click()
    expect(page.get_by_text("时间已调整")).to_be_visible()
    # Where the mouse let it go, to the quarter of an hour.
    by = datetime.fromisoformat(asked(RM, "GET", path)["startTime"]) - datetime.fromisoformat(meeting["startTime"])
    assert timedelta() <= by - timedelta(days=1) <= timedelta(minutes=15)


@pytest.mark.parametrize(("language", "words"), [("zh", "营业日"), ("en", "business date")], ids=["zh", "en"])
def test_an_rm_reads_as_of_when_figures_are(visit, language, words):
    page = visit(RM, "today", language=language)
    expect(page.locator(".freshness")).to_contain_text(words)
    page.goto("/app/performance/results")
    expect(page.locator(".freshness")).to_contain_text(words)


def test_the_list_shows_what_customers_have_in_one_call_for_a_page(visit, looks_right):
    page = visit(RM, "today")
    calls = []
    page.on("request", lambda request: calls.append(request.url) if "customers" in request.url else None)
    page.goto("/app/customers")
    amount = page.locator(".amount[title]").first
    expect(amount).to_have_text(re.compile(r"\d"))
    settled(page)
    assert len([url for url in calls if url.endswith(":batchGetBalances")]) == 1
    assert not [url for url in calls if url.endswith("holdings:summary")]
    looks_right(page, "customers-balances")
    page.get_by_role("button", name="列设置").click()
    for column in ("管理资产", "存款余额", "贷款余额"):
        page.get_by_role("checkbox", name=column).uncheck()
    expect(amount).to_be_hidden()


def test_the_auditor_seeks_a_day_and_what_was_refused_in_it(visit, looks_right, bank):
    unknown = {"login": f"nobody.{uuid.uuid4().hex[:8]}", "password": "not-the-password"}
    assert requests.post(f"{bank.url}/v1/sessions", json=unknown, timeout=30).status_code == 401
    today = business_day()
    page = visit("auditor.ho", "audit")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "auditRecords?" in request.url else None)
    page.goto(f"/app/audit?service=identity&from={today - timedelta(days=1)}&to={today}")
    rows = page.get_by_role("button", name=re.compile(r"\d\d:\d\d"))
    expect(rows.first).to_be_visible()
    settled(page)
    assert len(asked) == 1
    assert "startTime=" in asked[0]
    assert "endTime=" in asked[0]
    page.get_by_label("结果", exact=True).click()
    page.locator(".ant-select-item-option", has_text="被拒绝").click()
    page.wait_for_url(re.compile("outcome=REFUSED"))
    settled(page)
    assert "refused=true" in asked[-1]
    expect(page.locator(".ant-tag").first).to_be_visible()
    expect(page.locator(".ant-tag", has_text="成功")).to_have_count(0)
    looks_right(page, "audit-refused")


def test_a_manager_adds_a_member_to_a_group_and_ends_its_time(visit, looks_right, asked):
    first, second = asked(MANAGER, "GET", "/v1/customers", filter="kind = CUSTOMER_KIND_CORPORATE", pageSize=2)["customers"]
    group = asked(MANAGER, "POST", "/v1/customerGroups", displayName=f"集团 {uuid.uuid4().hex[:6]}")
    members = f"/v1/customerGroups/{group['groupId']}/members"
    asked(MANAGER, "POST", members, customerId=first["customerId"], role="GROUP_ROLE_PARENT")
    page = visit(MANAGER, f"customers/{first['customerId']}?tab=people")
    page.get_by_role("button", name=group["displayName"]).click()
    page.get_by_role("button", name="添加成员").click()
    dialog = page.get_by_role("dialog", name="添加成员")
    dialog.get_by_label("成员").fill(second["customerNumber"])
    page.locator(".ant-select-item-option", has_text=second["customerNumber"]).click()
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_be_hidden()
    row = page.get_by_role("table", name="集团成员").get_by_role("row").filter(has_text=second["displayName"])
    expect(row).to_contain_text("成员企业")
    looks_right(page, "customer-group")
    row.get_by_role("button", name=re.compile("^结束")).click()
    page.get_by_role("tooltip").get_by_role("button").last.click()
    expect(row).to_contain_text("至")
    ended = {each["customer"]["customerId"]: each["endDate"] for each in asked(MANAGER, "GET", members)["members"]}
    assert ended[second["customerId"]]
    assert not ended[first["customerId"]]


def test_a_manager_gives_each_customer_a_receiver_of_its_own(visit, looks_right):
    page = visit(MANAGER, "customers")
    for place in (1, 2):
        page.get_by_role("checkbox").nth(place).click()
    page.locator(".selection").get_by_role("button", name="移交").click()
    page.get_by_text("逐户指定").click()
    fields = page.locator(".customers-receivers .ant-select")
    expect(fields).to_have_count(2)
    for place in (0, 1):
        fields.nth(place).click()
        page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option").nth(place).click()
    page.get_by_label("原因").fill("片区调整")
    looks_right(page, "hand-over-of-each")
    page.get_by_role("button", name="生成移交方案").click()
    expect(page.get_by_text("逐户指定")).to_be_visible()
    expect(page.get_by_text("片区调整")).to_be_visible()


def test_a_what_if_becomes_a_hand_over_with_the_plans_assignment(visit, looks_right, asked):
    path = asked(MANAGER, "GET", "/v1/me")["posts"][0]["scopePath"]
    for plan in asked(MANAGER, "GET", "/v1/departurePlans", organisationPath=path)["departurePlans"]:
        if plan["state"] == "DEPARTURE_PLAN_STATE_DRAFT":
            asked(MANAGER, "POST", f"/v1/departurePlans/{plan['planId']}:end")
    page = visit(MANAGER, "unit/departures")
    page.get_by_role("checkbox").first.click()
    page.get_by_role("button", name="拟定移交").click()
    expect(page).to_have_url(re.compile("/customers/hand-overs/"), timeout=60_000)
    expect(page.get_by_text("逐户指定")).to_be_visible()
    expect(page.get_by_text("离职预案")).to_be_visible()
    looks_right(page, "hand-over-of-a-departure")
