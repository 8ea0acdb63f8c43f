"""Large hand-overs, and those between branches, are put before a second person."""

from __future__ import annotations

import pytest
from workbench.customer.v1 import coverage_events_pb2, coverage_pb2

from services.chassis.kernel.caller import Scope
from services.chassis.kernel.errors import NotAllowed, NotFound, RuleBroken, StaleVersion
from tests.component.customer.hand_overs.acts import (
    APPROVES,
    RETURNED,
    TRANSFERS,
    act,
    became,
    leads,
    plan,
)
from tests.component.customer.test_supporting import told


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


def test_who_plans_anew_does_not_approve(office, second_person_from):
    second_person_from(1)
    made = office.rm1_east.create()
    planned = plan(office.manager_east, [office.rm2_east], [made])
    act(office.checker, "Refresh", planned)
    act(office.manager_east, "Execute", planned)
    with pytest.raises(NotAllowed, match="SELF_DECISION"):
        act(office.checker, "Approve", planned)
