"""The product catalogue: a new product from its draft to the list, a change that is compared and given back, and who may what."""

# ruff: noqa: RUF001 - the signs for times and minus

import time

import pytest
from playwright.sync_api import Locator, Page, expect

MANAGER, ANALYST, RM = "product.ho", "analyst.ho", "rm1.east"
expect.set_options(timeout=20_000)


def _choose(page: Page, field: Locator, words: str) -> None:
    """One of a field's list."""
    field.click()
    page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden)").get_by_text(words, exact=True).click()


def _new_code() -> str:
    return f"PAGE_{time.time_ns() % 10**10}"


def _describe(author: Page, form: Locator, code: str, name: str) -> None:
    """A product of fees with a price of its own, but for the formula of the price."""
    form.get_by_label("产品编码").fill(code.lower())
    form.get_by_label("中文名称").fill(name)
    _choose(author, form.get_by_label("业务种类"), "中间业务")
    # What is usual of such business is there; the rest is the author's.
    expect(form.get_by_text("✓ 税后金额", exact=False)).to_be_visible()
    form.get_by_label("产品代码").fill(f"{code},")
    form.get_by_role("button", name="添加参数").click()
    form.get_by_label("参数名称").fill("计价比例")
    form.get_by_label("公式中的名称").fill("price share")
    _choose(author, form.get_by_label("类型"), "比率")
    form.get_by_label("参数值").fill("5")
    form.get_by_role("button", name="添加计量项").click()
    _choose(author, form.get_by_label("计量项", exact=True).nth(1), "计价")


def test_a_new_product_is_written_by_one_and_published_by_another(visit, looks_right):
    code, name = _new_code(), f"代销费 {time.time_ns() % 10**6}"
    author = visit(MANAGER, "performance/products")
    author.get_by_role("button", name="新建产品").click()
    form = author.get_by_role("dialog")
    _describe(author, form, code, name)
    formula = form.get_by_label("公式", exact=True).nth(1)
    formula.fill("amount * pricing")
    # The fault is told at its place.
    expect(form.locator(".product-fault mark")).to_have_text("pricing")
    expect(form.get_by_text("第1行第10个字符")).to_be_visible()
    formula.scroll_into_view_if_needed()
    looks_right(author, "product-form-fault")
    # It is not sent, and the page goes there.
    form.get_by_role("button", name="保存草稿").click()
    told = form.get_by_text("公式有误，请按提示修改")
    expect(told).to_be_in_viewport()
    form.get_by_role("button", name="定位").click()
    author.keyboard.press("Delete")
    form.get_by_label("插入字段、参数或函数").nth(1).fill("price_share")
    author.keyboard.press("Enter")
    expect(formula).to_have_value("amount * price_share")
    expect(told).to_have_count(0)
    expect(form.get_by_text("✓ 收费金额 × 计价比例（5%）", exact=False)).to_be_visible()
    # What it comes to is tried on numbers.
    form.get_by_role("button", name="用数字试算").nth(1).click()
    form.get_by_role("region", name="用数字试算").get_by_label("收费金额").fill("2000")
    expect(form.get_by_text("计价：¥100.00")).to_be_visible()
    looks_right(author, "product-form-try")
    # What is typed outlives a reload.
    author.reload()
    author.get_by_role("button", name="新建产品").click()
    expect(form.get_by_label("公式", exact=True).nth(1)).to_have_value("amount * price_share")
    form.get_by_role("button", name="保存草稿").click()
    expect(author.get_by_role("heading", level=1)).to_contain_text(f"{name} · 第1版")
    expect(author.get_by_text("此前的业绩不变")).to_be_visible()
    author.get_by_role("button", name="提交审批").click()
    author.get_by_role("dialog").get_by_role("button", name="提交审批").click()
    expect(author.get_by_text("正在等待另一位产品经理")).to_be_visible()
    expect(author.get_by_role("button", name="发布")).to_have_count(0)
    looks_right(author, "product-version", full=True)
    # The second person comes from the inbox.
    second = visit(ANALYST, "unit/approvals", language="en")
    second.get_by_role("button").filter(has_text=code).click()
    second.get_by_role("region", name="What is to be decided").get_by_role("link").first.click()
    expect(second.get_by_role("heading", level=1)).to_contain_text("Version 1")
    expect(second.get_by_text("amount charged × price share (5%)")).to_be_visible()
    second.get_by_role("button", name="Publish").click()
    looks_right(second, "product-publish")
    second.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(second.get_by_role("heading", level=1)).to_contain_text("Published")
    # It is in the list, with the day from which it holds.
    author.goto(f"/app/performance/products?search={code}")
    row = author.locator(".keyset-table .ant-table-row")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("起有新版本")
    expect(author.get_by_label("搜索产品名称或编码")).to_have_value(code)


