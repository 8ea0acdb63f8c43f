"""The rules of the customer service: identifiers, names, telephone numbers, days."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc
from workbench.customer.v1 import customer_pb2

from services.chassis.kernel.errors import InvalidInput
from services.customer.rules.coverage import colleagues_path, last_day
from services.customer.rules.identifiers import tidy_identifier
from services.customer.rules.kinds import CoverageRole, CustomerKind, CustomerState
from services.customer.rules.names import NAME_LENGTH_MAX, after_prefix, tidy_name, tidy_prefix
from services.customer.rules.phones import tidy_phone

TODAY = date(2026, 11, 25)
RETAIL, CORPORATE, PUBLIC = CustomerKind.RETAIL, CustomerKind.CORPORATE, CustomerKind.PUBLIC_SECTOR
CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        # GB 11643's own example.
        (RETAIL, "11010519491231002X"),
        (RETAIL, "360426199101010071"),
        # Born in 1940 and registered in a district that was founded in 1983: good, whatever stdnum's table of districts says.
        (RETAIL, "330106194001150018"),
        # GB 32100: a company, Alibaba (China); a public authority; a rural collective with letters in front.
        (CORPORATE, "91110000600037341L"),
        (CORPORATE, "91330100799655058B"),
        (PUBLIC, "11100000000013127D"),
        (CORPORATE, "N2330106MF0000001" + uscc.calc_check_digit("N2330106MF0000001")),
    ],
)
def test_good_identifiers_hold(kind, number):
    assert tidy_identifier(kind, number, TODAY) == number
    assert tidy_identifier(kind, number.lower(), TODAY) == number


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (RETAIL, "110105194912310021"),
        (RETAIL, "11010519491231002"),
        (RETAIL, "11010519491231002XX"),
        (RETAIL, "110105491231002"),
        (RETAIL, "91110000600037341L"),
        (RETAIL, "1101051949123100\uff12X"),
        (CORPORATE, "11010519491231002X"),
        (CORPORATE, "91110000600037341M"),
        (CORPORATE, "9111000060003734IL"),
        (CORPORATE, "A"),
    ],
)
def test_bad_identifiers_are_refused_without_being_repeated(kind, number):
    with pytest.raises(InvalidInput, match="IDENTIFIER_INVALID") as refused:
        tidy_identifier(kind, number, TODAY)
    assert [v.field for v in refused.value.violations] == ["identifier"]
    assert number not in str(refused.value) + refused.value.violations[0].description or len(number) == 1


@pytest.mark.parametrize("birth_date", ["20261126", "19900230", "19901301", "00000101", "20250229"])
def test_an_id_card_of_somebody_not_yet_born_is_refused(birth_date):
    digits = f"110105{birth_date}002"
    with pytest.raises(InvalidInput):
        tidy_identifier(RETAIL, digits + ric.calc_check_digit(digits + "0"), TODAY)


def test_no_identifier_is_none():
    assert tidy_identifier(RETAIL, "", TODAY) == tidy_identifier(CORPORATE, "", TODAY) == ""


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999), st.integers(0, 16), st.sampled_from("0123456789"))
def test_one_misread_digit_of_an_id_card_is_found(birth_date, sequence, place, digit):
    digits = f"110105{birth_date:%Y%m%d}{sequence:03d}"
    number = digits + ric.calc_check_digit(digits + "0")
    assert tidy_identifier(RETAIL, number, TODAY) == number
    assume(number[place] != digit)
    with pytest.raises(InvalidInput):
        tidy_identifier(RETAIL, number[:place] + digit + number[place + 1 :], TODAY)


@given(st.text(CODE_ALPHABET, min_size=9, max_size=9), st.integers(0, 16), st.sampled_from(CODE_ALPHABET))
def test_one_misread_character_of_a_credit_code_is_found(organisation_code, place, character):
    code = f"91330106{organisation_code}"
    code += uscc.calc_check_digit(code)
    assert tidy_identifier(CORPORATE, code, TODAY) == code
    assume(code[place] != character)
    with pytest.raises(InvalidInput):
        tidy_identifier(CORPORATE, code[:place] + character + code[place + 1 :], TODAY)


@given(st.text(max_size=250))
def test_a_name_is_refused_or_kept_so_that_it_stays(name):
    try:
        tidy = tidy_name(name)
    except InvalidInput as refused:
        assert refused.reason == "DISPLAY_NAME_INVALID"  # noqa: PT017 - either outcome is right; each has its promise
        return
    assert tidy_name(tidy) == tidy
    assert 0 < len(tidy) <= NAME_LENGTH_MAX
    assert tidy == unicodedata.normalize("NFC", tidy).strip()
    assert "  " not in tidy


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("王", "王"),
        ("  王　芳\t", "王 芳"),
        ("Jose\u0301", "Jos\u00e9"),
        ("O'Brien", "O'Brien"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("𠮷" * 200, "𠮷" * 200),
    ],
)
def test_names_of_any_script(written, kept):
    assert tidy_name(written) == kept


@pytest.mark.parametrize(
    "name",
    [
        *("", "   ", "\u3000", "\u200d", "\u0301", "\u3164", "\u2800", "\ue000"),
        *("王\u200b芳", "王\u202e芳", "\u061c王", "王\u00ad", "王\u0000"),
        "x" * 201,
        # 101 characters that compose to 202: the limit holds for what is kept.
        "\u0958" * 101,
    ],
)
def test_names_that_hide_something_or_show_nothing(name):
    with pytest.raises(InvalidInput, match="DISPLAY_NAME_INVALID") as refused:
        tidy_name(name)
    assert [v.field for v in refused.value.violations] == ["display_name"]


CHARACTERS = st.characters(exclude_categories=["Cs"])


@given(st.text(CHARACTERS, min_size=1, max_size=5), st.text(CHARACTERS, max_size=5))
def test_the_range_of_a_prefix_holds_exactly_what_begins_so(prefix, other):
    behind = after_prefix(prefix)
    for name in (prefix, prefix + other, other):
        in_range = prefix <= name and (behind is None or name < behind)
        assert in_range == name.startswith(prefix)


@pytest.mark.parametrize(
    ("prefix", "behind"),
    [("a", "b"), ("王", "玌"), ("\ud7ff", "\ue000"), ("a\U0010ffff", "b"), ("\U0010ffff", None), ("", None)],
)
def test_what_comes_behind_a_prefix(prefix, behind):
    assert after_prefix(prefix) == behind


def test_a_prefix_may_end_a_word():
    assert tidy_prefix(" Jose\u0301  ") == "Jos\u00e9 "
    assert tidy_prefix("  ") == ""


@pytest.mark.parametrize(
    ("written", "kept"),
    [("", ""), (" +86  138 1234 5678 ", "+86 138 1234 5678"), ("95588", "95588"), ("0571-88888888", "0571-88888888")],
)
def test_telephone_numbers(written, kept):
    assert tidy_phone(written) == kept


@pytest.mark.parametrize("phone", ["1", "+", "()", "1234567890123456"])
def test_telephone_numbers_that_do_not_hold(phone):
    with pytest.raises(InvalidInput, match="PHONE_INVALID"):
        tidy_phone(phone)


@given(st.dates(max_value=date(9999, 12, 30)), st.integers(0, 4_000))
def test_a_coverage_ends_the_day_before_its_successor_begins_and_never_before_it_began(start_date, days):
    assume(start_date <= date(9999, 12, 31) - timedelta(days=days))
    on = start_date + timedelta(days=days)
    ended = last_day(start_date, on)
    assert ended >= start_date
    assert ended == (on - timedelta(days=1) if days else start_date)


@pytest.mark.parametrize(
    ("ours", "theirs", "prefix"),
    [
        (CustomerKind, customer_pb2.CustomerKind, "CUSTOMER_KIND_"),
        (CustomerState, customer_pb2.CustomerState, "CUSTOMER_STATE_"),
        (CoverageRole, customer_pb2.CoverageRole, "COVERAGE_ROLE_"),
    ],
)
def test_numbers_are_the_contracts(ours, theirs, prefix):
    assert {prefix + item.name: item.value for item in ours} == {name: number for name, number in theirs.items() if number}


@pytest.mark.parametrize(
    ("own", "colleagues"),
    [
        ("/HO/EAST/E01/", "/HO/EAST/"),
        ("/HO/EAST/E01/TEAM/", "/HO/EAST/E01/"),
        ("/HO/EAST/", "/HO/EAST/"),
        ("/HO/", ""),
        ("/", ""),
        ("", ""),
    ],
)
def test_colleagues_are_below_the_unit_above_and_never_beyond_the_branch(own, colleagues):
    assert colleagues_path(own) == colleagues
