"""Administration by system posts: organisation, people, grants by two people, feeds, events, health."""

import re
import uuid

from playwright.sync_api import Page, expect

HEADING = "h1"


def heading(page: Page):
    return page.get_by_role("heading", level=1)


def choose(page: Page, label: str, option: str) -> None:
    """Picks one of a field's choices, by its words."""
    page.get_by_role("dialog").get_by_label(label, exact=True).click()
    page.locator(
        ".ant-select-dropdown:visible .ant-select-item-option, .ant-select-dropdown:visible .ant-select-tree-node-content-wrapper"
    ).filter(has_text=option).first.click()


def test_a_person_is_added_and_gets_a_post_by_two_people(visit, looks_right):
    number = uuid.uuid4().hex[:10]
    first = visit("useradmin.ho", "administration/people", language="en")
    looks_right(first, "people")
    first.get_by_role("button", name="Add a person").click()
    drawer = first.get_by_role("dialog")
    drawer.get_by_label("Name", exact=True).fill(f"Test Person {number}")
    drawer.get_by_label("Staff number").fill(number)
    drawer.get_by_label("Sign-in name").fill(f"test.{number}")
    drawer.get_by_label("Unit").click()
    first.locator(".ant-select-tree-title:visible").first.click()
    drawer.get_by_role("button", name="Save").click()
    expect(heading(first)).to_have_text(f"Test Person {number}")
    looks_right(first, "person")
    propose_post(first)

    second = visit("useradmin2.ho", "administration/grants", language="en")
    row = second.locator(".ant-table-row").filter(has_text=f"Test Person {number}")
    expect(row).to_be_visible()
    looks_right(second, "grants")
    row.get_by_role("button", name="Approve").click()
    second.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(row).to_be_hidden()

    first.reload()
    posts = first.get_by_role("table", name="Posts")
    expect(posts.get_by_text("Active")).to_be_visible()
    hand_out_password(first)
    revoke_post(first)
    disable(first)


def propose_post(page: Page) -> None:
    page.get_by_role("button", name="Propose a post").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("Role").click()
    page.locator(".ant-select-item-option:visible").filter(has_text="Operator").first.click()
    drawer.get_by_label("Unit of the post").click()
    page.locator(".ant-select-tree-title:visible").first.click()
    drawer.get_by_label("Reason").fill("Night watch")
    drawer.get_by_role("button", name="Propose", exact=True).click()
    # Nobody approves what he proposed.
    expect(page.get_by_text("Waits for another")).to_be_visible()


def hand_out_password(page: Page) -> None:
    page.get_by_role("button", name="Reset password").click()
    page.get_by_role("dialog").get_by_role("button", name="Reset password").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("It is not shown again")).to_be_visible()
    dialog.get_by_role("button", name="Handed over").click()
    expect(dialog).to_be_hidden()


def revoke_post(page: Page) -> None:
    page.get_by_role("button", name="Revoke").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Revoke").click()
    expect(dialog.get_by_text("This field is needed").or_(dialog.locator(".ant-form-item-explain-error"))).to_be_visible()
    dialog.get_by_label("Reason").fill("Test is over")
    dialog.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("table", name="Posts").get_by_text("Revoked")).to_be_visible()


def disable(page: Page) -> None:
    page.get_by_role("button", name="Disable").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("Test is over")
    dialog.get_by_role("button", name="Disable").click()
    expect(page.get_by_text("This person is disabled")).to_be_visible()


def test_units_are_added_renamed_and_moved(visit, looks_right):
    code = uuid.uuid4().hex[:8].upper()
    page = visit("useradmin.ho", "administration/organisation")
    looks_right(page, "organisation")
    page.get_by_role("button", name=re.compile("^在「.*」下新增机构$")).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("机构名称").fill(f"测试团队{code}")
    dialog.get_by_label("机构号").fill(code)
    dialog.get_by_label("类型").click()
    page.locator(".ant-select-item-option:visible").filter(has_text="部门").click()
    dialog.get_by_role("button", name=re.compile("新\\s?增")).click()
    expect(dialog).to_be_hidden()
    page.get_by_placeholder("按名称或机构号查找").fill(code)
    expect(page.get_by_role("row").filter(has_text=code)).to_be_visible()
    page.get_by_role("button", name=f"重命名「测试团队{code}」").click()
    dialog.get_by_label("机构名称").fill(f"改名团队{code}")
    dialog.get_by_role("button", name=re.compile("保\\s?存")).click()
    expect(page.get_by_role("row").filter(has_text=f"改名团队{code}")).to_be_visible()


def test_feeds_show_what_is_late_and_each_run(visit, looks_right):
    page = visit("feeds.ho", "administration/feeds", language="en")
    table = page.get_by_role("table", name="Feeds")
    expect(table).to_be_visible()
    looks_right(page, "feeds")
    table.get_by_role("link").first.click()
    runs = page.get_by_role("button", name=re.compile(r"\d{4}"))
    looks_right(page, "feed")
    runs.first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("SHA-256")).to_be_visible()
    looks_right(page, "feed-run")
    drawer.get_by_role("button", name="Check only").click()
    expect(drawer.get_by_text("Checked", exact=True)).to_be_visible(timeout=60_000)
    # A check publishes nothing, and the run stands in the address.
    assert "run=" in page.url


def test_who_runs_feeds_sees_datasets_and_no_amount(visit, looks_right):
    page = visit("feeds.ho", "administration/datasets", language="zh")
    table = page.get_by_role("table", name="现行版次")
    expect(table).to_be_visible()
    looks_right(page, "datasets")
    table.get_by_role("button").first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("系统编号")).to_be_visible()
    expect(drawer.get_by_text("金额合计")).to_be_hidden()
    expect(page.get_by_role("link", name="人员")).to_be_hidden()


def test_operator_sees_events_and_health(visit, looks_right):
    page = visit("operator.ho", "administration/events", appearance="dark")
    expect(page.get_by_role("table", name="事件积压")).to_be_visible()
    looks_right(page, "events")
    page.goto("/app/administration/health")
    expect(page.get_by_text("账务日期", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="开启下一账务日")).to_be_hidden()
    looks_right(page, "health")


def test_steward_looks_into_quarantine(visit, looks_right):
    page = visit("steward.ho", "administration/quarantine", language="en")
    expect(heading(page)).to_have_text("Quarantine")
    looks_right(page, "quarantine")
    page.get_by_role("tab", name="Rows not applied").click()
    expect(page.get_by_text("Choose a feed first")).to_be_visible()
    page.goto("/app/administration/datasets?tab=reconciliations")
    expect(page.get_by_role("button", name="New reconciliation")).to_be_visible()
    looks_right(page, "reconciliations")


def test_on_a_phone(visit, looks_right):
    page = visit("useradmin.ho", "administration/people", phone=True)
    page.get_by_role("list", name="人员").get_by_role("link").first.click()
    expect(page.get_by_text("登录会话")).to_be_visible()
    looks_right(page, "person")
    page.goto("/app/administration/grants?state=all")
    expect(page.get_by_role("list", name="岗位授权")).to_be_visible()
    looks_right(page, "grants")


def test_business_posts_see_no_administration(visit):
    page = visit("rm1.east", "administration/people", language="en")
    expect(page.get_by_text("Administration", exact=True)).to_be_hidden()
    expect(page.get_by_role("button", name="Add a person")).to_be_hidden()
