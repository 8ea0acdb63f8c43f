"""Surveys: satisfaction with its intervals, and a customer's answers taken down."""

from playwright.sync_api import expect


def test_satisfaction_is_told_with_its_interval(visit, looks_right):
    page = visit("manager.east", "work/surveys", language="en")
    expect(page.get_by_text("Net promoter score")).to_be_visible()
    looks_right(page, "surveys")
    page.get_by_role("tab", name="Surveys", exact=True).click()
    expect(page.get_by_role("link", name="Who is asked").first).to_be_visible()
    expect(page.get_by_role("button", name="New survey")).to_have_count(0)
    page.get_by_role("tab", name="Questionnaires").click()
    expect(page.get_by_text("(required)").first).to_be_visible()


def test_a_relationship_manager_takes_answers_down(visit, looks_right):
    page = visit("rm1.east", "work/surveys?view=invitations")
    looks_right(page, "survey-invitations")
    if not _invites_somebody(page):
        return
    looks_right(page, "survey-questions")
    page.locator(".scale").nth(0).get_by_text("9", exact=True).click()
    page.locator(".scale").nth(1).get_by_text("5", exact=True).click()
    page.get_by_role("button", name="提交答卷").click()
    expect(page.get_by_text("9 / 10")).to_be_visible()
    looks_right(page, "survey-answers")


def _invites_somebody(page):
    """Whoever was asked within ninety days is not asked again: the first customer who may be."""
    page.get_by_role("button", name="邀请客户").click()
    form = page.get_by_role("dialog")
    for name in "王李张刘陈杨赵黄周吴":
        form.get_by_role("combobox", name="客户").fill(name)
        options = page.locator(".ant-select-dropdown:visible .ant-select-item-option")
        page.wait_for_timeout(600)
        if not options.count():
            continue
        options.first.click()
        form.get_by_role("button", name="邀请").click()
        page.wait_for_function(
            "() => location.pathname.includes('/invitations/') || document.querySelector('.ant-modal [role=alert]')"
        )
        page.wait_for_timeout(300)
        if "/invitations/" in page.url:
            return True
    return False


def test_on_a_phone(visit, looks_right):
    page = visit("manager.east", "work/surveys", phone=True, appearance="dark")
    looks_right(page, "surveys")
