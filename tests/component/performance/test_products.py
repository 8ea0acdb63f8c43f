"""The product catalogue over real gRPC: written by one person, published by another, and whole on every day."""

# ruff: noqa: RUF001 - the signs for times and minus

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select
from workbench.performance.v1 import product_events_pb2, product_pb2

from services.chassis.kernel.errors import InvalidInput, NotAllowed, NotFound, RuleBroken, StaleVersion
from services.performance.model import ClosedMonth, StaleMark
from services.performance.rules.catalogue import Measure, Slot, VersionState
from services.performance.rules.formulas.inputs import ACCOUNT_KINDS
from services.performance.rules.formulas.words import Language
from services.performance.usecases import catalogue
from tests.component.performance.product_builders import DAY, created, definition, own_product, published
from tests.component.town import run_together

FIRST_PRODUCTS = {
    "CARD", "COMMITMENT", "DEMAND_DEPOSIT", "DISCOUNTED_BILL", "FACTORING", "INTERMEDIARY", "INTERNATIONAL_SETTLEMENT", "LOAN",
    "MARGIN_DEPOSIT", "ONLINE_BANKING", "SAVINGS", "TERM_DEPOSIT", "WEALTH",
}  # fmt: skip


@pytest.fixture
def shop(town):
    """The catalogue with what a test adds to it."""
    with own_product(town):
        yield town


def stale_marks(shop):
    with shop.service.database.transaction(read_only=True) as work:
        marks = work.session.scalars(select(StaleMark).where(StaleMark.reason == f"products/{shop.code}"))
        return [(mark.start_date, mark.end_date, mark.ownership) for mark in marks]


def rules_on(work, day):
    """What is computed by on that day."""
    return catalogue.rules_of(work, [span.version_id for span in catalogue.published_spans(work) if span.holds(day)])


def test_the_first_catalogue_takes_every_kind_of_account_and_reads_in_plain_words(shop):
    found = shop.rm1_east.call("ListProducts")
    products = {product.product_code: product for product in found.products if product.product_code in FIRST_PRODUCTS}
    assert set(products) == FIRST_PRODUCTS
    for product in products.values():
        assert product.version.state == VersionState.PUBLISHED
        assert (product.version.author_person_id, product.version.end_date) == ("", "")
        formulas = [formula for source in product.version.definition.sources for formula in source.formulas]
        assert all(each.chinese_words and each.english_words for each in formulas)
    profit = products["LOAN"].version.definition.sources[0].formulas[1]
    assert (profit.chinese_words, profit.yearly) == ("余额 × （客户利率 − 资金转移价格）", True)
    with shop.service.database.transaction(read_only=True) as work:
        rules = rules_on(work, date(2026, 11, 1))
    kinds = sorted(kind for rule in rules if rule.dataset == "balances" for kind in rule.selection.kinds)
    assert kinds == sorted(ACCOUNT_KINDS)
    margin = next(rule for rule in rules if rule.code == "MARGIN_DEPOSIT")
    assert margin.measures[Slot.UNIT_PRICE].words(Language.ENGLISH).endswith("coefficient (30%)")
    assert {rule.dataset for rule in rules} == {"balances", "bills", "ebanking_events", "factoring", "fees", "trade_finance"}


@pytest.mark.parametrize(
    ("row", "profit"),
    [
        ({"state": "DISCOUNTED", "discount_rate": "0.03"}, "10"),
        # Of what was discounted the rate is missed; what was not has none.
        ({"state": "DISCOUNTED"}, ""),
        ({"state": "ISSUED"}, "0"),
    ],
)
def test_a_bill_that_was_not_discounted_lacks_no_rate(shop, row, profit):
    bill = shop.rm1_east.call("GetProduct", product_code="DISCOUNTED_BILL").version.definition
    (formula,) = [each.formula for each in bill.sources[0].formulas if each.measure == Measure.FTP_PROFIT]
    asked = {"dataset": "bills", "measure": Measure.FTP_PROFIT, "formula": formula, "parameters": bill.parameters}
    tried = shop.rm1_east.call("CheckFormula", **asked, values={"face": "1000.00", "ftp_rate": "0.02"} | row)
    assert tried.value == profit


