"""Contacts of other systems: taken over once, row by row, with their own days."""

from datetime import UTC, datetime, timedelta

import pytest
from workbench.activity.v1 import contact_events_pb2, contact_pb2
from workbench.identity.v1 import events_pb2
from workbench.timeline.v1 import events_pb2 as timeline_pb2

from services.chassis.kernel.errors import InvalidInput, NotAllowed
from tests.component.town import run_together

THEN = datetime(2024, 3, 1, 2, 0, tzinfo=UTC)
VISIT = contact_pb2.CONTACT_KIND_VISIT


def row(number, customer, owner, **contact):
    said = {"customer_id": customer, "owner_person_id": owner.person_id, "kind": VISIT, "start_time": THEN, "minutes": 40}
    return {"source_number": number, "contact": said | contact}


def take(town, *rows, system="crm-2019"):
    return town.steward.call("BatchImportContacts", source_system=f"{system}.{town.root[3:9].lower()}", contacts=rows)


def test_history_is_taken_once_with_its_own_days(town):
    customer = town.customer(town.rm1_east, customer_number="C-1" + town.root)
    by_id = row("1", customer, town.rm1_east, summary="老客户", colleague_person_ids=[town.rm2_east.person_id])
    by_number = {
        "source_number": "2",
        "customer_number": "C-1" + town.root,
        "staff_number": town.rm1_east.person_id[:8],
        "contact": {"kind": VISIT, "start_time": THEN + timedelta(days=1)},
    }
    cancelled = row("3", customer, town.rm1_east, state=contact_pb2.CONTACT_STATE_CANCELLED) | {"cancel_reason": "客户出差"}
    answer = take(town, by_id, by_number, cancelled)
    assert (answer.created_count, answer.unchanged_count, list(answer.refused)) == (3, 0, [])
    again = take(town, by_id, by_number, cancelled)
    assert (again.created_count, again.unchanged_count) == (0, 3)
    contacts = town.rm1_east.call("ListContacts", customer_id=customer, order_by="start_time").contacts
    by_source = {each.source_number: each for each in contacts}
    assert by_source["1"].business_date == "2024-03-01"
    assert by_source["3"].cancel_reason == "客户出差"
    first = town.rm1_east.call("GetContact", contact_id=by_source["1"].contact_id)
    assert (first.summary, first.etag, list(first.colleague_person_ids)) == ("老客户", "1", [town.rm2_east.person_id])
    told = town.recorded(timeline_pb2.CustomerTimelineEntryRecorded, customer_id=customer)
    assert [(each.business_date, each.person_id) for each in told] == [
        ("2024-03-01", town.rm1_east.person_id), ("2024-03-02", town.rm1_east.person_id),
    ]  # fmt: skip
    (event,) = town.recorded(contact_events_pb2.ContactsTakenOver, customer_id=customer)
    assert [(each.imported, each.version, each.minutes) for each in event.contacts] == [
        (True, 1, 40), (True, 1, 0), (True, 1, 40),
    ]  # fmt: skip
    assert town.recorded(contact_events_pb2.ContactRecorded, customer_id=customer) == []
    # It can be corrected like any other.
    sent = contact_pb2.Contact(contact_id=first.contact_id, subject="更正")
    after = town.rm1_east.call("UpdateContact", contact=sent, update_mask={"paths": ["subject"]})
    assert (after.etag, after.former_version_count) == ("2", 1)


def test_a_row_that_cannot_be_taken_stops_no_other(town):
    customer = town.customer(town.rm1_east)
    rows = [
        row("1", customer, town.rm1_east, start_time=datetime.now(UTC) + timedelta(days=1)),
        row("2", "0198a3f0-0000-7000-8000-000000000009", town.rm1_east),
        {"source_number": "3", "staff_number": "nobody", "contact": {"customer_id": customer, "kind": VISIT, "start_time": THEN}},
        row("4", customer, town.rm1_east, channel=contact_pb2.CONTACT_CHANNEL_SMS),
        row("5", customer, town.rm1_east, start_time=datetime(1, 1, 1, tzinfo=UTC)),
        row("6", customer, town.rm1_east),
        row("6", customer, town.rm1_east),
    ]
    answer = take(town, *rows)
    assert [(each.position, each.reason) for each in answer.refused] == [
        (0, "CONTACT_IN_FUTURE"), (1, "CUSTOMER_NOT_FOUND"), (2, "PERSON_NOT_FOUND"), (3, "CHANNEL_INVALID"),
        (4, "CONTACT_TOO_OLD"),
    ]  # fmt: skip
    assert (answer.created_count, answer.unchanged_count) == (1, 1)


def test_a_contact_furthers_an_opportunity_of_the_same_system(town):
    customer, system = town.customer(town.rm1_east), f"crm-2019.{town.root[3:9].lower()}"
    deal = {
        "source_number": "D1",
        "opportunity": {"customer_id": customer, "title": "流动资金贷款"},
        "owner_person_id": town.rm1_east.person_id,
        "stages": [{"stage_code": "contact", "enter_date": "2024-02-01"}],
        "state": "OPPORTUNITY_STATE_OPEN",
    }
    town.steward.call("BatchImportOpportunities", source_system=system, opportunities=[deal])
    furthers = row("1", customer, town.rm1_east) | {"opportunity_number": "D1"}
    unknown = row("2", customer, town.rm1_east) | {"opportunity_number": "D2"}
    answer = take(town, furthers, unknown)
    assert (answer.created_count, [each.reason for each in answer.refused]) == (1, ["OPPORTUNITY_NOT_FOUND"])
    (contact,) = town.rm1_east.call("ListContacts", customer_id=customer).contacts
    assert contact.opportunity_id
    listed = town.rm1_east.call("ListContacts", customer_id=customer, opportunity_id=contact.opportunity_id)
    assert [each.contact_id for each in listed.contacts] == [contact.contact_id]


def test_who_has_left_is_still_whose_contact_it_was(town):
    customer = town.customer(town.rm1_east)
    town.announce(events_pb2.PersonDisabled(person_id=town.rm2_east.person_id))
    assert take(town, row("1", customer, town.rm2_east)).created_count == 1


def test_two_who_take_over_the_same_at_once_take_it_once(town):
    customer, created = town.customer(town.rm1_east), []
    rows = [row(str(number), customer, town.rm1_east) for number in range(20)]
    run_together(lambda _: created.append(take(town, *rows).created_count), range(4))
    assert sorted(created) == [0, 0, 0, 20]


def test_history_is_for_stewards_and_within_limits(town):
    customer = town.customer(town.rm1_east)
    with pytest.raises(NotAllowed):
        town.rm1_east.call("BatchImportContacts", source_system="crm", contacts=[row("1", customer, town.rm1_east)])
    with pytest.raises(InvalidInput):
        town.steward.call("BatchImportContacts", source_system="CRM 2019", contacts=[row("1", customer, town.rm1_east)])
    with pytest.raises(InvalidInput):
        take(town, *[row(str(number), customer, town.rm1_east) for number in range(1001)])
