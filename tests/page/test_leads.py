"""Leads and opportunities: captured, moved over the boards by mouse and by menu, won; and what other posts see of it."""

from uuid import uuid4

from playwright.sync_api import expect


def test_a_lead_becomes_an_opportunity_and_is_won(visit, looks_right):
    page = visit("rm1.east", "work/leads")
    title = _captures_a_lead_of_a_prospect(page)
    page.goto("/app/work/leads")
    card = page.locator(".board-card", has_text=title)
    card.drag_to(page.get_by_role("region", name="跟进中"))
    expect(page.get_by_role("region", name="跟进中").locator(".board-card", has_text=title)).to_be_visible()
    looks_right(page, "leads")
    # The same by keyboard: the card's menu.
    card.get_by_role("button", name=f"移动：{title}").focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="已确认").click()
    page.get_by_role("dialog").get_by_text("高意向").click()
    page.get_by_role("dialog").get_by_role("button", name="确认意向").click()
    expect(page.get_by_role("region", name="已确认").locator(".board-card", has_text=title)).to_be_visible()
    card.get_by_role("link", name=title).click()
    looks_right(page, "lead")
    _converts(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    looks_right(page, "opportunity")
    _needs_a_customer_before_it_is_won(page)


def _captures_a_lead_of_a_prospect(page):
    title = f"厂房贷款 {uuid4().hex[:6]}"
    page.get_by_role("button", name="新建线索").click()
    form = page.get_by_role("dialog")
    form.get_by_text("潜在客户").click()
    form.get_by_label("姓名或企业名称").fill("杭州云栖智造有限公司")
    form.get_by_label("事项").fill(title)
    form.get_by_label("预计金额").fill("5200000")
    form.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    return title


def _converts(page):
    page.get_by_role("button", name="转为商机").click()
    page.get_by_role("dialog").get_by_role("button", name="转为商机").click()
    expect(page.get_by_text("初步接触").first).to_be_visible()


def _needs_a_customer_before_it_is_won(page):
    page.get_by_role("button", name="赢单").click()
    form = page.get_by_role("dialog")
    form.get_by_label("赢单原因").click()
    page.get_by_title("产品匹配").click()
    form.get_by_role("button", name="赢单").click()
    expect(form.get_by_role("alert")).to_be_visible()
    form.get_by_role("button", name="取消").click()
    page.get_by_role("button", name="丢单").click()
    form = page.get_by_role("dialog")
    form.get_by_label("丢单原因").click()
    page.locator(".ant-select-dropdown:visible .ant-select-item-option").first.click()
    form.get_by_role("button", name="丢单").click()
    expect(page.get_by_text("已丢单").first).to_be_visible()


def test_what_a_stage_needs_is_asked_for(visit):
    page = visit("rm1.east", "work/leads", language="en")
    page.get_by_role("button", name="New lead").click()
    form = page.get_by_role("dialog")
    form.get_by_text("Prospect", exact=True).click()
    title = f"Working capital {uuid4().hex[:6]}"
    form.get_by_label("Person or company").fill("Hengtai Logistics")
    form.get_by_label("What it is about").fill(title)
    # Nothing that was typed is lost by a reload.
    page.reload()
    page.get_by_role("button", name="New lead").click()
    expect(page.get_by_label("What it is about")).to_have_value(title)
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Make it an opportunity").click()
    page.get_by_role("dialog").get_by_role("button", name="Make it an opportunity").click()
    page.get_by_role("button", name="Needs confirmed").click()
    form = page.get_by_role("dialog", name="Move to")
    form.get_by_label("Products").fill("LOAN")
    page.keyboard.press("Enter")
    form.get_by_label("Products").blur()
    form.get_by_role("button", name="Move").click()
    expect(form).to_be_hidden()
    expect(page.get_by_role("button", name="Needs confirmed Here since today")).to_be_visible()


def test_a_manager_sees_the_unit_and_its_funnel(visit, looks_right):
    page = visit("manager.east", "work/leads?view=funnel&days=365", language="en")
    expect(page.get_by_role("table", name="Leads")).to_be_visible()
    looks_right(page, "funnel")
    page.get_by_role("tab", name="Opportunities").click()
    expect(page.get_by_role("region", name="First contact")).to_be_visible()
    looks_right(page, "opportunities")
    page.goto("/app/work/leads?view=opportunities&look=list")
    page.locator(".ant-table-row a").first.click()
    expect(page.get_by_text("What was done")).to_be_visible()
    looks_right(page, "opportunity")


def test_a_product_manager_only_looks(visit):
    page = visit("product.ho", "work/leads?look=list")
    expect(page.locator(".ant-table-row").first).to_be_visible()
    expect(page.get_by_role("button", name="新建线索")).to_have_count(0)


def test_on_a_phone(visit, looks_right):
    page = visit("rm1.east", "work/leads?view=opportunities", phone=True, appearance="dark")
    looks_right(page, "opportunities")
    page = visit("manager.east", "work/leads?view=funnel", phone=True, language="en")
    expect(page.get_by_role("tab", name="Funnel")).to_have_attribute("aria-selected", "true")
    looks_right(page, "funnel")
