"""The rules of the whole record: numbers, readings, addresses, contact points, industries, life, consents, patterns."""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbench.customer.v1 import custom_field_pb2, customer_pb2

from services.chassis.kernel.errors import InvalidInput, RuleBroken
from services.chassis.words.texts import tidy_text
from services.customer.rules.addresses import tidy_address
from services.customer.rules.consents import tidy_consents
from services.customer.rules.contacts import tidy_contact
from services.customer.rules.custom_fields import Definition, FieldType
from services.customer.rules.details import Details, tidied
from services.customer.rules.divisions import division_name
from services.customer.rules.identifiers import is_exclusive, tidy_number
from services.customer.rules.industries import SECTIONS, industry_name, tidy_industry
from services.customer.rules.kinds import ContactKind, CustomerKind, CustomerState, IdentifierKind
from services.customer.rules.lifecycle import ENDED, first_state, next_state
from services.customer.rules.patterns import Pattern
from services.customer.rules.phones import international, normal_phone
from services.customer.rules.pinyin import READING_LENGTH_MAX, reading

TODAY = date(2026, 11, 25)
RETAIL, CORPORATE = CustomerKind.RETAIL, CustomerKind.CORPORATE
ID_CARD, CREDIT_CODE = IdentifierKind.RESIDENT_ID_CARD, IdentifierKind.UNIFIED_SOCIAL_CREDIT_CODE


def number(kind, text, country_code="", exception="", customer_kind=RETAIL):
    return tidy_number(customer_kind, kind, text, country_code, exception, today=TODAY, field="identifier")


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_numbers_from_elsewhere_hold_as_their_source_says(shared_data):
    """What other projects test with. A card is judged by what it says of itself: not by the districts of its birth year."""
    kinds = {"ric": ID_CARD, "uscc": CREDIT_CODE}
    # Of these, other projects say that they are wrong because of the district.
    good_here = {"500154199301135886", "411082198901010002"}
    for row in rows(shared_data / "cn_reference/id_vectors.csv"):
        kind, value = kinds[row["kind"]], row["value"]
        if row["expected"] == "valid" or value in good_here:
            assert number(kind, value) == (value.upper(), "")
            continue
        with pytest.raises(InvalidInput, match="IDENTIFIER_INVALID"):
            number(kind, value)


def test_a_code_that_was_issued_with_a_wrong_check_character_is_kept_with_the_reason(shared_data):
    issued = [
        r["value"] for r in rows(shared_data / "cn_reference/id_vectors.csv") if r["expected"].startswith("checksum-invalid")
    ]
    assert issued
    for code in issued:
        assert number(CREDIT_CODE, code, exception="seen the licence") == (code, "seen the licence")
    # An exception excuses the check digit alone, and stays only where one is needed.
    with pytest.raises(InvalidInput):
        number(CREDIT_CODE, "12345", exception="seen the licence")
    assert number(CREDIT_CODE, "91110000600037341L", exception="seen the licence") == ("91110000600037341L", "")


@pytest.mark.parametrize(
    ("kind", "text", "country_code", "kept"),
    [
        (IdentifierKind.PASSPORT, "ea1234567", "", "EA1234567"),
        (IdentifierKind.PASSPORT, "G12345678", "CN", "G12345678"),
        (IdentifierKind.PASSPORT, "144123456", "CN", "144123456"),
        (IdentifierKind.PASSPORT, "C01X00T47", "DE", "C01X00T47"),
        (IdentifierKind.LEI, "213800KUD8LAJWSQ9D15", "", "213800KUD8LAJWSQ9D15"),
        (IdentifierKind.TAX_NUMBER, "110105600037341", "", "110105600037341"),
        (IdentifierKind.TAX_NUMBER, "12/345/67890", "DE", "12/345/67890"),
        (IdentifierKind.TRAVEL_PERMIT, "H12345678", "", "H12345678"),
        (IdentifierKind.PERMANENT_RESIDENCE_CARD, "usa310072011201", "", "USA310072011201"),
        (IdentifierKind.SYSTEM_NUMBER, "a/B-1", "", "a/B-1"),
        (IdentifierKind.OTHER, "x", "", "x"),
    ],
)
def test_numbers_of_other_kinds(kind, text, country_code, kept):
    assert number(kind, text, country_code) == (kept, "")


