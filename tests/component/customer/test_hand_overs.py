"""Hand-overs as one act: planned, put before a second person, carried out whole or not at all, reported, returned."""

from __future__ import annotations

import json
import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import Text, cast, select
from workbench.customer.v1 import coverage_events_pb2, coverage_pb2, customer_pb2, events_pb2
from workbench.identity.v1 import events_pb2 as identity_events
from workbench.operations.v1 import hand_over_events_pb2

from services.chassis.db.audit import AuditRecord, touches
from services.chassis.kernel.caller import Scope
from services.chassis.kernel.errors import InvalidInput, NotAllowed, NotFound, RuleBroken, StaleVersion, WorkbenchError
from services.customer.model.customer import Customer
from services.customer.model.search_entry import SearchEntry
from services.customer.usecases import hand_overs
from services.customer.usecases.keeping import keep
from services.customer.usecases.settings import CustomerSettings
from tests.component.customer.conftest import LEADS_PEOPLE, Town, post_granted
from tests.component.customer.test_coverages import history
from tests.component.customer.test_customers import run_together
from tests.component.customer.test_supporting import absent, clock, reaches, support, today, told  # noqa: F401 - fixtures

TRANSFERS = (*LEADS_PEOPLE, "customer.coverage.transfer")
APPROVES = ("customer.record.read", "customer.coverage.approve")
ALL, EVENLY, BY_UNIT, EXPLICIT = 1, 2, 3, 4
PLANNED, HINDERED, MOVED, SKIPPED, RETURNED, KEPT = range(1, 7)
DAY = timedelta(days=1)


@pytest.fixture
def office(service):
    """A town whose managers hand over, and a head office that does for all, and approves."""
    town = Town(service)
    town.manager_east = town.colleague(TRANSFERS, Scope(organisation_paths=(f"{town.root}EAST/",)))
    town.second = town.colleague(APPROVES, Scope(organisation_paths=(f"{town.root}EAST/",)))
    town.head = town.colleague(TRANSFERS, Scope(organisation_paths=(town.root,)))
    town.checker = town.colleague((*TRANSFERS, *APPROVES), Scope(organisation_paths=(town.root,)))
    return town


@pytest.fixture
def second_person_from(service, monkeypatch):
    def set_to(customers):
        monkeypatch.setattr(service.database, "settings", CustomerSettings(hand_over_second_person_from=customers))

    return set_to


def plan(colleague, receivers, customers=(), rule=ALL, **fields):
    fields = {"reason": "轮岗", "rule": rule} | fields
    if isinstance(fields.get("from_person_id"), object) and hasattr(fields.get("from_person_id"), "person_id"):
        fields["from_person_id"] = fields["from_person_id"].person_id
    return colleague.call(
        "CreateHandOver",
        receiver_person_ids=[receiver.person_id for receiver in receivers],
        customer_ids=[customer.customer_id for customer in customers],
        **fields,
    )


def act(colleague, verb, hand_over, **fields):
    return colleague.call(f"{verb}HandOver", hand_over_id=hand_over.hand_over_id, **fields)


def became(hand_over, state=None):
    """How many customers of a hand-over have become what."""
    found = {}
    for count in hand_over.counts:
        found[count.state] = found.get(count.state, 0) + count.customer_count
    return found if state is None else found.get(state, 0)


def lines(colleague, hand_over, **filters):
    token, found = "", []
    while True:
        page = colleague.call(
            "ListHandOverCustomers", hand_over_id=hand_over.hand_over_id, page_size=2, page_token=token, **filters
        )
        found += page.customers
        if not (token := page.next_page_token):
            return {line.customer_id: line for line in found}


def leads(colleague, customers):
    return [colleague.get(customer).lead_person_id for customer in customers]


def test_a_plan_moves_nothing_and_shows_what_it_would_do(office):
    premier = [office.rm1_east.create(tier=customer_pb2.CUSTOMER_TIER_PREMIER) for _ in range(2)]
    plain = [office.rm1_east.create() for _ in range(3)]
    office.rm2_east.create()
    planned = plan(office.manager_east, [office.rm2_east], from_person_id=office.rm1_east)
    assert (planned.state, planned.customer_count) == (coverage_pb2.HAND_OVER_STATE_PLANNED, 5)
    assert (planned.second_person_needed, planned.crosses_branches) == (False, False)
    assert planned.organisation_path == f"{office.root}EAST/"
    assert {(c.tier, c.state, c.customer_count) for c in planned.counts} == {
        (customer_pb2.CUSTOMER_TIER_PREMIER, PLANNED, 2),
        (customer_pb2.CUSTOMER_TIER_UNSPECIFIED, PLANNED, 3),
    }
    (receiver,) = planned.receivers
    assert (receiver.customer_count, receiver.load_before, receiver.load_after) == (5, 1, 6)
    assert set(leads(office.manager_east, premier + plain)) == {office.rm1_east.person_id}
    assert office.manager_east.call("GetHandOver", hand_over_id=planned.hand_over_id) == planned
    shown = lines(office.manager_east, planned)
    assert {line.display_name for line in shown.values()} == {c.display_name for c in premier + plain}


