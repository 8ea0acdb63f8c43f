"""Formulas of products: what is let through, what is refused and where, and what they come to."""

# ruff: noqa: RUF001 - the signs for times and minus

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.performance.rules.formulas import (
    NUMERATOR_MAX,
    PLAIN,
    SCALE_MAX,
    SOURCES,
    Declared,
    FaultReason,
    FormulaFault,
    InputKind,
    Outcome,
    Parameter,
    parse,
)
from services.performance.rules.formulas.inputs import ACCOUNT_KINDS
from services.performance.rules.formulas.parsing import DEPTH_MAX, TEXT_MAX, is_name
from services.performance.rules.formulas.values import Whole
from services.performance.rules.formulas.words import Language

PARAMETERS = {
    name: Parameter(name, kind, Decimal(value))
    for name, kind, value in (
        ("turnover_tax", InputKind.RATE, "0.06"),
        ("income_tax", InputKind.RATE, "0.25"),
        ("funding_cost", InputKind.YEARLY_RATE, "0.026"),
        ("operating_cost", InputKind.YEARLY_RATE, "0.006"),
        ("fee_share", InputKind.RATE, "0.0005"),
        ("price_each", InputKind.AMOUNT, "20.5"),
        ("price_a_year", InputKind.YEARLY_AMOUNT, "36"),
        ("grace_days", InputKind.INTEGER, "90"),
    )
}
LOAN_NET_PROFIT = (
    "(balance * (customer_rate * (1 - turnover_tax) - funding_cost - operating_cost)"
    " - balance * probability_of_default * loss_given_default) * (1 - income_tax)"
)


def read(text, dataset="balances", outcome=Outcome.EARNED):
    return parse(text, Declared(SOURCES[dataset], PARAMETERS), outcome)


def value(formula, **row):
    """What the formula comes to on a row of whole numbers, texts and flags: exactly, in minor units."""
    inputs = {each.name: each for each in SOURCES["balances"].inputs.values()} | {each.name: each for each in formula.inputs}
    columns = {
        name: row.get(name) if each.kind in (InputKind.TEXT, InputKind.FLAG) else Whole(row.get(name))
        for name, each in inputs.items()
    }
    number = formula.value(PLAIN, columns).number
    return None if number is None else Fraction(number, 10**formula.scale)


def fault(text, dataset="balances", outcome=Outcome.EARNED):
    with pytest.raises(FormulaFault) as refused:
        read(text, dataset, outcome)
    return refused.value


def test_the_net_profit_of_a_loan_is_that_of_the_handbook():
    formula = read(LOAN_NET_PROFIT)
    ten_million_yuan = 1000 * 10_000 * 100
    row = {"customer_rate": 5_000_000, "probability_of_default": 1_500_000, "loss_given_default": 45_000_000}
    assert value(formula, balance=ten_million_yuan, **row) == Fraction(61_875 * 100)
    assert formula.accrues
    assert formula.scale == SCALE_MAX


@pytest.mark.parametrize(
    ("text", "row", "expected"),
    [
        ("balance * (ftp_rate - customer_rate)", {"balance": 10_000, "ftp_rate": 3_000_000, "customer_rate": 1_000_000}, 200),
        ("balance * ftp_rate / 8", {"balance": 800, "ftp_rate": 10**8}, 100),
        ("-balance * -ftp_rate", {"balance": 800, "ftp_rate": 10**7}, 80),
        ("balance * greatest(ftp_rate - customer_rate, 0)", {"balance": 99, "ftp_rate": 1, "customer_rate": 2}, 0),
        ("balance * abs(ftp_rate - customer_rate)", {"balance": 10**8, "ftp_rate": 1, "customer_rate": 3}, 2),
        ("balance * least(ftp_rate, customer_rate)", {"balance": 10**8, "ftp_rate": 1}, None),
        ("balance * coalesce(customer_rate, ftp_rate)", {"balance": 10**8, "ftp_rate": 7}, 7),
        ("balance * ftp_rate", {"balance": 10**8}, None),
        ("count * price_a_year", {"count": 1}, 3_600),
        ("balance * case when overdue_days > grace_days then 0 else ftp_rate end", {"balance": 10**8, "ftp_rate": 7}, 7),
        (
            "balance * case when overdue_days > grace_days or loan_class in ('LOSS', 'DOUBTFUL') then 0 else ftp_rate end",
            {"balance": 10**8, "ftp_rate": 7, "loan_class": "LOSS"},
            0,
        ),
        (
            "balance * case loan_class when 'LOSS' then 0 when 'DOUBTFUL' then 0.5 else 1 end * ftp_rate",
            {"balance": 10**8, "ftp_rate": 8, "loan_class": "DOUBTFUL"},
            4,
        ),
        (
            "balance * case when overdue_days between 1 and 90 and not loan_class is null then 2 else 1 end * ftp_rate",
            {"balance": 10**8, "ftp_rate": 8, "loan_class": "LOSS", "overdue_days": 90},
            16,
        ),
    ],
)
def test_a_formula_comes_to(text, row, expected):
    assert value(read(text), **row) == expected


