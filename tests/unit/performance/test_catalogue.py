"""The catalogue: when versions are in force, what does not go together, and what a definition may say."""

# ruff: noqa: RUF001 - the sign for times

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbench.performance.v1 import product_pb2, product_service_pb2

from services.performance.rules import catalogue, definitions
from services.performance.rules.catalogue import DayBasis, Measure, Selection, Slot, clashes, spans
from services.performance.rules.definitions import COEFFICIENT, DefinitionFault, read_definition
from services.performance.rules.formulas import InputKind
from services.performance.rules.formulas.words import Language

DAY = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("mirrored", "contract"),
    [
        (catalogue.Measure, product_pb2.Measure),
        (catalogue.ProductCategory, product_pb2.ProductCategory),
        (catalogue.VersionState, product_pb2.ProductVersionState),
        (catalogue.FtpMethod, product_pb2.FtpMethod),
        (catalogue.DayBasis, product_pb2.DayBasis),
        (InputKind, product_service_pb2.FormulaInputKind),
        (InputKind, product_pb2.ProductParameterKind),
    ],
)
def test_numbers_are_the_contracts(mirrored, contract):
    ours = {each.value: each.name for each in mirrored}
    named = {value.number: value.name for value in contract.DESCRIPTOR.values}
    if mirrored is not InputKind:
        assert set(named) == set(ours)
    assert all(name.endswith(f"_{ours[number]}") for number, name in named.items())


def test_each_measure_is_a_slot_of_the_engine():
    assert {each.slot for each in Measure if each} == set(Slot)


@given(st.lists(st.tuples(st.sampled_from(["A", "B"]), st.integers(0, 40)), max_size=12))
def test_versions_have_neither_gap_nor_overlap(versions):
    told = [(code, number, f"{code}{number}", DAY + timedelta(days=days)) for number, (code, days) in enumerate(versions)]
    found = spans(told)
    for code in {version[0] for version in told}:
        first = min(version[3] for version in told if version[0] == code)
        for day in (DAY + timedelta(days=days) for days in range(45)):
            held = [span for span in found if span.product_code == code and span.holds(day)]
            assert len(held) == (1 if day >= first else 0)
            # The latest to begin, and of those the last that was published.
            begun = [(version[3], version[1], version[2]) for version in told if version[0] == code and version[3] <= day]
            assert [span.version_id for span in held] == ([max(begun)[2]] if begun else [])


WHOLE = Selection(kinds=("DEMAND_DEPOSIT", "TERM_DEPOSIT", "SAVINGS", "MARGIN_DEPOSIT", "WEALTH_PRODUCT", "CARD", "FACILITY"))


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ([("A", "balances", Selection(remaining=True))], []),
        ([("A", "balances", Selection(remaining=True)), ("B", "fees", Selection(remaining=True))], []),
        ([("A", "balances", WHOLE), ("B", "balances", Selection(kinds=("LOAN", "GUARANTEE")))], []),
        ([("A", "balances", WHOLE)], [("ACCOUNT_KIND_UNCOVERED", "LOAN", ""), ("ACCOUNT_KIND_UNCOVERED", "GUARANTEE", "")]),
        (
            [
                ("A", "balances", Selection(remaining=True)),
                ("B", "balances", Selection(("X", "Y"))),
                ("C", "balances", Selection(("Y",))),
            ],
            [("CODE_TAKEN", "Y", "B")],
        ),
        (
            [
                ("A", "balances", Selection(kinds=("LOAN",), remaining=True)),
                ("B", "balances", Selection(kinds=("LOAN",), remaining=True)),
            ],
            [("KIND_TAKEN", "LOAN", "A"), ("REMAINDER_TAKEN", "", "A")],
        ),
    ],
)
def test_products_go_together(rules, found):
    assert [(clash.reason, clash.subject, clash.product_code) for clash in clashes(rules, DAY)] == found


@pytest.mark.parametrize(
    ("basis", "year", "days"),
    [
        (DayBasis.DAYS_360, 2028, 360),
        (DayBasis.DAYS_365, 2028, 365),
        (DayBasis.ACTUAL, 2028, 366),
        (DayBasis.ACTUAL, 2026, 365),
        (DayBasis.ACTUAL, 1900, 365),
        (DayBasis.ACTUAL, 2000, 366),
    ],
)
def test_days_of_a_year(basis, year, days):
    assert basis.days(year) == days