def test_a_version_is_written_by_one_person_and_published_by_another(shop):
    version = created(shop)
    assert (version.version_number, version.state, version.author_name) == (1, VersionState.DRAFT, "王雅婷")
    assert version.definition.sources[0].formulas[1].english_words == "balance × (customer's rate − price of funds − cost (0.6%))"
    assert version.definition.sources[0].formulas[1].chinese_words == "余额 × （客户利率 − 资金转移价格 − 运营成本（0.6%））"
    named = {"product_version_id": version.product_version_id}
    with pytest.raises(RuleBroken, match="VERSION_NOT_SUBMITTED"):
        shop.analyst.call("PublishProductVersion", **named)
    shop.product_manager.call("SubmitProductVersion", **named)
    with pytest.raises(NotAllowed, match="SELF_DECISION"):
        shop.product_manager.call("PublishProductVersion", **named)
    rejected = shop.analyst.call("RejectProductVersion", **named, decision_note="成本太低")
    assert (rejected.state, rejected.decision_note, rejected.decider_person_id) == (1, "成本太低", shop.analyst.person_id)
    shop.product_manager.call("SubmitProductVersion", **named)
    done = shop.analyst.call("PublishProductVersion", **named)
    assert (done.state, done.decider_name) == (VersionState.PUBLISHED, "王雅婷")
    assert stale_marks(shop) == [(DAY, None, False)]
    (told,) = shop.recorded(product_events_pb2.ProductVersionPublished, product_code=shop.code)
    assert (told.start_date, told.decider_person_id) == (DAY.isoformat(), shop.analyst.person_id)
    assert len(shop.recorded(product_events_pb2.ProductVersionSubmitted, product_code=shop.code)) == 2
    for act in ("SubmitProductVersion", "PublishProductVersion"):
        with pytest.raises(RuleBroken):
            shop.analyst.call(act, **named)
    with pytest.raises(RuleBroken, match="VERSION_NOT_DRAFT"):
        shop.product_manager.call("UpdateProductVersion", product_version=done, update_mask={"paths": ["note"]})


def test_a_product_stands_as_it_did_on_each_day(shop):
    first = published(shop)
    with pytest.raises(RuleBroken, match="START_DATE_UNFIT"):
        published(shop, start_date="2031-04-30")
    shop.product_manager.call("WithdrawProductVersion", product_version_id=_open(shop))
    with pytest.raises(RuleBroken, match="START_DATE_UNFIT"):
        published(shop, start_date="0001-01-01")
    shop.product_manager.call("WithdrawProductVersion", product_version_id=_open(shop))
    second = published(shop, start_date="2031-07-01", display_name="绿色贷款二")
    asked = {"product_code": shop.code}
    with pytest.raises(NotFound, match="PRODUCT_NOT_FOUND"):
        shop.rm1_east.call("GetProduct", product_code="NOT_THERE")
    before = shop.rm1_east.call("GetProduct", **asked)
    assert (before.HasField("version"), before.next_start_date) == (False, "2031-05-01")
    held = shop.rm1_east.call("GetProduct", **asked, date="2031-06-30")
    assert (held.version.product_version_id, held.version.end_date) == (first.product_version_id, "2031-06-30")
    assert held.next_start_date == "2031-07-01"
    assert shop.rm1_east.call("GetProduct", **asked, date="9999-12-31").version.display_name == "绿色贷款二"
    # A mistake is put right from the day on which it began: what it replaces was never in force.
    third = published(shop, start_date="2031-07-01", display_name="绿色贷款三")
    assert shop.rm1_east.call("GetProduct", **asked, date="2031-07-01").version.display_name == "绿色贷款三"
    history = shop.auditor.call("ListProductVersions", **asked, states=[VersionState.PUBLISHED]).product_versions
    assert [each.product_version_id for each in history] == [each.product_version_id for each in (third, second, first)]
    assert [each.end_date for each in history] == ["", "2031-06-30", "2031-06-30"]
    with shop.service.database.transaction(read_only=True) as work:
        held = [rule.version_id for rule in rules_on(work, date(2031, 7, 1)) if rule.code == shop.code]
        assert held == [third.product_version_id]
        spans = [span for span in catalogue.published_spans(work) if span.product_code == shop.code]
        assert [(span.start_date, span.end_date) for span in spans] == [(DAY, date(2031, 6, 30)), (date(2031, 7, 1), None)]
        pinned = catalogue.rules_of(work, [second.product_version_id, first.product_version_id])
        assert [rule.version_id for rule in pinned] == [first.product_version_id, second.product_version_id]


def _open(shop):
    states = [VersionState.DRAFT, VersionState.SUBMITTED]
    (version,) = shop.analyst.call("ListProductVersions", product_code=shop.code, states=states).product_versions
    return version.product_version_id