def test_a_whole_portfolio_moves_as_one_act_with_history_events_and_trail(office):
    made = [office.rm1_east.create() for _ in range(7)]
    support(office.rm1_east, made[0], office.rm2_east)
    planned = plan(office.manager_east, [office.rm2_east], from_person_id=office.rm1_east)
    done = act(office.manager_east, "Execute", planned, etag=planned.etag)
    assert (done.state, done.customer_count, became(done)) == (coverage_pb2.HAND_OVER_STATE_EXECUTED, 7, {MOVED: 7})
    assert done.start_date < done.returnable_until_date
    assert set(leads(office.rm2_east, made)) == {office.rm2_east.person_id}
    assert office.rm1_east.numbers() == []
    for customer in made:
        moved = office.rm2_east.get(customer)
        assert (moved.organisation_path, moved.etag) == (f"{office.root}EAST/E02/", str(int(customer.etag) + 1))
        assert moved.update_time.ToDatetime() > customer.update_time.ToDatetime()
        open_ones = [coverage for coverage in history(office.rm2_east, customer) if not coverage.end_date]
        assert [(c.person_id, c.role, c.reason, c.hand_over_id) for c in open_ones] == [
            (office.rm2_east.person_id, 1, "轮岗", done.hand_over_id)
        ]
        event = reassignments(office, customer)[-1]
        assert (event.hand_over_id, event.lead_person_id) == (done.hand_over_id, office.rm2_east.person_id)
        assert '"lead_person_id":' in last_act_on(office, customer, "ExecuteHandOver")
    (summary,) = told(office.service, coverage_events_pb2.CoverageHandedOver, done.hand_over_id)
    assert (summary.customer_count, summary.from_person_id) == (7, office.rm1_east.person_id)
    assert [(share.person_id, share.customer_count) for share in summary.shares] == [(office.rm2_east.person_id, 7)]
    with pytest.raises(RuleBroken, match="HAND_OVER_NOT_OPEN"):
        act(office.manager_east, "Execute", planned)


def last_act_on(office, customer, method):
    """What the trail tells of the last act on a customer, which was that method's."""
    with office.service.database.transaction(read_only=True) as work:
        records = select(AuditRecord).where(touches(customer.customer_id)).order_by(AuditRecord.sequence.desc())
        record = work.session.scalars(records.limit(1)).one()
    assert record.method == method
    return next(json.dumps(c) for c in json.loads(record.changes_json) if c["resource"] == f"customers/{customer.customer_id}")


def reassignments(office, customer):
    return told(office.service, events_pb2.CustomerReassigned, customer.customer_id)


def test_many_are_dealt_out_evenly_by_unit_or_as_said(office):
    third = office.relationship_manager("EAST/E01/")
    made = [office.rm1_east.create() for _ in range(5)]
    evenly = act(office.manager_east, "Execute", plan(office.manager_east, [office.rm2_east, third], made, rule=EVENLY))
    assert sorted(receiver.customer_count for receiver in evenly.receivers) == [2, 3]
    assert sorted(leads(office.manager_east, made).count(person.person_id) for person in (office.rm2_east, third)) == [2, 3]
    here, there = office.rm1_east.create(), office.relationship_manager("EAST/E04/").create()
    by_unit = plan(office.manager_east, [third], [here, there], rule=BY_UNIT)
    assert {line.obstacle for line in lines(office.manager_east, by_unit, states=[HINDERED]).values()} == {
        coverage_pb2.HAND_OVER_OBSTACLE_NO_RECEIVER
    }
    assert lines(office.manager_east, by_unit)[here.customer_id].lead_person_id == third.person_id
    said = [{"customer_id": here.customer_id, "person_id": office.rm2_east.person_id}]
    explicit = plan(office.manager_east, [office.rm2_east, third], [here, there], rule=EXPLICIT, assignments=said)
    done = act(office.manager_east, "Execute", explicit)
    assert became(done) == {MOVED: 1, HINDERED: 1}
    assert office.rm2_east.get(here).lead_person_id == office.rm2_east.person_id