def definition(**changes):
    """A deposit's definition, with changes."""
    source = {
        "dataset": "balances",
        "kinds": ["SAVINGS"],
        "formulas": [
            {"measure": Measure.BALANCE, "formula": "balance"},
            {"measure": Measure.FTP_PROFIT, "formula": "balance * (ftp_rate - customer_rate)"},
            {"measure": Measure.UNIT_PRICE, "formula": "balance * price * coefficient"},
        ],
    }
    return {
        "sources": [source],
        "parameters": [{"name": "price", "kind": InputKind.YEARLY_RATE, "value": "0.001"}],
        "ftp_method": 1,
        "ftp_tenor_days": 90,
        "day_basis": 1,
        "currency_day_bases": {"GBP": 2},
        "coefficient": "0.3",
    } | changes


def source(**changes):
    """The one source of `definition`, with changes."""
    return [definition()["sources"][0] | changes]


def test_a_definition_is_what_the_engine_computes_by():
    found = read_definition(definition(), 2)
    (rule,) = found.rules(catalogue.Span("SAVINGS", "v", DAY, None))
    assert (rule.code, rule.dataset, rule.selection) == ("SAVINGS", "balances", Selection(kinds=("SAVINGS",)))
    assert set(rule.measures) == {Slot.BALANCE, Slot.FTP_PROFIT, Slot.UNIT_PRICE}
    assert (rule.ftp_method, rule.ftp_tenor_days) == (catalogue.FtpMethod.POOL, 90)
    # Constants are inside the formulas.
    assert rule.measures[Slot.UNIT_PRICE].words(Language.ENGLISH) == "balance × price (0.1%) × coefficient (30%)"
    assert rule.measures[Slot.UNIT_PRICE].words(Language.CHINESE).endswith("折算系数（30%）")
    assert (rule.basis_days("CNY", 2028), rule.basis_days("GBP", 2028)) == (360, 365)
    assert found.parameters[COEFFICIENT].value == Decimal("0.3")


@pytest.mark.parametrize(
    ("changes", "reason", "field"),
    [
        ({"sources": source(dataset="policies")}, "SOURCE_UNKNOWN", "sources[0].dataset"),
        ({"sources": source() * 2}, "SOURCE_TWICE", "sources[1].dataset"),
        ({"sources": source(kinds=["HOUSE"])}, "KIND_UNKNOWN", "sources[0].kinds"),
        ({"sources": source(dataset="fees", kinds=["LOAN"])}, "KIND_UNKNOWN", "sources[0].kinds"),
        ({"sources": source(dataset="bills", kinds=[], product_codes=["X"])}, "CODES_UNFIT", "sources[0].product_codes"),
        ({"sources": source(kinds=[])}, "SELECTION_EMPTY", "sources[0]"),
        ({"sources": source(formulas=source()[0]["formulas"][:1] * 2)}, "MEASURE_TWICE", "sources[0].formulas[1].measure"),
        (
            {"sources": source(dataset="fees", kinds=[], remaining=True)},
            "MEASURE_UNFIT",
            "sources[0].formulas[0].measure",
        ),
        (
            {"sources": source(formulas=[{"measure": 2, "formula": "balance * ftp"}])},
            "FORMULA_INVALID",
            "sources[0].formulas[0].formula",
        ),
        ({"ftp_method": 4}, "FTP_METHOD_MISSING", "sources[0].formulas[1].formula"),
        ({"ftp_method": 3}, "FTP_RATE_MISSING", "fixed_ftp_rate"),
        ({"parameters": [{"name": "balance", "kind": 1, "value": "1"}]}, "PARAMETER_NAME_TAKEN", "parameters[0].name"),
        ({"parameters": [{"name": "coefficient", "kind": 1, "value": "1"}]}, "PARAMETER_NAME_TAKEN", "parameters[0].name"),
        ({"parameters": [{"name": "case", "kind": 1, "value": "1"}]}, "PARAMETER_NAME_UNFIT", "parameters[0].name"),
        ({"parameters": [{"name": "days", "kind": 4, "value": "1.5"}]}, "PARAMETER_VALUE_UNFIT", "parameters[0].value"),
    ],
)
def test_a_definition_is_refused_in_its_place(changes, reason, field):
    with pytest.raises(DefinitionFault) as refused:
        read_definition(definition(**changes), 2)
    assert (refused.value.reason, refused.value.field) == (reason, field)


def test_an_amount_of_a_parameter_is_in_the_home_currency():
    fee = [{"measure": Measure.UNIT_PRICE, "formula": "count * each"}]
    values = definition(
        sources=source(dataset="fees", kinds=[], remaining=True, formulas=fee),
        parameters=[{"name": "each", "kind": InputKind.AMOUNT, "value": "20.5"}],
    )
    for digits, whole in ((2, 2050), (0, 205), (3, 20_500)):
        formula = definitions.read_definition(values, digits).sources[0].measures[Slot.UNIT_PRICE]
        assert formula.root.right.kind.low == whole
