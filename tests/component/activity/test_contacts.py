"""Contacts: recorded, planned, done, corrected, cancelled, listed, within reach; and known again when they come twice."""

from datetime import UTC, datetime, timedelta

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy import select
from workbench.activity.v1 import contact_events_pb2, contact_pb2, contact_service_pb2
from workbench.customer.v1 import duplicate_events_pb2, exchange_events_pb2
from workbench.timeline.v1 import events_pb2 as timeline_pb2

from services.activity.model.notification import Notification
from services.chassis.kernel.errors import (
    AlreadyExists,
    InvalidInput,
    NotAllowed,
    NotFound,
    RuleBroken,
    StaleVersion,
    WorkbenchError,
)
from tests.component.town import run_together

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)  # 16:00 in Shanghai
VISIT, CALL = contact_pb2.CONTACT_KIND_VISIT, contact_pb2.CONTACT_KIND_CALL
PLANNED, DONE = contact_pb2.CONTACT_STATE_PLANNED, contact_pb2.CONTACT_STATE_DONE
CANCELLED, NO_SHOW = contact_pb2.CONTACT_STATE_CANCELLED, contact_pb2.CONTACT_STATE_NO_SHOW
JOIN, ACCEPT = contact_service_pb2.DUPLICATE_HANDLING_JOIN, contact_service_pb2.DUPLICATE_HANDLING_ACCEPT
TOLD = timeline_pb2.CustomerTimelineEntryRecorded


@pytest.fixture(autouse=True)
def afternoon(at):
    at(NOW)


def record(person, customer, on_duplicate=0, **fields):
    contact = {"customer_id": customer, "kind": VISIT, "minutes": 30} | fields
    return person.call("CreateContact", contact=contact, on_duplicate=on_duplicate)


def correct(person, contact, etag="", **fields):
    sent = contact_pb2.Contact(contact_id=contact.contact_id, etag=etag, **fields)
    return person.call("UpdateContact", contact=sent, update_mask=FieldMask(paths=list(fields)))


def refused(refusal, reason, act, /, *arguments, **fields):
    with pytest.raises(refusal) as error:
        act(*arguments, **fields)
    assert error.value.reason == reason
    return error.value


def ids(answer):
    return [each.contact_id for each in answer.contacts]


def test_a_customer_and_a_kind_are_enough(town):
    customer = town.customer(town.rm1_east)
    contact = town.rm1_east.call("CreateContact", contact={"customer_id": customer, "kind": CALL})
    assert (contact.state, contact.channel) == (DONE, contact_pb2.CONTACT_CHANNEL_TELEPHONE)
    assert contact.start_time.ToDatetime(tzinfo=UTC) == NOW
    assert (contact.business_date, contact.customer_name, contact.owner_name) == ("2026-11-25", "欧阳芳", "王雅婷")
    (event,) = town.recorded(contact_events_pb2.ContactRecorded, contact_id=contact.contact_id)
    assert (event.customer_id, event.owner_person_id, event.state, event.version) == (
        customer, town.rm1_east.person_id, DONE, 1,
    )  # fmt: skip
    (told,) = town.recorded(TOLD, customer_id=customer)
    assert (told.kind, told.resource, told.source_entry_id) == (
        "call_recorded", f"contacts/{contact.contact_id}", contact.contact_id,
    )  # fmt: skip


def test_all_that_is_said_is_kept_and_nothing_of_it_is_told(town):
    customer = town.customer(town.rm1_east)
    deal = town.rm1_east.call("CreateOpportunity", opportunity={"customer_id": customer, "title": "贴现额度"})
    people = [{"display_name": "赵总", "title": "财务总监"}, {"key_person_id": "0198a3f0-0000-7000-8000-000000000001"}]
    said = {
        "subject": "票据贴现", "summary": "客户希望\n下周报价", "place": "浦东新区世纪大道1号", "people_met": people,
        "products": ["BILL_DISCOUNT"], "colleague_person_ids": [town.rm2_east.person_id], "minutes": 45,
        "purpose": contact_pb2.CONTACT_PURPOSE_SALE, "outcome": contact_pb2.CONTACT_OUTCOME_INTERESTED,
        "opportunity_id": deal.opportunity_id, "customer_began": True,
    }  # fmt: skip
    contact = record(town.rm1_east, customer, **said)
    kept = town.rm1_east.call("GetContact", contact_id=contact.contact_id)
    assert kept == contact
    assert [person.display_name for person in kept.people_met] == ["赵总", ""]
    (event,) = town.recorded(contact_events_pb2.ContactRecorded, contact_id=contact.contact_id)
    assert (event.minutes, event.people_met_count, list(event.key_person_ids)) == (45, 2, [people[1]["key_person_id"]])
    assert list(event.colleague_person_ids) == [town.rm2_east.person_id]
    assert event.opportunity_id == said["opportunity_id"]
    other = town.customer(town.rm1_east)
    refused(NotFound, "OPPORTUNITY_NOT_FOUND", record, town.rm1_east, other, opportunity_id=deal.opportunity_id)
    for message in (event, *town.recorded(TOLD, customer_id=customer)):
        assert not any(text.encode() in message.SerializeToString() for text in ("赵总", "票据贴现", "报价", "世纪大道"))
    with town.service.database.transaction(read_only=True) as work:
        (notice,) = work.session.scalars(select(Notification).filter_by(person_id=town.rm2_east.person_id))
        assert (notice.kind, notice.resource) == ("contact_shared", f"contacts/{contact.contact_id}")


