"""What contacts can be: kinds and ways, times, and two records of one contact."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbench.activity.v1 import contact_pb2

from services.activity.rules import contacts as rules
from services.activity.rules.attachments import MEDIA_TYPES, media_type_of
from services.activity.rules.contacts import (
    ContactChannel,
    ContactKind,
    ContactOutcome,
    ContactPurpose,
    ContactState,
)
from services.chassis.kernel.errors import InvalidInput, RuleBroken

SHANGHAI = "Asia/Shanghai"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
INSTANTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is beside
DAYS = st.dates()


@pytest.mark.parametrize("enum", [ContactKind, ContactState, ContactChannel, ContactPurpose, ContactOutcome])
def test_numbers_are_the_contracts(enum):
    contract = contact_pb2.DESCRIPTOR.enum_types_by_name[enum.__name__]
    prefix = "".join(f"_{letter}" if letter.isupper() else letter for letter in enum.__name__)[1:].upper()
    assert {f"{prefix}_{each.name}": each.value for each in enum} == {
        value.name: value.number for value in contract.values if value.number
    }


@pytest.mark.parametrize("kind", ContactKind)
def test_each_kind_has_its_usual_way(kind):
    usual = rules.channel_of(kind, 0)
    assert rules.channel_of(kind, usual) == usual


@pytest.mark.parametrize(
    ("kind", "minutes", "same"),
    [
        (ContactKind.VISIT, 120, True), (ContactKind.VISIT, 121, False),
        (ContactKind.CALL, 10, True), (ContactKind.CALL, 11, False),
        (ContactKind.MESSAGE, 2, True), (ContactKind.MESSAGE, 3, False),
    ],
)  # fmt: skip
def test_near_each_other_two_records_are_of_one_contact(kind, minutes, same):
    for way in (1, -1):
        assert rules.likely_same(kind, NOW, kind, NOW + way * timedelta(minutes=minutes)) is same
    assert not rules.likely_same(kind, NOW, ContactKind.LETTER, NOW)


@given(start_time=INSTANTS, state=st.sampled_from([ContactState.PLANNED, ContactState.DONE]))
def test_a_time_is_taken_or_refused_and_never_fails(start_time, state):
    try:
        rules.check_time(state, start_time, NOW, today=NOW.date(), zone=SHANGHAI, days_back_max=92)
    except RuleBroken:
        return
    assert timedelta(days=-92) <= start_time - NOW <= timedelta(days=3 * 366)
    assert rules.day_of(start_time, SHANGHAI)


@given(day=DAYS)
def test_a_day_begins_where_the_one_before_ends(day):
    start, end = rules.day_start(day, SHANGHAI), rules.day_end(day, SHANGHAI)
    assert start < end
    if date(1992, 1, 1) < day < date(2199, 1, 1):
        assert end - start == timedelta(days=1) - timedelta(microseconds=1)
        assert rules.day_of(start, SHANGHAI) == rules.day_of(end, SHANGHAI) == day


def test_a_new_contact_is_done_unless_it_lies_ahead():
    assert rules.state_of_new(0, NOW, NOW) == ContactState.DONE
    assert rules.state_of_new(0, NOW + timedelta(minutes=5), NOW) == ContactState.DONE
    assert rules.state_of_new(0, NOW + timedelta(minutes=6), NOW) == ContactState.PLANNED
    with pytest.raises(InvalidInput):
        rules.state_of_new(ContactState.NO_SHOW, NOW, NOW)


@given(content=st.binary(max_size=400), ending=st.sampled_from([*MEDIA_TYPES, ".exe", "", "."]), said=st.text(max_size=30))
def test_whatever_the_bytes_a_file_is_taken_or_refused(content, ending, said):
    try:
        media_type = media_type_of(f"file{ending}", said, content)
    except InvalidInput:
        return
    assert media_type == MEDIA_TYPES[ending]
