"""The filter of lists: each comparison means the same on both databases as in Python; faults are named by their column."""

from __future__ import annotations

import operator
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import literal, select

from services.chassis.db.scope import WHOLE_BANK
from services.chassis.kernel.caller import Caller
from services.chassis.kernel.errors import InvalidInput
from services.customer.rules.filters import IS_SET, All, Asker, Comparison, Kind, Not, Some, parsed
from services.customer.usecases import filtering
from services.customer.usecases.finding import COLUMNS
from services.customer.usecases.json_parts import JsonParts
from tests.component.customer.conftest import new_id_card

RECORDS = (
    {"display_name": "王芳", "tier": 1, "tags": ["VIP", "上市"], "birth_or_founding_date": "1990-01-31"},
    {"display_name": "王芳华", "tier": 3, "kind": 2, "industry_code": "C39", "listing": "SSE:600000", "ownership": 1},
    {"display_name": "Zoë", "tier": 4, "tags": ["vip"], "preferences": {"language_code": "en", "no_offers": True}},
    {
        "display_name": "a*b\\c\"d'e",
        "size": 0,
        "kind": 3,
        "other_names": [{"kind": 1, "name": "王老板"}, {"kind": 4, "name": "X"}],
    },
    {
        "display_name": "👍",
        "consents": [
            {"purpose": "marketing", "state": 1, "effective_date": "2026-01-01", "end_date": "2026-06-30"},
            {"purpose": "credit_report", "channel": 3, "state": 2, "effective_date": "2025-01-01"},
        ],
        "preferences": {"channel": 3, "contact_hours": "9:00-11:00"},
    },
    {"display_name": "b", "kind": 4, "industry_code": "A01", "birth_or_founding_date": "1949-10-01", "tags": ["a,b", "%", "_"]},
    {"display_name": "B", "tier": 2, "state": 3, "pinyin": "b"},
)


@pytest.fixture
def portfolio(town):
    return {record["display_name"]: town.rm1_east.create(**record) for record in RECORDS}


def names(colleague, text, **fields):
    return {customer.display_name for customer in colleague.pages(100, filter=text, **fields)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('display_name = "王芳"', {"王芳"}),
        ('displayName = "王芳*"', {"王芳", "王芳华"}),
        ("display_name:芳华", {"王芳华"}),
        ('display_name = "a\\*b\\\\c\\"d\'e"', {"a*b\\c\"d'e"}),
        ("display_name:'*'", {"a*b\\c\"d'e"}),
        ('display_name >= "a" AND display_name < "c"', {"a*b\\c\"d'e", "b"}),
        ("kind = CORPORATE OR kind = CUSTOMER_KIND_PUBLIC_SECTOR", {"王芳华", "b"}),
        ("tier >= PREMIER", {"王芳华", "Zoë"}),
        ("tier = premier tags:*", set()),
        ("tags:VIP", {"王芳"}),
        ("tags:vip", {"Zoë"}),
        ('tags:"上*"', {"王芳"}),
        ('tags:"%"', {"b"}),
        ('tags:"a,b"', {"b"}),
        ("tags:*", {"王芳", "Zoë", "b"}),
        ("NOT tags:* AND kind = RETAIL", {"👍", "B"}),
        ("-tags:* kind = RETAIL", {"👍", "B"}),
        ("birth_or_founding_date < 1950-01-01", {"b"}),
        ("birthOrFoundingDate:*", {"王芳", "b"}),
        ("birth_or_founding_date = 1990-01-31", {"王芳"}),
        ("listing:* AND industry_code = C*", {"王芳华"}),
        ('listing != "" ', {"王芳华"}),
        ("ownership = STATE", {"王芳华"}),
        ("preferences.no_offers = true", {"Zoë"}),
        ("preferences.languageCode = en", {"Zoë"}),
        ("preferences.channel = EMAIL", {"👍"}),
        ('preferences.contact_hours:"9:00"', {"👍"}),
        ("other_names.name:王老板", {"a*b\\c\"d'e"}),
        ('other_names.name:"王*"', {"a*b\\c\"d'e"}),
        ("other_names.kind:FORMER", {"a*b\\c\"d'e"}),
        ("consents.purpose:marketing", {"👍"}),
        ("consents.state:REFUSED AND consents.channel:EMAIL", {"👍"}),
        ("consents.end_date:2026-06-30", {"👍"}),
        ("state = PROSPECT", {"B"}),
        ("create_time > days_ago(1)", {record["display_name"] for record in RECORDS}),
        ("create_time < 2026-01-01 OR create_time < 2020-01-01T00:00:00Z", set()),
        ("update_time <= now() tier = MASS", {"王芳"}),
        ("lead_person_id = me() tier = MASS", {"王芳"}),
        ("lead_person_id != me()", set()),
        ("kind = RETAIL AND tier = MASS OR tier = PRIVATE", {"王芳", "Zoë"}),
        ("(kind = RETAIL AND tier = MASS) OR tier = PREMIER", {"王芳", "王芳华"}),
        ("", {record["display_name"] for record in RECORDS}),
    ],
)
def test_a_filter_holds_what_it_says(town, portfolio, text, found):
    assert names(town.rm1_east, text) == found


