"""A day's work: what Today holds for each post, a contact logged in one go, a warning from its evidence to its outcome."""

import re
from uuid import uuid4

import pytest
import requests
from playwright.sync_api import expect

from tests.deployments import PASSWORD
from tests.page.conftest import business_day

OPEN_MAX = 200


def headers(bank, login):
    signed_in = requests.post(f"{bank.url}/v1/sessions", json={"login": login, "password": PASSWORD}, timeout=10)
    return {"Authorization": f"Bearer {signed_in.json()['accessToken']}"}


def asked(bank, login, path, **params):
    """What the gateway answers that person."""
    answer = requests.get(bank.url + path, headers=headers(bank, login), params=params, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def customer(bank):
    """One of the relationship manager's own."""
    person = asked(bank, "rm1.east", "/v1/me")["person"]
    return asked(bank, "rm1.east", "/v1/customers", leadPersonId=person["personId"], pageSize=1)["customers"][0]


@pytest.fixture
def task(bank, customer):
    """Something to do today."""
    body = {"title": f"回访 {uuid4().int % 10**8}", "customerId": customer["customerId"], "dueDate": today()}
    answer = requests.post(f"{bank.url}/v1/tasks", json=body, headers=headers(bank, "rm1.east"), timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.json()


def today():
    return business_day().isoformat()


@pytest.fixture(scope="module")
def warning_id(bank):
    """The least valuable open warning of the branch: what the others see of the day stays as it is."""
    found = asked(bank, "manager.east", "/v1/warnings", organisationPath="/HO/EAST/", pageSize=OPEN_MAX)["warnings"]
    return found[-1]["warningId"]


def test_the_day_of_a_relationship_manager(visit, looks_right, customer):
    page = visit("rm1.east", "today")
    for title in ("流失预警", "应访客户", "即将到期", "今日日程", "待办任务", "隔夜变化"):
        expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.get_by_label("我的业绩")).to_contain_text("日均余额")
    looks_right(page, "today")
    page.get_by_role("button", name="记录联系").first.click()
    form = page.get_by_role("dialog")
    choose_customer(page, form, customer)
    note = f"谈了续存安排 {uuid4().int % 10**8}"
    form.get_by_label("沟通内容").fill(note)
    form.get_by_text("消息", exact=True).click()
    looks_right(page, "log-contact")
    page.reload()
    page.get_by_role("button", name="记录联系").first.click()
    expect(form.get_by_label("沟通内容")).to_have_value(note)
    form.get_by_text("记一项任务").click()
    agreed = f"准备材料 {uuid4().int % 10**8}"
    form.get_by_label("任务内容").fill(agreed)
    form.get_by_label("完成期限").fill(today())
    form.get_by_label("完成期限").press("Enter")
    save(page, form)
    expect(page.get_by_role("listitem").filter(has_text=agreed)).to_be_visible()
    agenda = page.get_by_role("region", name="今日日程")
    expect(agenda.get_by_role("listitem").filter(has_text=customer["displayName"]).first).to_contain_text("已完成")


def choose_customer(page, form, customer):
    form.get_by_label("客户", exact=True).fill(customer["customerNumber"])
    page.locator(".ant-select-item-option", has_text=customer["customerNumber"]).click()


def save(page, form):
    """The same contact may have been recorded a moment ago, by a test before: then it is another one."""
    form.get_by_role("button", name="保存记录").click()
    other = form.get_by_role("button", name="是另一次，照记")
    done = page.get_by_text("联系已记录")
    expect(other.or_(done).first).to_be_visible()
    if other.is_visible():
        other.click()
    expect(form).to_be_hidden()


def test_a_task_is_done_and_a_visit_is_given_a_time(visit, looks_right, task):
    page = visit("rm1.east", "today", language="en")
    looks_right(page, "today")
    tasks = page.get_by_role("region", name="Tasks")
    if tasks.get_by_role("button", name=re.compile("Show all")).is_visible():
        tasks.get_by_role("button", name=re.compile("Show all")).click()
    row = tasks.get_by_role("listitem").filter(has_text=task["title"])
    row.get_by_role("button", name="Done").click()
    page.get_by_role("dialog").get_by_role("button", name="Done").click()
    expect(row).to_be_hidden()
    visits = page.get_by_role("region", name="Visits due")
    if visits.get_by_role("listitem").count():
        visits.get_by_role("button", name="Schedule").first.click()
        expect(page.get_by_role("dialog").get_by_label("Time")).to_be_visible()
        page.get_by_role("dialog").get_by_role("button", name="Cancel").click()


def test_a_warning_is_taken_up_and_comes_to_an_outcome(visit, looks_right, warning_id):
    page = visit("manager.east", f"warnings/{warning_id}")
    expect(page.get_by_role("heading", name=re.compile("流失征兆"))).to_be_visible()
    looks_right(page, "warning")
    evidence = page.get_by_text(re.compile("查看依据")).first
    if evidence.count():
        evidence.click()
        expect(page.get_by_text("触发条件").first).to_be_visible()
    if page.get_by_role("button", name="接手跟进").is_visible():
        page.get_by_role("button", name="接手跟进").click()
        expect(page.get_by_role("button", name="接手跟进")).to_be_hidden()
    page.get_by_role("button", name="推迟", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="推迟", exact=True).click()
    expect(page.get_by_text(re.compile("推迟到")).first).to_be_visible()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="记录结果").click()
    dialog.get_by_role("button", name="记录并关闭").click()
    expect(dialog.get_by_text("请填写此项")).to_be_visible()
    dialog.get_by_role("radio").first.check()
    dialog.get_by_label("说明").fill("上门沟通后客户同意续存")
    dialog.get_by_role("button", name="记录并关闭").click()
    expect(page.get_by_text(re.compile("处理结果")).first).to_be_visible()
    expect(page.get_by_role("button", name="记录结果")).to_be_hidden()