def test_what_lies_ahead_is_planned_and_then_done(town):
    customer = town.customer(town.rm1_east)
    plan = record(town.rm1_east, customer, start_time=NOW + timedelta(hours=1), subject="年度回访")
    assert plan.state == PLANNED
    assert town.recorded(TOLD, customer_id=customer) == []
    done = town.rm1_east.call(
        "CompleteContact", contact_id=plan.contact_id, etag=plan.etag, summary="谈妥", minutes=50,
        outcome=contact_pb2.CONTACT_OUTCOME_NEXT_STEP_AGREED,
    )  # fmt: skip
    assert (done.state, done.minutes, done.subject, done.summary, done.plan_minutes) == (DONE, 50, "年度回访", "谈妥", 30)
    assert done.plan_start_time.ToDatetime(tzinfo=UTC) == NOW + timedelta(hours=1)
    assert done.start_time.ToDatetime(tzinfo=UTC) == NOW - timedelta(minutes=50)
    assert [told.kind for told in town.recorded(TOLD, customer_id=customer)] == ["visit_recorded"]
    events = town.recorded(contact_events_pb2.ContactRecorded, contact_id=plan.contact_id)
    assert [(each.state, each.former_state) for each in events] == [(PLANNED, 0), (DONE, PLANNED)]
    refused(RuleBroken, "CONTACT_NOT_PLANNED", town.rm1_east.call, "CompleteContact", contact_id=plan.contact_id)


def test_nobody_came_or_it_never_was(town):
    customer = town.customer(town.rm1_east)
    plan = record(town.rm1_east, customer, start_time=NOW - timedelta(hours=2), state=PLANNED)
    missed = town.rm1_east.call("CancelContact", contact_id=plan.contact_id, no_show=True, cancel_reason="客户不在")
    assert (missed.state, missed.cancel_reason) == (NO_SHOW, "客户不在")
    done = record(town.rm1_east, customer)
    cancel = {"contact_id": done.contact_id}
    refused(InvalidInput, "REASON_MISSING", town.rm1_east.call, "CancelContact", **cancel)
    refused(RuleBroken, "CONTACT_NOT_PLANNED", town.rm1_east.call, "CancelContact", **cancel, no_show=True)
    withdrawn = town.rm1_east.call("CancelContact", **cancel, cancel_reason="记错客户")
    assert withdrawn.state == CANCELLED
    kinds = [told.kind for told in town.recorded(TOLD, customer_id=customer)]
    assert kinds == ["visit_missed", "visit_recorded", "visit_withdrawn"]
    refused(RuleBroken, "CONTACT_CLOSED", correct, town.rm1_east, withdrawn, subject="再来")
    refused(RuleBroken, "CONTACT_CLOSED", town.rm1_east.call, "CancelContact", **cancel)


def test_a_correction_keeps_the_original(town):
    customer = town.customer(town.rm1_east)
    contact = record(town.rm1_east, customer, summary="第一稿", place="客户公司")
    after = correct(town.rm1_east, contact, contact.etag, summary="第二稿", minutes=60)
    assert (after.summary, after.place, after.minutes, after.former_version_count) == ("第二稿", "客户公司", 60, 1)
    refused(StaleVersion, "CONTACT_CHANGED", correct, town.rm1_east, contact, contact.etag, summary="第三稿")
    assert correct(town.rm1_east, after, summary="第二稿").etag == after.etag
    (version,) = town.rm1_east.call("ListContactVersions", contact_id=contact.contact_id).versions
    assert (version.contact.summary, version.contact.minutes) == ("第一稿", 30)
    assert version.contact.start_time == contact.start_time
    assert version.change_person_id == town.rm1_east.person_id