def test_a_change_is_compared_and_given_back(visit, looks_right, bank):
    first = _published(bank, _new_code())
    author = visit(MANAGER, f"performance/products/{first['productCode']}", language="en")
    author.get_by_role("button", name="New version").click()
    form = author.get_by_role("dialog")
    expect(form.get_by_label("Code", exact=True)).to_be_disabled()
    form.get_by_label("Value").fill("7.5")
    form.get_by_label("Formula", exact=True).nth(1).fill("COALESCE(after_tax, amount) * price_share")
    expect(form.get_by_text("(7.5%)")).to_be_visible()
    form.get_by_label("Why it is wanted").fill("Price of 2027")
    form.get_by_role("button", name="Save draft").click()
    differences = author.get_by_role("table", name="Compare versions")
    expect(differences.locator("ins")).to_have_text(["7.5%", "COALESCE(after_tax, amount)"])
    expect(differences.locator("del")).to_have_text(["5%", "amount"])
    looks_right(author, "product-compare", full=True)
    author.get_by_role("button", name="Submit").click()
    author.get_by_role("dialog").get_by_role("button", name="Submit").click()
    expect(author.get_by_text("It waits for another")).to_be_visible()
    second = visit(ANALYST, "", language="en")
    second.goto(author.url)
    second.get_by_role("button", name="Give back").click()
    second.get_by_role("dialog").get_by_label("Reason").fill("Not before July")
    second.get_by_role("dialog").get_by_role("button", name="Give back").click()
    # It is its author's again: nobody else changes or submits it.
    expect(second.get_by_text("Not before July")).to_be_visible()
    expect(second.get_by_role("button", name="Edit draft")).to_have_count(0)
    author.reload()
    expect(author.get_by_text("gave it back")).to_be_visible()
    author.get_by_role("button", name="Withdraw").click()
    author.get_by_role("dialog").get_by_role("button", name="Withdraw").click()
    expect(author.get_by_role("heading", level=1)).to_contain_text("Withdrawn")


def test_an_edit_that_somebody_else_overtook_shows_both(visit, bank):
    draft = _draft(bank, _new_code())
    page = visit(MANAGER, f"performance/products/versions/{draft['productVersionId']}")
    page.get_by_role("button", name="编辑草稿").click()
    form = page.get_by_role("dialog")
    form.get_by_label("英文名称").fill("Mine")
    change = {"englishName": "Theirs", "etag": draft["etag"]}
    path = f"/v1/productVersions/{draft['productVersionId']}?updateMask=englishName"
    bank.call(MANAGER, "PATCH", path, json=change)
    form.get_by_role("button", name="保存草稿").click()
    both = page.get_by_role("dialog").last
    expect(both.get_by_role("row", name="英文名称 Theirs Mine")).to_be_visible()
    both.get_by_role("button", name="用我的覆盖").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert bank.get(MANAGER, path.split("?", maxsplit=1)[0])["englishName"] == "Mine"
    bank.call(MANAGER, "POST", f"{path.split('?', maxsplit=1)[0]}:withdraw", json={})


@pytest.mark.parametrize(
    ("language", "appearance", "phone"),
    [("zh", "light", False), ("en", "dark", False), ("zh", "dark", True), ("en", "light", True)],
)
def test_the_catalogue_looks_right(visit, looks_right, language, appearance, phone):
    page = visit(MANAGER, "performance/products", language=language, appearance=appearance, phone=phone)
    page.get_by_text("CARD", exact=True).wait_for()
    looks_right(page, "products")
    page.goto("/app/performance/products/LOAN")
    page.get_by_role("table", name="全部版本" if language == "zh" else "All versions").wait_for()
    looks_right(page, "product", full=True)
    page.get_by_role("button", name="新建版本" if language == "zh" else "New version").click()
    page.locator(".product-check .ant-typography-success").first.wait_for()
    looks_right(page, "product-form")


def test_whoever_earns_reads_how_and_changes_nothing(visit):
    page = visit(RM, "performance/results")
    expect(page.get_by_role("menuitem", name="产品目录")).to_have_count(0)
    page.get_by_role("link", name="计算口径").click()
    page.get_by_label("搜索产品名称或编码").fill("贷款")
    page.get_by_role("link", name="贷款", exact=True).click()
    expect(page.get_by_text("余额 × （客户利率 − 资金转移价格）")).to_be_visible()
    expect(page.get_by_text("balance * (customer_rate - ftp_rate)")).to_be_visible()
    expect(page.locator(".page-head").get_by_role("button")).to_have_count(0)


def _draft(bank, code: str):
    definition = {
        "sources": [
            {
                "dataset": "fees",
                "productCodes": [code],
                "formulas": [
                    {"measure": "MEASURE_FEE_INCOME", "formula": "amount"},
                    {"measure": "MEASURE_UNIT_PRICE", "formula": "amount * price_share"},
                ],
            }
        ],
        "parameters": [
            {"name": "price_share", "kind": "PRODUCT_PARAMETER_KIND_RATE", "displayName": "计价比例", "value": "0.05"}
        ],
        "ftpMethod": "FTP_METHOD_NONE",
        "dayBasis": "DAY_BASIS_DAYS_360",
    }
    version = {
        "productCode": code,
        "category": "PRODUCT_CATEGORY_INTERMEDIARY",
        "displayName": f"代理费 {code}",
        "englishName": f"Agency fees {code}",
        # Far off: no result of the bank changes by it.
        "startDate": "2031-01-01",
        "definition": definition,
    }
    return bank.call(MANAGER, "POST", "/v1/productVersions", json=version).json()


def _published(bank, code: str):
    version = _draft(bank, code)
    path = f"/v1/productVersions/{version['productVersionId']}"
    bank.call(MANAGER, "POST", f"{path}:submit", json={})
    return bank.call(ANALYST, "POST", f"{path}:publish", json={}).json()
