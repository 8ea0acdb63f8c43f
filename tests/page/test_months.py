"""Months, their runs and their closing: as those see them who compute and close, and those who only read."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.deployments import wait_until

FIRST, SECOND, LEADER, AUDITOR = "analyst.ho", "analyst2.ho", "manager.east", "auditor.ho"
QUIET_SECONDS = 120
RUN_MILLISECONDS = 120_000
expect.set_options(timeout=20_000)


@pytest.fixture
def months(bank):
    """The months that are over, the latest first, once nothing waits to be computed."""

    def quiet():
        fresh = bank.get(FIRST, "/v1/freshness")
        running = bank.get(FIRST, "/v1/runs", state="RUN_STATE_RUNNING")["runs"]
        return not fresh["staleMonthCount"] and not fresh.get("staleTime") and not running

    wait_until(quiet, QUIET_SECONDS, "a bank at rest")
    found = [month for month in bank.get(FIRST, "/v1/resultMonths")["resultMonths"] if _is_over(month)]
    # What another test run left open.
    asked = bank.get(FIRST, "/v1/monthClosings", state="MONTH_CLOSING_STATE_REQUESTED")["monthClosings"]
    for closing in asked:
        assert bank.call(FIRST, "POST", f"/v1/monthClosings/{closing['monthClosingId']}:decline", json={}).ok
    return found


def _is_over(month) -> bool:
    """Whether its results reach its last day."""
    last = date.fromisoformat(month["asOfDate"])
    return (last + timedelta(days=1)).month != last.month


def _address(month) -> str:
    return f"performance/months/{month['monthDate'][:7]}"


def test_months_look_right(visit, looks_right, months, bank):
    page = visit(FIRST, "performance/months")
    expect(page.get_by_text("项全部到齐")).to_be_visible()
    looks_right(page, "months")
    latest = bank.get(FIRST, "/v1/resultMonths")["resultMonths"][0]
    # On the first of a month the last one is over, and the new one has no data yet.
    if not _is_over(latest):
        page.get_by_role("link", name=re.compile("年")).first.click()
        expect(page.get_by_text("月末数据到齐后才能申请关账")).to_be_visible()
        expect(page.get_by_role("button", name="申请关账")).to_have_count(0)
    phone = visit(FIRST, "performance/months", language="en", appearance="dark", phone=True)
    expect(phone.get_by_role("list", name="Months and closing")).to_be_visible()
    looks_right(phone, "months")


def test_whoever_reads_alone_is_offered_nothing(visit, looks_right, months):
    for login in (LEADER, AUDITOR):
        page = visit(login, _address(months[0]), language="en")
        expect(page.get_by_role("button", name="Run 1", exact=True)).to_be_visible()
        expect(page.get_by_role("button", name=re.compile("Compute|Compare|close|Close"))).to_have_count(0)
        expect(page.get_by_role("menuitem", name="Months")).to_have_count(0)
    page.goto("/app/performance/months/1999-01")
    expect(page.get_by_text("There is no data of Jan 1999")).to_be_visible()


def test_a_run_is_started_watched_and_read(visit, looks_right, months):
    page = visit(FIRST, _address(months[0]))
    page.get_by_role("button", name=re.compile("发起计算|对比计算")).click()
    page.get_by_role("dialog").get_by_role("button", name="开始计算").click()
    drawer = page.get_by_role("dialog", name=re.compile("对比计算"))
    expect(drawer.get_by_role("progressbar")).to_be_visible()
    expect(drawer.get_by_text("已完成", exact=True)).to_be_visible(timeout=RUN_MILLISECONDS)
    expect(drawer.get_by_text("与本月业绩完全一致")).to_be_visible()
    drawer.get_by_role("tab", name="全行合计").click()
    row = drawer.get_by_role("row", name=re.compile("贡献"))
    expect(row).to_contain_text("¥")
    expect(row).to_contain_text("—")
    looks_right(page, "month-run")
    number = re.search(r"第 \d+ 次", drawer.get_by_text(re.compile(r"第 \d+ 次计算")).first.inner_text())[0]
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name=number, exact=True)).to_be_visible()
    phone = visit(SECOND, page.url.partition("/app/")[2], language="en", appearance="dark", phone=True)
    phone.get_by_role("button", name="Run 1", exact=True).click()
    phone.get_by_role("tab", name=re.compile("Not fully counted")).click()
    looks_right(phone, "month-run")


def test_one_asks_to_close_and_a_second_person_declines(visit, looks_right, months):
    first = visit(FIRST, _address(months[0]))
    _ask(first)
    expect(first.get_by_text("需由另一位同事复核确认")).to_be_visible()
    expect(first.get_by_role("button", name="确认关账")).to_have_count(0)
    looks_right(first, "month-asked")
    second = visit(SECOND, "unit/approvals", language="en")
    second.get_by_role("list", name="What waits").get_by_text("Closing of a month").first.click()
    second.get_by_role("link", name="See all of it").click()
    expect(second.get_by_text(re.compile("Check the totals"))).to_be_visible()
    looks_right(second, "month-asked")
    second.get_by_role("button", name="Decline").click()
    second.get_by_role("dialog").get_by_role("button", name="Decline").click()
    expect(second.get_by_text(re.compile("^Declined"))).not_to_have_count(0)
    expect(second.get_by_role("button", name="Ask to close")).to_be_visible()
    # Whoever asked takes back himself.
    first.reload()
    _ask(first)
    first.get_by_role("button", name="撤回申请").click()
    first.get_by_role("dialog").get_by_role("button", name=re.compile("撤 ?回")).click()
    expect(first.get_by_role("button", name="申请关账")).to_be_visible()


def test_two_people_close_the_first_month(visit, looks_right, months):
    """For good: on a bank that is there already it stays as the first time left it."""
    month = months[-1]
    if not month["closed"]:
        _ask(visit(FIRST, _address(month)))
        second = visit(SECOND, _address(month))
        second.get_by_role("button", name="确认关账").click()
        dialog = second.get_by_role("dialog")
        expect(dialog.get_by_text("不能撤销")).to_be_visible()
        expect(dialog.get_by_role("row", name=re.compile("贡献"))).to_be_visible()
        looks_right(second, "month-confirm")
        dialog.get_by_role("button", name="确认关账").click()
    page = visit(SECOND, _address(month))
    expect(page.get_by_text("本月业绩已定案")).to_be_visible()
    expect(page.get_by_role("button", name="申请关账")).to_have_count(0)
    looks_right(page, "month-closed")
    # What it would be now is shown beside it alone.
    page.get_by_role("button", name="对比计算").click()
    expect(page.get_by_role("dialog").get_by_text("业绩不会改变")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_role("radio")).to_have_count(0)


def _ask(page: Page) -> None:
    """As the first person does."""
    page.get_by_role("button", name="申请关账").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("row", name=re.compile("贡献"))).to_be_visible()
    dialog.get_by_role("button", name="申请关账").click()
    expect(dialog).to_have_count(0)
