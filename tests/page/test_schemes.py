"""Schemes by which teams share their deals: read by everybody, defined by one, decided by a second, and then used."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

DEFINER, DECIDER, RM = "product.ho", "analyst.ho", "rm1.east"
SCHEMES = "performance/schemes"
expect.set_options(timeout=20_000)


@pytest.fixture
def deal(bank):
    """A deal of somebody's with one of his customers."""
    member = bank.get(RM, "/v1/me")["person"]["personId"]
    customer = bank.get(RM, "/v1/customers", pageSize=1)["customers"][0]
    body = {
        "title": f"分成方案 {time.time_ns() % 1_000_000}",
        "customerId": customer["customerId"],
        "amount": {"currencyCode": "CNY", "amount": "1000000.00"},
        "members": [{"personId": member, "role": "DEAL_ROLE_OWNER"}],
    }
    answer = bank.call(RM, "POST", "/v1/deals", json=body)
    assert answer.ok, answer.text
    return f"performance/deals/{answer.json()['dealId']}"


def test_schemes_look_right(visit, looks_right):
    page = visit(DEFINER, SCHEMES)
    expect(page.get_by_role("link", name="约定比例")).to_be_visible()
    looks_right(page, "schemes")
    phone = visit(DECIDER, SCHEMES, language="en", appearance="dark", phone=True)
    looks_right(phone, "schemes")
    phone.get_by_role("link", name="W-shaped").click()
    expect(phone.get_by_text(re.compile("First contact 30%"))).not_to_have_count(0)
    looks_right(phone, "scheme")
    # What cannot share every deal is said before it is sent.
    phone.get_by_role("button", name="Change").click()
    form = phone.get_by_role("dialog")
    form.get_by_label("First contact").fill("20")
    expect(form.get_by_text("Together 90.00%")).to_be_visible()
    form.get_by_role("button", name="Propose").click()
    expect(form.get_by_text("Together they must be 100%")).to_be_visible()
    looks_right(phone, "scheme-form")


def test_whoever_shares_deals_reads_and_defines_nothing(visit, deal):
    page = visit(RM, deal, language="en")
    page.get_by_role("table", name="All schemes").get_by_role("link", name="Time decay").click()
    expect(page).to_have_url(re.compile(SCHEMES))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Time decay")
    expect(page.get_by_text("Half-life in days")).not_to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("Change|Offer"))).to_have_count(0)
    page.get_by_role("link", name="All schemes").click()
    expect(page.get_by_role("link", name="As agreed")).to_be_visible()
    expect(page.get_by_role("button", name="New scheme")).to_have_count(0)


def test_a_scheme_is_created_published_used_and_retired(visit, looks_right, deal):
    name = f"按角色六四 {time.time_ns() % 1_000_000}"
    # One proposes it, and is not asked to decide.
    definer = visit(DEFINER, SCHEMES)
    definer.get_by_role("button", name="新建方案").click()
    form = definer.get_by_role("dialog")
    form.get_by_label("方案名称").fill(name)
    form.get_by_label("类型").click()
    definer.get_by_title("角色加权").click()
    form.get_by_label("主办").fill("60")
    form.get_by_label("协办").fill("40")
    looks_right(definer, "scheme-form")
    form.get_by_role("button", name="提交审批").click()
    expect(definer.get_by_text("需由另一位同事审批")).to_be_visible()
    expect(definer.get_by_role("button", name="审批通过")).to_have_count(0)
    address = definer.url.partition("/app/")[2]
    # A second person publishes it.
    decider = visit(DECIDER, "unit/approvals", language="en")
    decider.get_by_role("list", name="What waits").get_by_text(name).click()
    decider.get_by_role("link", name="Check and decide").click()
    changes = decider.get_by_role("table", name="What changes")
    expect(changes.get_by_role("row", name=re.compile("Weights of roles"))).to_contain_text("Owner 60")
    looks_right(decider, "scheme-waits")
    _decide(decider, "Publish")
    expect(decider.get_by_role("button", name="Change")).to_be_visible()
    # Deals are compared by it.
    member = visit(RM, deal)
    expect(member.get_by_role("table", name="全部方案对比").get_by_role("row", name=re.compile(name))).to_contain_text("100.00%")
    # It is offered no longer once both agree.
    decider.get_by_role("button", name="Offer no longer").click()
    decider.get_by_role("dialog").get_by_role("button", name="Propose").click()
    expect(decider.get_by_text("You proposed this")).to_be_visible()
    definer.goto(f"/app/{address}")
    changes = definer.get_by_role("table", name="变更内容")
    expect(changes.get_by_role("row", name=re.compile("是否可选"))).to_contain_text("已停用")
    _decide(definer, "审批通过")
    expect(definer.get_by_role("button", name="恢复选用")).to_be_visible()
    looks_right(definer, "scheme-retired")
    definer.get_by_role("link", name="全部方案").click()
    expect(definer.get_by_role("link", name="约定比例")).to_be_visible()
    expect(definer.get_by_role("link", name=name)).to_have_count(0)


def _decide(page: Page, word: str) -> None:
    """As the second person does, who is asked once more."""
    page.get_by_role("button", name=word).click()
    page.get_by_role("dialog").get_by_role("button", name=word).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
