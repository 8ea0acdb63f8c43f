"""Results and of what they are made, a team's deal under all schemes, and claims: as those see them who earn and who decide."""

import re
import time
from types import SimpleNamespace

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.deployments import PASSWORD

RM, COLLEAGUE, LEADER, ANALYST = "rm1.east", "rm2.east", "manager.east", "analyst.ho"
UNIT = "/HO/EAST/"
POOL_SECONDS = 20
expect.set_options(timeout=20_000)
AGREED = re.compile("约定比例 按约定")


@pytest.fixture(scope="module")
def people(bank):
    """Calls the gateway as somebody, to find or make what a page is about to show."""
    return {login: _caller(bank.url, login) for login in (RM, COLLEAGUE, LEADER)}


def _caller(url, login):
    answer = requests.post(f"{url}/v1/sessions", json={"login": login, "password": PASSWORD}, timeout=20)
    headers = {"Authorization": f"Bearer {answer.json()['accessToken']}"}

    def call(method, path, **arguments):
        answer = requests.request(method, url + path, headers=headers, timeout=20, **arguments)
        assert answer.ok, answer.text
        return answer.json()

    person = call("GET", "/v1/me")["person"]
    return SimpleNamespace(call=call, id=person["personId"], name=person["displayName"])


def _new_customer(person) -> tuple[str, str]:
    number = f"PAGE-{time.time_ns()}"
    name = f"共创{number[-6:]}有限公司"
    draft = {"customerNumber": number, "kind": "CUSTOMER_KIND_CORPORATE", "displayName": name}
    return person.call("POST", "/v1/customers", json=draft)["customerId"], name


def test_a_figure_is_taken_apart_to_the_days_of_an_account(visit, looks_right):
    page = visit(RM, "performance/results")
    figures = page.get_by_role("group", name=re.compile("主要指标")).get_by_role("button")
    expect(figures).to_have_count(8)
    looks_right(page, "results", full=True)
    figures.filter(has_text="FTP利润").click()
    parts = page.get_by_role("table", name="这一元从哪里来").first
    tie = page.get_by_text(re.compile("与上级一致"))
    chosen = page.locator(".figure-chosen")
    expect(chosen).to_contain_text("FTP利润")
    above = chosen.locator(".figure-value").inner_text()
    for depth in (1, 2, 3):  # product, customer, account
        expect(tie).to_contain_text(above)
        first = parts.locator("tbody tr.ant-table-row").first
        above = first.locator("td").nth(1).inner_text()
        first.get_by_role("button").click()
        expect(page.get_by_role("navigation", name="拆分路径").locator("li")).to_have_count(2 * depth + 1)
    expect(page.get_by_role("region", name="计算规则")).to_contain_text("FTP利润 =")
    looks_right(page, "results-days", full=True)
    page.reload()
    expect(page.get_by_role("navigation", name="拆分路径").locator("li")).to_have_count(7)


def test_results_of_other_periods_and_their_file(visit, looks_right):
    page = visit(RM, "performance/results?period=PERIOD_KIND_QUARTER", language="en", appearance="dark")
    expect(page.get_by_text(re.compile("parts sum up to"))).to_be_visible()
    page.get_by_text("By month", exact=True).click()
    expect(page.locator(".results-drill tbody tr.ant-table-row").first).to_be_visible()
    looks_right(page, "results")
    page.get_by_role("button", name="Export").click()
    page.get_by_role("menuitem", name="CSV").click()
    expect(page.get_by_text(re.compile("Export started"))).to_be_visible()


