"""Hand-overs as one act: planned, and carried out whole or not at all."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import Text, cast, select
from workbench.customer.v1 import coverage_events_pb2, coverage_pb2, customer_pb2

from services.chassis.kernel.errors import InvalidInput, NotAllowed, NotFound, RuleBroken
from services.customer.model.customer import Customer
from services.customer.model.search_entry import SearchEntry
from services.customer.usecases.keeping import keep
from tests.component.customer.hand_overs.acts import (
    BY_UNIT,
    EVENLY,
    EXPLICIT,
    HINDERED,
    MOVED,
    PLANNED,
    act,
    became,
    last_act_on,
    leads,
    lines,
    plan,
    reassignments,
)
from tests.component.customer.test_coverages import history
from tests.component.customer.test_supporting import support, told


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


def test_what_no_hand_over_can_be(office, today):
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