@pytest.mark.parametrize(
    ("text", "reason", "line", "column"),
    [
        ("", FaultReason.EMPTY, 1, 1),
        ("balance *", FaultReason.SYNTAX, 1, 9),
        ("balance; balance", FaultReason.SYNTAX, 1, 8),
        ("balance ftp", FaultReason.SYNTAX, 1, 9),
        ("balance * 'x", FaultReason.SYNTAX, 1, 12),
        ("balance * 1e5", FaultReason.SYNTAX, 1, 11),
        ("balance * case when overdue_days > 1 then ftp_rate end", FaultReason.SYNTAX, 1, 21),
        ("balance\n  * ftp_rat", FaultReason.INPUT_UNKNOWN, 2, 5),
        ("余额 * ftp_rate", FaultReason.INPUT_UNKNOWN, 1, 1),
        ("balance * sqrt_of(ftp_rate)", FaultReason.FUNCTION_UNKNOWN, 1, 11),
        ("x.balance * ftp_rate", FaultReason.CONSTRUCT_REFUSED, 1, 1),
        ("select balance from t", FaultReason.CONSTRUCT_REFUSED, 1, 8),
        ("balance * (select 1)", FaultReason.CONSTRUCT_REFUSED, 1, 19),
        ("balance::int * ftp_rate", FaultReason.CONSTRUCT_REFUSED, 1, 1),
        ("sum(balance) * ftp_rate", FaultReason.CONSTRUCT_REFUSED, 1, 1),
        ("balance * case when loan_class like 'L%' then 0 else ftp_rate end", FaultReason.CONSTRUCT_REFUSED, 1, 21),
        ("balance * ftp_rate % 2", FaultReason.CONSTRUCT_REFUSED, 1, 1),
        ("balance * case when account_state in (select 1) then 0 else 1 end", FaultReason.CONSTRUCT_REFUSED, 1, 21),
        ("balance * case when loan_class = 'LOST' then 0 else ftp_rate end", FaultReason.CODE_UNKNOWN, 1, 21),
        ("balance * loan_class", FaultReason.TYPES_DIFFER, 1, 11),
        ("balance * case when overdue_days then 0 else ftp_rate end", FaultReason.TYPES_DIFFER, 1, 21),
        ("balance * case when loan_class > 'LOSS' then 0 else ftp_rate end", FaultReason.TYPES_DIFFER, 1, 21),
        ("balance * (ftp_rate + turnover_tax)", FaultReason.TYPES_DIFFER, 1, 23),
        ("balance * balance", FaultReason.NOT_PROPORTIONAL, 1, 11),
        ("balance * ftp_rate + ftp_rate", FaultReason.NOT_PROPORTIONAL, 1, 22),
        ("balance * ftp_rate + price_a_year", FaultReason.NOT_PROPORTIONAL, 1, 22),
        ("abs(balance) * ftp_rate", FaultReason.NOT_PROPORTIONAL, 1, 1),
        ("case when balance > 0 then balance else 0 end * ftp_rate", FaultReason.NOT_PROPORTIONAL, 1, 11),
        ("case when count = 1 then balance else 0 end * ftp_rate", FaultReason.NOT_PROPORTIONAL, 1, 11),
        ("balance * ftp_rate * probability_of_default", FaultReason.YEARLY_TWICE, 1, 22),
        ("balance * ftp_rate / 3", FaultReason.DIVISOR_REFUSED, 1, 22),
        ("balance * ftp_rate / (1 - 1)", FaultReason.DIVISOR_REFUSED, 1, 23),
        ("balance * ftp_rate / customer_rate", FaultReason.DIVISOR_REFUSED, 1, 22),
        ("balance * ftp_rate * 0.12345678901", FaultReason.TOO_MANY_DIGITS, 1, 1),
        ("balance * ftp_rate * tenor_days", FaultReason.TOO_MANY_DIGITS, 1, 1),
        ("balance", FaultReason.RESULT_UNFIT, 1, 1),
        ("balance * fee_share", FaultReason.RESULT_UNFIT, 1, 1),
        ("case when days_since_open < 9 then balance * fee_share else 0 end", FaultReason.RESULT_UNFIT, 1, 1),
        ("ftp_rate", FaultReason.RESULT_UNFIT, 1, 1),
        ("loan_class", FaultReason.TYPES_DIFFER, 1, 1),
        (" + ".join(["balance * ftp_rate"] * (DEPTH_MAX + 5)), FaultReason.TOO_LONG, 1, 1),
        ("(" * 900 + "balance" + ")" * 900, FaultReason.TOO_LONG, 1, 1),
        ("balance * ftp_rate" + " " * TEXT_MAX, FaultReason.TOO_LONG, 1, TEXT_MAX + 1),
    ],
)
def test_a_fault_is_refused_with_its_place(text, reason, line, column):
    refused = fault(text)
    assert (refused.reason, refused.place.line, refused.place.column) == (reason, line, column)
    assert refused.problem.endswith(".")
    assert refused.advice


