"""Likeness as a rule: symmetric, bounded, greatest with itself, never less for one thing more that agrees."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customer.rules.blocking import block_keys
from services.customer.rules.kinds import CustomerKind
from services.customer.rules.likeness import (
    LIKELY,
    NEARLY_CERTAIN,
    ReasonKind,
    Traits,
    forms,
    likeness,
    name_likeness,
    ruled_out,
)

PERSON, COMPANY = CustomerKind.RETAIL, CustomerKind.CORPORATE
NAMES = st.one_of(
    st.text(alphabet="王伟玮李芳方歐欧陽阳晓小明", min_size=1, max_size=4),
    st.text(alphabet="abcdefg ", min_size=1, max_size=12),
    st.text(min_size=1, max_size=12),
    st.builds(
        "{}{}{}有限公司".format, st.sampled_from(["", "上海", "杭州市"]), st.sampled_from(["华泰", "华达"]), st.just("科技")
    ),
)
KEYS = st.dictionaries(
    st.sampled_from(["phone", "email", "identifier.resident_id_card", "identifier.passport", "identifier.lei"]),
    st.frozensets(st.sampled_from("abcd"), min_size=1, max_size=3),
)
ADDRESSES = st.lists(
    st.tuples(
        st.sampled_from(["", "330000", "330106", "310104"]), st.sampled_from(["", "文三路 1 号", "文三路1号", "天目山路88号"])
    ),
    max_size=3,
).map(tuple)


@st.composite
def traits(draw, kind):
    return Traits(
        kind,
        tuple(draw(st.lists(NAMES, min_size=1, max_size=3))),
        draw(KEYS),
        draw(st.sampled_from(["", "1990-01-01", "1990-02-01"])),
        draw(ADDRESSES),
    )


PAIRS = st.sampled_from([PERSON, COMPANY]).flatmap(lambda kind: st.tuples(traits(kind), traits(kind)))


@given(PAIRS)
def test_likeness_is_symmetric_and_bounded(pair):
    one, other = pair
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other).score <= 100


@given(PAIRS)
def test_nothing_is_more_alike_to_a_customer_than_itself(pair):
    one, other = pair
    assert likeness(one, one).score >= likeness(one, other).score


@given(PAIRS, st.sampled_from(["phone", "email", "identifier.passport", "identifier.resident_id_card"]))
def test_one_more_number_that_agrees_never_lowers_the_score(pair, name):
    one, other = ({**each.keys, name: each.keys.get(name, frozenset()) | {"shared"}} for each in pair)
    more = likeness(replace(pair[0], keys=one), replace(pair[1], keys=other))
    assert more.score >= likeness(*pair).score


@given(PAIRS, NAMES)
def test_one_more_name_or_address_that_agrees_never_lowers_the_score(pair, name):
    before = likeness(*pair).score
    one, other = (replace(each, names=(*each.names, name)) for each in pair)
    assert likeness(one, other).score >= before
    one, other = (replace(each, addresses=(*each.addresses, ("330106", "西湖大道 9 号"))) for each in pair)
    assert likeness(one, other).score >= before


@given(PAIRS)
def test_a_date_that_agrees_counts_more_than_one_that_is_unknown_or_another(pair):
    one, other = (replace(each, birth_or_founding_date="1980-05-05") for each in pair)
    unknown, different = replace(one, birth_or_founding_date=""), replace(one, birth_or_founding_date="1980-05-06")
    assert likeness(one, other).score >= likeness(unknown, other).score >= likeness(different, other).score


@given(NAMES, NAMES)
def test_name_likeness_is_symmetric_and_whole_for_the_same_name(one, other):
    for kind in (PERSON, COMPANY):
        ours, theirs = forms(kind, one), forms(kind, other)
        alike = name_likeness(ours, theirs, organisation=kind == COMPANY)
        assert alike == name_likeness(theirs, ours, organisation=kind == COMPANY)
        assert 0 <= alike <= 1 == name_likeness(ours, ours, organisation=kind == COMPANY)


def person(name="王伟", date="", address="", **keys):
    kept = {key.replace("__", "."): frozenset({value}) for key, value in keys.items()}
    return Traits(PERSON, (name,), kept, date, (("330106", address),) if address else ())


def company(name, **keys):
    return replace(person(name, **keys), kind=COMPANY)


def test_a_common_name_alone_or_a_shared_thing_alone_is_not_enough():
    assert likeness(person(), person()).score < LIKELY
    assert likeness(person("王伟", phone="p"), person("李芳", phone="p")).score < LIKELY
    assert likeness(person("王伟", "1990-01-01"), person("李芳", "1990-01-01")).score < LIKELY
    # A father and his son, of one telephone and one address.
    father, son = (person(name, address="文三路 1 号", phone="p") for name in ("王建国", "王小明"))
    assert likeness(father, son).score < LIKELY


@pytest.mark.parametrize(
    ("one", "other", "least"),
    [
        (person(phone="p"), person(phone="p"), NEARLY_CERTAIN),
        (person(identifier__passport="i"), person(identifier__passport="i"), NEARLY_CERTAIN),
        (person(date="1990-01-01"), person(date="1990-01-01"), LIKELY),
        (person(address="文三路 1 号"), person(address="文三路1号"), LIKELY),
        (person("张婧", phone="p"), person("章静", phone="p"), LIKELY),
        (person("欧阳芳", phone="p"), person("Fang Ouyang", phone="p"), LIKELY),
        (person("歐陽芳", phone="p"), person("欧阳芳", phone="p"), NEARLY_CERTAIN),
        (company("杭州华泰科技有限公司"), company("杭州華泰科技有限公司"), LIKELY),
        (company("杭州华泰科技有限公司", phone="p"), company("华泰科技(杭州)有限责任公司", phone="p"), LIKELY),
        (company("Huatai Trading Co., Ltd.", phone="p"), company("Huatai Trading Limited", phone="p"), NEARLY_CERTAIN),
    ],
)  # fmt: skip
def test_two_things_that_agree_make_a_likely_duplicate(one, other, least):
    assert likeness(one, other).score >= least


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            person(date="1990-01-01", identifier__resident_id_card="a"),
            person(date="1990-01-01", identifier__resident_id_card="b"),
        ),
        (company("上海银行股份有限公司"), company("北京银行股份有限公司")),
        (company("杭州华泰科技有限公司"), company("宁波华泰科技有限公司")),
        (company("杭州华泰科技有限公司"), company("杭州华泰科技有限公司上海分公司")),
        (company("杭州华泰电子科技有限公司"), company("杭州华达电子科技有限公司")),
        (
            company("杭州华泰科技有限公司", identifier__unified_social_credit_code="a"),
            company("杭州华泰科技有限公司", identifier__unified_social_credit_code="b"),
        ),
    ],
)
def test_what_differs_by_what_tells_customers_apart_is_no_duplicate(one, other):
    assert likeness(one, other).score < LIKELY


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＡＢＣ科技有限公司", "ABC科技有限公司"),
        ("\u0420\u0430\u0443\u0440\u0430l Inc", "Paypal Inc."),
        ("JOSÉ GARCÍA", "Garcia Jose"),
        ("阿依古丽·买买提", "阿依古丽 买买提"),
        ("⼀⼆科技", "一二科技"),
    ],
)
def test_names_that_only_dress_differently_are_one(one, other):
    for kind in (PERSON, COMPANY):
        assert name_likeness(forms(kind, one), forms(kind, other), organisation=kind == COMPANY) == 1.0


def test_reasons_say_what_agrees_and_what_does_not_the_weightiest_first():
    found = likeness(
        person("张婧", "1990-01-01", "文三路 1 号", phone="p", identifier__resident_id_card="a"),
        person("章静", "1990-01-02", "文三路 1 号", phone="p", identifier__resident_id_card="b"),
    )
    assert [reason.kind for reason in found.reasons[:2]] == [ReasonKind.SAME_PHONE, ReasonKind.OTHER_IDENTIFIER]
    assert {reason.kind for reason in found.reasons} == {
        ReasonKind.SAME_PHONE, ReasonKind.LIKE_NAME, ReasonKind.LIKE_ADDRESS, ReasonKind.OTHER_IDENTIFIER, ReasonKind.OTHER_DATE,
    }  # fmt: skip
    assert found.score == sum(reason.points for reason in found.reasons)


@given(PAIRS)
def test_who_is_ruled_out_is_not_likely(pair):
    one, other = pair
    assert ruled_out(one, other) == ruled_out(other, one)
    assert not ruled_out(one, one)
    if ruled_out(one, other):
        assert likeness(one, other).score < LIKELY


@given(PAIRS)
def test_who_is_likely_without_a_shared_number_shares_a_block(pair):
    one, other = (replace(each, keys={}) for each in pair)
    if likeness(one, other).score >= LIKELY and len(one.names) + len(other.names) == 2:
        assert block_keys(one) & block_keys(other)