def test_what_a_filter_holds_is_handed_over_and_no_more(office):
    premier = [office.rm1_east.create(tier=customer_pb2.CUSTOMER_TIER_PREMIER) for _ in range(2)]
    office.rm1_east.create()
    office.rm2_east.create(tier=customer_pb2.CUSTOMER_TIER_PREMIER)
    third = office.relationship_manager("EAST/E03/")
    of_one = plan(office.manager_east, [third], from_person_id=office.rm1_east, filter="tier = PREMIER")
    assert set(lines(office.manager_east, of_one)) == {customer.customer_id for customer in premier}
    assert of_one.from_person_id == ""
    assert plan(office.manager_east, [third], filter="tier = PREMIER").customer_count == 3
    with pytest.raises(InvalidInput, match="FILTER_INVALID"):
        plan(office.manager_east, [third], filter="tier = ")
    with pytest.raises(RuleBroken, match="NOTHING_TO_HAND_OVER"):
        plan(office.manager_east, [third], filter='displayName = "nobody"')
    office.rm1_east.create(tier=customer_pb2.CUSTOMER_TIER_PREMIER)
    assert became(act(office.manager_east, "Execute", of_one)) == {MOVED: 2}


def test_what_is_found_by_follows_its_customer(office):
    made = [office.rm1_east.create(display_name=name) for name in ("欧阳芳", "Muster GmbH 股份")]
    act(office.manager_east, "Execute", plan(office.manager_east, [office.rm2_east], made))

    of_these = SearchEntry.customer_id.in_([customer.customer_id for customer in made])
    kept = (
        select(SearchEntry.customer_id, cast(SearchEntry.tokens, Text), SearchEntry.forms).where(of_these).order_by("customer_id")
    )
    with office.service.database.transaction() as work:
        known = work.session.execute(kept).all()
        # Made anew from the rows, they would be the same.
        keep(work, [work.session.get(Customer, customer.customer_id) for customer in made])
        assert work.session.execute(kept).all() == known
    for colleague, expected in ((office.rm2_east, [made[0].customer_id]), (office.rm1_east, [])):
        found = colleague.call("SearchCustomers", query="欧阳芳").hits
        assert [hit.customer.customer_id for hit in found] == expected


def test_what_is_in_the_way_is_named_and_the_rest_moves(office):
    mine, merged, theirs = office.rm1_east.create(), office.rm1_east.create(), office.rm2_east.create()
    with office.service.database.transaction() as work:
        work.session.get(Customer, merged.customer_id).state = customer_pb2.CUSTOMER_STATE_MERGED
    planned = plan(office.manager_east, [office.rm2_east], [mine, merged, theirs])
    assert {line.customer_id: line.obstacle for line in lines(office.manager_east, planned).values()} == {
        mine.customer_id: coverage_pb2.HAND_OVER_OBSTACLE_UNSPECIFIED,
        merged.customer_id: coverage_pb2.HAND_OVER_OBSTACLE_CUSTOMER_ENDED,
        theirs.customer_id: coverage_pb2.HAND_OVER_OBSTACLE_ALREADY_LEADS,
    }
    assert became(act(office.manager_east, "Execute", planned)) == {MOVED: 1, HINDERED: 2}


def test_what_no_hand_over_can_be(office, today):  # noqa: F811 - the fixture
    made, far = office.rm1_east.create(), office.rm1_west.create()
    manager = office.manager_east
    with pytest.raises(NotAllowed, match="PERMISSION_DENIED"):
        plan(office.rm1_east, [office.rm2_east], [made])
    for customers in ([far], [customer_pb2.Customer(customer_id=str(uuid.uuid4()))]):
        with pytest.raises(NotFound, match="CUSTOMER_NOT_FOUND"):
            plan(manager, [office.rm2_east], customers)
    with pytest.raises(NotFound, match="PERSON_NOT_FOUND"):
        plan(manager, [office.rm1_west], [made])
    with pytest.raises(RuleBroken, match="NOTHING_TO_HAND_OVER"):
        plan(manager, [office.rm2_east], from_person_id=office.rm1_west)
    with pytest.raises(InvalidInput, match="NOTHING_NAMED"):
        plan(manager, [office.rm2_east])
    with pytest.raises(InvalidInput, match="RULE_UNFIT"):
        plan(manager, [office.rm2_east, office.rm1_east], [made])
    with pytest.raises(InvalidInput, match="RULE_UNFIT"):
        said = [{"customer_id": made.customer_id, "person_id": office.rm1_east.person_id}]
        plan(manager, [office.rm2_east], [made], rule=EXPLICIT, assignments=said)
    with pytest.raises(InvalidInput, match="DATES_UNFIT"):
        plan(manager, [office.rm2_east], [made], return_date=str(today))
    with pytest.raises(RuleBroken, match="SECOND_PERSON_NEEDED"):
        office.head.reassign(made, office.rm1_west)


