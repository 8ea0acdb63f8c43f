"""Customers as people of the bank work with them: the list, duplicates, imports, hand-overs."""

import random
import re
import uuid

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.deployments import PASSWORD

# Two machines' work on one: what is long under way is no fault.
expect.set_options(timeout=20_000)

MANAGER, RM = "manager.east", "rm1.east"
SURNAMES, NAMES = "欧阳诸葛司徒慕容", "沐阳若水星河清越云舒景行知微"


class Bank:
    """Calls beside the page, to make what a test looks at."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.headers: dict[str, dict[str, str]] = {}

    def call(self, login: str, method: str, path: str, **arguments) -> dict:
        if login not in self.headers:
            answer = requests.post(f"{self.url}/v1/sessions", json={"login": login, "password": PASSWORD}, timeout=30)
            self.headers[login] = {"Authorization": f"Bearer {answer.json()['accessToken']}"}
        answer = requests.request(method, self.url + path, headers=self.headers[login], timeout=30, **arguments)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def person(self, login: str) -> str:
        return self.call(login, "GET", "/v1/me")["person"]["personId"]

    def customer(self, login: str, lead: str, **fields) -> dict:
        """A new customer whom nobody else's test knows."""
        record = new_record() | fields
        params = {"leadPersonId": lead, "acceptLikelyDuplicates": "true"}
        return self.call(login, "POST", "/v1/customers", json=record, params=params)

    def pair(self, lead: str) -> tuple[dict, dict]:
        """Two records of one person, of which one knows more."""
        alike = {name: new_record()[name] for name in ("displayName", "phone")} | {"birthOrFoundingDate": "1988-04-12"}
        first = self.customer(MANAGER, lead, **alike, tags=["老客户"])
        second = self.customer(MANAGER, lead, **alike, tier="CUSTOMER_TIER_PREMIER")
        return first, second


def new_record() -> dict:
    """What a record is opened with, at random."""
    name = random.choice(SURNAMES) + "".join(random.choices(NAMES, k=3))
    return {
        "customerNumber": f"T{uuid.uuid4().hex[:10]}",
        "kind": "CUSTOMER_KIND_RETAIL",
        "displayName": name,
        "phone": f"139{random.randrange(10**8):08d}",
    }


@pytest.fixture(scope="module")
def calls(bank) -> Bank:
    return Bank(bank.url)


def choose(page: Page, field: str, option: str) -> None:
    """Chooses in a select field, by its label and the beginning of the option."""
    page.get_by_role("combobox", name=re.compile(rf"^(\* )?{field}$")).click()
    page.locator(".ant-select-dropdown:visible .ant-select-item-option").filter(has_text=option).first.click()


def colleague_of(calls: Bank, person: str) -> str:
    """The staff number of another relationship manager whom the manager may name."""
    people = calls.call(MANAGER, "GET", "/v1/relationshipManagers")["relationshipManagers"]
    return next(each["staffNumber"] for each in people if each["personId"] != person)


def rows(page: Page):
    return page.locator(".ant-table-row")


def test_a_relationship_manager_finds_keeps_a_view_and_chooses_columns(visit, looks_right):
    page = visit(RM, "customers")
    expect(rows(page).first).to_be_visible()
    expect(page.get_by_role("link", name="疑似重复")).to_have_count(0)
    expect(page.get_by_role("button", name="导出")).to_have_count(0)
    looks_right(page, "customers")
    choose(page, "客户类型", "对公客户")
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("kind=CUSTOMER_KIND_CORPORATE"))
    expect(rows(page).filter(has_text="个人客户")).to_have_count(0)
    page.get_by_role("button", name="列设置").click()
    page.get_by_role("checkbox", name="企业规模").check()
    page.keyboard.press("Escape")
    name = f"对公 {uuid.uuid4().hex[:6]}"
    page.get_by_role("button", name="全部客户").click()
    page.get_by_role("menuitem", name="将当前条件另存为视图").click()
    page.get_by_label("视图名称").fill(name)
    page.get_by_role("button", name="保存").click()
    expect(page).to_have_url(re.compile("view="))
    page.get_by_role("button", name="清空条件").click()
    expect(page).not_to_have_url(re.compile("kind="))
    page.reload()
    page.get_by_role("button", name=name).click()
    page.get_by_role("menuitem", name=name).click()
    expect(page).to_have_url(re.compile("kind=CUSTOMER_KIND_CORPORATE"))
    expect(page.get_by_role("columnheader", name="企业规模")).to_be_visible()
    page.get_by_role("button", name=name).click()
    page.get_by_role("menuitem", name="删除此视图").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(page.get_by_role("button", name="全部客户")).to_be_visible()