def test_a_leader_reads_the_results_of_his_people_and_nobody_else_does(visit, people):
    page = visit(LEADER, f"performance/results/{people[RM].id}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(people[RM].name)
    expect(page.get_by_role("menuitem", name="我的业绩")).to_have_count(0)
    other = visit(COLLEAGUE, f"performance/results/{people[RM].id}")
    expect(other.get_by_text("没有这个页面")).to_be_visible()


def test_a_team_shares_a_deal(visit, looks_right, people):
    title = f"流动资金贷款 {time.time_ns() % 1_000_000}"
    deal_id = _open_deal(visit(COLLEAGUE, "performance/deals"), people, title)
    deal = f"performance/deals/{deal_id}"
    # One proposes what they agreed on.
    owner = visit(COLLEAGUE, deal)
    row = owner.get_by_role("row", name=AGREED)
    expect(row).to_contain_text("60.00%")
    expect(row).to_contain_text("¥600,000.00")
    row.get_by_role("button", name="提议").click()
    owner.get_by_role("dialog").get_by_role("button", name="提议").click()
    expect(owner.get_by_text(re.compile("提议采用「约定比例」"))).to_be_visible()
    expect(owner.get_by_text("已同意")).to_be_visible()
    looks_right(owner, "deal", full=True)
    # The other objects, and sees nobody's amount but his own.
    member = visit(RM, deal, phone=True)
    row = member.get_by_role("row", name=AGREED)
    expect(row).to_contain_text("¥400,000.00")
    expect(row).not_to_contain_text("¥600,000.00")
    expect(member.get_by_role("button", name="核定方案")).to_have_count(0)
    looks_right(member, "deal", full=True)
    member.get_by_role("button", name="提出异议").click()
    member.get_by_role("dialog").get_by_label("理由").fill("第一次拜访由我完成")
    member.get_by_role("dialog").get_by_role("button", name="提出异议").click()
    expect(member.get_by_text("第一次拜访由我完成")).to_be_visible()
    # The leader decides, with a reason.
    leader = visit(LEADER, deal, language="en")
    expect(leader.get_by_text("第一次拜访由我完成")).to_be_visible()
    leader.get_by_role("button", name="Decide").click()
    form = leader.get_by_role("dialog")
    expect(form.get_by_text(re.compile("1 object"))).to_be_visible()
    form.get_by_label("Reason").fill("按约定执行")
    form.get_by_role("button", name="Decide").click()
    expect(leader.get_by_text("Decision 1")).to_be_visible()
    expect(leader.get_by_text("Reason: 按约定执行")).to_be_visible()
    looks_right(leader, "deal", full=True)


def _open_deal(page: Page, people, title: str) -> str:
    """By hand, as its owner does."""
    _, name = _new_customer(people[COLLEAGUE])
    page.get_by_role("button", name="新建分成").click()
    form = page.get_by_role("dialog")
    form.get_by_label("业务名称").fill(title)
    form.get_by_label("客户").fill(name)
    page.get_by_title(re.compile(name)).click()
    form.get_by_label("金额", exact=True).fill("1000000")
    form.get_by_label("约定比例").fill("60")
    form.get_by_role("button", name="添加成员").click()
    form.get_by_label("选择人员").nth(1).fill(people[RM].name)
    page.get_by_title(re.compile(people[RM].name)).last.click()
    form.get_by_label("约定比例").nth(1).fill("30")
    form.get_by_role("button", name="保存").click()
    expect(form.get_by_text(re.compile("须为 100%"))).to_be_visible()
    form.get_by_label("约定比例").nth(1).fill("40")
    form.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    return page.url.rsplit("/", 1)[1]


def test_deals_of_a_unit(visit, looks_right, people):
    page = visit(LEADER, "performance/deals", language="en")
    expect(page.get_by_role("table", name="Team deals").first).to_be_visible()
    looks_right(page, "deals")
    deals = people[LEADER].call("GET", "/v1/deals", params={"organisationPath": UNIT, "pageSize": 1000})["deals"]
    evident = max(deals, key=lambda deal: (len(deal["members"]), bool(deal["opportunityId"])))
    page.goto(f"/app/performance/deals/{evident['dealId']}")
    page.get_by_role("row").filter(has_text="Equal by member").get_by_role("button").first.click()
    expect(page.get_by_text("Rule:")).to_be_visible()


def test_results_are_claimed_decided_and_objected_to(visit, looks_right, people):
    _, name = _new_customer(people[COLLEAGUE])
    _wait_for_pool(people[COLLEAGUE], name)
    page = visit(COLLEAGUE, "performance/claims?tab=pool")
    looks_right(page, "claims-pool")
    row = page.locator(".ant-table-row").filter(has_text=name)
    rows = page.locator(".ant-table-tbody-virtual-holder")
    # Only what is seen is in the document.
    for top in range(0, 20_000, 300):
        if row.count():
            break
        rows.evaluate("(element, top) => { element.scrollTop = top; }", top)
        page.wait_for_timeout(150)
    row.get_by_role("button", name="认领").click()
    form = page.get_by_role("dialog")
    form.get_by_label("比例").fill("70")
    expect(form.get_by_text("合计 70.00%，其余 30.00% 留在公共池")).to_be_visible()
    form.get_by_role("button", name="添加共同认领人").click()
    form.get_by_label("选择人员").nth(1).fill(people[RM].name)
    page.get_by_title(re.compile(people[RM].name)).last.click()
    form.get_by_label("比例").nth(1).fill("30")
    expect(form.get_by_text("合计 100.00%，全部认领")).to_be_visible()
    form.get_by_label("认领理由").fill("两人共同营销")
    form.get_by_role("button", name="提交认领").click()
    page.get_by_role("tab", name="认领记录").click()
    page.get_by_role("link", name=name).click()
    expect(page.get_by_text("待审批").first).to_be_visible()
    looks_right(page, "claim")
    claim = page.url.split("/app/")[1]
    leader = visit(LEADER, claim, appearance="dark")
    leader.get_by_role("button", name="批准").click()
    leader.get_by_role("dialog").get_by_role("button", name="批准").click()
    expect(leader.get_by_text("已生效").first).to_be_visible()
    looks_right(leader, "claim")
    page.reload()
    page.get_by_role("button", name="提出异议").click()
    page.get_by_role("dialog").get_by_label("依据").fill("比例应为八二")
    page.get_by_role("dialog").get_by_role("button", name="提出异议").click()
    expect(page.get_by_text("比例应为八二")).to_be_visible()
    leader.reload()
    leader.get_by_role("listitem").filter(has_text="比例应为八二").get_by_role("link").click()
    expect(leader.get_by_role("dialog").get_by_text("比例应为八二")).to_be_visible()
    # Who decided the claim does not judge what is objected to it.
    expect(leader.get_by_role("button", name="裁定")).to_have_count(0)
    _adjudicate(visit(ANALYST, leader.url.split("/app/")[1]), looks_right)
    # Both sides see what was found: who objected where he left off, and the other by what he is told.
    page.reload()
    expect(page.get_by_role("listitem").filter(has_text="比例应为八二")).to_contain_text("异议成立")
    other = visit(RM, "performance/claims")
    other.get_by_role("button", name=re.compile("通知")).click()
    other.get_by_role("button", name="与您有关的业绩异议已裁定：成立").first.click()
    expect(other.get_by_role("dialog").get_by_text("上门记录证明由其营销")).to_be_visible()


def _adjudicate(page: Page, looks_right) -> None:
    """Finds that the objection is right: whoever raised it has all from now on."""
    page.get_by_role("dialog").get_by_role("button", name="裁定").click()
    form = page.get_by_role("dialog").last
    form.get_by_role("radio", name="异议成立").check()
    form.get_by_role("button", name="裁定").click()
    expect(form.get_by_text("请填写理由")).to_be_visible()
    form.get_by_label("裁定意见").fill("上门记录证明由其营销")
    looks_right(page, "adjudication")
    form.get_by_role("button", name="裁定").click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_have_count(1)
    expect(drawer.get_by_text("异议成立")).to_be_visible()
    expect(drawer.get_by_text("上门记录证明由其营销")).to_be_visible()


def _wait_for_pool(person, name: str) -> None:
    """A new customer is in the pool once the performance service has heard of it."""
    last = time.monotonic() + POOL_SECONDS
    while time.monotonic() < last:
        items = person.call("GET", "/v1/pool", params={"wholly": "true", "pageSize": 1000})["poolItems"]
        if any(item["customerName"] == name for item in items):
            return
        time.sleep(0.3)
    raise AssertionError(f"{name} never came into the pool")


def test_claims_on_a_phone(visit, looks_right):
    page = visit(RM, "performance/claims", phone=True)
    expect(page.get_by_role("list", name="认领记录")).to_be_visible()
    looks_right(page, "claims")
    page.goto("/app/performance/results")
    expect(page.get_by_text(re.compile("与上级一致"))).to_be_visible()
    looks_right(page, "results", full=True)


def test_a_period_without_results_is_no_failure(visit):
    page = visit(RM, "performance/results?period=PERIOD_KIND_DAY&day=2020-01-01", language="en")
    expect(page.get_by_text("No results in this period yet.")).to_be_visible()
    page = visit("manager.east", "unit/results?period=PERIOD_KIND_DAY&date=2020-01-01", language="en")
    expect(page.get_by_text("No results of this period yet.")).to_be_visible()