def test_a_draft_changes_only_as_it_was_seen(shop):
    version = created(shop)
    sent = product_pb2.ProductVersion(product_version_id=version.product_version_id, etag=version.etag, note="急")
    changed = shop.product_manager.call("UpdateProductVersion", product_version=sent, update_mask={"paths": ["note"]})
    assert (changed.note, changed.display_name) == ("急", "绿色贷款")
    with pytest.raises(StaleVersion, match="PRODUCT_VERSION_CHANGED"):
        shop.product_manager.call("UpdateProductVersion", product_version=sent, update_mask={"paths": ["note"]})
    with pytest.raises(StaleVersion, match="PRODUCT_VERSION_CHANGED"):
        shop.product_manager.call("SubmitProductVersion", product_version_id=version.product_version_id, etag=version.etag)
    with pytest.raises(InvalidInput, match="FIELD_UNKNOWN"):
        shop.product_manager.call("UpdateProductVersion", product_version=sent, update_mask={"paths": ["colour"]})
    sent.etag = changed.etag
    sent.definition.CopyFrom(definition(shop.code, coefficient="0.5"))
    mask = {"paths": ["definition"]}
    # Who publishes it has had no part in it.
    with pytest.raises(NotAllowed, match="NOT_AUTHOR"):
        shop.analyst.call("UpdateProductVersion", product_version=sent, update_mask=mask)
    taken = shop.product_manager.call("UpdateProductVersion", product_version=sent, update_mask=mask)
    assert (taken.note, taken.definition.coefficient) == ("急", "0.5")
    with pytest.raises(NotAllowed, match="NOT_AUTHOR"):
        shop.analyst.call("SubmitProductVersion", product_version_id=taken.product_version_id)
    with pytest.raises(RuleBroken, match="VERSION_OPEN"):
        created(shop)


@pytest.mark.parametrize(
    ("changes", "reason", "field"),
    [
        ({"start_date": "2031-02-30"}, "DATE_INVALID", "product_version.start_date"),
        ({"display_name": "  "}, "NAME_EMPTY", "product_version.display_name"),
        ({"product_code": "bad code"}, "REQUEST_INVALID", "product_version.product_code"),
        ({"category": 0}, "REQUEST_INVALID", "product_version.category"),
    ],
)
def test_bad_input_is_refused_with_its_field(shop, changes, reason, field):
    with pytest.raises(InvalidInput, match=reason) as refused:
        created(shop, **changes)
    assert [violation.field for violation in refused.value.violations] == [field]


def test_a_bad_formula_is_refused_with_the_place_of_the_fault(shop):
    bad = definition(shop.code)
    bad.sources[0].formulas[1].formula = "balance *\n  (customer_rate - ftp)"
    with pytest.raises(InvalidInput, match="FORMULA_INVALID") as refused:
        created(shop, definition=bad)
    assert refused.value.metadata == {"fault": "INPUT_UNKNOWN", "line": "2", "column": "20"}
    (violation,) = refused.value.violations
    assert violation.field == "product_version.definition.sources[0].formulas[1].formula"
    assert violation.description.startswith("line 2, column 20: “ftp” is neither an input of balances nor a parameter.")


def test_two_products_never_take_the_same_and_no_kind_of_account_is_left_out(shop):
    published(shop)
    own = shop.code
    shop.code = f"{own}B"
    version = created(shop, definition=definition(own), start_date="2031-06-01")
    with pytest.raises(RuleBroken, match="CODE_TAKEN") as refused:
        shop.product_manager.call("SubmitProductVersion", product_version_id=version.product_version_id)
    assert refused.value.metadata == {"dataset": "balances", "subject": own, "productCode": own, "date": "2031-06-01"}
    # Before the other begins it would do; from then on not.
    sent = product_pb2.ProductVersion(product_version_id=version.product_version_id, start_date="2031-04-01")
    shop.product_manager.call("UpdateProductVersion", product_version=sent, update_mask={"paths": ["start_date"]})
    with pytest.raises(RuleBroken, match="CODE_TAKEN") as refused:
        shop.product_manager.call("SubmitProductVersion", product_version_id=version.product_version_id)
    assert refused.value.metadata["date"] == "2031-05-01"
    loans = product_pb2.ProductVersion(
        product_code="LOAN", category=2, display_name="贷款", start_date="2031-05-01", definition=definition("X", sources=[])
    )
    ended = shop.product_manager.call("CreateProductVersion", product_version=loans)
    with pytest.raises(RuleBroken, match="ACCOUNT_KIND_UNCOVERED") as refused:
        shop.product_manager.call("SubmitProductVersion", product_version_id=ended.product_version_id)
    assert refused.value.metadata["subject"] == "LOAN"


