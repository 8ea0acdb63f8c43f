"""Hand-overs go back whole, or as far as they can."""

from __future__ import annotations

import uuid

import pytest
from workbench.customer.v1 import coverage_events_pb2, coverage_pb2
from workbench.identity.v1 import events_pb2 as identity_events

from services.chassis.kernel.errors import NotFound, RuleBroken
from services.customer.usecases import hand_overs
from tests.component.customer.hand_overs.acts import (
    DAY,
    EVENLY,
    KEPT,
    MOVED,
    RETURNED,
    act,
    became,
    leads,
    plan,
)
from tests.component.customer.test_supporting import told


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


def test_nobody_is_given_back_to_a_leaver_or_after_the_time(office, clock):
    made, other = office.rm1_east.create(), office.rm1_east.create()
    done, later = (act(office.manager_east, "Execute", plan(office.manager_east, [office.rm2_east], [c])) for c in (made, other))
    office.announce(identity_events.PersonDisabled(person_id=office.rm1_east.person_id))
    with pytest.raises(RuleBroken, match="NOTHING_TO_RETURN"):
        act(office.manager_east, "Return", done, reason="撤销")
    office.announce(identity_events.PersonEnabled(person_id=office.rm1_east.person_id))
    clock(91)
    with pytest.raises(RuleBroken, match="HAND_OVER_RETURN_ENDED"):
        act(office.manager_east, "Return", later, reason="撤销")


def test_a_hand_over_for_a_time_goes_back_by_itself(office, clock, today):
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
