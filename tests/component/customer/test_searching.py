"""Search: the same cases on both databases: found by every way to type a name, ranked, in scope."""

# ruff: noqa: RUF001 - characters that look like others are what is tested

from __future__ import annotations

import pytest
from workbench.customer.v1 import customer_service_pb2 as service_pb2

from services.chassis.kernel.errors import InvalidInput
from tests.component.customer.conftest import new_id_card

M = service_pb2.SearchMatch


def search(colleague, query, **fields):
    return colleague.call("SearchCustomers", query=query, **fields)


def names(colleague, query, **fields):
    return [hit.customer.display_name for hit in search(colleague, query, **fields).hits]


@pytest.mark.parametrize(
    ("name", "query", "match"),
    [
        ("张伟", "张伟", M.SEARCH_MATCH_NAME),
        ("张伟", "张 伟", M.SEARCH_MATCH_NAME),
        ("王", "王", M.SEARCH_MATCH_NAME),
        ("👍", "👍", M.SEARCH_MATCH_NAME),
        ("👨\u200d👩\u200d👧 酒店", "👨\u200d👩\u200d👧", M.SEARCH_MATCH_NAME_PREFIX),
        ("+", "+", M.SEARCH_MATCH_NAME),
        ("張偉", "张伟", M.SEARCH_MATCH_NAME),
        ("张伟", "張偉", M.SEARCH_MATCH_NAME),
        ("工商银行", "エ商银行", M.SEARCH_MATCH_NAME),
        ("Рауpal Ltd", "paypal", M.SEARCH_MATCH_NAME_PREFIX),
        ("PayPal Ltd", "Рауpal", M.SEARCH_MATCH_NAME_PREFIX),
        ("ＡＢＣ１２", "abc12", M.SEARCH_MATCH_NAME),
        ("Zoë Müller", "zoe muller", M.SEARCH_MATCH_NAME),
        ("Zoë Müller", "MÜLL", M.SEARCH_MATCH_PART),
        ("O'Brien & Söhne", "o'brien", M.SEARCH_MATCH_NAME_PREFIX),
        ("张伟", "张", M.SEARCH_MATCH_NAME_PREFIX),
        ("杭州华泰精密机械有限公司", "杭州华泰精密机械有", M.SEARCH_MATCH_NAME_PREFIX),
        ("张伟", "z", M.SEARCH_MATCH_PINYIN),
        ("张伟", "zhang w", M.SEARCH_MATCH_PINYIN),
        ("张伟", "zhangwei", M.SEARCH_MATCH_PINYIN),
        ("张伟", "张w", M.SEARCH_MATCH_PINYIN),
        ("张伟", "zhang伟", M.SEARCH_MATCH_PINYIN),
        ("欧阳芳菲菲", "ouyangfangfeifei", M.SEARCH_MATCH_PINYIN),
        ("单雄信", "shan", M.SEARCH_MATCH_PINYIN),
        ("单雄信", "dan x", M.SEARCH_MATCH_PINYIN),
        ("吕布", "lv b", M.SEARCH_MATCH_PINYIN),
        ("吕布", "lub", M.SEARCH_MATCH_PINYIN),
        ("张伟", "zw", M.SEARCH_MATCH_INITIALS),
        ("张伟", "z w", M.SEARCH_MATCH_INITIALS),
        ("张伟", "zhw", M.SEARCH_MATCH_INITIALS),
        ("张伟", "wei", M.SEARCH_MATCH_PART),
        ("张伟明", "weiming", M.SEARCH_MATCH_PART),
        ("张伟明", "明 张", M.SEARCH_MATCH_PART),
        ("张伟", "伟", M.SEARCH_MATCH_PART),
        ("杭州华泰精密机械有限公司", "华泰精密", M.SEARCH_MATCH_PART),
        ("杭州华泰精密机械有限公司", "huatai", M.SEARCH_MATCH_PART),
        ("杭州华泰精密机械有限公司", "huata", M.SEARCH_MATCH_PART),
        ("杭州华泰精密机械有限公司", "有限 華泰", M.SEARCH_MATCH_PART),
        ("محمد علي", "علي", M.SEARCH_MATCH_PART),
        ("𠮷野家", "𠮷", M.SEARCH_MATCH_NAME_PREFIX),
        ("甲" * 200, "甲" * 200, M.SEARCH_MATCH_NAME),
        ("ﷺ" * 60, "ﷺ" * 60, M.SEARCH_MATCH_NAME),
    ],
)
def test_a_name_is_found_however_it_is_typed(town, name, query, match):
    made = town.rm1_east.create(display_name=name)
    (hit,) = search(town.rm1_east, query).hits
    assert hit.customer.customer_id == made.customer_id
    assert hit.match == match


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("张伟", "张大伟"),
        ("张伟", "wz"),
        ("曾伟", "zhw"),
        ("张伟", "zhangwen"),
        ("杭州华泰精密机械有限公司", "华泰机械"),
        ("杭州华泰精密机械有限公司", "杭州华泰精密机械厂"),
        ("张伟", "%"),
        ("张伟", "_"),
        ("张伟", "' OR 1=1 --"),
        ("张伟", '"张" OR "王"'),
        ("张伟", "张 & !王"),
        ("张伟", "tokens : 张"),
        ("张伟", "NEAR(张 伟)"),
        ("张伟", "-张"),
        ("张伟", "\u200b"),
        ("张伟", "   "),
        ("张伟", "1380000"),
    ],
)
def test_what_is_not_there_is_not_found_and_no_operator_is_read(town, name, query):
    town.rm1_east.create(display_name=name)
    found = names(town.rm1_east, query)
    assert found == ([name] if query.strip("-") == "张" else [])