def test_a_large_one_takes_a_second_person_who_is_not_the_first(office, second_person_from):
    second_person_from(3)
    made = [office.rm1_east.create() for _ in range(3)]
    both = office.colleague((*TRANSFERS, *APPROVES), Scope(organisation_paths=(f"{office.root}EAST/",)))
    planned = plan(both, [office.rm2_east], made)
    assert planned.second_person_needed
    with pytest.raises(RuleBroken, match="HAND_OVER_NOT_PROPOSED"):
        act(office.second, "Approve", planned)
    proposed = act(both, "Execute", planned)
    assert proposed.state == coverage_pb2.HAND_OVER_STATE_PROPOSED
    assert set(leads(office.manager_east, made)) == {office.rm1_east.person_id}
    assert told(office.service, coverage_events_pb2.HandOverProposed, planned.hand_over_id)
    with pytest.raises(NotAllowed, match="SELF_DECISION"):
        act(both, "Approve", planned)
    for involved in (office.rm1_east, office.rm2_east):
        person = office.colleague(APPROVES, Scope(organisation_paths=(office.root,)), involved.person_id)
        with pytest.raises(NotAllowed, match="SELF_DECISION"):
            act(person, "Approve", planned)
    with pytest.raises(NotAllowed, match="PERMISSION_DENIED"):
        act(office.manager_east, "Approve", planned)
    with pytest.raises(StaleVersion, match="HAND_OVER_CHANGED"):
        act(office.second, "Approve", planned, etag=planned.etag)
    done = act(office.second, "Approve", planned, etag=proposed.etag)
    assert (done.state, done.decider_person_id) == (coverage_pb2.HAND_OVER_STATE_EXECUTED, office.second.person_id)
    assert set(leads(office.rm2_east, made)) == {office.rm2_east.person_id}


def test_from_branch_to_branch_takes_a_second_person_even_for_one(office):
    made = office.rm1_east.create()
    planned = plan(office.head, [office.rm1_west], [made])
    assert (planned.crosses_branches, planned.second_person_needed) == (True, True)
    assert planned.organisation_path == office.root
    act(office.head, "Execute", planned)
    with pytest.raises(NotFound, match="HAND_OVER_NOT_FOUND"):
        act(office.second, "Approve", planned)
    done = act(office.checker, "Approve", planned)
    assert office.rm1_west.get(made).organisation_path == f"{office.root}WEST/W01/"
    back = act(office.rm1_west, "Return", done, reason="客户不愿转行")
    assert (back.state, became(back)) == (coverage_pb2.HAND_OVER_STATE_RETURNED, {RETURNED: 1})
    assert office.rm1_east.get(made).lead_person_id == office.rm1_east.person_id


def test_a_rejected_one_is_off_the_table_and_says_why(office, second_person_from):
    second_person_from(1)
    made = office.rm1_east.create()
    planned = plan(office.manager_east, [office.rm2_east], [made])
    act(office.manager_east, "Execute", planned)
    rejected = act(office.second, "Reject", planned, reason="材料不全")
    assert (rejected.state, rejected.decision_reason) == (coverage_pb2.HAND_OVER_STATE_REJECTED, "材料不全")
    assert told(office.service, coverage_events_pb2.HandOverRejected, planned.hand_over_id)
    for verb in ("Execute", "Refresh", "Withdraw"):
        with pytest.raises(RuleBroken, match="HAND_OVER_NOT_OPEN"):
            act(office.manager_east, verb, planned)
    assert leads(office.manager_east, [made]) == [office.rm1_east.person_id]


def test_one_that_is_taken_back_is_off_the_table(office, second_person_from):
    second_person_from(1)
    made = office.rm1_east.create()
    planned = plan(office.manager_east, [office.rm2_east], [made])
    act(office.manager_east, "Execute", planned)
    assert act(office.manager_east, "Withdraw", planned).state == coverage_pb2.HAND_OVER_STATE_WITHDRAWN
    assert told(office.service, coverage_events_pb2.HandOverWithdrawn, planned.hand_over_id)
    with pytest.raises(RuleBroken, match="HAND_OVER_NOT_PROPOSED"):
        act(office.second, "Approve", planned)


def test_a_plan_is_void_after_its_time(office, clock):  # noqa: F811 - the fixture
    made = office.rm1_east.create()
    planned, other = (plan(office.manager_east, [office.rm2_east], [made]) for _ in range(2))
    clock(15)
    with pytest.raises(RuleBroken, match="HAND_OVER_EXPIRED"):
        act(office.manager_east, "Execute", planned)
    with office.service.database.transaction() as work:
        hand_overs.keep_days(work)
    assert act(office.manager_east, "Get", other).state == coverage_pb2.HAND_OVER_STATE_EXPIRED
    with pytest.raises(RuleBroken, match="HAND_OVER_NOT_OPEN"):
        act(office.manager_east, "Execute", planned)


