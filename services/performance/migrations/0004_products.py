"""The product catalogue, with the products that are there at first."""

from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import BusinessDate, Json, OrderedText, UtcDateTime

revision = "performance_0004"
down_revision = "performance_0003"

# Numbers of the contract: measures, kinds of parameters, categories, methods of the price of funds.
_BALANCE, _FTP_PROFIT, _FEE_INCOME, _EXPECTED_LOSS, _CAPITAL_COST, _UNIT_PRICE, _FLOW_AMOUNT, _FLOW_COUNT = range(1, 9)
_AMOUNT, _YEARLY_RATE, _RATE = range(1, 4)
(
    _DEPOSIT, _LOAN, _BILL, _FACTORING, _INTERNATIONAL, _CARD, _WEALTH, _INTERMEDIARY, _ONLINE, _COMMITMENT,
) = range(1, 11)  # fmt: skip
_POOL, _MATCHED, _FIXED, _NONE = range(1, 5)
_DAYS_360 = 1

# What every lending has: a default where a customer is not rated, and the capital that it binds.
_RISK = (
    ("default_pd", _YEARLY_RATE, "默认违约概率", "0.015"),
    ("default_lgd", _RATE, "默认违约损失率", "0.45"),
)
_LOSS = "COALESCE(probability_of_default, default_pd) * COALESCE(loss_given_default, default_lgd)"
_OPEN = sa.text("state IN (1, 2)")
_PUBLISHED = 3
# Before any result.
_FIRST_DATE = date(1900, 1, 1)
_BROUGHT_TIME = datetime(2026, 11, 1, tzinfo=UTC)


