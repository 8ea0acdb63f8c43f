"""What one record says that stands for two: a refusal of either holds, and nothing is lost without a word."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.kernel.errors import InvalidInput
from services.customer.rules.consents import tidy_consents
from services.customer.rules.details import Details
from services.customer.rules.merging import (
    NoteKind,
    check_choice,
    differing_kinds,
    merged_details,
    parted,
    parted_list,
    stricter_consents,
)

NAMES = tuple(Details.__dataclass_fields__)
FIRST = date(2024, 1, 1)
DAYS = 12


def days(start, end):
    last = {"end_date": (FIRST + timedelta(days=end)).isoformat()} if end is not None else {}
    return {"effective_date": (FIRST + timedelta(days=start)).isoformat(), **last}


@st.composite
def consents(draw):
    """Consents as a record keeps them: of one purpose and way no two share a day."""
    kept = []
    for purpose, channel in product(("marketing", "report"), (0, 1)):
        day = draw(st.integers(0, 3))
        while day < DAYS and draw(st.booleans()):
            end = draw(st.one_of(st.none(), st.integers(day, DAYS)))
            way = {"channel": channel} if channel else {}
            kept.append({"purpose": purpose, **way, "state": draw(st.sampled_from([1, 2, 3])), **days(day, end)})
            if end is None:
                break
            day = end + draw(st.integers(1, 3))
    return tidy_consents(kept, "consents")


def said(record, purpose, channel, day):
    """What a record says on a day of a way: of the way itself, or else of all ways."""
    for way in (channel, 0):
        for consent in record:
            within = consent["effective_date"] <= day <= consent.get("end_date", "9999")
            if (consent["purpose"], consent.get("channel", 0)) == (purpose, way) and within:
                return consent["state"]
    return None


@given(consents(), consents())
def test_on_each_day_a_refusal_of_either_record_holds(one, other):
    both = stricter_consents(one, other)
    tidy_consents(both, "consents")
    for purpose, channel, offset in product(("marketing", "report"), (0, 1), range(DAYS + 3)):
        day = (FIRST + timedelta(days=offset)).isoformat()
        of_each = {said(one, purpose, channel, day), said(other, purpose, channel, day)} - {None}
        refused = bool(of_each - {1})
        assert (said(both, purpose, channel, day) or 1) == 1 if not refused else said(both, purpose, channel, day) in (2, 3)
        assert (said(both, purpose, channel, day) is None) == (not of_each)


@given(consents())
def test_a_record_merged_with_one_that_says_the_same_says_no_more(one):
    both = stricter_consents(one, one)
    for purpose, channel, offset in product(("marketing", "report"), (0, 1), range(DAYS + 3)):
        day = (FIRST + timedelta(days=offset)).isoformat()
        assert said(both, purpose, channel, day) == said(one, purpose, channel, day)


TEXTS = st.lists(st.sampled_from("abcdef"), unique=True, max_size=5)


@given(TEXTS, TEXTS, TEXTS)
def test_a_parted_list_has_what_was_there_and_what_came_since(before, added, now):
    after = list(dict.fromkeys([*before, *added]))
    result = parted_list(before, after, now)
    assert {entry for entry in before if entry in now} <= set(result)
    assert {entry for entry in now if entry not in after} <= set(result)
    assert not {entry for entry in after if entry not in before and entry in now} & set(result)
    assert parted_list(before, after, after) == before


def record(**fields):
    return Details(**{"display_name": "王伟", "state": 1} | fields)


@st.composite
def records(draw):
    return record(
        display_name=draw(st.sampled_from(["王伟", "王 伟", "李芳"])),
        phone=draw(st.sampled_from(["", "13812345678", "+86 138 1234 5678", "010-12345678"])),
        identifier=draw(st.sampled_from(["", "A", "B"])),
        identifier_kind=2,
        state=draw(st.sampled_from([1, 2, 3, 4])),
        tags=draw(TEXTS),
        custom_fields=draw(st.dictionaries(st.sampled_from("abc"), st.sampled_from("xy"))),
        preferences=draw(st.dictionaries(st.just("channel"), st.sampled_from([1, 2]))),
        consents=draw(consents()),
    )


@settings(max_examples=40)
@given(records(), records())
def test_undoing_at_once_restores_the_survivor(one, other):
    after, _ = merged_details(one, other, frozenset())
    assert parted(one, after, after, NAMES) == (one, [])


@settings(max_examples=40)
@given(records(), records())
def test_everything_of_both_is_there_or_noted(one, other):
    after, notes = merged_details(one, other, frozenset())
    noted = {note.field for note in notes}
    assert set(after.tags) == {*one.tags, *other.tags}
    names = {after.display_name.replace(" ", ""), *(entry["name"].replace(" ", "") for entry in after.other_names)}
    assert {one.display_name.replace(" ", ""), other.display_name.replace(" ", "")} <= names
    numbers = {after.identifier, *(entry["number"] for entry in after.other_identifiers)}
    assert {one.identifier, other.identifier} - {""} <= numbers
    for name, value in other.custom_fields.items():
        assert after.custom_fields[name] == value or f"custom_fields.{name}" in noted
    assert after.state in (one.state, other.state)


def test_one_telephone_number_written_twice_stands_there_once():
    after, _ = merged_details(record(phone="13812345678"), record(phone="+86 138-1234-5678"), frozenset())
    assert list(after.contact_points) == []
    after, _ = merged_details(record(phone="13812345678"), record(phone="010-12345678"), frozenset())
    assert [(contact["kind"], contact["value"]) for contact in after.contact_points] == [(2, "+861012345678")]


def test_a_choice_takes_what_belongs_to_it_along():
    ours = record(identifier="A", identifier_kind=1, pinyin="wang wei")
    theirs = record(display_name="李芳", pinyin="li fang", identifier="B", identifier_kind=2, identifier_country_code="US")
    after, _ = merged_details(ours, theirs, frozenset({"display_name", "identifier"}))
    assert (after.display_name, after.pinyin) == ("李芳", "li fang")
    assert (after.identifier, after.identifier_kind, after.identifier_country_code) == ("B", 2, "US")
    assert after.other_identifiers == [{"kind": 1, "number": "A"}]
    assert after.other_names == [{"kind": 4, "name": "王伟"}]


def test_the_livelier_state_holds():
    for ours, theirs, holds in ((3, 1, 1), (1, 2, 1), (4, 3, 4), (2, 2, 2)):
        assert merged_details(record(state=ours), record(state=theirs), frozenset())[0].state == holds


def test_numbers_of_which_everybody_has_one_differ_only_where_none_is_shared():
    card = {"identifier": "A", "identifier_kind": 1}
    assert differing_kinds(record(**card), record(**card)) == []
    assert differing_kinds(record(**card), record(identifier="A", identifier_kind=2)) == []
    other = record(identifier="B", identifier_kind=1)
    assert [kind.value for kind in differing_kinds(record(**card), other)] == [1]
    both = replace(other, other_identifiers=[{"kind": 1, "number": "A"}])
    assert differing_kinds(record(**card), both) == []
    _, notes = merged_details(record(**card), other, frozenset())
    assert [note.kind for note in notes] == [NoteKind.IDENTIFIERS_DIFFER]


def test_no_offers_holds_whoever_said_it():
    after, _ = merged_details(record(), record(preferences={"no_offers": True}), frozenset())
    assert after.preferences == {"no_offers": True}
    after, _ = merged_details(
        record(preferences={"no_offers": True}), record(preferences={"channel": 1}), frozenset({"preferences"})
    )
    assert after.preferences == {"no_offers": True, "channel": 1}


def test_only_what_a_customer_has_once_can_be_chosen():
    assert check_choice(["tier", "custom_fields.branch_code"]) == {"tier", "custom_fields.branch_code"}
    for path in ("tags", "lead_person_id", "customer_number", "preferences.channel"):
        with pytest.raises(InvalidInput, match="FIELD_UNKNOWN"):
            check_choice([path])