def test_what_changed_since_the_plan_stops_it_or_is_left_out(office):
    made = [office.rm1_east.create() for _ in range(3)]
    third = office.relationship_manager("EAST/E03/")
    planned = plan(office.manager_east, [office.rm2_east], from_person_id=office.rm1_east)
    office.rm1_east.update(made[0], display_name="改名")
    office.rm1_east.reassign(made[1], third)
    newer = office.rm1_east.create()
    with pytest.raises(StaleVersion, match="HAND_OVER_CHANGED") as told_so:
        act(office.manager_east, "Execute", planned)
    assert told_so.value.metadata["customers"] == "2"
    assert leads(office.manager_east, made) == [office.rm1_east.person_id, third.person_id, office.rm1_east.person_id]
    assert act(office.manager_east, "Refresh", planned).customer_count == 3
    office.rm1_east.reassign(newer, third)
    done = act(office.manager_east, "Execute", planned, skip_changed=True)
    assert became(done) == {MOVED: 2, SKIPPED: 1}
    assert {c.obstacle for c in done.counts if c.state == SKIPPED} == {coverage_pb2.HAND_OVER_OBSTACLE_CHANGED}
    assert leads(office.manager_east, made) == [office.rm2_east.person_id, third.person_id, office.rm2_east.person_id]


def test_who_plans_anew_does_not_approve(office, second_person_from):
    second_person_from(1)
    made = office.rm1_east.create()
    planned = plan(office.manager_east, [office.rm2_east], [made])
    act(office.checker, "Refresh", planned)
    act(office.manager_east, "Execute", planned)
    with pytest.raises(NotAllowed, match="SELF_DECISION"):
        act(office.checker, "Approve", planned)


def test_a_receiver_who_left_gets_nobody(office):
    made = office.rm1_east.create()
    planned = plan(office.manager_east, [office.rm2_east], [made])
    office.announce(identity_events.PersonDisabled(person_id=office.rm2_east.person_id))
    with pytest.raises(RuleBroken, match="RECEIVER_LEFT"):
        act(office.manager_east, "Execute", planned)
    office.announce(identity_events.PersonEnabled(person_id=office.rm2_east.person_id))
    assert became(act(office.manager_east, "Execute", planned)) == {MOVED: 1}


def test_a_return_moves_back_what_is_still_there_and_reports_the_rest(office):
    made = [office.rm1_east.create() for _ in range(4)]
    third = office.relationship_manager("EAST/E03/")
    done = act(office.manager_east, "Execute", plan(office.manager_east, [office.rm2_east], made))
    office.rm2_east.reassign(made[0], third)
    one = act(office.rm2_east, "Return", done, customer_ids=[made[1].customer_id], reason="客户要求")
    assert (one.state, one.returned_count) == (coverage_pb2.HAND_OVER_STATE_EXECUTED, 1)
    with pytest.raises(NotFound, match="CUSTOMER_NOT_FOUND"):
        act(office.rm2_east, "Return", done, customer_ids=[str(uuid.uuid4())], reason="客户要求")
    with pytest.raises(RuleBroken, match="NOTHING_TO_RETURN"):
        act(office.rm1_east, "Return", done, reason="还给我")
    with pytest.raises(NotFound, match="HAND_OVER_NOT_FOUND"):
        act(third, "Return", done, reason="还给我")
    back = act(office.manager_east, "Return", done, reason="撤销")
    assert (back.state, back.returned_count) == (coverage_pb2.HAND_OVER_STATE_RETURNED, 3)
    assert became(back) == {RETURNED: 3, KEPT: 1}
    assert {c.obstacle for c in back.counts if c.state == KEPT} == {coverage_pb2.HAND_OVER_OBSTACLE_HANDED_ON}
    assert leads(office.manager_east, made) == [third.person_id, *[office.rm1_east.person_id] * 3]
    events = told(office.service, coverage_events_pb2.HandOverReturned, done.hand_over_id)
    assert [(event.customer_count, event.kept_count) for event in events] == [(1, 0), (2, 1)]
    with pytest.raises(RuleBroken, match="HAND_OVER_NOT_EXECUTED"):
        act(office.manager_east, "Return", done, reason="撤销")


def test_each_receiver_returns_his_own_part(office):
    third = office.relationship_manager("EAST/E03/")
    made = [office.rm1_east.create() for _ in range(4)]
    done = act(office.manager_east, "Execute", plan(office.manager_east, [office.rm2_east, third], made, rule=EVENLY))
    part = act(office.rm2_east, "Return", done, reason="不熟悉行业")
    assert (part.state, became(part)) == (coverage_pb2.HAND_OVER_STATE_EXECUTED, {MOVED: 2, RETURNED: 2})
    rest = act(third, "Return", done, reason="不熟悉行业")
    assert (rest.state, became(rest)) == (coverage_pb2.HAND_OVER_STATE_RETURNED, {RETURNED: 4})