def test_who_only_reaches_the_customer_reads_and_does_not_change(town):
    customer = town.customer(town.rm1_east)
    contact = record(town.rm1_east, customer)
    town.reassign(customer, town.rm1_east, town.rm2_east)
    assert town.rm2_east.call("GetContact", contact_id=contact.contact_id).customer_name == "欧阳芳"
    refused(NotAllowed, "CONTACT_NOT_YOURS", correct, town.rm2_east, contact, subject="我的")
    # He who did it keeps it, and learns no more of a customer that is no longer his.
    assert town.rm1_east.call("GetContact", contact_id=contact.contact_id).customer_name == ""
    assert correct(town.leader_east, contact, subject="主管改").subject == "主管改"


def test_a_plan_goes_with_the_customer_to_the_new_lead(town):
    customer = town.customer(town.rm1_east)
    plan = record(town.rm1_east, customer, start_time=NOW + timedelta(days=1))
    town.reassign(customer, town.rm1_east, town.rm2_east)
    assert town.rm2_east.call("CancelContact", contact_id=plan.contact_id).owner_person_id == town.rm2_east.person_id


def test_out_of_reach_looks_as_if_it_did_not_exist(town):
    customer = town.customer(town.rm1_east)
    contact = record(town.rm1_east, customer)
    for stranger in (town.rm1_west, town.manager_west):
        for method in ("GetContact", "ListContactVersions", "ListContactAttachments"):
            refused(NotFound, "CONTACT_NOT_FOUND", stranger.call, method, contact_id=contact.contact_id)
        for method in ("CompleteContact", "CancelContact"):
            refused(NotFound, "CONTACT_NOT_FOUND", stranger.call, method, contact_id=contact.contact_id)
        refused(NotFound, "CUSTOMER_NOT_FOUND", record, stranger, customer)
        refused(NotFound, "CUSTOMER_NOT_FOUND", stranger.call, "ListContacts", customer_id=customer)
        refused(NotFound, "PERSON_NOT_FOUND", stranger.call, "ListContacts", person_id=town.rm1_east.person_id)
    refused(NotFound, "UNIT_NOT_FOUND", town.manager_west.call, "ListContacts",
            organisation_path=town.rm1_east.organisation_path, start_date="2026-11-25", end_date="2026-11-25")  # fmt: skip


def test_the_same_contact_of_two_is_told_joined_or_accepted(town):
    customer = town.customer(town.rm1_east)
    first = record(town.rm1_east, customer)
    later = {"start_time": NOW - timedelta(minutes=5), "owner_person_id": town.rm2_east.person_id}
    told = refused(AlreadyExists, "LIKELY_DUPLICATE", record, town.manager_east, customer, **later)
    assert told.metadata["contactId"] == first.contact_id
    joined = record(town.manager_east, customer, JOIN, **later)
    assert joined.contact_id == first.contact_id
    assert list(joined.colleague_person_ids) == [town.rm2_east.person_id]
    assert record(town.manager_east, customer, JOIN, **later).etag == joined.etag
    another = record(town.manager_east, customer, ACCEPT, **later)
    assert another.contact_id != first.contact_id
    # Another kind, or another time, is another contact.
    record(town.rm1_east, customer, kind=CALL)
    record(town.rm1_east, customer, start_time=NOW - timedelta(hours=5))


def test_what_was_sent_twice_stands_once(town):
    customer = town.customer(town.rm1_east)
    first = record(town.rm1_east, customer)
    assert record(town.rm1_east, customer, JOIN) == first
    request = {"request_id": "0198a3f0-0000-7000-8000-00000000000a", "contact": {"customer_id": customer, "kind": CALL}}
    assert town.rm1_east.call("CreateContact", **request) == town.rm1_east.call("CreateContact", **request)
    assert len(town.rm1_east.call("ListContacts", customer_id=customer).contacts) == 2


def test_what_was_planned_for_the_day_is_done_by_recording_it(town):
    customer = town.customer(town.rm1_east)
    plan = record(town.rm1_east, customer, start_time=NOW - timedelta(hours=6), state=PLANNED)
    refused(AlreadyExists, "LIKELY_DUPLICATE", record, town.rm1_east, customer)
    done = record(town.rm1_east, customer, JOIN, summary="谈好")
    assert (done.contact_id, done.state, done.summary) == (plan.contact_id, DONE, "谈好")
    assert done.plan_start_time == plan.start_time
    assert done.start_time != plan.start_time


