"""Work reports: drafted from what one did, handed in, and confirmed by whoever is in charge."""

from uuid import uuid4

from playwright.sync_api import expect


def test_a_report_is_handed_in_and_given_back(visit, looks_right):
    page = visit("rm2.east", "work/reports?period=WORK_PERIOD_WEEK")
    expect(page.get_by_text("自动统计")).to_be_visible()
    said = f"本周重点跟进到期客户 {uuid4().hex[:6]}"
    page.get_by_label("工作小结").fill(said)
    page.reload()
    expect(page.get_by_label("工作小结")).to_have_value(said)
    looks_right(page, "reports")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("button", name="提交")).to_have_count(0)
    _gives_back(visit, said, looks_right)
    page.reload()
    expect(page.get_by_role("button", name="提交")).to_be_visible()
    expect(page.get_by_text("Please add the visits.")).to_be_visible()


def _gives_back(visit, said, looks_right):
    leader = visit("manager.east", "work/reports?period=WORK_PERIOD_WEEK", language="en")
    leader.locator(".ant-table-row", has_text="Submitted").first.wait_for()
    looks_right(leader, "reports-team")
    leader.locator(".ant-table-row", has_text="Submitted").first.click()
    expect(leader.get_by_text(said)).to_be_visible()
    looks_right(leader, "report")
    leader.get_by_role("button", name="Give back").click()
    form = leader.get_by_role("dialog")
    form.get_by_label("Note").fill("Please add the visits.")
    form.get_by_role("button", name="Give back").click()
    expect(leader.locator("p.said", has_text="Please add the visits.")).to_be_visible()


def test_on_a_phone(visit, looks_right):
    page = visit("rm1.east", "work/reports", phone=True, appearance="dark")
    looks_right(page, "reports")