@pytest.mark.parametrize(
    ("kind", "text", "country_code"),
    [
        (ID_CARD, "990105194912310024", ""),
        (IdentifierKind.PASSPORT, "C01X00T47", ""),
        (IdentifierKind.PASSPORT, "ABCDEFG", "DE"),
        (IdentifierKind.LEI, "213800KUD8LAJWSQ9D16", ""),
        (IdentifierKind.LEI, "213800KUD8", ""),
        (IdentifierKind.TAX_NUMBER, "123", ""),
        (IdentifierKind.TRAVEL_PERMIT, "X12345678", ""),
        (IdentifierKind.PERMANENT_RESIDENCE_CARD, "911105199001010011", ""),
        (IdentifierKind.PERMANENT_RESIDENCE_CARD, "1", ""),
    ],
)
def test_numbers_of_other_kinds_that_do_not_hold(kind, text, country_code):
    with pytest.raises(InvalidInput, match="IDENTIFIER_INVALID"):
        number(kind, text, country_code)


def test_a_persons_paper_is_no_companys():
    with pytest.raises(InvalidInput, match="IDENTIFIER_INVALID"):
        number(ID_CARD, "11010519491231002X", customer_kind=CORPORATE)
    assert [kind for kind in IdentifierKind if not is_exclusive(kind)] == [IdentifierKind.SYSTEM_NUMBER, IdentifierKind.OTHER]


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("欧阳芳", "ou yang fang"),
        ("单雄信", "shan xiong xin"),
        ("曾国藩", "zeng guo fan"),
        ("尉迟恭", "yu chi gong"),
        ("万俟卨", "mo qi xie"),
        ("吕布", "lv bu"),
        ("王", "wang"),
        ("José García", "jose garcia"),
        ("阿依古丽·买买提", "a yi gu li mai mai ti"),
        ("محمد", ""),
        ("😀", ""),
        ("Петров", ""),
    ],
)
def test_how_a_person_is_read(name, read):
    assert reading(name, of_person=True) == read


def test_a_company_is_read_as_words_are():
    assert reading("重庆单方银行", of_person=False) == "chong qing dan fang yin hang"
    assert reading("长城3D公司", of_person=False) == "chang cheng 3d gong si"
    assert len(reading("装" * 200, of_person=False)) <= READING_LENGTH_MAX


def test_a_reading_that_was_given_stays_until_the_name_changes():
    made = tidied(RETAIL, Details("单雄信", pinyin=" dan  xiong xin"), None, TODAY)
    assert made.pinyin == "dan xiong xin"
    assert tidied(RETAIL, Details("单雄信", phone="95588", pinyin="dan xiong xin"), made, TODAY).pinyin == "dan xiong xin"
    assert tidied(RETAIL, Details("单雄", pinyin="dan xiong xin"), made, TODAY).pinyin == "shan xiong"
    assert tidied(RETAIL, Details("单雄", pinyin="dan xiong"), made, TODAY).pinyin == "dan xiong"
    assert tidied(RETAIL, Details("单雄信", pinyin=""), made, TODAY).pinyin == "shan xiong xin"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("310000", "上海市"),
        ("310104", "上海市徐汇区"),
        ("330000", "浙江省"),
        ("330100", "浙江省杭州市"),
        ("330106", "浙江省杭州市西湖区"),
        ("110103", "北京市崇文区"),
        ("429004", "湖北省仙桃市"),
        ("710000", "台湾省"),
        ("999999", ""),
        ("310199", ""),
        ("000000", ""),
        ("31", ""),
    ],
)
def test_divisions_have_the_names_that_they_had_last(code, name):
    assert division_name(code) == name


def test_divisions_of_every_published_table_are_known(shared_data):
    missing = {}
    for path in sorted((shared_data / "cn_reference/gb2260").glob("*.tsv")):
        codes = [line.split("\t")[2] for line in path.read_text(encoding="utf-8").splitlines()[1:]]
        unknown = [code for code in codes if not division_name(code)]
        missing[path.name] = len(unknown) / len(codes)
    # The table follows the ministry of civil affairs. Of its first list a few codes were changed within the year; the statistics
    # office has codes of its own for development zones.
    assert max(missing.pop("stats_201810.tsv"), missing.pop("mca_198012.tsv")) < 0.05
    assert max(missing.values()) < 0.005, missing