def test_two_who_record_one_visit_at_once_make_one(town):
    customer, answers = town.customer(town.rm1_east), []

    def visit(owner):
        try:
            answers.append(record(town.manager_east, customer, owner_person_id=owner.person_id).contact_id)
        except WorkbenchError as refusal:
            answers.append(refusal.reason)

    run_together(visit, [town.rm1_east, town.rm2_east, town.rm1_east, town.rm2_east])
    assert sorted(answers).count("LIKELY_DUPLICATE") == 3
    assert len(town.manager_east.call("ListContacts", customer_id=customer).contacts) == 1


def test_a_batch_is_recorded_whole_or_not_at_all(town):
    customers = [town.customer(town.rm1_east) for _ in range(3)]
    requests = [{"contact": {"customer_id": each, "kind": CALL}} for each in customers]
    bad = {"contact": {"customer_id": customers[0], "kind": CALL, "start_time": NOW + timedelta(days=1), "state": DONE}}
    refusal = refused(RuleBroken, "CONTACT_IN_FUTURE", town.rm1_east.call, "BatchCreateContacts", requests=[*requests[1:], bad])
    assert [violation.field for violation in refusal.violations] == ["requests[2].contact.start_time"]
    assert town.rm1_east.call("ListContacts").contacts == []
    answer = town.rm1_east.call("BatchCreateContacts", requests=requests)
    assert [each.customer_id for each in answer.contacts] == customers


def test_lists_are_of_a_person_a_customer_or_a_unit_by_days(town):
    customer, other = town.customer(town.rm1_east), town.customer(town.rm2_east)
    days = [NOW - timedelta(days=each) for each in (3, 2, 1)]
    own = [record(town.rm1_east, customer, start_time=day).contact_id for day in days]
    shared = record(town.rm2_east, other, colleague_person_ids=[town.rm1_east.person_id]).contact_id
    first = town.rm1_east.call("ListContacts", page_size=2)
    assert ids(first) == own[:0:-1]
    second = town.rm1_east.call("ListContacts", page_size=2, page_token=first.next_page_token)
    assert (ids(second), second.next_page_token) == (own[:1], "")
    by_day = {"start_date": "2026-11-23", "end_date": "2026-11-23"}
    assert ids(town.rm1_east.call("ListContacts", customer_id=customer, **by_day)) == [own[1]]
    assert ids(town.rm1_east.call("ListContacts", order_by="start_time")) == own
    assert ids(town.rm1_east.call("ListContacts", kinds=[CALL])) == []
    assert ids(town.rm1_east.call("ListContacts", states=[DONE], customer_id=customer)) == own[::-1]
    # He took part, but it is with a customer whom he does not reach; whoever is in charge of both sees it.
    assert ids(town.rm1_east.call("ListContacts", as_colleague=True)) == []
    mine = {"person_id": town.rm1_east.person_id, "as_colleague": True}
    assert ids(town.manager_east.call("ListContacts", **mine)) == [shared]
    unit = {"organisation_path": f"{town.root}EAST/", "start_date": "2026-11-01", "end_date": "2026-11-30"}
    assert ids(town.manager_east.call("ListContacts", **unit)) == [shared, *own[::-1]]
    unit_of_team = unit | {"organisation_path": town.rm1_east.organisation_path}
    assert ids(town.leader_east.call("ListContacts", **unit_of_team)) == own[::-1]


def test_a_merge_takes_contacts_along_and_an_erasure_leaves_that_they_were(town):
    survivor, merged = town.customer(town.rm1_east), town.customer(town.rm1_east)
    contact = record(town.rm1_east, merged, summary="原话", people_met=[{"display_name": "李四"}])
    correct(town.rm1_east, contact, summary="更正")
    town.rm1_east.call("AttachContactFile", contact_id=contact.contact_id, file_name="名片.txt", content={"data": b"card"})
    town.announce(
        duplicate_events_pb2.CustomersMerged(
            survivor_customer_id=survivor, merged_customer_id=merged, merge_id=f"m-{merged}", display_name="欧阳芳",
            lead_person_id=town.rm1_east.person_id, organisation_path=town.rm1_east.organisation_path,
        )
    )  # fmt: skip
    assert ids(town.rm1_east.call("ListContacts", customer_id=survivor)) == [contact.contact_id]
    refused(RuleBroken, "CUSTOMER_MERGED", record, town.rm1_east, merged)
    town.announce(exchange_events_pb2.CustomerErased(customer_id=survivor, erasure_id="e"))
    left = town.rm1_east.call("GetContact", contact_id=contact.contact_id)
    assert (left.summary, list(left.people_met), left.minutes, left.business_date) == ("", [], 30, "2026-11-25")
    (version,) = town.rm1_east.call("ListContactVersions", contact_id=contact.contact_id).versions
    assert (version.contact.summary, version.contact.minutes) == ("", 30)
    assert town.rm1_east.call("ListContactAttachments", contact_id=contact.contact_id).attachments == []
    refused(RuleBroken, "CUSTOMER_GONE", record, town.rm1_east, survivor)