def test_organisation_paths_are_asked_by_their_beginning(town, portfolio):
    assert len(names(town.manager_east, f'organisation_path = "{town.root}EAST/*"')) == len(RECORDS)
    assert names(town.manager_east, f'organisation_path = "{town.root}WEST/*"') == set()
    assert names(town.manager_east, f"organisation_path = {town.root}EAST/E01/ tier = MASS") == {"王芳"}


def test_what_is_encrypted_is_asked_whole(town):
    card = new_id_card()
    made = town.rm1_east.create(display_name="张", identifier=card, phone="13812345678")
    contacts = [{"kind": "CONTACT_KIND_EMAIL", "value": "a@example.com"}, {"kind": "CONTACT_KIND_MOBILE", "value": "13912345678"}]
    addresses = [{"kind": "ADDRESS_KIND_REGISTERED", "division_code": "310104", "line": "1"}]
    town.rm1_east.update(made, contact_points=contacts, addresses=addresses)
    town.rm1_east.create(display_name="李")
    for text in (
        f"identifier = {card}", f"other_identifiers.number = {card.lower()}", "identifier:*",
        'phone = "+86 138 1234 5678"', "phone:*", "phone = 13912345678",
        "contact_points.value = A@example.com", "contactPoints.value = 13912345678",
        "addresses.division_code:310104", "addresses.divisionCode:310*", "addresses.division_code:*",
    ):  # fmt: skip
        assert names(town.rm1_east, text) == {"张"}, text
        assert names(town.rm1_east, f"NOT {text}") == {"李"}, text
        assert names(town.rm2_east, text) == set(), text
    for text in ("addresses.division_code:3101", "addresses.division_code:320*", "phone = 138", f"identifier = {card[:-1]}"):
        assert names(town.rm1_east, text) == set(), text


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("salary > 1", 1),
        ("tier = PREMIER AND sallary > 1", 20),
        ("tier = GOLD", 8),
        ("tier", 5),
        ("tier = ", 8),
        ("kind > RETAIL", 6),
        ("tags = VIP", 6),
        ("phone > 1", 7),
        ("identifier != 1", 12),
        ("birth_or_founding_date = 1990-02-30", 26),
        ("birth_or_founding_date = 1990", 26),
        ("create_time = 2026-01-01T00:00:00", 15),
        ("create_time > days_ago(-1)", 24),
        ("create_time > today()", 15),
        ("(tier = MASS", 13),
        ("tier = MASS)", 12),
        ("tier = MASS AND", 16),
        ("display_name = 'x", 16),
        ("addresses.line:x", 1),
        ("etag = 1", 1),
        ("custom_fields:*", 1),
        ("documents:*", 1),
        ("王 = 1", 1),
        ("preferences.no_offers = 1", 25),
        ("(" * 17 + "tier = MASS" + ")" * 17, 17),
        (" OR ".join(["tier = MASS"] * 101), None),
    ],
)
def test_a_fault_is_named_by_its_column(town, text, column):
    with pytest.raises(InvalidInput, match="FILTER_INVALID") as refused:
        town.rm1_east.call("ListCustomers", filter=text)
    (violation,) = refused.value.violations
    assert violation.field == "filter"
    assert column is None or refused.value.metadata["column"] == str(column)
    assert violation.description.startswith("Column ")


def test_a_filter_goes_with_every_order_and_every_page(town, portfolio):
    for order in ("display_name desc", "create_time", "customer_number"):
        paged = [c.display_name for c in town.rm1_east.pages(2, order_by=order, filter="kind = RETAIL")]
        whole = [c.display_name for c in town.rm1_east.pages(100, order_by=order)]
        assert paged == [name for name in whole if name in {"王芳", "Zoë", "👍", "B"}]


def test_a_filter_shows_nothing_out_of_scope(town, portfolio):
    for text in (
        "display_name:*",
        "kind = RETAIL OR NOT kind = RETAIL",
        f"lead_person_id = {town.rm1_east.person_id}",
        "tags:VIP",
    ):
        assert names(town.rm2_east, text) == set()
        assert names(town.manager_west, text) == set()