def test_addresses():
    address = {"kind": 1, "country_code": "CN", "division_code": "310104", "line": " 漕溪北路　1号 ", "division_name": "made up"}
    tidy = {"kind": 1, "country_code": "CN", "division_code": "310104", "line": "漕溪北路 1号", "division_name": "上海市徐汇区"}
    assert tidy_address(address, "addresses[0]") == tidy
    assert tidy_address(tidy, "addresses[0]") == tidy
    for fault in ({"division_code": "999999"}, {"country_code": "US"}, {"division_code": "", "line": " "}, {"line": "a\u202eb"}):
        with pytest.raises(InvalidInput, match=r"ADDRESS_INVALID|TEXT_INVALID"):
            tidy_address(address | fault, "addresses[0]")


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        (ContactKind.MOBILE, "138 1234 5678", "+8613812345678"),
        (ContactKind.MOBILE, "\uff11\uff13\uff18\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18", "+8613812345678"),
        (ContactKind.MOBILE, "+1 650-253-0000", "+16502530000"),
        (ContactKind.LANDLINE, "0571-88888888 ext. 12", "+8657188888888;ext=12"),
        (ContactKind.LANDLINE, "95588", "+8695588"),
        (ContactKind.LANDLINE, "400-800-1234", "+864008001234"),
        (ContactKind.FAX, "(010) 6666 7777", "+861066667777"),
        (ContactKind.EMAIL, "Wang.Fang+bank@Example.COM.cn", "Wang.Fang+bank@example.com.cn"),
        (ContactKind.EMAIL, "a@例子.中国", "a@例子.中国"),
        (ContactKind.WECHAT, "wxid_abc123", "wxid_abc123"),
        (ContactKind.WEBSITE, "https://www.例子.cn/关于?x=1", "https://www.例子.cn/关于?x=1"),
        (ContactKind.WEBSITE, "icbc.com.cn", "icbc.com.cn"),
    ],
)
def test_contact_points(kind, value, kept):
    tidy = tidy_contact({"kind": kind, "value": value}, "contact_points[0]")
    assert tidy == {"kind": kind, "value": kept}
    assert tidy_contact(tidy, "contact_points[0]") == tidy


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (ContactKind.MOBILE, "138"),
        (ContactKind.MOBILE, "call me"),
        (ContactKind.MOBILE, "138123456789012345"),
        (ContactKind.EMAIL, "a@b"),
        (ContactKind.EMAIL, "a b@c.cn"),
        (ContactKind.EMAIL, "a..b@c.cn"),
        (ContactKind.EMAIL, "@c.cn"),
        (ContactKind.EMAIL, "a@c.cn\u200b"),
        (ContactKind.WECHAT, "a b"),
        (ContactKind.WEBSITE, "javascript:alert(1)"),
        (ContactKind.WEBSITE, 'http://a.cn/"><script>'),
    ],
)
def test_contact_points_that_do_not_hold(kind, value):
    with pytest.raises(InvalidInput, match="CONTACT_INVALID") as refused:
        tidy_contact({"kind": kind, "value": value}, "contact_points[3]")
    assert [v.field for v in refused.value.violations] == ["contact_points[3].value"]
    assert value not in str(refused.value)


@given(st.text(max_size=40))
def test_any_text_is_read_as_a_number_or_not_and_once_read_stays(text):
    read = international(text)
    assert not read or international(read) == read
    assert not read or normal_phone(read) == normal_phone(text)


def test_industries_are_the_standards(shared_data):
    standard = rows(shared_data / "cn_reference/industry/gbt4754_2017.csv")
    sections = {row["code"]: row["name"] for row in standard if row["level"] == "1"}
    divisions = {row["code"]: row["name"] for row in standard if row["level"] == "2"}
    assert {code: section.name for code, section in SECTIONS.items()} == sections
    assert {
        f"{c}{s.first_division + n:02d}": name for c, s in SECTIONS.items() for n, name in enumerate(s.divisions)
    } == divisions
    for row in standard:
        assert tidy_industry(row["code"]) == row["code"]
        assert industry_name(row["code"]) == {**sections, **divisions}[row["code"][:3]]


@pytest.mark.parametrize("code", ["U", "A06", "C1", "C99", "T98", "B01", "C3\u096f"])
def test_industries_that_are_none(code):
    with pytest.raises(InvalidInput, match="INDUSTRY_INVALID"):
        tidy_industry(code)


def test_which_state_follows_which():
    allowed = {
        ("PROSPECT", "ACTIVE"), ("PROSPECT", "CLOSED"), ("ACTIVE", "DORMANT"), ("ACTIVE", "CLOSED"), ("DORMANT", "ACTIVE"),
        ("DORMANT", "CLOSED"), ("CLOSED", "ACTIVE"),
    }  # fmt: skip
    for present in CustomerState:
        assert next_state(present, 0) == next_state(present, present) == present
        for wanted in CustomerState:
            if present == wanted:
                continue
            if (present.name, wanted.name) in allowed:
                assert next_state(present, wanted) == wanted
            else:
                with pytest.raises(RuleBroken, match="STATE_CHANGE_REFUSED"):
                    next_state(present, wanted)
    assert first_state(0) == CustomerState.ACTIVE
    for ended in ENDED:
        with pytest.raises(InvalidInput, match="STATE_INVALID"):
            first_state(ended)


DAYS = st.dates(date(2026, 1, 1), date(2026, 2, 28))