@pytest.mark.parametrize(
    ("kind", "reason", "fields"),
    [
        (RuleBroken, "CONTACT_IN_FUTURE", {"start_time": NOW + timedelta(minutes=6), "state": DONE}),
        (RuleBroken, "CONTACT_TOO_OLD", {"start_time": NOW - timedelta(days=93)}),
        (RuleBroken, "CONTACT_TOO_OLD", {"start_time": Timestamp(seconds=-62135596800)}),
        (RuleBroken, "PLAN_TOO_FAR", {"start_time": Timestamp(seconds=253402300799)}),
        (RuleBroken, "PLAN_IN_PAST", {"start_time": NOW - timedelta(days=1), "state": PLANNED}),
        (InvalidInput, "TIME_INVALID", {"state": PLANNED}),
        (InvalidInput, "STATE_INVALID", {"state": CANCELLED}),
        (InvalidInput, "CHANNEL_INVALID", {"channel": contact_pb2.CONTACT_CHANNEL_POST}),
        (InvalidInput, "OUTCOME_INVALID", {
            "start_time": NOW + timedelta(days=1), "outcome": contact_pb2.CONTACT_OUTCOME_SIGNED,
        }),
        (InvalidInput, "PERSON_MET_INVALID", {"people_met": [{"title": "总经理"}]}),
        (NotFound, "OPPORTUNITY_NOT_FOUND", {"opportunity_id": "0198a3f0-0000-7000-8000-000000000009"}),
        (NotFound, "LEAD_NOT_FOUND", {"lead_id": "0198a3f0-0000-7000-8000-000000000009"}),
        (NotFound, "PERSON_NOT_FOUND", {"colleague_person_ids": ["0198a3f0-0000-7000-8000-000000000009"]}),
        (InvalidInput, "REQUEST_INVALID", {"minutes": 1441}),
        (InvalidInput, "REQUEST_INVALID", {"kind": 0}),
        (InvalidInput, "REQUEST_INVALID", {"subject": "a\0b"}),
        (InvalidInput, "CUSTOMER_MISSING", {"customer_id": ""}),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_what_would_fit(town, kind, reason, fields):
    refused(kind, reason, record, town.rm1_east, town.customer(town.rm1_east), **fields)


@pytest.mark.parametrize(
    ("reason", "fields"),
    [
        ("DATE_INVALID", {"start_date": "2026-02-30"}),
        ("DAYS_INVALID", {"start_date": "2026-11-02", "end_date": "2026-11-01"}),
        ("PAGE_TOKEN_INVALID", {"page_token": "AAAA"}),
        ("REQUEST_INVALID", {"order_by": "subject"}),
        ("REQUEST_INVALID", {"organisation_path": "HO"}),
        ("DAYS_TOO_MANY", {"organisation_path": "/HO/", "start_date": "2026-01-01", "end_date": "9999-12-31"}),
    ],
)
def test_lists_that_make_no_sense_are_refused(town, reason, fields):
    refused(InvalidInput, reason, town.manager_east.call, "ListContacts", **fields)


def test_days_at_the_ends_of_the_calendar_are_days(town):
    record(town.rm1_east, town.customer(town.rm1_east))
    all_days = town.rm1_east.call("ListContacts", start_date="0001-01-01", end_date="9999-12-31")
    assert len(all_days.contacts) == 1


def test_what_is_fixed_stays(town):
    contact = record(town.rm1_east, town.customer(town.rm1_east))
    other = town.customer(town.rm1_east)
    refused(InvalidInput, "FIELD_IMMUTABLE", correct, town.rm1_east, contact, customer_id=other)
    refused(InvalidInput, "FIELD_IMMUTABLE", correct, town.rm1_east, contact, state=PLANNED)
    refused(InvalidInput, "REQUEST_INVALID", correct, town.rm1_east, contact, subject="x" * 201)
    sent = contact_pb2.Contact(contact_id=contact.contact_id)
    refused(InvalidInput, "FIELD_UNKNOWN", town.rm1_east.call, "UpdateContact", contact=sent,
            update_mask=FieldMask(paths=["colour"]))  # fmt: skip
    refused(InvalidInput, "TIME_INVALID", town.rm1_east.call, "UpdateContact", contact=sent,
            update_mask=FieldMask(paths=["start_time"]))  # fmt: skip
