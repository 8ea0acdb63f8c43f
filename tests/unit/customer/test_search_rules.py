"""What customers are found by, and what somebody types: folding, readings, tokens, steps."""

# ruff: noqa: RUF001 - characters that look like others are what is tested

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from services.chassis.words.folding import fold, is_ideograph, words
from services.chassis.words.readings import divided, readings, spellings
from services.customer.rules.queries import steps_of
from services.customer.rules.tokens import TOKENS_MAX, Findable, entry_of

NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40)
CHINESE = st.text(
    st.sampled_from("王李张刘陈杨赵黄周吴单曾乐长重伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英行华泰银值士"),
    min_size=1,
    max_size=8,
)


def found_by(query, findable):
    """By what the customer is found, as the index would answer; None where it is not."""
    entry = entry_of(findable)
    tokens = set(entry.tokens)
    candidate = SimpleNamespace(forms=entry.forms, customer_number=findable.customer_number)
    for step in steps_of(query):
        holds = all(any(tokens.issuperset(group) for group in clause) for clause in step.clauses)
        if holds and (step.accepts is None or step.accepts(candidate)):
            return step.match.name
    return None


def customer(*names, **fields):
    return Findable("0190-1", "6000000017", names, **fields)


@given(NAMES)
def test_folding_twice_is_folding_once(name):
    assert fold(fold(name)) == fold(name)


@given(NAMES)
def test_every_name_is_found_as_it_is_written(name):
    if words(fold(name)):
        assert found_by(name, customer(name)) == "NAME"


@given(CHINESE, st.data())
def test_every_beginning_and_every_part_of_a_chinese_name_finds_it(name, data):
    start = data.draw(st.integers(0, len(name) - 1))
    end = data.draw(st.integers(start + 1, len(name)))
    assert found_by(name[:end], customer(name)) in ("NAME", "NAME_PREFIX")
    assert found_by(name[start:end], customer(name)) is not None


@given(CHINESE, st.data())
def test_every_beginning_of_the_pinyin_finds_a_chinese_name(name, data):
    letters = "".join(lazy_pinyin(name))
    assert found_by(letters[: data.draw(st.integers(1, len(letters)))], customer(name)) is not None


@given(NAMES, NAMES)
def test_tokens_are_words_that_no_database_takes_apart(name, other):
    entry = entry_of(customer(name, other, tags=[other]))
    assert len(entry.tokens) <= TOKENS_MAX
    for token in entry.tokens:
        assert token
        assert len(token.encode()) <= 200
        assert not any(character.isspace() or (character.isascii() and not character.isalnum()) for character in token)
    assert entry.tokens == sorted(set(entry.tokens))


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=200))
def test_whatever_is_typed_is_a_question_of_bounded_size(query):
    steps = steps_of(query)
    tokens = [token for step in steps for clause in step.clauses for group in clause for token in group]
    assert len(tokens) <= 2_000
    for step in steps:
        if step.accepts:
            step.accepts(SimpleNamespace(forms=entry_of(customer("张伟", "x" * 200)).forms, customer_number="1"))


@given(CHINESE)
def test_readings_are_those_of_pypinyin(name):
    assert [found[0] for found in readings(list(name))] == [each.replace("ü", "v") for each in lazy_pinyin(name)]


@pytest.mark.parametrize(
    ("letters", "first"),
    [
        ("huata", ("hua", "ta")),
        ("weiming", ("wei", "ming")),
        ("xian", ("xia", "n")),
        ("zw", None),
        ("wei", None),
        ("carter", None),
    ],
)
def test_letters_are_read_as_syllables(letters, first):
    assert next(iter(spellings(letters)), None) == first


def test_a_search_for_syllables_ends():
    assert len(spellings("aeiouaeiou" * 20)) <= 4
    assert spellings("a" * 5_000)


@pytest.mark.parametrize(
    ("letters", "count", "found"),
    [
        ("ouyangfang", 3, ("ou", "yang", "fang")),
        ("xian", 2, ("xi", "an")),
        ("xian", 1, ("xian",)),
        ("carter", 2, ()),
        ("", 0, ()),
    ],
)
def test_a_given_reading_is_divided_by_its_characters(letters, count, found):
    assert divided(letters, count) == found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("張偉", "张伟"),
        ("Рауpal", "paypal"),
        ("ＡＢＣ", "abc"),
        ("Zoë", "zoe"),
        ("エ商", "工商"),
        ("Straße", "strasse"),
        ("值", "値"),
    ],
)
def test_spellings_of_one_name_fold_alike(one, other):
    assert fold(one) == fold(other)


def test_characters_that_only_resemble_each_other_stay_apart():
    assert fold("士") != fold("土")
    assert all(is_ideograph(character) for character in fold("值士填"))