def test_what_is_not_in_force_yet_is_taken_back_by_somebody_else(shop, at):
    version = published(shop)
    named = {"product_version_id": version.product_version_id}
    with pytest.raises(NotAllowed, match="SELF_DECISION"):
        shop.product_manager.call("WithdrawProductVersion", **named)
    taken_back = shop.analyst.call("WithdrawProductVersion", **named)
    assert taken_back.state == VersionState.WITHDRAWN
    assert stale_marks(shop) == [(DAY, None, False)] * 2
    (told,) = shop.recorded(product_events_pb2.ProductVersionWithdrawn, product_code=shop.code)
    assert told.published
    with pytest.raises(RuleBroken, match="VERSION_WITHDRAWN"):
        shop.analyst.call("WithdrawProductVersion", **named)
    with shop.service.database.transaction(read_only=True) as work:
        today = work.business_date
    running = published(shop, start_date=today.isoformat())
    assert running.version_number == 2
    with pytest.raises(RuleBroken, match="VERSION_IN_FORCE"):
        shop.analyst.call("WithdrawProductVersion", product_version_id=running.product_version_id)


def test_nothing_begins_in_a_month_that_was_closed(shop):
    month = date(2031, 8, 1)
    version = created(shop)
    named = {"product_version_id": version.product_version_id}
    shop.product_manager.call("SubmitProductVersion", **named)
    with shop.service.database.transaction() as work:
        work.session.add(ClosedMonth(month_date=month, run_id="r", closer_person_id="p", create_time=work.now))
    try:
        with pytest.raises(RuleBroken, match="MONTH_CLOSED"):
            shop.analyst.call("PublishProductVersion", **named)
    finally:
        with shop.service.database.transaction() as work:
            work.session.execute(delete(ClosedMonth).where(ClosedMonth.month_date == month))
    assert shop.analyst.call("PublishProductVersion", **named).state == VersionState.PUBLISHED


def test_two_publications_at_once_leave_one_version_and_one_mark(shop):
    version = created(shop)
    shop.product_manager.call("SubmitProductVersion", product_version_id=version.product_version_id)
    outcomes = []

    def publish(who):
        try:
            outcomes.append(who.call("PublishProductVersion", product_version_id=version.product_version_id).state)
        except RuleBroken as refused:
            outcomes.append(refused.reason)

    run_together(publish, [shop.analyst, shop.colleague("product_manager", ""), shop.colleague("performance_analyst", "")])
    assert sorted(map(str, outcomes)) == ["3", "VERSION_NOT_SUBMITTED", "VERSION_NOT_SUBMITTED"]
    assert len(stale_marks(shop)) == 1


def test_two_drafts_and_two_claims_of_a_code_at_once_leave_one(shop):
    outcomes = []

    def create(who):
        try:
            outcomes.append(created(shop, author=who).version_number)
        except RuleBroken as refused:
            outcomes.append(refused.reason)

    run_together(create, [shop.product_manager, shop.analyst])
    assert sorted(map(str, outcomes)) == ["1", "VERSION_OPEN"]
    first, bank_code = _open(shop), shop.code
    shop.code = f"{bank_code}B"
    second = created(shop, definition=definition(bank_code)).product_version_id
    checker = shop.colleague("performance_analyst", "")
    for each in (first, second):
        version = checker.call("GetProductVersion", product_version_id=each)
        author = shop.analyst if version.author_person_id == shop.analyst.person_id else shop.product_manager
        author.call("SubmitProductVersion", product_version_id=each)
    outcomes.clear()

    def publish(version_id):
        try:
            outcomes.append(checker.call("PublishProductVersion", product_version_id=version_id).state)
        except RuleBroken as refused:
            outcomes.append(refused.reason)

    run_together(publish, [first, second])
    assert sorted(map(str, outcomes)) == ["3", "CODE_TAKEN"]


def test_in_what_two_versions_differ(shop):
    first = published(shop)
    other = definition(shop.code, coefficient="0.5", currency_day_bases={"GBP": 2})
    other.sources[0].formulas[1].formula = "balance * customer_rate"
    other.sources[0].formulas.add(measure=Measure.UNIT_PRICE, formula="balance * cost")
    del other.sources[0].formulas[0]
    second = created(shop, definition=other, start_date="2031-06-01")
    told = shop.rm1_east.call(
        "CompareProductVersions",
        former_product_version_id=first.product_version_id,
        product_version_id=second.product_version_id,
    )
    assert [(each.field, each.before, each.after) for each in told.differences] == [
        ("coefficient", "1", "0.5"),
        ("currency_day_bases[GBP]", "", "DAY_BASIS_DAYS_365"),
        ("sources[balances].formulas[BALANCE].formula", "balance", ""),
        (
            "sources[balances].formulas[FTP_PROFIT].formula",
            "balance * (customer_rate - ftp_rate - cost)",
            "balance * customer_rate",
        ),
        ("sources[balances].formulas[UNIT_PRICE].formula", "", "balance * cost"),
        ("start_date", "2031-05-01", "2031-06-01"),
    ]


