"""Leads: captured, found again, dealt out fairly, followed in time, and made opportunities whole or not at all."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from workbench.activity.v1 import lead_events_pb2, lead_pb2
from workbench.customer.v1 import coverage_events_pb2, exchange_events_pb2

from services.activity.model.lead import Lead
from services.activity.model.notification import Notification
from services.activity.model.opportunity import Opportunity
from services.chassis.db.audit import AuditRecord
from services.chassis.kernel.errors import AlreadyExists, InvalidInput, NotAllowed, NotFound, RuleBroken, StaleVersion
from tests.component.town import run_together

WEDNESDAY = datetime(2026, 11, 25, 2, tzinfo=UTC)
PHONE = "138 0013 8000"


def phone():
    """A number that no other test has."""
    return f"13{uuid.uuid4().int % 10**9:09d}"


def capture(colleague, **fields):
    request = {name: fields.pop(name) for name in ("assign", "organisation_path", "accept_duplicate") if name in fields}
    lead = {"title": "想开公司账户", "source": lead_pb2.LEAD_SOURCE_WALK_IN}
    if not fields.get("customer_id"):
        lead |= {"prospect_name": "芳草科技"}
    return colleague.call("CreateLead", lead=lead | fields, **request)


def change(colleague, lead, **fields):
    lead = {"lead_id": lead.lead_id, "etag": lead.etag} | fields
    paths = [name for name in fields if name != "etag"]
    return colleague.call("UpdateLead", lead=lead, update_mask={"paths": paths})


def notified(town, person, kind):
    with town.service.database.transaction(read_only=True) as work:
        rows = work.session.scalars(select(Notification).where(Notification.person_id == person.person_id)).all()
    return [row for row in rows if row.kind == kind]


def test_a_lead_is_kept_and_its_numbers_are_shown_to_nobody_who_does_not_say_why(town):
    lead = capture(town.rm1_east, phone=PHONE, identifier="91310000MA1FL0000X", accept_duplicate=True)
    assert (lead.phone, lead.identifier) == ("138******8000", "913***********000X")
    assert (lead.owner_person_id, lead.state, lead.prospect_name) == (town.rm1_east.person_id, 1, "芳草科技")
    revealed = town.rm1_east.call("RevealLead", lead_id=lead.lead_id, purpose="电话联系")
    assert (revealed.phone, revealed.identifier) == (PHONE, "91310000MA1FL0000X")
    with town.service.database.transaction(read_only=True) as work:
        row = work.session.execute(text("SELECT title, phone, identifier FROM leads WHERE lead_id = :id"), {"id": lead.lead_id})
        # The numbers whole: three digits of one stand in some id or cipher by chance.
        assert not any(PHONE in each or "91310000MA1FL0000X" in each or "公司" in each for each in row.one())
        records = select(AuditRecord).where(AuditRecord.resource_id == lead.lead_id).order_by(AuditRecord.sequence)
        record = work.session.scalars(records).all()[-1]
        assert record.purpose == "电话联系"
    (event,) = town.recorded(lead_events_pb2.LeadCaptured, lead_id=lead.lead_id)
    told = event.SerializeToString()
    assert PHONE.encode() not in told
    assert b"91310000MA1FL0000X" not in told


def test_a_lead_is_of_a_customer_or_of_a_prospect_and_not_of_both(town):
    customer = town.customer(town.rm1_east)
    for fields in (
        {"prospect_name": "", "customer_id": ""},
        {"prospect_name": "某人", "customer_id": customer},
        {"customer_id": customer, "phone": PHONE},
        {"prospect_name": "   "},
    ):
        with pytest.raises(InvalidInput) as refused:
            capture(town.rm1_east, **fields)
        assert refused.value.reason == "WHO_UNCLEAR"
    assert capture(town.rm1_east, customer_id=customer).customer_name == "欧阳芳"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"phone": "138****8000"}, "PHONE_INVALID"),
        ({"phone": "1"}, "PHONE_INVALID"),
        ({"identifier": "110***1234"}, "IDENTIFIER_INVALID"),
        ({"title": "  "}, "TEXT_EMPTY"),
        ({"expected_amount": {"currency_code": "CNY", "amount": "0.001"}}, "AMOUNT_INVALID"),
        ({"expected_amount": {"currency_code": "CNY", "amount": "-1"}}, "AMOUNT_INVALID"),
        ({"expected_amount": {"currency_code": "CNY", "amount": "999999999999999999"}}, "AMOUNT_INVALID"),
        ({"source": 0}, "REQUEST_INVALID"),
    ],
)
def test_what_does_not_hold_is_refused_by_name(town, fields, reason):
    with pytest.raises(InvalidInput) as refused:
        capture(town.rm1_east, **fields)
    assert refused.value.reason == reason
    assert all("138" not in each.description for each in refused.value.violations)


def test_an_amount_of_a_trillion_stays_exact(town):
    amount = {"currency_code": "CNY", "amount": "1000000000000.01"}
    lead = capture(town.rm1_east, expected_amount=amount)
    assert lead.expected_amount.amount == "1000000000000.01"


def test_a_customer_out_of_scope_is_as_one_that_does_not_exist(town):
    foreign = town.customer(town.rm1_west)
    for customer in (foreign, str(uuid.uuid4())):
        with pytest.raises(NotFound) as refused:
            capture(town.rm1_east, customer_id=customer)
        assert refused.value.reason == "CUSTOMER_NOT_FOUND"
    erased = town.customer(town.rm1_east)
    town.announce(exchange_events_pb2.CustomerErased(customer_id=erased, erasure_id="e"))
    with pytest.raises(RuleBroken):
        capture(town.rm1_east, customer_id=erased)


def test_a_second_lead_of_the_same_number_is_told_wherever_the_first_one_is(town):
    number = phone()
    first = capture(town.rm1_east, phone=number)
    with pytest.raises(AlreadyExists) as refused:
        capture(town.rm1_east, phone=f"+86 {number[:3]}-{number[3:]}")
    assert refused.value.metadata == {"leadIds": first.lead_id, "outsideReach": "false"}
    with pytest.raises(AlreadyExists) as refused:
        capture(town.rm1_west, phone=number)
    assert refused.value.metadata == {"leadIds": "", "outsideReach": "true"}
    second = capture(town.rm1_west, phone=number, accept_duplicate=True)
    found = town.rm1_west.call("ListLeadDuplicates", lead_id=second.lead_id)
    assert (list(found.leads), found.outside_reach) == ([], True)
    found = town.rm1_east.call("ListLeadDuplicates", lead_id=first.lead_id)
    assert (list(found.leads), found.outside_reach) == ([], True)


def test_two_leads_of_a_customer_are_the_same_where_their_products_are(town):
    customer = town.customer(town.rm1_east)
    capture(town.rm1_east, customer_id=customer, product_codes=["LOAN", "CARD"])
    capture(town.rm1_east, customer_id=customer, product_codes=["WEALTH"])
    capture(town.rm1_east, customer_id=customer)
    for products in (["CARD"], []):
        with pytest.raises(AlreadyExists):
            capture(town.rm1_east, customer_id=customer, product_codes=products)


def test_of_two_who_capture_one_prospect_at_once_one_is_told(town):
    number, outcomes = phone(), []

    def attempt(colleague):
        try:
            outcomes.append(capture(colleague, phone=number).lead_id)
        except AlreadyExists:
            outcomes.append(None)

    run_together(attempt, [town.rm1_east, town.rm2_east, town.rm1_west])
    assert sum(outcome is not None for outcome in outcomes) == 1


def test_a_lead_changes_by_its_mask_and_an_old_etag_is_refused(town):
    lead = capture(town.rm1_east, phone=phone(), note="先打电话")
    changed = change(town.rm1_east, lead, title="想开基本户", product_codes=["ACCOUNT"])
    assert (changed.title, changed.note, list(changed.product_codes)) == ("想开基本户", "先打电话", ["ACCOUNT"])
    with pytest.raises(StaleVersion) as refused:
        change(town.rm1_east, lead, title="别的")
    assert refused.value.reason == "LEAD_CHANGED"
    for fields, reason in (({"phone": "138****8000"}, "PHONE_INVALID"), ({"title": ""}, "REQUEST_INVALID")):
        with pytest.raises(InvalidInput) as refused:
            change(town.rm1_east, changed, **fields)
        assert refused.value.reason == reason
    with pytest.raises(InvalidInput) as refused:
        town.rm1_east.call("UpdateLead", lead={"lead_id": lead.lead_id}, update_mask={"paths": ["nonsense"]})
    assert refused.value.reason == "FIELD_UNKNOWN"


def test_a_prospect_who_turns_out_a_customer_leaves_no_numbers_behind(town):
    customer = town.customer(town.rm1_east)
    lead = capture(town.rm1_east, phone=phone())
    changed = change(town.rm1_east, lead, customer_id=customer)
    assert (changed.customer_id, changed.prospect_name, changed.phone) == (customer, "", "")


def test_a_lead_is_reached_by_its_owner_and_those_in_charge_and_nobody_else(town):
    lead = capture(town.rm1_east)
    for person in (town.rm1_east, town.leader_east, town.manager_east, town.analyst):
        assert person.call("GetLead", lead_id=lead.lead_id).lead_id == lead.lead_id
    for person in (town.rm2_east, town.rm1_west, town.manager_west):
        with pytest.raises(NotFound):
            person.call("GetLead", lead_id=lead.lead_id)


def test_who_only_reaches_the_customer_sees_the_lead_and_does_not_work_on_it(town):
    customer = town.customer(town.rm1_east)
    told = {"customer_id": customer, "coverage_id": f"c-{customer}", "person_id": town.rm2_east.person_id}
    town.announce(coverage_events_pb2.CoverageStarted(**told, start_date="2020-01-01"))
    lead = capture(town.rm1_east, customer_id=customer)
    assert town.rm2_east.call("GetLead", lead_id=lead.lead_id).title == lead.title
    for method in ("FollowLead", "ConvertLead"):
        with pytest.raises(NotAllowed):
            town.rm2_east.call(method, lead_id=lead.lead_id)
    with pytest.raises(NotAllowed):
        town.rm2_east.call("RevealLead", lead_id=lead.lead_id, purpose="好奇而已")


def test_a_deputy_works_on_the_absents_leads(town):
    customer = town.customer(town.rm1_east)
    lead = capture(town.rm1_east, customer_id=customer)
    absence = {"absence_id": f"a-{customer}", "person_id": town.rm1_east.person_id}
    deputies = [{"person_id": town.rm2_east.person_id}]
    town.announce(
        coverage_events_pb2.AbsenceCreated(**absence, start_date="2020-01-01", end_date="2099-12-31", deputies=deputies)
    )
    assert town.rm2_east.call("FollowLead", lead_id=lead.lead_id).HasField("followed_time")


def test_lists_are_of_a_person_a_customer_or_a_unit_page_by_page(town, at):
    customer, leads = town.customer(town.rm1_east), []
    for day in range(5):
        at(WEDNESDAY + timedelta(days=day))
        leads.append(capture(town.rm1_east, customer_id=customer, accept_duplicate=True).lead_id)
    newest_first = leads[::-1]

    def ids(colleague, **fields):
        found, token = [], ""
        while True:
            page = colleague.call("ListLeads", page_size=2, page_token=token, **fields)
            found += [each.lead_id for each in page.leads]
            token = page.next_page_token
            if not token:
                return found

    assert ids(town.rm1_east) == newest_first
    assert ids(town.rm1_east, customer_id=customer) == newest_first
    assert ids(town.leader_east, person_id=town.rm1_east.person_id) == newest_first
    assert ids(town.manager_east, organisation_path=town.manager_east.organisation_path) == newest_first
    assert ids(town.manager_east, organisation_path=town.manager_east.organisation_path, overdue=True)
    assert ids(town.rm2_east) == []
    for fields, kind in (
        ({"person_id": town.rm1_west.person_id}, NotFound),
        ({"organisation_path": town.root}, NotFound),
        ({"customer_id": customer, "person_id": town.rm1_east.person_id}, InvalidInput),
        ({"page_token": "x"}, InvalidInput),
    ):
        with pytest.raises(kind):
            town.leader_east.call("ListLeads", **fields)


def test_a_deadline_counts_workdays_and_following_in_time_is_told(town, at):
    at(datetime(2026, 9, 30, 2, tzinfo=UTC))
    lead, late = capture(town.rm1_east), capture(town.rm1_east)
    # 1 to 7 October are holidays, 8 and 9 are worked: it is to be followed by the end of the 9th in the bank's zone.
    assert lead.follow_deadline.ToDatetime(tzinfo=UTC) == datetime(2026, 10, 9, 16, tzinfo=UTC)
    at(datetime(2026, 10, 9, 15, 59, tzinfo=UTC))
    town.rm1_east.call("FollowLead", lead_id=lead.lead_id)
    at(datetime(2026, 10, 10, 2, tzinfo=UTC))
    assert town.rm1_east.call("GetLead", lead_id=late.lead_id).overdue
    town.rm1_east.call("QualifyLead", lead_id=late.lead_id, grade=lead_pb2.LEAD_GRADE_WARM)
    told = {e.lead_id: e.in_time for e in town.recorded(lead_events_pb2.LeadFollowed, owner_person_id=town.rm1_east.person_id)}
    assert told == {lead.lead_id: True, late.lead_id: False}
    town.rm1_east.call("FollowLead", lead_id=lead.lead_id)
    assert len(town.recorded(lead_events_pb2.LeadFollowed, lead_id=lead.lead_id)) == 1


def test_owners_and_their_leaders_are_told_once_of_leads_that_nobody_followed(town, at):
    at(WEDNESDAY)
    lead, followed = capture(town.rm1_east), capture(town.rm1_east)
    town.rm1_east.call("FollowLead", lead_id=followed.lead_id)
    town.run_timer("leads.tell_overdue")
    at(WEDNESDAY + timedelta(days=30))
    for _ in range(2):
        town.run_timer("leads.tell_overdue")
    for person in (town.rm1_east, town.leader_east):
        assert [each.resource for each in notified(town, person, "lead_overdue")] == [f"leads/{lead.lead_id}"]


def test_a_disqualified_lead_says_why_and_can_be_opened_again(town):
    first, second = capture(town.rm1_east), capture(town.rm1_east)
    duplicate = lead_pb2.DISQUALIFY_REASON_DUPLICATE
    for fields in (
        {"reason": duplicate},
        {"reason": duplicate, "duplicate_of_lead_id": second.lead_id},
        {"reason": lead_pb2.DISQUALIFY_REASON_NO_NEED, "duplicate_of_lead_id": first.lead_id},
    ):
        with pytest.raises(InvalidInput) as refused:
            town.rm1_east.call("DisqualifyLead", lead_id=second.lead_id, **fields)
        assert refused.value.reason == "DUPLICATE_UNCLEAR"
    closed = town.rm1_east.call(
        "DisqualifyLead", lead_id=second.lead_id, reason=duplicate, duplicate_of_lead_id=first.lead_id, note="同一家"
    )
    assert (closed.state, closed.duplicate_of_lead_id, closed.note) == (4, first.lead_id, "同一家")
    with pytest.raises(RuleBroken) as refused:
        town.rm1_east.call("QualifyLead", lead_id=second.lead_id, grade=1)
    assert refused.value.reason == "LEAD_CLOSED"
    again = town.rm1_east.call("ReopenLead", lead_id=second.lead_id)
    assert (again.state, again.duplicate_of_lead_id) == (1, "")
    with pytest.raises(RuleBroken):
        town.rm1_east.call("ReopenLead", lead_id=second.lead_id)


def test_converting_opens_an_opportunity_of_what_the_lead_knows(town):
    customer = town.customer(town.rm1_east)
    amount = {"currency_code": "CNY", "amount": "500000.00"}
    lead = capture(town.rm1_east, customer_id=customer, product_codes=["LOAN"], expected_amount=amount, note="急")
    answer = town.rm1_east.call("ConvertLead", lead_id=lead.lead_id, etag=lead.etag)
    opportunity = answer.opportunity
    assert (opportunity.customer_id, opportunity.title, opportunity.note) == (customer, lead.title, "急")
    assert (list(opportunity.product_codes), opportunity.expected_amount.amount) == (["LOAN"], "500000.00")
    assert (answer.lead.state, answer.lead.opportunity_id) == (3, opportunity.opportunity_id)
    assert opportunity.lead_id == lead.lead_id
    assert answer.lead.HasField("followed_time")
    with pytest.raises(RuleBroken):
        town.rm1_east.call("ConvertLead", lead_id=lead.lead_id)


def opportunities(town, colleague):
    with town.service.database.transaction(read_only=True) as work:
        of_owner = Opportunity.owner_person_id == colleague.person_id
        return work.session.scalar(select(func.count()).select_from(Opportunity).where(of_owner))


def test_what_stops_a_conversion_leaves_nothing_behind(town):
    customer = town.customer(town.rm1_east)
    first = capture(town.rm1_east, customer_id=customer, product_codes=["LOAN"])
    town.rm1_east.call("ConvertLead", lead_id=first.lead_id)
    lead = capture(town.rm1_east, customer_id=customer, product_codes=["LOAN"])
    with pytest.raises(AlreadyExists) as refused:
        town.rm1_east.call("ConvertLead", lead_id=lead.lead_id)
    assert refused.value.reason == "OPPORTUNITY_DUPLICATE"
    for draft, kind in (
        ({"stage_code": "approval"}, RuleBroken),
        ({"stage_code": "nowhere"}, NotFound),
        ({"members": [{"person_id": str(uuid.uuid4()), "role": 2}]}, NotFound),
        ({"expected_close_date": "2026-02-30"}, InvalidInput),
    ):
        with pytest.raises(kind):
            town.rm1_east.call("ConvertLead", lead_id=lead.lead_id, opportunity=draft, accept_duplicate=True)
    kept = town.rm1_east.call("GetLead", lead_id=lead.lead_id)
    assert (kept.state, kept.opportunity_id, kept.etag, kept.HasField("followed_time")) == (1, "", lead.etag, False)
    assert opportunities(town, town.rm1_east) == 1
    assert not town.recorded(lead_events_pb2.LeadConverted, lead_id=lead.lead_id)
    assert town.rm1_east.call("ConvertLead", lead_id=lead.lead_id, accept_duplicate=True).opportunity.opportunity_id


def test_a_lead_that_two_convert_at_once_becomes_one_opportunity(town):
    lead = capture(town.rm1_east)
    outcomes = []

    def attempt(colleague):
        try:
            outcomes.append(colleague.call("ConvertLead", lead_id=lead.lead_id).opportunity.opportunity_id)
        except (RuleBroken, StaleVersion):
            outcomes.append("")

    run_together(attempt, [town.rm1_east, town.leader_east, town.rm1_east])
    assert len([each for each in outcomes if each]) == 1
    assert opportunities(town, town.rm1_east) == 1


def test_a_hand_over_gives_the_new_owner_a_deadline_of_his_own(town, at):
    customer = town.customer(town.rm1_east)
    at(WEDNESDAY)
    lead = capture(town.rm1_east, customer_id=customer)
    at(WEDNESDAY + timedelta(days=20))
    town.reassign(customer, town.rm1_east, town.rm2_east)
    taken = town.rm2_east.call("GetLead", lead_id=lead.lead_id)
    assert taken.owner_person_id == town.rm2_east.person_id
    assert not taken.overdue
    went = town.rm2_east.call("ListLeadAssignments", lead_id=lead.lead_id).assignments
    assert [each.to_person_id for each in went] == [town.rm1_east.person_id, town.rm2_east.person_id]
    town.reassign(customer, town.rm1_east, town.rm2_east)
    assert len(town.rm2_east.call("ListLeadAssignments", lead_id=lead.lead_id).assignments) == 2


def test_an_erasure_leaves_that_there_was_a_lead(town):
    customer = town.customer(town.rm1_east)
    lead = capture(town.rm1_east, customer_id=customer, note="他说的话")
    town.announce(exchange_events_pb2.CustomerErased(customer_id=customer, erasure_id="e"))
    with town.service.database.transaction(read_only=True) as work:
        kept = work.session.get(Lead, lead.lead_id)
        assert (kept.note, kept.title) == (None, "已删除 erased")


def test_posts_that_only_read_leads_write_none(town):
    for person in (town.product_manager, town.analyst, town.auditor):
        with pytest.raises(NotAllowed):
            capture(person)
    with pytest.raises(NotAllowed):
        town.rm1_east.call("AssignLead", lead_id=str(uuid.uuid4()))


def contact(colleague, start_time, **fields):
    return colleague.call("CreateContact", contact={"kind": 2, "state": 2, "start_time": start_time, "minutes": 10} | fields)


def test_a_contact_follows_the_lead_that_it_names_and_those_of_its_customer(town, at):
    customer = town.customer(town.rm1_east)
    at(WEDNESDAY)
    prospect, other = capture(town.rm1_east), capture(town.rm1_east)
    of_customer = capture(town.rm1_east, customer_id=customer)
    at(WEDNESDAY + timedelta(days=1))
    contact(town.rm1_east, WEDNESDAY + timedelta(hours=3), lead_id=prospect.lead_id)
    contact(town.rm1_east, WEDNESDAY - timedelta(hours=5), customer_id=customer)
    followed = {each.lead_id for each in town.rm1_east.call("ListLeads").leads if each.HasField("followed_time")}
    assert followed == {prospect.lead_id}
    contact(town.rm1_east, WEDNESDAY + timedelta(hours=4), customer_id=customer, kind=1)
    shown = town.rm1_east.call("GetLead", lead_id=of_customer.lead_id)
    assert shown.followed_time.ToDatetime(tzinfo=UTC) == WEDNESDAY + timedelta(hours=4)
    # Whoever is not its owner follows it by no contact.
    contact(town.leader_east, WEDNESDAY + timedelta(hours=5), lead_id=other.lead_id)
    with pytest.raises(NotFound):
        contact(town.rm1_west, WEDNESDAY + timedelta(hours=5), lead_id=other.lead_id)
    assert not town.rm1_east.call("GetLead", lead_id=other.lead_id).HasField("followed_time")


def former(town, number="1", **fields):
    lead = {name: fields.pop(name) for name in ("customer_id", "prospect_name", "phone") if name in fields}
    row = {
        "source_number": number,
        "lead": {"title": "旧线索", "source": 1} | lead,
        "owner_person_id": town.rm1_east.person_id,
        "capture_date": "2025-09-30",
        "state": 1,
    }
    return row | fields


def take_over(town, *rows):
    return town.steward.call("BatchImportLeads", source_system=f"old-{town.root[3:8].lower()}", leads=rows)


def test_history_is_taken_over_once_with_its_days_and_a_bad_row_stops_no_other(town):
    customer = town.customer(town.rm1_east)
    won = {
        "source_number": "77",
        "opportunity": {
            "title": "旧商机", "customer_id": customer, "expected_amount": {"currency_code": "CNY", "amount": "1"},
        },
        "owner_person_id": town.rm1_east.person_id,
        "stages": [{"stage_code": "contact", "enter_date": "2025-10-20"}],
        "state": 2, "close_date": "2025-11-03", "reason_code": "price",
    }  # fmt: skip
    system = f"old-{town.root[3:8].lower()}"
    assert town.steward.call("BatchImportOpportunities", source_system=system, opportunities=[won]).created_count == 1
    converted = {"state": 3, "grade": 1, "close_date": "2025-10-20", "opportunity_number": "77", "customer_id": customer}
    rows = [
        former(town, "1", **converted, follow_date="2025-10-10"),
        former(town, "2", prospect_name="旧公司", phone=phone(), state=4, disqualify_reason=1, close_date="2025-10-30"),
        former(town, "3", prospect_name="旧公司"),
        former(town, "4", prospect_name="旧公司", capture_date="2999-01-01"),
        former(town, "5", prospect_name="旧公司", capture_date="0001-01-01"),
        former(town, "6", prospect_name="旧公司", state=4, close_date="2025-10-30"),
        former(town, "7", **converted | {"opportunity_number": "78"}),
        former(town, "8", customer_id=town.customer(town.rm1_west), prospect_name="旧公司"),
        former(town, "9", customer_id=str(uuid.uuid4())),
        former(town, "3", prospect_name="旧公司"),
    ]
    answer = take_over(town, *rows)
    assert (answer.created_count, answer.unchanged_count) == (3, 1)
    assert {each.source_number: each.reason for each in answer.refused} == {
        "4": "DATE_INVALID", "5": "DATE_INVALID", "6": "OUTCOME_UNCLEAR", "7": "OPPORTUNITY_NOT_FOUND", "8": "WHO_UNCLEAR",
        "9": "CUSTOMER_NOT_FOUND",
    }  # fmt: skip
    again = take_over(town, *rows[:3])
    assert (again.created_count, again.unchanged_count) == (0, 3)
    leads = {each.state: each for each in town.rm1_east.call("ListLeads").leads}
    assert len(leads) == 3
    # Captured on 30 September 2025: holidays to 8 October, so it was to be followed by the end of the 10th.
    assert leads[3].follow_deadline.ToDatetime(tzinfo=UTC) == datetime(2025, 10, 10, 16, tzinfo=UTC)
    assert (leads[3].capture_date, leads[3].age_days) == ("2025-09-30", 20)
    opportunity = town.rm1_east.call("GetOpportunity", opportunity_id=leads[3].opportunity_id)
    assert opportunity.lead_id == leads[3].lead_id
    told = {e.lead_id: (e.in_time, e.business_date) for e in town.recorded(
        lead_events_pb2.LeadFollowed, owner_person_id=town.rm1_east.person_id
    )}  # fmt: skip
    assert told == {leads[3].lead_id: (True, "2025-10-10"), leads[4].lead_id: (False, "2025-10-30")}
    town.run_timer("leads.tell_overdue")
    assert not notified(town, town.rm1_east, "lead_overdue")


def test_a_prospect_who_became_no_customer_is_forgotten_in_the_end(town, at):
    at(WEDNESDAY)
    lead, still_open = capture(town.rm1_east, phone=phone(), note="他说的话"), capture(town.rm1_east)
    town.rm1_east.call("DisqualifyLead", lead_id=lead.lead_id, reason=lead_pb2.DISQUALIFY_REASON_NO_NEED)
    at(WEDNESDAY + timedelta(days=731))
    town.run_timer("leads.forget_prospects")
    kept = town.rm1_east.call("RevealLead", lead_id=lead.lead_id, purpose="核对信息")
    assert (kept.prospect_name, kept.phone, kept.note, kept.title) == ("", "", "", "已删除 erased")
    assert town.rm1_east.call("GetLead", lead_id=still_open.lead_id).prospect_name == "芳草科技"
