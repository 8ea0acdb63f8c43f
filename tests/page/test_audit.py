"""The auditor: who did what, before and after, and the proof that nothing was changed since."""

import re

import pytest
from playwright.sync_api import expect


def test_the_auditor_finds_an_act_and_what_it_changed(visit, looks_right):
    page = visit("auditor.ho", "audit")
    rows = page.get_by_role("button", name=re.compile(r"\d\d:\d\d"))
    expect(rows.first).to_be_visible()
    looks_right(page, "audit")
    page.get_by_label("操作", exact=True).fill("CreateSession")
    page.wait_for_url(re.compile("method=CreateSession"))
    expect(page.locator(".identifier", has_text="CreateSession").first).to_be_visible()
    page.goto("/app/audit?service=customer")
    rows.first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("变更前").first).to_be_visible()
    looks_right(page, "audit-record")
    drawer.get_by_role("button", name="该对象的其他操作").click()
    page.wait_for_url(re.compile("resource="))
    drawer.get_by_role("button", name=re.compile("Close|关闭")).click()
    expect(rows.first).to_be_visible()


@pytest.mark.parametrize(("language", "appearance"), [("zh", "dark"), ("en", "light")])
def test_the_auditor_proves_every_trail(visit, looks_right, language, appearance):
    page = visit("auditor.ho", "audit/proof", language=language, appearance=appearance)
    looks_right(page, "proof-begin")
    page.get_by_role("button", name=re.compile("^(验证全部|Prove all)$")).click()
    expect(page.get_by_text(re.compile("全部审计记录完整|Every trail is intact"))).to_be_visible(timeout=60_000)
    looks_right(page, "proof")


def test_on_a_phone(visit, looks_right):
    page = visit("auditor.ho", "audit", phone=True)
    expect(page.get_by_role("list", name="审计记录")).to_be_visible()
    looks_right(page, "audit")
    page.goto("/app/administration/people")
    expect(page.get_by_role("list", name="人员")).to_be_visible()
    expect(page.get_by_role("button", name="新增人员")).to_be_hidden()


def test_others_see_no_audit(visit):
    page = visit("useradmin.ho", "audit", language="en")
    expect(page.get_by_role("link", name="Records")).to_be_hidden()
    expect(page.get_by_role("button", name="Prove all")).to_be_hidden()