@pytest.mark.parametrize(
    ("text", "dataset", "outcome", "accrues"),
    [
        ("COALESCE(after_tax, amount) * fee_share", "fees", Outcome.EARNED, False),
        ("count * price_each", "fees", Outcome.EARNED, False),
        ("CASE WHEN days_since_issue = 0 THEN count * price_each ELSE 0 END", "trade_finance", Outcome.EARNED, False),
        ("CASE WHEN days_since_issue = 0 AND state = 'PAID' THEN face ELSE 0 END", "bills", Outcome.FLOW, False),
        ("CASE WHEN days_since_issue = 0 THEN count ELSE 0 END", "bills", Outcome.COUNT, False),
        ("CASE WHEN state = 'DISCOUNTED' THEN face ELSE 0 END", "bills", Outcome.STANDING, False),
        ("CASE WHEN recourse THEN financed ELSE 0 END * 0.01", "factoring", Outcome.EARNED, True),
        ("0", "balances", Outcome.EARNED, True),
    ],
)
def test_what_is_for_a_year_runs_on_days_and_what_is_not_counts_once(text, dataset, outcome, accrues):
    assert read(text, dataset, outcome).accrues is accrues


@pytest.mark.parametrize(
    ("text", "dataset", "outcome"),
    [
        ("face", "bills", Outcome.FLOW),
        ("count", "bills", Outcome.COUNT),
        ("amount", "fees", Outcome.COUNT),
        ("count", "fees", Outcome.FLOW),
        ("amount * funding_cost", "fees", Outcome.EARNED),
        ("face * 0.5", "bills", Outcome.STANDING),
        ("CASE WHEN days_since_issue = 0 OR state = 'PAID' THEN face ELSE 0 END", "bills", Outcome.FLOW),
    ],
)
def test_a_measure_is_what_it_says(text, dataset, outcome):
    assert fault(text, dataset, outcome).reason is FaultReason.RESULT_UNFIT