def test_nobody_is_given_back_to_a_leaver_or_after_the_time(office, clock):  # noqa: F811 - the fixture
    made, other = office.rm1_east.create(), office.rm1_east.create()
    done, later = (act(office.manager_east, "Execute", plan(office.manager_east, [office.rm2_east], [c])) for c in (made, other))
    office.announce(identity_events.PersonDisabled(person_id=office.rm1_east.person_id))
    with pytest.raises(RuleBroken, match="NOTHING_TO_RETURN"):
        act(office.manager_east, "Return", done, reason="撤销")
    office.announce(identity_events.PersonEnabled(person_id=office.rm1_east.person_id))
    clock(91)
    with pytest.raises(RuleBroken, match="HAND_OVER_RETURN_ENDED"):
        act(office.manager_east, "Return", later, reason="撤销")


def test_a_hand_over_for_a_time_goes_back_by_itself(office, clock, today):  # noqa: F811 - the fixtures
    made = [office.rm1_east.create() for _ in range(3)]
    third = office.relationship_manager("EAST/E03/")
    planned = plan(office.manager_east, [office.rm2_east], made, return_date=str(today + 10 * DAY))
    done = act(office.manager_east, "Execute", planned)
    office.rm2_east.reassign(made[0], third)

    def turn():
        with office.service.database.transaction() as work:
            hand_overs.keep_days(work)
        return act(office.manager_east, "Get", done)

    clock(9)
    assert turn().state == coverage_pb2.HAND_OVER_STATE_EXECUTED
    clock(10)
    back = turn()
    assert (back.state, became(back)) == (coverage_pb2.HAND_OVER_STATE_RETURNED, {RETURNED: 2, KEPT: 1})
    assert turn() == back
    assert leads(office.manager_east, made) == [third.person_id, *[office.rm1_east.person_id] * 2]


def test_other_services_report_what_they_moved_for_it(office):
    made = office.rm1_east.create()
    done = act(office.manager_east, "Execute", plan(office.manager_east, [office.rm2_east], [made]))
    assert list(done.completions) == []
    line = hand_over_events_pb2.HandOverFollowedLine
    for moved, complete in ((3, False), (8, True)):
        office.announce(
            hand_over_events_pb2.HandOverFollowed(
                hand_over_id=done.hand_over_id,
                service="activity",
                lines=[line(kind="tasks", moved_count=moved, kept_count=1), line(kind="leads", moved_count=2)],
                complete=complete,
            )
        )
    (completion,) = act(office.manager_east, "Get", done).completions
    assert (completion.service, completion.complete) == ("activity", True)
    assert [(c.kind, c.moved_count, c.kept_count) for c in completion.lines] == [("tasks", 8, 1), ("leads", 2, 0)]


def test_who_sees_which_hand_overs(office):
    made = office.rm1_east.create()
    planned = plan(office.manager_east, [office.rm2_east], from_person_id=office.rm1_east)

    def seen(colleague, **filters):
        return [found.hand_over_id for found in colleague.call("ListHandOvers", **filters).hand_overs]

    for colleague in (office.manager_east, office.rm1_east, office.rm2_east, office.second, office.analyst):
        assert seen(colleague) == [planned.hand_over_id]
    assert seen(office.manager_west) == seen(office.relationship_manager("EAST/E03/")) == []
    assert seen(office.analyst, states=[coverage_pb2.HAND_OVER_STATE_EXECUTED]) == []
    assert seen(office.analyst, from_person_id=office.rm1_east.person_id) == [planned.hand_over_id]
    with pytest.raises(NotFound, match="HAND_OVER_NOT_FOUND"):
        act(office.manager_west, "Get", planned)
    # Who gets a customer sees that it comes, and its name once it is his.
    assert lines(office.rm2_east, planned)[made.customer_id].display_name == ""
    act(office.manager_east, "Execute", planned)
    assert lines(office.rm2_east, planned)[made.customer_id].display_name == made.display_name
    assert lines(office.rm1_east, planned)[made.customer_id].display_name == ""


def test_who_gives_or_gets_by_a_hand_over_of_several_sees_his_own_part_of_it(office):
    mine, theirs = office.rm1_east.create(), office.rm2_east.create()
    heirs = [office.relationship_manager(f"EAST/E0{place}/") for place in (3, 4)]
    said = [
        {"customer_id": customer.customer_id, "person_id": heir.person_id}
        for customer, heir in zip((mine, theirs), heirs, strict=True)
    ]
    planned = plan(office.manager_east, heirs, [mine, theirs], rule=EXPLICIT, assignments=said)
    assert set(lines(office.manager_east, planned)) == {mine.customer_id, theirs.customer_id}
    for colleague, customer in zip((office.rm1_east, *heirs), (mine, mine, theirs), strict=True):
        assert set(lines(colleague, planned)) == {customer.customer_id}