def test_a_list_in_english_is_found_by_pinyin_and_ordered(visit, looks_right, calls):
    made = calls.customer(RM, calls.person(RM), displayName="欧阳若水清越", tags=["English test"])
    page = visit(RM, "customers", language="en")
    page.get_by_label("Name, pinyin or number").fill("ou yang ruo shui")
    expect(page).to_have_url(re.compile("q=ou"))
    expect(page.get_by_role("link", name=made["displayName"]).first).to_be_visible()
    page.get_by_label("Name, pinyin or number").fill(made["customerNumber"][:8])
    expect(rows(page)).to_have_count(1)
    page.get_by_role("button", name="Clear filters").click()
    page.get_by_role("button", name="Name", exact=True).click()
    expect(page.get_by_role("columnheader", name="Name", exact=True)).to_have_attribute("aria-sort", "ascending")
    looks_right(page, "customers")


def test_a_record_is_opened_once_and_handed_over(visit, looks_right, calls):
    known = calls.customer(RM, calls.person(RM), birthOrFoundingDate="1990-01-31")
    page = visit(RM, "customers")
    page.get_by_role("button", name="新建客户").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("姓名").fill(known["displayName"])
    drawer.get_by_label("客户号").fill(f"T{uuid.uuid4().hex[:10]}")
    # What is typed survives a reload.
    page.reload()
    page.get_by_role("button", name="新建客户").click()
    expect(drawer.get_by_label("姓名")).to_have_value(known["displayName"])
    expect(drawer.get_by_text("已有相近的客户")).to_be_visible()
    looks_right(page, "customer-create")
    whole = calls.call(RM, "POST", f"/v1/customers/{known['customerId']}:reveal", json={"purpose": "page test"})
    drawer.get_by_label("电话").fill(whole["phone"])
    drawer.get_by_label("出生日期").fill("1990-01-31")
    drawer.get_by_role("button", name="建档", exact=True).click()
    expect(drawer.get_by_text("这位客户很可能已经建档")).to_be_visible()
    drawer.get_by_role("button", name="确认不是同一位").click()
    expect(page).to_have_url(re.compile(r"/customers/[0-9a-f-]{36}$"))
    page.goto(f"/app/customers?q={known['customerNumber']}")
    rows(page).first.get_by_role("checkbox").check()
    page.locator(".selection").get_by_role("button", name="移交").click()
    choose(page, "移交给", colleague_of(calls, calls.person(RM)))
    page.get_by_role("dialog").get_by_label("原因").fill("片区调整")
    page.get_by_role("dialog").get_by_role("button", name="移交").click()
    expect(rows(page)).to_have_count(0)


def test_a_manager_exports_what_the_list_shows(visit, looks_right):
    page = visit(MANAGER, "customers?tier=CUSTOMER_TIER_PREMIER", appearance="dark")
    looks_right(page, "customers")
    page.get_by_role("button", name="导出").click()
    dialog = page.get_by_role("dialog")
    looks_right(page, "customer-export")
    dialog.get_by_role("button", name="导出").click()
    with page.expect_download() as download:
        dialog.get_by_role("link", name="下载").click()
    assert download.value.suggested_filename == "customers.xlsx"


def test_a_file_is_checked_imported_and_taken_back(visit, looks_right):
    good, bad = new_record(), new_record()
    lines = ["客户号,客户名称,客户类型,手机号", f"{good['customerNumber']},{good['displayName']},对私,{good['phone']}"]
    lines.append(f"{bad['customerNumber']},{bad['displayName']},不是类型,{bad['phone']}")
    content = "\n".join(lines).encode("gb18030")
    page = visit(MANAGER, "customers/imports/new")
    looks_right(page, "import-file")
    page.locator("input[type=file]").set_input_files({"name": "名单.csv", "mimeType": "text/csv", "buffer": content})
    expect(page.get_by_role("heading", level=1)).to_have_text("名单.csv")
    looks_right(page, "import-columns")
    choose(page, "默认主办经理", "2")
    page.get_by_role("button", name="检查").click()
    expect(page.get_by_role("button", name="导入 1 行")).to_be_visible()
    looks_right(page, "import-preview")
    page.get_by_text("拒绝 1").click()
    expect(rows(page)).to_have_count(1)
    page.get_by_role("button", name="导入 1 行").click()
    expect(page.get_by_role("button", name="撤销导入")).to_be_visible()
    # The work can be left and is found again.
    page.goto("/app/customers/imports")
    looks_right(page, "imports")
    page.get_by_role("link", name="名单.csv").first.click()
    page.get_by_role("button", name="撤销导入").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(page.get_by_text("已撤销 1 项")).to_be_visible()