def upgrade():
    table = op.create_table(
        "product_versions",
        sa.Column("product_version_id", sa.Text, nullable=False),
        sa.Column("product_code", OrderedText, nullable=False),
        sa.Column("version_number", sa.Integer, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("category", sa.Integer, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("english_name", sa.Text, nullable=False),
        sa.Column("start_date", BusinessDate, nullable=False),
        sa.Column("definition", Json, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("decision_note", sa.Text),
        sa.Column("author_person_id", sa.Text, nullable=False),
        sa.Column("decider_person_id", sa.Text, nullable=False),
        sa.Column("decide_time", UtcDateTime),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("product_version_id", name="pk_product_versions"),
        sa.UniqueConstraint("product_code", "version_number", name="uq_product_versions_product_code_version_number"),
    )
    op.create_index(
        "uq_product_versions_open", "product_versions", ["product_code"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_index(
        "ix_product_versions_state_product_code_start_date", "product_versions", ["state", "product_code", "start_date"]
    )
    op.bulk_insert(table, [_row(place, *product) for place, product in enumerate(_products(), start=1)])


def _row(place, code, category, display_name, english_name, definition):
    return {
        # The same in every deployment, so that branches that merge have one and the same.
        "product_version_id": f"01930000-0000-7000-8000-00000004{place:04d}",
        "product_code": code,
        "version_number": 1,
        "state": _PUBLISHED,
        "category": category,
        "display_name": display_name,
        "english_name": english_name,
        "start_date": _FIRST_DATE,
        "definition": definition,
        "note": None,
        "decision_note": None,
        "author_person_id": "",
        "decider_person_id": "",
        "decide_time": _BROUGHT_TIME,
        "create_time": _BROUGHT_TIME,
        "update_time": _BROUGHT_TIME,
        "version": 1,
    }


def _capital(risk_weight):
    return (
        ("risk_weight", _RATE, "风险权重", risk_weight),
        ("capital_ratio", _RATE, "资本充足率要求", "0.105"),
        ("hurdle_rate", _YEARLY_RATE, "资本回报要求", "0.11"),
    )


def _lending(amount, risk_weight, income):
    """Formulas and parameters of what is lent: income, expected loss, capital cost."""
    formulas = (
        (_FTP_PROFIT, income),
        (_EXPECTED_LOSS, f"{amount} * {_LOSS}"),
        (_CAPITAL_COST, f"{amount} * risk_weight * capital_ratio * hurdle_rate"),
        (_UNIT_PRICE, f"{amount} * unit_price_rate * coefficient"),
    )
    return formulas, (*_RISK, *_capital(risk_weight))


def _deposit(kind, method, listed_rate, coefficient="1"):
    formulas = (
        (_BALANCE, "balance"),
        (_FTP_PROFIT, "balance * (ftp_rate - COALESCE(customer_rate, listed_rate))"),
        (_UNIT_PRICE, "balance * unit_price_rate * coefficient"),
    )
    parameters = (("listed_rate", _YEARLY_RATE, "挂牌利率", listed_rate), _price("0.001"))
    return _definition(_source("balances", formulas, kinds=[kind]), parameters, method, tenor_days=90, coefficient=coefficient)


def _price(rate):
    return ("unit_price_rate", _YEARLY_RATE, "年单价", rate)


def _source(dataset, formulas, **selection):
    stated = [{"measure": measure, "formula": formula} for measure, formula in formulas]
    return {"dataset": dataset, **selection, "formulas": stated}


def _definition(source, parameters, method, *, tenor_days=0, coefficient="1"):
    named = ("name", "kind", "display_name", "value")
    definition = {
        "sources": [source],
        "parameters": [dict(zip(named, parameter, strict=True)) for parameter in parameters],
        "ftp_method": method,
        "day_basis": _DAYS_360,
        # Sterling and some others count by 365 days.
        "currency_day_bases": {"GBP": 2, "HKD": 2, "SGD": 2, "THB": 2},
        "coefficient": coefficient,
    }
    return definition | ({"ftp_tenor_days": tenor_days} if tenor_days and method == _POOL else {})


def _products():
    """Code, category, names and definition of each: what a bank begins with, and makes its own by new versions."""
    yield "DEMAND_DEPOSIT", _DEPOSIT, "活期存款", "Demand deposits", _deposit("DEMAND_DEPOSIT", _POOL, "0.0005")
    yield "TERM_DEPOSIT", _DEPOSIT, "定期存款", "Term deposits", _deposit("TERM_DEPOSIT", _MATCHED, "0.011")
    yield "SAVINGS", _DEPOSIT, "储蓄存款", "Savings", _deposit("SAVINGS", _POOL, "0.0005")
    # Margins stand for other business already.
    yield "MARGIN_DEPOSIT", _DEPOSIT, "保证金存款", "Margin deposits", _deposit("MARGIN_DEPOSIT", _POOL, "0.0005", "0.3")
    yield "LOAN", _LOAN, "贷款", "Loans", _loans()
    yield "DISCOUNTED_BILL", _BILL, "票据", "Bills", _bills()
    yield "FACTORING", _FACTORING, "保理", "Factoring", _factoring()
    yield "INTERNATIONAL_SETTLEMENT", _INTERNATIONAL, "国际结算", "International settlement", _settlement()
    yield "CARD", _CARD, "银行卡", "Cards", _cards()
    yield "WEALTH", _WEALTH, "理财", "Wealth products", _wealth()
    yield "INTERMEDIARY", _INTERMEDIARY, "中间业务", "Intermediary business", _intermediary()
    yield "ONLINE_BANKING", _ONLINE, "电子银行", "Online banking", _online()
    yield "COMMITMENT", _COMMITMENT, "授信与保函", "Facilities and guarantees", _commitments()


def _loans():
    formulas, parameters = _lending("balance", "1", "balance * (customer_rate - ftp_rate)")
    source = _source("balances", ((_BALANCE, "balance"), *formulas), kinds=["LOAN"])
    return _definition(source, (*parameters, _price("0.002")), _MATCHED)


def _cards():
    income = "balance * (COALESCE(customer_rate, listed_rate) - ftp_rate)"
    formulas, parameters = _lending("balance", "0.75", income)
    source = _source("balances", ((_BALANCE, "balance"), *formulas), kinds=["CARD"])
    listed = ("listed_rate", _YEARLY_RATE, "挂牌利率", "0.18")
    return _definition(source, (*parameters, listed, _price("0.002")), _POOL, tenor_days=30)


def _bills():
    discounted = "CASE WHEN state = 'DISCOUNTED' THEN {} ELSE 0 END"
    held = discounted.format("face")
    # What was not discounted has no rate, and lacks none.
    formulas, parameters = _lending(held, "0.25", discounted.format("face * (discount_rate - ftp_rate)"))
    issued = "CASE WHEN days_since_issue = 0 THEN {} ELSE 0 END"
    flows = ((_FLOW_AMOUNT, issued.format("face")), (_FLOW_COUNT, issued.format("count")))
    source = _source("bills", ((_BALANCE, held), *formulas, *flows), kinds=["BANK_ACCEPTANCE", "COMMERCIAL_ACCEPTANCE"])
    return _definition(source, (*parameters, _price("0.0005")), _MATCHED)


def _factoring():
    held = "CASE WHEN state <> 'SETTLED' THEN financed ELSE 0 END"
    formulas, parameters = _lending(held, "1", f"{held} * (factoring_rate - ftp_rate)")
    opened = "CASE WHEN days_since_open = 0 THEN {} ELSE 0 END"
    flows = ((_FLOW_AMOUNT, opened.format("financed")), (_FLOW_COUNT, opened.format("count")))
    source = _source("factoring", ((_BALANCE, held), *formulas, *flows), remaining=True)
    rate = ("factoring_rate", _YEARLY_RATE, "保理融资利率", "0.055")
    return _definition(source, (*parameters, rate, _price("0.002")), _MATCHED)


def _settlement():
    opened = "CASE WHEN days_since_issue = 0 THEN {} ELSE 0 END"
    formulas = (
        (_FLOW_AMOUNT, opened.format("COALESCE(amount, 0)")),
        (_FLOW_COUNT, opened.format("count")),
        (_UNIT_PRICE, opened.format("count * price_each")),
    )
    source = _source("trade_finance", formulas, remaining=True)
    return _definition(source, (("price_each", _AMOUNT, "每笔单价", "50"),), _NONE)


def _wealth():
    formulas = (
        (_BALANCE, "balance"),
        (_FEE_INCOME, "balance * management_fee_rate"),
        (_UNIT_PRICE, "balance * unit_price_rate * coefficient"),
    )
    parameters = (("management_fee_rate", _YEARLY_RATE, "管理费率", "0.003"), _price("0.0003"))
    return _definition(_source("balances", formulas, kinds=["WEALTH_PRODUCT"]), parameters, _NONE)


def _intermediary():
    formulas = (
        (_FEE_INCOME, "COALESCE(after_tax, amount)"),
        (_FLOW_AMOUNT, "amount"),
        (_FLOW_COUNT, "count"),
        (_UNIT_PRICE, "COALESCE(after_tax, amount) * unit_price_share"),
    )
    parameters = (("unit_price_share", _RATE, "计价比例", "0.05"),)
    return _definition(_source("fees", formulas, remaining=True), parameters, _NONE)


def _online():
    used = "CASE WHEN kind IN ('TRANSFER', 'PURCHASE') THEN count ELSE 0 END"
    formulas = ((_FLOW_COUNT, used), (_UNIT_PRICE, f"{used} * price_each"))
    parameters = (("price_each", _AMOUNT, "每笔单价", "0.1"),)
    return _definition(_source("ebanking_events", formulas, remaining=True), parameters, _NONE)


def _commitments():
    formulas = (
        (_BALANCE, "balance"),
        (_EXPECTED_LOSS, f"balance * conversion_factor * {_LOSS}"),
        (_CAPITAL_COST, "balance * conversion_factor * risk_weight * capital_ratio * hurdle_rate"),
        (_UNIT_PRICE, "balance * unit_price_rate * coefficient"),
    )
    factor = ("conversion_factor", _RATE, "信用转换系数", "0.2")
    source = _source("balances", formulas, kinds=["FACILITY", "GUARANTEE"])
    return _definition(source, (*_RISK, *_capital("1"), factor, _price("0.0002")), _NONE)