def test_a_manager_sees_what_waits_for_him(visit, looks_right):
    page = visit("manager.east", "today", appearance="dark")
    expect(page.get_by_role("heading", name="待我审批")).to_be_visible()
    expect(page.get_by_role("link", name="预警看板")).to_be_visible()
    expect(page.get_by_role("heading", name="应访客户")).to_be_hidden()
    looks_right(page, "today-manager")
    warning = page.get_by_role("region", name="流失预警").get_by_role("listitem").first
    if warning.is_visible():
        warning.get_by_role("link").first.click()
        expect(page.get_by_role("heading", name="建议动作")).to_be_visible()
        looks_right(page, "warning")


def test_on_a_phone_the_schedule_comes_first(visit, looks_right):
    page = visit("rm1.east", "today", phone=True)
    expect(page.get_by_role("region", name="今日日程")).to_be_visible()
    expect(page.get_by_role("region", name="流失预警")).to_be_visible()
    schedule = page.get_by_role("region", name="今日日程").bounding_box()
    warnings = page.get_by_role("region", name="流失预警").bounding_box()
    assert schedule["y"] < warnings["y"]
    looks_right(page, "today", full=True)
    page.get_by_role("button", name="记录联系").first.click()
    expect(page.get_by_role("dialog").get_by_label("沟通内容")).to_be_visible()
    looks_right(page, "log-contact")


def test_a_head_office_post_sees_its_own_work_and_no_customer(visit, looks_right):
    page = visit("product.ho", "today")
    expect(page.get_by_role("heading", name="待我审批")).to_be_visible()
    expect(page.get_by_role("heading", name="常用入口")).to_be_visible()
    for title in ("流失预警", "今日日程", "即将到期"):
        expect(page.get_by_role("heading", name=title)).to_be_hidden()
    expect(page.get_by_role("button", name="记录联系")).to_be_hidden()
    looks_right(page, "today-product")


def test_a_system_post_has_no_day_with_customers(visit):
    page = visit("feeds.ho", "today")
    expect(page.get_by_text("没有这个页面")).to_be_visible()
