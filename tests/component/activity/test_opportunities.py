"""Opportunities: through their pipeline until they are won or lost, with a trace that performance can credit."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from workbench.activity.v1 import lead_events_pb2, lead_pb2, opportunity_pb2
from workbench.customer.v1 import duplicate_events_pb2
from workbench.timeline.v1 import events_pb2 as timeline_events_pb2

from services.chassis.kernel.errors import AlreadyExists, InvalidInput, NotAllowed, NotFound, RuleBroken, StaleVersion
from tests.component.town import run_together

WEDNESDAY = datetime(2026, 11, 25, 2, tzinfo=UTC)
CNY = {"currency_code": "CNY", "amount": "1000000.00"}
ROLES, KINDS, STATES = opportunity_pb2.MemberRole, opportunity_pb2.TouchKind, opportunity_pb2.OpportunityState
OWNER, CO_WORKER, SPECIALIST = 1, 2, 3
STAGE = {"stage_code": "first", "display_name": "第一步", "probability_percent": 30}
REASONS = [{"reason_code": "other", "display_name": "其他"}]


def open_one(colleague, customer, *, accept_duplicate=True, **fields):
    draft = {"title": "流动资金贷款", "customer_id": customer} | fields
    return colleague.call("CreateOpportunity", opportunity=draft, accept_duplicate=accept_duplicate)


def full(**fields):
    """All that the last stages of the usual pipeline ask for."""
    return {"product_codes": ["LOAN"], "expected_amount": CNY, "expected_close_date": "2027-01-31"} | fields


def act(colleague, method, opportunity, **fields):
    return colleague.call(f"{method}Opportunity", opportunity_id=opportunity.opportunity_id, **fields)


def change(colleague, opportunity, **fields):
    sent = {"opportunity_id": opportunity.opportunity_id, "etag": opportunity.etag} | fields
    paths = [name for name in fields if name != "etag"]
    return colleague.call("UpdateOpportunity", opportunity=sent, update_mask={"paths": paths})


def pipeline(town, **fields):
    draft = {"display_name": "测试", "stages": [STAGE], "win_reasons": REASONS, "loss_reasons": REASONS} | fields
    return town.product_manager.call("CreatePipeline", pipeline=draft)


def touches(colleague, opportunity):
    return list(colleague.call("ListTouches", opportunity_id=opportunity.opportunity_id).touches)


def contact(colleague, **fields):
    draft = {"kind": 1, "state": 2, "minutes": 40, "start_time": datetime.now(UTC)} | fields
    return colleague.call("CreateContact", contact=draft)


def test_an_opportunity_goes_through_the_pipeline_that_is_there_from_the_beginning(town):
    customer = town.customer(town.rm1_east)
    opportunity = open_one(town.rm1_east, customer)
    assert (opportunity.stage_code, opportunity.pipeline_version_number, opportunity.state) == ("contact", 1, 1)
    with pytest.raises(RuleBroken) as refused:
        act(town.rm1_east, "Move", opportunity, stage_code="proposal")
    assert refused.value.reason == "STAGE_FIELDS_MISSING"
    assert refused.value.metadata == {"fields": "products,expected_amount"}
    opportunity = change(town.rm1_east, opportunity, **full())
    for stage in ("proposal", "signing", "needs", "signing"):
        opportunity = act(town.rm1_east, "Move", opportunity, stage_code=stage)
    amount = {"currency_code": "CNY", "amount": "800000.00"}
    won = act(town.rm1_east, "Win", opportunity, reason_code="price", amount=amount, etag=opportunity.etag)
    assert (won.state, won.expected_amount.amount, won.probability.percent) == (2, "800000.00", "100.00")
    assert won.close_date == won.open_date
    stages = [(each.former_stage_code, each.stage_code) for each in town.recorded(
        lead_events_pb2.OpportunityStageChanged, opportunity_id=won.opportunity_id
    )]  # fmt: skip
    assert stages == [("contact", "proposal"), ("proposal", "signing"), ("signing", "needs"), ("needs", "signing")]
    told = town.recorded(timeline_events_pb2.CustomerTimelineEntryRecorded, customer_id=customer)
    assert [each.kind for each in told] == ["opportunity_opened", *["opportunity_moved"] * 4, "opportunity_won"]


def test_a_closed_one_changes_no_more_but_its_note_until_it_is_opened_again(town):
    opportunity = open_one(town.rm1_east, town.customer(town.rm1_east), product_codes=["LOAN"])
    with pytest.raises(InvalidInput) as refused:
        act(town.rm1_east, "Lose", opportunity, reason_code="nonsense")
    assert refused.value.reason == "REASON_UNKNOWN"
    lost = act(town.rm1_east, "Lose", opportunity, reason_code="competitor", won_by=" 建设 银行 ")
    assert (lost.state, lost.reason_code, lost.won_by, lost.probability.percent) == (3, "competitor", "建设 银行", "0.00")
    for attempt in (
        lambda: act(town.rm1_east, "Move", lost, stage_code="needs"),
        lambda: act(town.rm1_east, "Win", lost, reason_code="price", amount=CNY),
        lambda: change(town.rm1_east, lost, title="别的"),
    ):
        with pytest.raises(RuleBroken) as refused:
            attempt()
        assert refused.value.reason == "OPPORTUNITY_CLOSED"
    assert change(town.rm1_east, lost, note="事后才知道").note == "事后才知道"
    again = act(town.rm1_east, "Reopen", lost)
    assert (again.state, again.reason_code, again.close_date) == (1, "", "")
    with pytest.raises(RuleBroken):
        act(town.rm1_east, "Reopen", lost)


def test_what_does_not_hold_is_refused_and_nothing_is_kept(town):
    customer = town.customer(town.rm1_east)
    colleague = town.rm2_east.person_id
    for fields, kind, reason in (
        ({"prospect_name": "某公司"}, InvalidInput, "WHO_UNCLEAR"),
        ({"title": " "}, InvalidInput, "TEXT_EMPTY"),
        ({"expected_close_date": "2026-02-30"}, InvalidInput, "DATE_INVALID"),
        ({"expected_amount": {"currency_code": "JPY", "amount": "1.5"}}, InvalidInput, "AMOUNT_INVALID"),
        ({"pipeline_id": str(uuid.uuid4())}, NotFound, "PIPELINE_NOT_FOUND"),
        ({"stage_code": "nowhere"}, NotFound, "STAGE_NOT_FOUND"),
        ({"members": [{"person_id": colleague, "role": OWNER}]}, InvalidInput, "MEMBER_REPEATED"),
        ({"members": [{"person_id": colleague, "role": r} for r in (2, 3)]}, InvalidInput, "MEMBER_REPEATED"),
        ({"members": [{"person_id": town.rm1_east.person_id, "role": 2}]}, InvalidInput, "MEMBER_REPEATED"),
        ({"members": [{"person_id": str(uuid.uuid4()), "role": 2}]}, NotFound, "PERSON_NOT_FOUND"),
        ({"customer_id": town.customer(town.rm1_west)}, NotFound, "CUSTOMER_NOT_FOUND"),
    ):
        with pytest.raises(kind) as refused:
            open_one(town.rm1_east, customer, **fields)
        assert refused.value.reason == reason
    assert not town.rm1_east.call("ListOpportunities").opportunities


def test_an_open_one_for_the_same_products_is_told(town):
    customer = town.customer(town.rm1_east)
    first = open_one(town.rm1_east, customer, product_codes=["LOAN"])
    with pytest.raises(AlreadyExists) as refused:
        open_one(town.leader_east, customer, accept_duplicate=False, product_codes=["LOAN", "CARD"])
    assert refused.value.metadata == {"opportunityIds": first.opportunity_id}
    open_one(town.rm1_east, customer, accept_duplicate=False, product_codes=["CARD"])
    act(town.rm1_east, "Lose", first, reason_code="price")
    open_one(town.rm1_east, customer, accept_duplicate=False, product_codes=["LOAN"])


def test_of_two_that_close_it_at_once_one_does(town):
    opportunity = open_one(town.rm1_east, town.customer(town.rm1_east), **full())
    outcomes = []

    def attempt(method):
        try:
            outcomes.append(act(town.rm1_east, method, opportunity, reason_code="price").state)
        except (RuleBroken, StaleVersion):
            outcomes.append(0)

    run_together(attempt, ["Win", "Lose", "Win"])
    assert sorted(outcomes)[:2] == [0, 0]
    assert sorted(outcomes)[2] > 0


def test_an_etag_of_before_is_refused(town):
    opportunity = open_one(town.rm1_east, town.customer(town.rm1_east), product_codes=["LOAN"])
    act(town.rm1_east, "Move", opportunity, stage_code="needs", etag=opportunity.etag)
    for attempt in (
        lambda: change(town.rm1_east, opportunity, title="别的"),
        lambda: act(town.rm1_east, "Lose", opportunity, reason_code="price", etag=opportunity.etag),
    ):
        with pytest.raises(StaleVersion) as refused:
            attempt()
        assert refused.value.reason == "OPPORTUNITY_CHANGED"


def test_it_is_reached_by_owner_and_those_in_charge_and_who_sees_it_by_the_customer_does_not_change_it(town):
    customer = town.customer(town.rm1_east)
    opportunity = open_one(town.rm1_east, customer)
    assert town.manager_east.call("GetOpportunity", opportunity_id=opportunity.opportunity_id)
    for person in (town.rm2_east, town.manager_west):
        with pytest.raises(NotFound):
            person.call("GetOpportunity", opportunity_id=opportunity.opportunity_id)
    lost = act(town.rm1_east, "Lose", opportunity, reason_code="price")
    # What is done stays with who did it; the new lead sees it by the customer.
    town.reassign(customer, town.rm1_east, town.rm2_east)
    seen = town.rm2_east.call("GetOpportunity", opportunity_id=lost.opportunity_id)
    assert seen.owner_person_id == town.rm1_east.person_id
    with pytest.raises(NotAllowed) as refused:
        act(town.rm2_east, "Reopen", lost)
    assert refused.value.reason == "NOT_IN_CHARGE"


def test_a_prospect_becomes_a_customer_with_its_lead_before_it_is_won(town):
    lead = town.rm1_east.call(
        "CreateLead",
        lead={"title": "开户", "prospect_name": "新公司", "source": 1, "phone": "021-6888 0000"},
        accept_duplicate=True,
    )
    opportunity = town.rm1_east.call("ConvertLead", lead_id=lead.lead_id, opportunity=full()).opportunity
    assert (opportunity.prospect_name, opportunity.customer_id) == ("新公司", "")
    with pytest.raises(RuleBroken) as refused:
        act(town.rm1_east, "Win", opportunity, reason_code="price")
    assert refused.value.reason == "CUSTOMER_MISSING"
    customer = town.customer(town.rm1_east)
    linked = town.rm1_east.call("LinkOpportunityCustomer", opportunity_id=opportunity.opportunity_id, customer_id=customer)
    assert (linked.customer_id, linked.prospect_name) == (customer, "")
    kept = town.rm1_east.call("RevealLead", lead_id=lead.lead_id, purpose="核对信息")
    assert (kept.customer_id, kept.phone, kept.prospect_name) == (customer, "", "")
    with pytest.raises(RuleBroken):
        town.rm1_east.call("LinkOpportunityCustomer", opportunity_id=opportunity.opportunity_id, customer_id=customer)
    assert act(town.rm1_east, "Win", linked, reason_code="price").state == 2


def test_a_won_one_tells_who_worked_on_it_and_what_was_done_at_which_stage(town, at):
    customer = town.customer(town.rm1_east)
    at(WEDNESDAY)
    specialist, helper = town.product_manager.person_id, town.rm2_east.person_id
    opportunity = open_one(town.rm1_east, customer, **full(members=[{"person_id": specialist, "role": SPECIALIST}]))
    at(WEDNESDAY + timedelta(days=1))
    contact(
        town.rm1_east, customer_id=customer, start_time=WEDNESDAY + timedelta(hours=20), minutes=60,
        colleague_person_ids=[specialist],
    )  # fmt: skip
    at(WEDNESDAY + timedelta(days=2))
    opportunity = act(town.rm1_east, "Move", opportunity, stage_code="proposal")
    at(WEDNESDAY + timedelta(days=3))
    opportunity = change(town.rm1_east, opportunity, members=[{"person_id": helper, "role": CO_WORKER}])
    at(WEDNESDAY + timedelta(days=4))
    contact(town.rm1_east, customer_id=customer, start_time=WEDNESDAY + timedelta(days=3, hours=3), kind=2, minutes=15)
    at(WEDNESDAY + timedelta(days=5))
    won = act(town.rm1_east, "Win", opportunity, reason_code="service")
    (event,) = town.recorded(lead_events_pb2.OpportunityWon, opportunity_id=won.opportunity_id)
    assert [(each.person_id, each.role) for each in event.members] == [(town.rm1_east.person_id, OWNER), (helper, CO_WORKER)]
    rm = town.rm1_east.person_id
    expected = [
        (KINDS.TOUCH_KIND_OPENED, rm, OWNER, "contact", 0),
        (KINDS.TOUCH_KIND_MEMBER_ADDED, specialist, SPECIALIST, "contact", 0),
        *sorted([(1, rm, OWNER, "contact", 60), (1, specialist, SPECIALIST, "contact", 60)], key=lambda each: each[1]),
        (KINDS.TOUCH_KIND_STAGE_CHANGED, rm, OWNER, "proposal", 0),
        (KINDS.TOUCH_KIND_MEMBER_REMOVED, specialist, SPECIALIST, "proposal", 0),
        (KINDS.TOUCH_KIND_MEMBER_ADDED, helper, CO_WORKER, "proposal", 0),
        (1, rm, OWNER, "proposal", 15),
        (KINDS.TOUCH_KIND_WON, rm, OWNER, "proposal", 0),
    ]
    for told in (event.touches, touches(town.rm1_east, won)):
        assert [(t.kind, t.person_id, t.role, t.stage_code, t.minutes) for t in told] == expected
    assert event.touch_count == len(expected)
    assert event.amount.amount == "1000000.00"


def test_a_contact_that_names_another_opportunity_is_none_of_this_one(town):
    customer = town.customer(town.rm1_east)
    one, other = (open_one(town.rm1_east, customer, product_codes=[code]) for code in ("LOAN", "CARD"))
    contact(town.rm1_east, customer_id=customer, opportunity_id=one.opportunity_id)
    with pytest.raises(NotFound):
        contact(town.rm1_east, customer_id=town.customer(town.rm1_east), opportunity_id=other.opportunity_id)
    counts = [sum(t.kind == KINDS.TOUCH_KIND_CONTACT for t in touches(town.rm1_east, each)) for each in (one, other)]
    assert counts == [1, 0]


def test_an_owner_by_hand_over_or_by_hand_is_in_the_trace_once(town):
    customer = town.customer(town.rm1_east)
    opportunity = open_one(town.rm1_east, customer, members=[{"person_id": town.rm2_east.person_id, "role": CO_WORKER}])
    for _ in range(2):
        town.reassign(customer, town.rm1_east, town.rm2_east)
    taken = town.rm2_east.call("GetOpportunity", opportunity_id=opportunity.opportunity_id)
    assert (taken.owner_person_id, list(taken.members)) == (town.rm2_east.person_id, [])
    kinds = [each.kind for each in touches(town.rm2_east, taken)]
    assert kinds == [
        KINDS.TOUCH_KIND_OPENED,
        KINDS.TOUCH_KIND_MEMBER_ADDED,
        KINDS.TOUCH_KIND_MEMBER_REMOVED,
        KINDS.TOUCH_KIND_REASSIGNED,
    ]
    back = act(town.manager_east, "Reassign", taken, person_id=town.rm1_east.person_id)
    assert back.owner_person_id == town.rm1_east.person_id
    assert touches(town.manager_east, back)[-1].kind == KINDS.TOUCH_KIND_REASSIGNED
    with pytest.raises(RuleBroken):
        act(town.manager_east, "Reassign", taken, person_id=town.rm1_east.person_id)
    with pytest.raises(NotFound):
        act(town.manager_east, "Reassign", taken, person_id=town.rm1_west.person_id)


def test_it_is_overdue_after_the_days_that_its_stage_allows(town, at):
    at(WEDNESDAY)
    opportunity = open_one(town.rm1_east, town.customer(town.rm1_east))
    at(WEDNESDAY + timedelta(days=30))
    assert not town.rm1_east.call("ListOpportunities", overdue=True).opportunities
    at(WEDNESDAY + timedelta(days=31))
    (late,) = town.rm1_east.call("ListOpportunities", overdue=True).opportunities
    assert (late.opportunity_id, late.days_in_stage, late.age_days, late.overdue) == (opportunity.opportunity_id, 31, 31, True)


def test_probability_is_drawn_towards_what_became_of_others_and_says_of_how_many(town, at):
    own = pipeline(town).pipeline_id
    customer = town.customer(town.rm1_east)
    at(WEDNESDAY)

    def one():
        return open_one(town.rm1_east, customer, pipeline_id=own, expected_amount=CNY)

    subject = one()
    assert (subject.probability.percent, subject.probability.case_count) == ("30.00", 0)
    ended = [one() for _ in range(6)]
    for opportunity in ended[:4]:
        act(town.rm1_east, "Win", opportunity, reason_code="other")
    at(WEDNESDAY + timedelta(days=40))
    for opportunity in ended[4:]:
        last = act(town.rm1_east, "Lose", opportunity, reason_code="other")
    young = one()
    # (4 + 10 x 0.3) / (6 + 10), and of those that stayed 30 days none of two: (0 + 10 x 0.4375) / (2 + 10).
    assert (young.probability.percent, young.probability.case_count, young.probability.won_count) == ("43.75", 6, 4)
    old = town.rm1_east.call("GetOpportunity", opportunity_id=subject.opportunity_id).probability
    assert (old.percent, old.case_count, old.won_count, old.days_min, old.pipeline_percent) == ("36.46", 2, 0, 30, 30)
    act(town.rm1_east, "Reopen", last)
    probability = town.rm1_east.call("GetOpportunity", opportunity_id=young.opportunity_id).probability
    assert (probability.percent, probability.case_count) == ("46.67", 5)


def test_many_that_end_at_once_are_all_counted(town):
    own = pipeline(town).pipeline_id
    customer = town.customer(town.rm1_east)
    some = [open_one(town.rm1_east, customer, pipeline_id=own, expected_amount=CNY) for _ in range(6)]
    run_together(lambda each: act(town.rm1_east, "Win", each, reason_code="other"), some)
    assert open_one(town.rm1_east, customer, pipeline_id=own).probability.won_count == 6


def test_a_funnel_counts_what_became_of_a_span_of_days(town):
    own = pipeline(town, stages=[STAGE, STAGE | {"stage_code": "second", "probability_percent": 50}]).pipeline_id
    leads = [
        town.rm1_east.call("CreateLead", lead={"title": "线索", "prospect_name": f"公司{place}", "source": 1})
        for place in range(4)
    ]
    town.rm1_east.call("FollowLead", lead_id=leads[0].lead_id)
    town.rm1_east.call("DisqualifyLead", lead_id=leads[1].lead_id, reason=lead_pb2.DISQUALIFY_REASON_NO_NEED)
    draft = {"pipeline_id": own, "customer_id": town.customer(town.rm1_east), "expected_amount": CNY, "stage_code": "second"}
    first = town.rm1_east.call("ConvertLead", lead_id=leads[2].lead_id, opportunity=draft).opportunity
    act(town.rm1_east, "Win", first, reason_code="other")
    customer = town.customer(town.rm1_east)
    open_one(town.rm1_east, customer, pipeline_id=own, expected_amount=CNY)
    open_one(town.rm1_east, customer, pipeline_id=own, expected_amount={"currency_code": "USD", "amount": "10.01"})
    funnel = town.manager_east.call("GetFunnel", organisation_path=town.manager_east.organisation_path, pipeline_id=own)
    assert (funnel.captured_count, funnel.followed_count, funnel.followed_in_time_count) == (4, 3, 3)
    assert (funnel.qualified_count, funnel.converted_count, funnel.disqualified_count) == (1, 1, 1)
    assert (funnel.opened_count, funnel.won_count, funnel.lost_count) == (3, 1, 0)
    assert [(each.stage_code, each.reached_count, each.open_count) for each in funnel.stages] == [
        ("first", 3, 2),
        ("second", 1, 0),
    ]
    amounts = [(each.currency_code, each.amount) for each in funnel.stages[0].open_amounts]
    assert amounts == [("CNY", "1000000.00"), ("USD", "10.01")]
    # Nothing that ended came through the first stage by name: its own 30 percent.
    assert [each.amount for each in funnel.stages[0].weighted_amounts] == ["300000.00", "3.00"]
    assert town.rm2_east.call("GetFunnel", pipeline_id=own).captured_count == 0
    for fields, kind in (
        ({"start_date": "2026-02-01", "end_date": "2026-01-01"}, InvalidInput),
        ({"start_date": "0001-01-01", "end_date": "9999-12-31"}, InvalidInput),
        ({"end_date": "0001-01-01", "organisation_path": town.root}, NotFound),
    ):
        with pytest.raises(kind):
            town.manager_east.call("GetFunnel", **fields)
    assert town.rm1_east.call("GetFunnel", end_date="0001-01-01").opened_count == 0


def test_a_pipeline_is_published_version_by_version_and_what_is_open_stays_with_its_own(town):
    made = pipeline(town)
    opportunity = open_one(town.rm1_east, town.customer(town.rm1_east), pipeline_id=made.pipeline_id)
    sent = {"pipeline_id": made.pipeline_id, "etag": made.etag, "stages": [STAGE | {"stage_code": "other", "display_name": "别"}]}
    changed = town.analyst.call("UpdatePipeline", pipeline=sent, update_mask={"paths": ["stages"]})
    assert (changed.version_number, changed.publisher_person_id) == (2, town.analyst.person_id)
    same = town.analyst.call("UpdatePipeline", pipeline=sent | {"etag": "2"}, update_mask={"paths": ["stages"]})
    assert same.version_number == 2
    with pytest.raises(StaleVersion):
        town.analyst.call("UpdatePipeline", pipeline=sent | {"display_name": "x"}, update_mask={"paths": ["display_name"]})
    with pytest.raises(NotFound):
        act(town.rm1_east, "Move", opportunity, stage_code="other")
    former = town.rm1_east.call("GetPipeline", pipeline_id=made.pipeline_id, version_number=1)
    assert [each.stage_code for each in former.stages] == ["first"]
    retired = {"pipeline_id": made.pipeline_id, "retired": True}
    town.analyst.call("UpdatePipeline", pipeline=retired, update_mask={"paths": ["retired"]})
    with pytest.raises(RuleBroken) as refused:
        open_one(town.rm1_east, town.customer(town.rm1_east), pipeline_id=made.pipeline_id)
    assert refused.value.reason == "PIPELINE_RETIRED"
    listed = town.rm1_east.call("ListPipelines", page_size=1000).pipelines
    assert made.pipeline_id not in [each.pipeline_id for each in listed]
    assert [each.usual for each in listed][:1] == [True]
    usual = {"pipeline_id": listed[0].pipeline_id, "retired": True}
    with pytest.raises(RuleBroken) as refused:
        town.analyst.call("UpdatePipeline", pipeline=usual, update_mask={"paths": ["retired"]})
    assert refused.value.reason == "PIPELINE_NEEDED"


def test_a_pipeline_with_a_code_twice_is_refused_and_an_rm_publishes_none(town):
    for fields in ({"stages": [STAGE, STAGE]}, {"win_reasons": REASONS * 2}, {"loss_reasons": REASONS * 2}):
        with pytest.raises(InvalidInput) as refused:
            pipeline(town, **fields)
        assert refused.value.reason == "CODE_REPEATED"
    with pytest.raises(NotAllowed):
        town.rm1_east.call(
            "CreatePipeline", pipeline={"display_name": "x", "stages": [STAGE], "win_reasons": REASONS, "loss_reasons": REASONS}
        )


def test_of_two_who_publish_at_once_one_is_told(town):
    made, outcomes = pipeline(town), []

    def attempt(name):
        sent = {"pipeline_id": made.pipeline_id, "etag": made.etag, "display_name": name}
        try:
            outcomes.append(
                town.analyst.call("UpdatePipeline", pipeline=sent, update_mask={"paths": ["display_name"]}).version_number
            )
        except StaleVersion:
            outcomes.append(0)

    run_together(attempt, ["甲", "乙", "丙"])
    assert sorted(outcomes) == [0, 0, 2]


def imported(town, customer, number="1", **fields):
    row = {
        "source_number": number,
        "opportunity": {"title": "旧系统的商机", "customer_id": customer, **full()},
        "owner_person_id": town.rm1_east.person_id,
        "stages": [{"stage_code": "contact", "enter_date": "2025-01-06"}, {"stage_code": "proposal", "enter_date": "2025-02-03"}],
        "state": 2,
        "close_date": "2025-03-03",
        "reason_code": "price",
    }
    return row | fields


def take_over(town, *rows, system="old-crm"):
    return town.steward.call("BatchImportOpportunities", source_system=f"{system}-{town.root[3:8].lower()}", opportunities=rows)


def test_history_is_taken_over_once_with_its_days_and_a_bad_row_stops_no_other(town):
    customer = town.customer(town.rm1_east)
    rows = [
        imported(town, customer, "1"),
        imported(town, customer, "2", state=1, close_date="", reason_code=""),
        imported(town, str(uuid.uuid4()), "3"),
        imported(town, customer, "4", close_date="2025-01-01"),
        imported(town, customer, "5", stages=[{"stage_code": "contact", "enter_date": "9999-12-31"}]),
        imported(town, customer, "6", reason_code="nonsense"),
        imported(town, customer, "7", staff_number="nobody", owner_person_id=""),
        imported(town, customer, "1"),
    ]
    answer = take_over(town, *rows)
    assert (answer.created_count, answer.unchanged_count) == (2, 1)
    reasons = {each.source_number: each.reason for each in answer.refused}
    assert reasons == {
        "3": "CUSTOMER_NOT_FOUND", "4": "DATE_INVALID", "5": "DATE_INVALID", "6": "REASON_UNKNOWN", "7": "PERSON_NOT_FOUND",
    }  # fmt: skip
    again = take_over(town, *rows[:2])
    assert (again.created_count, again.unchanged_count) == (0, 2)
    listed = town.rm1_east.call("ListOpportunities", states=[2]).opportunities
    (won,) = listed
    assert (won.open_date, won.close_date, won.stage_code, won.days_in_stage) == ("2025-01-06", "2025-03-03", "proposal", 28)
    told = town.recorded(timeline_events_pb2.CustomerTimelineEntryRecorded, customer_id=customer)
    assert {(each.kind, each.business_date) for each in told} == {
        ("opportunity_opened", "2025-01-06"), ("opportunity_won", "2025-03-03"),
    }  # fmt: skip
    (event,) = town.recorded(lead_events_pb2.OpportunityWon, opportunity_id=won.opportunity_id)
    assert [(each.business_date, each.stage_code) for each in event.touches] == [
        ("2025-01-06", "contact"), ("2025-02-03", "proposal"), ("2025-03-03", "proposal"),
    ]  # fmt: skip


def test_members_of_history_are_in_the_trace(town):
    customer = town.customer(town.rm1_east)
    row = imported(town, customer)
    row["opportunity"]["members"] = [{"person_id": town.rm2_east.person_id, "role": CO_WORKER}]
    assert take_over(town, row, system="members").created_count == 1
    (won,) = town.rm1_east.call("ListOpportunities").opportunities
    assert [each.person_id for each in won.members] == [town.rm2_east.person_id]
    assert touches(town.rm1_east, won)[1].person_id == town.rm2_east.person_id


def test_a_merge_takes_opportunities_along(town):
    survivor, merged = town.customer(town.rm1_east), town.customer(town.rm1_east)
    opportunity = open_one(town.rm1_east, merged)
    town.announce(
        duplicate_events_pb2.CustomersMerged(
            survivor_customer_id=survivor, merged_customer_id=merged, merge_id=f"m-{merged}", display_name="欧阳芳",
            lead_person_id=town.rm1_east.person_id, organisation_path=town.rm1_east.organisation_path,
        )
    )  # fmt: skip
    assert town.rm1_east.call("GetOpportunity", opportunity_id=opportunity.opportunity_id).customer_id == survivor
    with pytest.raises(RuleBroken) as refused:
        open_one(town.rm1_east, merged)
    assert refused.value.reason == "CUSTOMER_MERGED"