def test_a_leavers_customers_stay_led_and_in_sight_until_they_are_handed_over_in_one_act(office):
    granted = post_granted(leaver := office.relationship_manager("EAST/E09/"), f"{office.root}EAST/E09/")
    office.announce(granted)
    made = [leaver.create() for _ in range(3)]
    near = office.relationship_manager("EAST/E09/")
    with office.service.database.transaction(read_only=True) as work:
        from services.customer.model.relationship_manager import ManagerPost

        grants = work.session.scalars(select(ManagerPost.grant_id).filter_by(person_id=leaver.person_id)).all()

    def uncovered(colleague):
        found = colleague.call("ListUncoveredPortfolios", page_size=10).uncovered_portfolios
        return {portfolio.person_id: portfolio for portfolio in found}

    assert uncovered(office.manager_east) == {}
    for grant in grants:
        office.announce(identity_events.PostRevoked(person_id=leaver.person_id, grant_id=grant, role="relationship_manager"))
    (event,) = told(office.service, coverage_events_pb2.RelationshipManagerLeft, leaver.person_id)
    assert (event.customer_count, event.organisation_path) == (3, f"{office.root}EAST/E09/")
    portfolio = uncovered(office.manager_east)[leaver.person_id]
    assert (portfolio.customer_count, portfolio.left_date) == (3, event.left_date)
    assert portfolio.suggested_receivers[0].person_id == near.person_id
    assert {s.person_id for s in portfolio.suggested_receivers} == {p.person_id for p in (near, office.rm1_east, office.rm2_east)}
    west = office.colleague(TRANSFERS, Scope(organisation_paths=(f"{office.root}WEST/",)))
    assert uncovered(west) == {}
    assert set(leads(office.manager_east, made)) == {leaver.person_id}
    with pytest.raises(NotFound, match="PERSON_NOT_FOUND"):
        office.manager_east.create(lead_person_id=leaver.person_id)
    with pytest.raises(NotFound, match="PERSON_NOT_FOUND"):
        plan(office.manager_east, [leaver], [office.rm1_east.create()])
    act(office.manager_east, "Execute", plan(office.manager_east, [near], from_person_id=leaver))
    assert uncovered(office.manager_east) == {}
    assert set(leads(near, made)) == {near.person_id}


def test_a_shut_out_rm_shows_until_he_is_let_in_again(office):
    office.rm1_east.create()
    shut = office.rm1_east.person_id

    def uncovered():
        return {p.person_id for p in office.manager_east.call("ListUncoveredPortfolios").uncovered_portfolios}

    for _ in range(2):
        office.announce(identity_events.PersonDisabled(person_id=shut))
    assert uncovered() == {shut}
    assert len(told(office.service, coverage_events_pb2.RelationshipManagerLeft, shut)) == 1
    office.announce(identity_events.PersonEnabled(person_id=shut))
    assert uncovered() == set()


def test_plans_and_absences_move_with_their_unit(office, today):  # noqa: F811 - the fixture
    office.rm1_east.create()
    planned = plan(office.manager_east, [office.relationship_manager("EAST/E01/")], from_person_id=office.rm1_east)
    away = absent(office.rm1_east, today, today, (office.rm2_east,))
    former, path = f"{office.root}EAST/E01/", f"{office.root}WEST/E01/"
    office.announce(
        identity_events.OrganisationUnitMoved(
            organisation_unit_id=str(uuid.uuid4()), former_organisation_path=former, organisation_path=path
        )
    )
    west = office.colleague(TRANSFERS, Scope(organisation_paths=(f"{office.root}WEST/",)))
    assert act(west, "Get", planned).organisation_path == path
    assert west.call("GetAbsence", absence_id=away.absence_id).organisation_path == path
    assert became(act(west, "Execute", planned)) == {MOVED: 1}


def outcomes_of(*acts):
    """What comes of acts that begin at one moment: what each answers, or the reason of its refusal."""
    barrier, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place):
        barrier.wait()
        try:
            outcomes[place] = acts[place]()
        except WorkbenchError as refusal:
            outcomes[place] = refusal.reason

    run_together(run, range(len(acts)))
    return outcomes


def whole(office, customers):
    """Each customer has one open lead, who is the one that its row names, and an unbroken history."""
    for customer in customers:
        coverages = [c for c in history(office.head, customer) if c.role == customer_pb2.COVERAGE_ROLE_LEAD]
        open_ones = [coverage.person_id for coverage in coverages if not coverage.end_date]
        assert open_ones == [office.head.get(customer).lead_person_id]
        told_of = [event.lead_person_id for event in reassignments(office, customer)]
        assert told_of == [coverage.person_id for coverage in reversed(coverages[:-1])]