def test_a_formula_in_plain_words():
    formula = read(LOAN_NET_PROFIT)
    assert formula.words(Language.CHINESE) == (
        "（余额 × （客户利率 × （1 − turnover tax（6%）） − funding cost（2.6%） − operating cost（0.6%））"
        " − 余额 × 违约概率 × 违约损失率） × （1 − income tax（25%））"
    )
    assert formula.words(Language.ENGLISH) == (
        "(balance × (customer's rate × (1 − turnover tax (6%)) − funding cost (2.6%) − operating cost (0.6%))"
        " − balance × probability of default × loss given default) × (1 − income tax (25%))"
    )
    chosen = read(
        "balance * CASE WHEN overdue_days > 90 AND NOT loan_class IS NULL THEN 0 ELSE COALESCE(customer_rate, 0.05) END"
    )
    assert chosen.words(Language.CHINESE) == (
        "余额 × （若 逾期天数 大于 90 且 并非 （五级分类 缺失） 则为 0；否则为 客户利率（缺失时取 0.05））"
    )
    assert read("balance * (ftp_rate - (customer_rate - 0.01)) / 2").words(Language.ENGLISH) == (
        "balance × (price of funds − (customer's rate − 0.01)) ÷ 2"
    )


def test_names_of_parameters_are_no_words_of_sql():
    assert is_name("listed_rate")
    assert not any(map(is_name, ("case", "null", "and", "1a", "a b", "a.b", "select", "", "'a'")))


def test_sources_agree_with_the_canonical_datasets():
    from services.chassis.lake.schemas import SCHEMAS

    assert SCHEMAS["accounts"].column("kind").codes == ACCOUNT_KINDS
    for source in SOURCES.values():
        schema = SCHEMAS[source.dataset]
        columns = {column.name.removesuffix("_minor_units").removesuffix("_e8"): column for column in schema.columns}
        if source.dataset != "balances" and source.kinds:
            assert columns["kind"].codes == source.kinds
        for named in source.inputs.values():
            if named.name in columns and named.codes:
                assert columns[named.name].codes == named.codes
        assert source.standing <= schema.snapshot
    assert SCHEMAS["loan_classes"].column("class").codes == SOURCES["balances"].inputs["loan_class"].codes
    assert SCHEMAS["accounts"].column("state").codes == SOURCES["balances"].inputs["account_state"].codes


RATES = st.sampled_from(["ftp_rate", "customer_rate", "probability_of_default", "funding_cost", "0.01", "0"])
FACTORS = st.sampled_from(["turnover_tax", "loss_given_default", "0.5", "2", "(1 - income_tax)", "overdue_days"])


def _grown(rates):
    return st.one_of(
        st.builds("({} + {})".format, rates, rates),
        st.builds("({} - {})".format, rates, rates),
        st.builds("LEAST({}, {})".format, rates, rates),
        st.builds("COALESCE({}, {})".format, rates, rates),
        st.builds("-{}".format, rates),
        st.builds("CASE WHEN overdue_days > 5 THEN {} ELSE {} END".format, rates, rates),
        st.builds("({} * {})".format, rates, FACTORS),
        st.builds("({} / 4)".format, rates),
    )


FORMULAS = st.builds("balance * {}".format, st.recursive(RATES, _grown, max_leaves=6))
NUMBERS = st.none() | st.integers(0, 10**8)
ROWS = st.fixed_dictionaries(
    {
        "ftp_rate": NUMBERS,
        "customer_rate": NUMBERS,
        "probability_of_default": NUMBERS,
        "loss_given_default": NUMBERS,
        "overdue_days": st.none() | st.integers(0, 9),
    }
)


@settings(max_examples=150)
@given(text=FORMULAS, row=ROWS, cuts=st.lists(st.integers(0, 10**15), max_size=4), negative=st.booleans())
def test_the_parts_of_a_balance_add_up_to_the_whole_and_never_need_too_many_digits(text, row, cuts, negative):
    try:
        formula = read(text)
    except FormulaFault:
        return
    sign = -1 if negative else 1
    bounds = sorted((0, *cuts, 10**15))
    parts = [value(formula, balance=sign * (high - low), **row) for low, high in pairwise(bounds)]
    whole = value(formula, balance=sign * 10**15, **row)
    assert whole == (None if None in parts else sum(parts))
    assert whole is None or abs(whole * 10**formula.scale) <= NUMERATOR_MAX


@given(st.text(max_size=40))
def test_any_text_is_a_formula_or_a_fault(text):
    try:
        read(text)
    except FormulaFault as refused:
        place = refused.place
    else:
        return
    lines = text.split("\n")
    assert 1 <= place.line <= len(lines)
    assert 1 <= place.column <= len(lines[place.line - 1]) + 1
