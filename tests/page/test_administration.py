"""Administration by system posts: organisation, people, grants by two people, feeds, events, health."""

import re
import uuid
from datetime import date

from playwright.sync_api import Page, expect

LEDGER = "ledger.gl_balances"
ROWS = 40


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
    # What is refused stays as it was typed, and is there after a reload.
    refused = {"status": 503, "content_type": "application/problem+json", "body": '{"reason": "SERVICE_UNAVAILABLE"}'}
    page.route("**/v1/people/*:disable", lambda route: route.fulfill(**refused), times=1)
    dialog.get_by_role("button", name="Disable").click()
    expect(dialog.get_by_role("alert").first).to_be_visible()
    expect(dialog.get_by_label("Reason")).to_have_value("Test is over")
    page.reload()
    page.get_by_role("button", name="Disable").click()
    expect(dialog.get_by_label("Reason")).to_have_value("Test is over")
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
    runs = page.get_by_role("button", name=re.compile(r"\d\d:\d\d"))
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


def test_a_row_that_does_not_fit_is_mended_and_joins_the_next_revision(visit, looks_right):
    # A day long past that no other run has a ledger of; not in September, which English shortens in more than one way.
    place = uuid.uuid4().int
    day = date(1970 + place % 30, 1 + place % 8, 1 + place % 28)
    sender = visit("feeds.ho", f"administration/feeds/{LEDGER}", language="en")
    sender.get_by_role("button", name="Upload a file").click()
    file = {"name": f"GL_BAL_{day}.csv", "mimeType": "text/csv", "buffer": ledger_of(day, faulty="1O0.00")}
    sender.get_by_role("dialog").locator("input[type=file]").set_input_files(file)
    sender.get_by_role("button", name="Upload and run").click()
    run = sender.get_by_role("dialog").filter(has_text="SHA-256")
    expect(run.get_by_text("Amount cannot be read")).to_be_visible(timeout=60_000)

    steward = visit("steward.ho", f"administration/quarantine?feed={LEDGER}", language="en")
    row = steward.locator(".ant-table-row").filter(has_text=shown(day))
    row.get_by_role("button").click()
    drawer = steward.get_by_role("dialog")
    expect(drawer.get_by_text("1O0.00")).to_have_count(0)
    drawer.get_by_role("button", name="Reveal").click()
    should_be = drawer.get_by_label("As it should be")
    expect(should_be).to_have_value(re.compile("1O0.00"))
    looks_right(steward, "quarantined-row")
    should_be.fill(should_be.input_value().replace("1O0.00", "100.00"))
    drawer.get_by_role("button", name="Save the correction").click()
    expect(row).to_have_count(0)
    steward.get_by_role("button", name="Replay corrected rows").click()
    steward.locator(".ant-modal-confirm-btns .ant-btn-primary").click()
    expect(steward.get_by_text("The replay has begun")).to_be_visible()
    sender.goto(f"/app/administration/feeds/{LEDGER}")
    replay = sender.locator(".ant-table-row").filter(has_text="Replay").filter(has_text=shown(day))
    expect(replay).to_contain_text("Published")
    expect(replay).to_contain_text(str(ROWS))
    steward.goto(f"/app/administration/quarantine?feed={LEDGER}&state=QUARANTINED_ROW_STATE_REPLAYED")
    expect(row).to_be_visible()


def ledger_of(day: date, *, faulty: str) -> bytes:
    """A ledger of a day of which one row has an amount that is none."""
    lines = [f'"{day}","0001","{1000 + place}","科目","CNY","1,000.00","0.00"' for place in range(ROWS)]
    lines[7] = lines[7].replace('"0.00"', f'"{faulty}"')
    return "\r\n".join(["会计日期,机构号,科目号,科目名称,币种,借方余额,贷方余额", *lines, ""]).encode("gb18030")


def shown(day: date) -> str:
    """As the page has a date in English."""
    return f"{day.day} {day:%b %Y}"


def test_on_a_phone(visit, looks_right):
    page = visit("useradmin.ho", "administration/people", phone=True)
    page.get_by_role("list", name="人员").get_by_role("link").first.click()
    expect(page.get_by_text("登录会话")).to_be_visible()
    looks_right(page, "person")
    page.goto("/app/administration/grants?state=all")
    expect(page.get_by_role("list", name="岗位授权")).to_be_visible()
    looks_right(page, "grants")
    page = visit("steward.ho", "administration/quarantine", phone=True, language="en")
    looks_right(page, "quarantine")


def test_business_posts_see_no_administration(visit):
    page = visit("rm1.east", "administration/people", language="en")
    expect(page.get_by_text("Administration", exact=True)).to_be_hidden()
    expect(page.get_by_role("button", name="Add a person")).to_be_hidden()
