"""Needs and complaints: recorded, answered by whoever is responsible, told to the customer and closed."""

from uuid import uuid4

from playwright.sync_api import expect


def test_a_need_is_recorded_answered_told_and_closed(visit, looks_right):
    page = visit("rm1.east", "work/needs")
    said = f"希望手机银行支持大额存单转让 {uuid4().hex[:6]}"
    looks_right(page, "needs")
    address = _records(page, said)
    looks_right(page, "feedback")
    expect(page.get_by_role("button", name="答复", exact=True)).to_have_count(0)
    _answers(visit, address, looks_right)
    page.reload()
    page.get_by_role("button", name="已告知客户").click()
    page.get_by_role("dialog").get_by_role("button", name="保存").click()
    expect(page.get_by_role("button", name="重新打开")).to_be_visible()
    expect(page.get_by_role("button", name="已告知客户")).to_have_count(0)


def _records(page, said):
    page.get_by_role("button", name="登记反馈").click()
    form = page.get_by_role("dialog")
    form.get_by_role("combobox", name="客户").fill("6000")
    page.locator(".ant-select-dropdown:visible .ant-select-item-option").first.click()
    form.get_by_label("客户原话").fill(said)
    form.get_by_role("combobox", name="分类").click()
    page.get_by_title("电子渠道").click()
    form.get_by_role("button", name="保存").click()
    page.wait_for_url("**/work/needs/*")
    expect(page.get_by_text(said)).to_be_visible()
    return page.url


def _answers(visit, address, looks_right):
    page = visit("product.ho", "work/needs?view=answer", language="en")
    expect(page.locator(".ant-table-row").first).to_be_visible()
    looks_right(page, "needs-to-answer")
    page.goto(address)
    page.get_by_role("button", name="Answer", exact=True).click()
    form = page.get_by_role("dialog")
    form.get_by_text("Planned").click()
    form.get_by_label("Answer", exact=True).fill("It comes with the next release.")
    form.get_by_role("button", name="Answer", exact=True).click()
    expect(page.get_by_text("It comes with the next release.").first).to_be_visible()
    looks_right(page, "feedback")


def test_a_product_manager_defines_a_topic(visit):
    page = visit("product.ho", "work/needs", language="en")
    name = f"Transfer certificates {uuid4().hex[:6]}"
    page.get_by_role("button", name="New topic").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill(name)
    form.get_by_role("combobox", name="Category").click()
    page.get_by_title("Digital channels").click()
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name=f"Edit topic: {name}")).to_be_visible()


def test_on_a_phone(visit, looks_right):
    page = visit("manager.east", "work/needs?view=all", phone=True, appearance="dark")
    expect(page.locator(".feedback-card").first).to_be_visible()
    looks_right(page, "needs")
    # English takes more room.
    page = visit("manager.east", "work/needs", phone=True, language="en")
    expect(page.get_by_text("What customers want most")).to_be_visible()
    looks_right(page, "needs-most-wanted")