def test_duplicates_are_merged_field_by_field_and_parted_again(visit, looks_right, calls):
    first, _ = calls.pair(calls.person(RM))
    params = {"customerId": first["customerId"]}
    (candidate,) = calls.call(MANAGER, "GET", "/v1/duplicateCandidates", params=params)["duplicateCandidates"]
    page = visit(MANAGER, "customers/duplicates")
    expect(page.get_by_role("link", name=re.compile(first["customerNumber"])).first).to_be_visible()
    looks_right(page, "duplicates")
    page.goto(f"/app/customers/duplicates/{candidate['candidateId']}")
    premier = page.get_by_role("row", name=re.compile("^客户层级")).get_by_role("radio", name="贵宾")
    premier.check()
    expect(page.get_by_text("客户层级：贵宾")).to_be_visible()
    looks_right(page, "duplicate", full=True)
    page.get_by_label("判断为同一位客户的理由").fill("同一手机号和生日，已电话核实")
    page.get_by_role("button", name="合并", exact=True).click()
    expect(page.get_by_role("button", name="撤销合并")).to_be_visible()
    looks_right(page, "duplicate-merged")
    page.get_by_role("button", name="撤销合并").click()
    page.get_by_role("dialog").get_by_label("原因").fill("核实有误")
    page.get_by_role("dialog").get_by_role("button", name="确认").click()
    expect(page.get_by_text("不是重复", exact=True)).to_be_visible()


def test_a_hand_over_is_previewed_carried_out_and_returned(visit, looks_right, calls):
    lead = calls.person(RM)
    made = [calls.customer(MANAGER, lead, tags=[tag := f"移交{uuid.uuid4().hex[:6]}"])]
    made.append(calls.customer(MANAGER, lead, tags=[tag]))
    page = visit(MANAGER, f"customers?tag={tag}")
    expect(rows(page)).to_have_count(len(made))
    page.get_by_role("checkbox").first.check()
    page.locator(".selection").get_by_role("button", name="移交").click()
    expect(page.get_by_text("已选 2 位客户")).to_be_visible()
    choose(page, "移交给", colleague_of(calls, lead))
    page.keyboard.press("Escape")
    page.get_by_label("原因").fill("片区调整")
    looks_right(page, "hand-over-new")
    page.get_by_role("button", name="生成移交方案").click()
    expect(page.get_by_text("这是移交方案，客户尚未变动")).to_be_visible()
    looks_right(page, "hand-over")
    page.get_by_role("button", name="执行移交").click()
    expect(rows(page).filter(has_text="已移交")).to_have_count(len(made))
    page.get_by_role("button", name="退回").click()
    page.get_by_role("dialog").get_by_label("原因").fill("客户希望留下")
    page.get_by_role("dialog").get_by_role("button", name="确认").click()
    expect(rows(page).filter(has_text="已退回")).to_have_count(len(made))
    page.goto("/app/customers/hand-overs")
    looks_right(page, "hand-overs")


def test_hand_overs_in_english_and_dark(visit, looks_right):
    page = visit(MANAGER, "customers/hand-overs", language="en", appearance="dark")
    expect(page.get_by_role("button", name="New hand-over")).to_be_visible()
    looks_right(page, "hand-overs")
    page.goto("/app/customers/imports/new")
    looks_right(page, "import-file")
    page.goto("/app/customers/duplicates")
    looks_right(page, "duplicates")


def test_customers_on_a_phone(visit, looks_right, calls):
    first, _ = calls.pair(calls.person(RM))
    params = {"customerId": first["customerId"]}
    (candidate,) = calls.call(MANAGER, "GET", "/v1/duplicateCandidates", params=params)["duplicateCandidates"]
    page = visit(MANAGER, "customers", phone=True)
    looks_right(page, "customers")
    for path, name in (
        ("customers/duplicates", "duplicates"),
        (f"customers/duplicates/{candidate['candidateId']}", "duplicate"),
        ("customers/imports", "imports"),
        ("customers/imports/new", "import-file"),
        ("customers/hand-overs", "hand-overs"),
        ("customers/hand-overs/new", "hand-over-new"),
    ):
        page.goto(f"/app/{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        looks_right(page, name, full=True)
    page.goto(f"/app/customers/duplicates/{candidate['candidateId']}")
    page.get_by_role("button", name="不是同一位").click()
    page.get_by_role("dialog").locator("textarea").first.fill("父子同名")
    page.get_by_role("dialog").get_by_role("button", name="确认").click()
    expect(page.get_by_text("排除原因：父子同名")).to_be_visible()
