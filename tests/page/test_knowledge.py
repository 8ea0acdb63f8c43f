"""Knowledge: written and published by a product manager, found, read and answered by everybody else."""

from uuid import uuid4

from playwright.sync_api import expect


def test_a_document_is_published_found_read_and_its_quiz_passed(visit, looks_right):
    publisher = visit("product.ho", "work/knowledge", language="en")
    title = f"Certificates of deposit {uuid4().hex[:6]}"
    _writes(publisher, title)
    looks_right(publisher, "document-draft")
    _publishes(publisher)
    reader = visit("rm1.east", "work/knowledge")
    reader.get_by_role("searchbox").fill(title)
    expect(reader.locator("mark").first).to_be_visible()
    looks_right(reader, "knowledge")
    reader.get_by_role("link", name=title).click()
    expect(reader.get_by_role("button", name="修订")).to_have_count(0)
    reader.get_by_role("button", name="我已阅读").click()
    expect(reader.get_by_text("已阅读", exact=True)).to_be_visible()
    looks_right(reader, "document")
    reader.get_by_label("200,000 yuan").check()
    reader.get_by_role("button", name="提交答案").click()
    expect(reader.get_by_text("已通过")).to_be_visible()
    _shows_who_has_read(publisher)


def _writes(page, title):
    page.get_by_role("button", name="New document").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Title").fill(title)
    form.get_by_label("Summary").fill("What to tell customers.")
    form.get_by_label("Text").fill("## Main points\n\n- From **200,000** yuan\n- Can be transferred")
    form.get_by_role("button", name="Add a question").click()
    form.get_by_role("textbox", name="Question").fill("From how much on?")
    form.get_by_label("Choices (one to a line)").fill("50,000\n200,000 yuan")
    form.get_by_role("combobox", name="Right answers").click()
    page.get_by_title("200,000 yuan").click()
    page.keyboard.press("Escape")
    form.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)


def _publishes(page):
    page.get_by_role("button", name="Publish").click()
    page.locator(".ant-popconfirm").get_by_role("button", name="Publish").click()
    expect(page.get_by_role("button", name="Withdraw")).to_be_visible()


def _shows_who_has_read(page):
    page.reload()
    expect(page.get_by_text("Who has read it")).to_be_visible()


def test_on_a_phone(visit, looks_right):
    page = visit("rm1.east", "work/knowledge", phone=True, appearance="dark")
    looks_right(page, "knowledge")