def test_lists_go_on_page_by_page(shop):
    seen, token = [], ""
    while True:
        page = shop.rm1_east.call("ListProducts", page_size=5, page_token=token)
        seen += [product.product_code for product in page.products]
        if not (token := page.next_page_token):
            break
    assert seen == sorted(set(seen))
    assert set(seen) >= FIRST_PRODUCTS
    with pytest.raises(InvalidInput, match="PAGE_TOKEN_INVALID"):
        shop.rm1_east.call("ListProducts", page_token="nonsense")
    deposits = shop.rm1_east.call("ListProducts", categories=[product_pb2.PRODUCT_CATEGORY_DEPOSIT])
    assert {p.product_code for p in deposits.products} == {"DEMAND_DEPOSIT", "TERM_DEPOSIT", "SAVINGS", "MARGIN_DEPOSIT"}
    assert not shop.rm1_east.call("ListProducts", date="0001-01-01").products[0].HasField("version")


def test_a_formula_is_tried_on_a_row(shop):
    asked = {"dataset": "balances", "measure": Measure.FTP_PROFIT}
    tax = product_pb2.ProductParameter(name="tax", kind=3, value="0.06")
    tried = shop.rm1_east.call(
        "CheckFormula",
        **asked,
        formula="balance * (customer_rate * (1 - tax) - ftp_rate)",
        parameters=[tax],
        values={"balance": "10000000.00", "customer_rate": "0.05", "ftp_rate": "0.026"},
    )
    assert (tried.value, tried.day_value, tried.yearly) == ("210000", "583.3333333333", True)
    assert list(tried.inputs) == ["balance", "customer_rate", "ftp_rate"]
    missing = shop.rm1_east.call("CheckFormula", **asked, formula="balance * ftp_rate", values={"balance": "1"})
    assert (missing.value, missing.HasField("fault")) == ("", False)
    faulty = shop.rm1_east.call("CheckFormula", **asked, formula="balance * balance").fault
    assert (faulty.reason, faulty.line, faulty.column) == ("NOT_PROPORTIONAL", 1, 11)
    for values in ({"balance": "x"}, {"balance": "1e400"}, {"balance": "0.001"}, {"colour": "1"}, {"customer_rate": "NaN"}):
        with pytest.raises(InvalidInput, match="VALUE_UNFIT"):
            shop.rm1_east.call("CheckFormula", **asked, formula="balance * ftp_rate", values=values)
    with pytest.raises(InvalidInput, match="SOURCE_UNKNOWN"):
        shop.rm1_east.call("CheckFormula", **asked | {"dataset": "policies"}, formula="balance")
    with pytest.raises(InvalidInput, match="MEASURE_UNFIT"):
        shop.rm1_east.call("CheckFormula", dataset="fees", measure=Measure.BALANCE, formula="amount")


def test_what_formulas_may_name(shop):
    sources = {each.dataset: each for each in shop.rm1_east.call("ListFormulaSources").sources}
    assert (tuple(sources["balances"].kinds), sources["balances"].standing) == (ACCOUNT_KINDS, True)
    assert "after_tax" in {each.name for each in sources["fees"].inputs}


def test_who_may_do_what(shop):
    with pytest.raises(NotAllowed):
        created(shop, author=shop.manager_east)
    # The catalogue is the whole bank's.
    with pytest.raises(NotAllowed, match="WHOLE_BANK_NEEDED"):
        created(shop, author=shop.colleague("product_manager", "EAST/"))
    with pytest.raises(NotAllowed):
        shop.steward.call("ListProducts")
    with pytest.raises(NotFound, match="PRODUCT_VERSION_NOT_FOUND"):
        shop.analyst.call("GetProductVersion", product_version_id=str(uuid.uuid4()))


def test_a_measure_without_a_formula_is_nothing(shop):
    published(shop, start_date=(DAY + timedelta(days=31)).isoformat())
    with shop.service.database.transaction(read_only=True) as work:
        (rule,) = [rule for rule in rules_on(work, date(2031, 6, 1)) if rule.code == shop.code]
    assert set(rule.measures) == {Slot.BALANCE, Slot.FTP_PROFIT}