def test_the_surest_come_first_and_the_order_stays(town):
    made = ["张", "张伟", "张大千", "章子", "大张伟", "刘张", "赵昂"]
    for name in reversed(made):
        town.rm1_east.create(display_name=name)
    assert names(town.rm1_east, "张") == ["张", "张伟", "张大千", "刘张", "大张伟"]
    assert names(town.rm1_east, "zhang") == ["张", "张伟", "章子", "张大千", "刘张", "大张伟"]
    assert names(town.rm1_east, "za") == ["赵昂"]


def test_a_number_is_found_whole_first_then_by_its_beginning(town):
    number = town.root[3:11]
    for end in ("-12", "-123", "-1"):
        town.rm1_east.create(customer_number=number + end)
    hits = search(town.rm1_east, f"{number}-12").hits
    assert [hit.customer.customer_number for hit in hits] == [f"{number}-12", f"{number}-123"]
    assert [hit.match for hit in hits] == [M.SEARCH_MATCH_NUMBER, M.SEARCH_MATCH_NUMBER_PREFIX]
    assert {hit.customer.customer_number for hit in search(town.rm1_east, number[:6].lower()).hits} == {
        number + end for end in ("-1", "-12", "-123")
    }


def test_a_masked_number_is_refused_with_the_reason(town):
    with pytest.raises(InvalidInput, match="QUERY_MASKED"):
        search(town.rm1_east, "138****5678")


def test_a_search_stays_in_scope(town):
    town.rm1_east.create(display_name="张伟")
    for stranger in (town.rm2_east, town.rm1_west, town.manager_west):
        for query in ("张伟", "zw", "wei", "张"):
            found = search(stranger, query)
            assert not found.hits
            assert not found.more
    for colleague in (town.rm1_east, town.manager_east, town.analyst):
        assert names(colleague, "张伟") == ["张伟"]


def test_a_search_follows_changes_and_hand_overs(town):
    customer = town.rm1_east.create(display_name="张伟")
    town.rm1_east.update(customer, display_name="李娜")
    assert names(town.rm1_east, "张伟") == []
    assert names(town.rm1_east, "lina") == ["李娜"]
    town.rm1_east.reassign(customer, town.rm2_east)
    assert names(town.rm1_east, "李娜") == []
    assert names(town.rm2_east, "李娜") == ["李娜"]


def test_there_are_more_than_are_answered(town):
    for number in range(23):
        town.rm1_east.create(display_name=f"钱{chr(0x4E10 + number)}")
    found = search(town.rm1_east, "钱")
    assert (len(found.hits), found.more) == (20, True)
    assert [hit.customer.display_name for hit in found.hits] == sorted(hit.customer.display_name for hit in found.hits)
    assert found == search(town.rm1_east, "钱")
    assert (len(search(town.rm1_east, "钱", page_size=50).hits), search(town.rm1_east, "钱", page_size=50).more) == (23, False)


def test_identifying_fields_are_masked_in_hits(town):
    town.rm1_east.create(display_name="张伟", phone="13812345678")
    assert search(town.rm1_east, "张伟").hits[0].customer.phone == "138****5678"


def test_what_identifies_is_found_whole_and_by_nothing_less(town):
    card = new_id_card()
    made = town.rm1_east.create(display_name="张伟", identifier=card, phone="13812345678")
    contacts = [
        {"kind": "CONTACT_KIND_EMAIL", "value": "Wei.Zhang@example.com"},
        {"kind": "CONTACT_KIND_MOBILE", "value": "13912345678"},
    ]
    town.rm1_east.update(made, contact_points=contacts)
    for query, match in (
        (card, M.SEARCH_MATCH_IDENTIFIER),
        (card.lower(), M.SEARCH_MATCH_IDENTIFIER),
        ("13812345678", M.SEARCH_MATCH_PHONE),
        ("+86 138 1234 5678", M.SEARCH_MATCH_PHONE),
        ("13912345678", M.SEARCH_MATCH_PHONE),
        ("wei.zhang@EXAMPLE.com", M.SEARCH_MATCH_EMAIL),
    ):
        assert [(hit.customer.customer_id, hit.match) for hit in search(town.rm1_east, query).hits] == [(made.customer_id, match)]
        assert not search(town.rm2_east, query).hits
    for part in (card[:-1], card[6:14], "1381234567", "3812345678", "wei.zhang"):
        assert not search(town.rm1_east, part).hits


def test_former_names_and_tags_find_too(town):
    made = town.rm1_east.create(display_name="新名科技")
    names_before = [
        {"kind": "OTHER_NAME_KIND_FORMER", "name": "旧名贸易"},
        {"kind": "OTHER_NAME_KIND_FOREIGN", "name": "Newname Tech"},
    ]
    town.rm1_east.update(made, other_names=names_before, tags=["重点 VIP", "高净值"])
    for query, match in (
        ("旧名", M.SEARCH_MATCH_NAME_PREFIX),
        ("jiuming", M.SEARCH_MATCH_PINYIN),
        ("newname", M.SEARCH_MATCH_NAME_PREFIX),
        ("重点vip", M.SEARCH_MATCH_TAG),
        ("vip", M.SEARCH_MATCH_PART),
        ("高净值 科技", M.SEARCH_MATCH_PART),
    ):
        assert [(hit.customer.customer_id, hit.match) for hit in search(town.rm1_east, query).hits] == [(made.customer_id, match)]


def test_a_reading_that_somebody_gave_counts(town):
    made = town.rm1_east.create(display_name="乐嘉")
    town.rm1_east.update(made, pinyin="lejia")
    assert names(town.rm1_east, "leji") == ["乐嘉"]