# Random trees against the same tree in Python.
FIELDS = {name: field for name, field in filtering.schema().items() if field.kind != Kind.KEY and name != filtering.DIVISION}
TEXTS = ["王芳", "王", "b", "B", "C39", "SSE:600000", "VIP", "vip", "marketing", "en", "X", "", "a,b", "%", "9:00", "Zoë", "zz"]
ORDERS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def values_for(field):
    return {
        Kind.TEXT: st.sampled_from(TEXTS),
        Kind.ID: st.sampled_from(["me()", "00000000-0000-0000-0000-000000000000"]),
        Kind.ENUM: st.sampled_from(sorted(field.names) or ["X"]),
        Kind.DATE: st.sampled_from(["1990-01-31", "1949-10-01", "2026-06-30", "2025-01-01", "2000-01-01"]),
        Kind.TIME: st.sampled_from(["2020-01-01", "now()", "2100-01-01T00:00:00+08:00"]),
        Kind.NUMBER: st.sampled_from(["0", "1", "-3.5"]),
        Kind.BOOLEAN: st.sampled_from(["true", "false"]),
    }[field.kind]


@st.composite
def comparison(draw):
    field = FIELDS[draw(st.sampled_from(sorted(FIELDS)))]
    operators = [":"] if field.repeated else ["=", "!=", ":"]
    if not field.repeated and (field.kind in (Kind.TEXT, Kind.DATE, Kind.TIME, Kind.NUMBER) or field.ordered):
        operators += ORDERS
    chosen, value = draw(st.sampled_from(operators)), draw(values_for(field))
    if chosen == ":" and draw(st.booleans()):
        return f"{field.path}:*"
    if field.kind == Kind.TEXT:
        star = "*" if chosen in ("=", "!=", ":") and value and draw(st.booleans()) else ""
        value = '"' + value + star + '"'
    return f"{field.path} {chosen} {value}"


TREES = st.recursive(
    comparison(),
    lambda inner: st.one_of(
        st.builds("NOT ({})".format, inner),
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("({} {})".format, inner, inner),
    ),
    max_leaves=8,
)


def holds(node, record):
    if isinstance(node, Not):
        return not holds(node.inner, record)
    if isinstance(node, All):
        return all(holds(inner, record) for inner in node.inner)
    if isinstance(node, Some):
        return any(holds(inner, record) for inner in node.inner)
    return compared(node, record)


def compared(asked: Comparison, record):
    name, _, part = asked.field.path.partition(".")
    value = getattr(record, name)
    if asked.field.repeated:
        values = list(value or ())
        if part:
            values = [each.get(part, 0 if asked.field.kind in (Kind.ENUM, Kind.NUMBER) else None) for each in values]
        return any(one(asked, each) for each in values)
    if part:
        value = (value or {}).get(part, {Kind.ENUM: 0, Kind.BOOLEAN: False}.get(asked.field.kind))
    return one(asked, value)


def one(asked, value):
    if asked.field.kind == Kind.DATE and isinstance(value, str):
        value = date.fromisoformat(value) if value else None
    if asked.operator == "!=":
        return not equal(asked, value)
    if asked.operator == IS_SET:
        return value not in (None, "") and (value != 0 or asked.field.kind == Kind.NUMBER)
    if asked.operator in ORDERS:
        return value not in (None, "") and ORDERS[asked.operator](value, asked.value)
    if asked.operator == ":" and asked.field.kind == Kind.TEXT and not asked.field.repeated:
        return value is not None and asked.value in value
    return equal(asked, value)


def equal(asked, value):
    if asked.prefix:
        return value is not None and value.startswith(asked.value)
    return value == asked.value or (asked.value == "" and value is None)


@pytest.fixture(scope="module")
def rows(service):
    """The records as the database has them, and who asks."""
    from tests.component.customer.conftest import Town

    town = Town(service)
    for record in RECORDS:
        town.rm1_east.create(**record)
    return town


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TREES)
def test_a_random_filter_means_in_the_database_what_it_means_in_python(rows, text):
    caller = Caller(rows.rm1_east.person_id)
    with rows.service.database.transaction(caller, scope=WHOLE_BANK, read_only=True) as work:
        mine = select(COLUMNS).where(COLUMNS.lead_person_id == caller.person_id)
        everyone = work.session.execute(mine).all()
        asker = Asker(caller.person_id, work.now, work.business_date, ZoneInfo("Asia/Shanghai"))
        node = parsed(text, filtering.schema(), asker)
        expected = {row.customer_id for row in everyone if holds(node, row)}
        assert {row.customer_id for row in work.session.execute(mine.where(filtering.condition(work, text)))} == expected


@pytest.mark.parametrize(
    ("text", "number"), [("12.5", 12.5), ("-3", -3), ("0", 0), ("abc", None), ("1a", None), ("2026-01-31x", None)]
)
def test_a_text_is_a_number_or_none_on_either_database(service, text, number):
    with service.database.transaction(read_only=True) as work:
        parts = JsonParts(work.session.get_bind().dialect.name)
        assert work.session.scalar(select(parts.decimal(literal(text)))) == number