@given(st.lists(st.tuples(st.sampled_from(["marketing", "credit"]), st.integers(0, 1), DAYS, st.integers(-1, 20)), max_size=6))
def test_no_day_has_two_consents_of_one_purpose_and_channel(drawn):
    consents = [
        {"purpose": purpose, "channel": channel, "state": 1, "effective_date": first.isoformat()}
        | ({} if days < 0 else {"end_date": (first + timedelta(days=days)).isoformat()})
        for purpose, channel, first, days in drawn
    ]
    held = [
        (purpose, channel, day)
        for purpose, channel, first, days in drawn
        for day in range(first.toordinal(), (first.toordinal() + days if days >= 0 else date(2027, 1, 1).toordinal()) + 1)
    ]
    if len(held) == len(set(held)):
        assert tidy_consents(consents, "consents") == consents
    else:
        with pytest.raises(InvalidInput, match="CONSENTS_OVERLAP"):
            tidy_consents(consents, "consents")


def test_a_consent_does_not_end_before_it_begins():
    consent = {"purpose": "marketing", "state": 1, "effective_date": "2026-01-02", "end_date": "2026-01-01"}
    with pytest.raises(InvalidInput, match="DATE_INVALID"):
        tidy_consents([consent], "consents")


ATOMS = st.sampled_from(["a", "b", "[ab]", "[^a]", ".", r"\d", r"\."])
TIMES = st.sampled_from(["", "?", "*", "+", "{2}", "{1,3}", "{2,}"])


@given(st.lists(st.tuples(ATOMS, TIMES), max_size=5), st.text("ab1.", max_size=8))
def test_patterns_mean_what_regular_expressions_mean(parts, text):
    pattern = "".join(atom + times for atom, times in parts)
    assert Pattern.of(pattern).matches(text) == bool(re.fullmatch(pattern, text, re.ASCII))


def test_no_pattern_holds_a_thread():
    assert not Pattern.of("a*" * 100 + "b").matches("a" * 2_000)


@pytest.mark.parametrize("pattern", ["(a)", "a|b", "[", "[]", "a**", "{2}", "^a", "a$", "\\", r"\w", "a{3,2}", "a{999}", "[b-a]"])
def test_patterns_that_are_none(pattern):
    with pytest.raises(ValueError, match=r"\w"):
        Pattern.of(pattern)


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        (FieldType.NUMBER, "-0.00", "0"),
        (FieldType.NUMBER, "0012.340", "12.34"),
        (FieldType.NUMBER, "100", "100"),
        (FieldType.NUMBER, "9" * 20 + ".0123456789", "9" * 20 + ".0123456789"),
        (FieldType.TEXT, "  a　b ", "a b"),
        (FieldType.BOOLEAN, "true", "true"),
        (FieldType.CHOICES, "c,a,c", "a,c"),
        (FieldType.DATE, "2024-02-29", "2024-02-29"),
    ],
)
def test_values_in_their_one_written_form(kind, written, kept):
    field = Definition("trial", kind, choices=("a", "b", "c") if kind == FieldType.CHOICES else ())
    field.check()
    assert field.tidy(written) == kept
    assert field.tidy(kept) == kept


@given(st.text(max_size=60), st.sampled_from(list(FieldType)))
def test_any_value_is_refused_or_stays(text, kind):
    field = Definition("trial", kind, choices=("a", "b") if kind in (FieldType.CHOICE, FieldType.CHOICES) else ())
    try:
        tidy = field.tidy(text)
    except InvalidInput as refused:
        assert refused.reason == "CUSTOM_FIELD_INVALID"  # noqa: PT017 - either outcome is right; each has its promise
        return
    assert field.tidy(tidy) == tidy


@given(st.text(max_size=60))
def test_any_text_is_refused_or_kept_so_that_it_stays(text):
    try:
        tidy = tidy_text(text, "line", 50)
    except InvalidInput as refused:
        assert refused.reason == "TEXT_INVALID"  # noqa: PT017 - same
        return
    assert tidy_text(tidy, "line", 50) == tidy


def test_what_is_kept_and_sent_back_stays_though_a_rule_of_today_would_refuse_it():
    kept = Details("王芳", tags=["a\u202eb"], consents=[{"purpose": "x", "effective_date": "2026-02-30"}])
    assert tidied(RETAIL, kept, kept, TODAY) == kept
    with pytest.raises(InvalidInput, match="TEXT_INVALID"):
        tidied(RETAIL, Details("王芳", tags=["a\u202eb", "c"]), kept, TODAY)


@pytest.mark.parametrize(
    ("ours", "theirs", "prefix"),
    [
        (IdentifierKind, customer_pb2.IdentifierKind, "IDENTIFIER_KIND_"),
        (ContactKind, customer_pb2.ContactKind, "CONTACT_KIND_"),
        (FieldType, custom_field_pb2.CustomFieldType, "CUSTOM_FIELD_TYPE_"),
    ],
)
def test_numbers_are_the_contracts(ours, theirs, prefix):
    assert {prefix + item.name: item.value for item in ours} == {name: n for name, n in theirs.items() if n}