def test_of_two_hand_overs_of_one_portfolio_one_moves_it_and_the_other_is_told(office):
    made = [office.rm1_east.create() for _ in range(8)]
    heirs = [office.rm2_east, office.relationship_manager("EAST/E03/")]
    plans = [plan(office.manager_east, [heir], from_person_id=office.rm1_east) for heir in heirs]
    outcomes = outcomes_of(*(lambda each=each: act(office.manager_east, "Execute", each) for each in plans))
    assert outcomes.count("HAND_OVER_CHANGED") == 1
    (done,) = [outcome for outcome in outcomes if outcome != "HAND_OVER_CHANGED"]
    assert set(leads(office.manager_east, made)) == {done.receivers[0].person_id}
    whole(office, made)


def test_of_one_hand_over_carried_out_twice_one_is_told(office):
    made = [office.rm1_east.create() for _ in range(4)]
    planned = plan(office.manager_east, [office.rm2_east], made)
    outcomes = outcomes_of(*(lambda: act(office.manager_east, "Execute", planned) for _ in range(3)))
    assert outcomes.count("HAND_OVER_NOT_OPEN") == 2
    whole(office, made)


def test_hand_over_against_single_hand_overs_and_edits(office):
    third = office.relationship_manager("EAST/E03/")
    for _ in range(3):
        made = [office.rm1_east.create() for _ in range(6)]
        planned = plan(office.manager_east, [office.rm2_east], made)
        mass, single, edit = outcomes_of(
            lambda planned=planned: act(office.manager_east, "Execute", planned),
            lambda made=made: office.rm1_east.reassign(made[3], third),
            lambda made=made: office.rm1_east.update(made[4], display_name="改名", etag=made[4].etag),
        )
        if mass == "HAND_OVER_CHANGED":
            # The single one came first: nothing of the mass one happened.
            assert single.lead_person_id == third.person_id
            assert leads(office.head, made).count(office.rm1_east.person_id) == 5
        else:
            assert single == "CUSTOMER_NOT_FOUND"
            assert set(leads(office.head, made)) == {office.rm2_east.person_id}
        name = office.head.get(made[4]).display_name
        assert (name == "改名") is (edit not in ("CUSTOMER_NOT_FOUND", "CUSTOMER_CHANGED"))
        whole(office, made)
        for customer in made:
            if office.head.get(customer).lead_person_id != office.rm1_east.person_id:
                office.manager_east.reassign(customer, office.rm1_east)


def test_overlapping_hand_overs_never_wait_for_each_other_forever(office):
    made = [office.rm1_east.create() for _ in range(20)]
    heirs = [office.relationship_manager(f"EAST/E0{place}/") for place in range(3, 7)]
    plans = [
        plan(office.manager_east, [heir], made[place * 3 : place * 3 + 11][:: -1 if place % 2 else 1])
        for place, heir in enumerate(heirs)
    ]
    outcomes = outcomes_of(*(lambda each=each: act(office.manager_east, "Execute", each, skip_changed=True) for each in plans))
    assert all(outcome == "NOTHING_TO_HAND_OVER" or outcome.state == 3 for outcome in outcomes)
    whole(office, made)


def test_a_receiver_who_leaves_in_the_same_moment_gets_them_and_is_told_of_or_gets_nobody(office):
    made = [office.rm1_east.create() for _ in range(4)]
    planned = plan(office.manager_east, [office.rm2_east], made)
    left = identity_events.PersonDisabled(person_id=office.rm2_east.person_id)
    done, _ = outcomes_of(lambda: act(office.manager_east, "Execute", planned), lambda: office.announce(left))
    told_of = told(office.service, coverage_events_pb2.RelationshipManagerLeft, office.rm2_east.person_id)
    if done == "RECEIVER_LEFT":
        assert set(leads(office.head, made)) == {office.rm1_east.person_id}
    else:
        assert [event.customer_count for event in told_of] == [4]
    whole(office, made)


def test_a_deputy_or_supporter_loses_what_moved_away_and_a_mass_hand_over_keeps_supporters(office, today):  # noqa: F811
    made, third = office.rm1_east.create(), office.relationship_manager("EAST/E03/")
    support(office.rm1_east, made, third)
    absent(office.rm1_east, today, today, (deputy := office.relationship_manager("EAST/E04/"),))
    assert reaches(deputy, made)
    act(office.manager_east, "Execute", plan(office.manager_east, [office.rm2_east], [made]))
    assert not reaches(deputy, made)
    assert reaches(third, made)
