"""Objections to whose something is: adjudicated within a deadline by whoever has no part in it."""

from datetime import UTC, datetime, timedelta

import pytest
from workbench.performance.v1 import claim_events_pb2, claim_pb2, share_pb2

from services.chassis.kernel.errors import WorkbenchError
from tests.component.performance.claim_builders import APPROVED, PENDING, REJECTED, business_date, claim, refused, shares
from tests.component.town import run_together

RAISED, UPHELD = claim_pb2.OBJECTION_STATE_RAISED, claim_pb2.OBJECTION_STATE_UPHELD
DISMISSED, WITHDRAWN = claim_pb2.OBJECTION_STATE_DISMISSED, claim_pb2.OBJECTION_STATE_WITHDRAWN


@pytest.fixture
def today(town):
    return business_date(town)


def objection_to(person, made, evidence="客户由我开户"):
    return person.call("CreateObjection", objection=claim_pb2.Objection(claim_id=made.claim_id, evidence=evidence))


def shared(town, today, state=PENDING):
    """A claim of the first manager, in which the second one is to have a tenth."""
    customer_id = town.customer(town.rm1_east)
    start_date = today - timedelta(days=20)
    made = claim(town.rm1_east, customer_id, (town.rm1_east, 9_000), (town.rm2_east, 1_000), start_date=start_date)
    if state == APPROVED:
        town.manager_east.call("ApproveClaim", claim_id=made.claim_id)
    return customer_id, made


def adjudicate(person, raised, state, **fields):
    told = {"finding": "已核对开户资料"} | fields
    return person.call("AdjudicateObjection", objection_id=raised.objection_id, state=state, **told)


def part(person, basis_points):
    return claim_pb2.ClaimPart(person_id=person.person_id, basis_points=basis_points)


def test_a_claim_is_not_approved_while_an_objection_waits(town, today):
    _, made = shared(town, today)
    raised = objection_to(town.rm2_east, made)
    assert (raised.state, raised.organisation_path) == (RAISED, f"{town.root}EAST/E01/")
    assert raised.due_date == (today + timedelta(days=10)).isoformat()
    assert town.manager_east.call("GetClaim", claim_id=made.claim_id).objected
    with refused("OBJECTION_EXISTS"):
        objection_to(town.rm2_east, made)
    with refused("OBJECTION_OPEN"):
        town.manager_east.call("ApproveClaim", claim_id=made.claim_id)
    assert adjudicate(town.manager_east, raised, DISMISSED).state == DISMISSED
    town.manager_east.call("ApproveClaim", claim_id=made.claim_id)


def test_where_it_is_right_a_claim_that_waits_is_rejected(town, today):
    customer_id, made = shared(town, today)
    raised = objection_to(town.rm2_east, made)
    with refused("DIVISION_UNFIT"):
        adjudicate(town.manager_east, raised, UPHELD, parts=[part(town.rm2_east, 10_000)])
    adjudicate(town.manager_east, raised, UPHELD)
    assert town.rm1_east.call("GetClaim", claim_id=made.claim_id).state == REJECTED
    assert shares(town.rm1_east, customer_id) == []
    with refused("CLAIM_CLOSED"):
        objection_to(town.rm2_east, made)
    (event,) = town.recorded(claim_events_pb2.ObjectionDecided, objection_id=raised.objection_id)
    assert (event.state, event.adjudicator_person_id) == (UPHELD, town.manager_east.person_id)
    (decided,) = town.recorded(claim_events_pb2.ClaimDecided, claim_id=made.claim_id)
    assert decided.person_ids == [town.rm1_east.person_id, town.rm2_east.person_id]


def test_whoever_has_a_part_of_it_is_told_and_reads_it(town, today):
    _, made = shared(town, today, APPROVED)
    third = town.colleague("relationship_manager", "EAST/E01/")
    raised = objection_to(town.rm1_east, made)
    (event,) = town.recorded(claim_events_pb2.ObjectionRaised, objection_id=raised.objection_id)
    assert event.party_person_ids == [town.rm2_east.person_id]
    # The customer is not his, a part of it is.
    assert town.rm2_east.call("GetObjection", objection_id=raised.objection_id).evidence == raised.evidence
    with refused("OBJECTION_NOT_FOUND"):
        third.call("GetObjection", objection_id=raised.objection_id)
    adjudicate(town.analyst, raised, UPHELD, parts=[part(third, 10_000)])
    (event,) = town.recorded(claim_events_pb2.ObjectionDecided, objection_id=raised.objection_id)
    assert set(event.party_person_ids) == {town.rm2_east.person_id, third.person_id}
    assert third.call("GetObjection", objection_id=raised.objection_id).state == UPHELD


def test_what_counts_is_divided_anew_from_a_day_on(town, today):
    customer_id, made = shared(town, today, APPROVED)
    raised = objection_to(town.rm2_east, made)
    # He who approved the claim does not judge it; the analyst of the head office may.
    with refused("OWN_OBJECTION"):
        adjudicate(town.manager_east, raised, UPHELD)
    day = today - timedelta(days=5)
    parts = [part(town.rm1_east, 3_000), part(town.rm2_east, 7_000)]
    done = adjudicate(town.analyst, raised, UPHELD, start_date=day.isoformat(), parts=parts, etag=raised.etag)
    assert (done.finding, done.start_date) == ("已核对开户资料", day.isoformat())
    one, other = town.rm1_east.person_id, town.rm2_east.person_id
    start, before = (today - timedelta(days=20)).isoformat(), (day - timedelta(days=1)).isoformat()
    assert sorted(shares(town.rm1_east, customer_id)) == sorted(
        [
            (one, 9_000, start, before, 2),
            (other, 1_000, start, before, 2),
            (one, 3_000, day.isoformat(), "", 2),
            (other, 7_000, day.isoformat(), "", 2),
        ]
    )
    with refused("OBJECTION_DECIDED"):
        adjudicate(town.analyst, raised, DISMISSED)


def test_what_is_not_divided_falls_to_the_pool(town, today):
    customer_id, made = shared(town, today, APPROVED)
    adjudicate(town.analyst, objection_to(town.rm2_east, made), UPHELD)
    assert {share[3] for share in shares(town.rm1_east, customer_id)} == {(today - timedelta(days=1)).isoformat()}
    assert customer_id in [item.customer_id for item in town.rm1_east.call("ListPool", wholly=True).pool_items]


def test_a_division_that_exceeds_is_refused_whole(town, today):
    customer_id, made = shared(town, today, APPROVED)
    raised = objection_to(town.rm2_east, made)
    standing = shares(town.rm1_east, customer_id)
    with refused("SHARES_EXCEEDED"):
        adjudicate(town.analyst, raised, UPHELD, parts=[part(town.rm1_east, 9_000), part(town.rm2_east, 1_001)])
    assert shares(town.rm1_east, customer_id) == standing
    assert town.rm2_east.call("GetObjection", objection_id=raised.objection_id).state == RAISED


def test_who_sees_raises_and_takes_back(town, today):
    customer_id, made = shared(town, today, APPROVED)
    of_customer = claim_pb2.Objection(
        object_kind=share_pb2.OBJECT_KIND_CUSTOMER, customer_id=customer_id, evidence="我是主办客户经理"
    )
    with refused("CLAIM_NOT_FOUND"):
        objection_to(town.rm1_west, made)
    with refused("CUSTOMER_NOT_FOUND"):
        town.rm1_west.call("CreateObjection", objection=of_customer)
    raised = town.rm1_east.call("CreateObjection", objection=of_customer)
    with refused("OBJECTION_NOT_FOUND"):
        town.rm1_west.call("GetObjection", objection_id=raised.objection_id)
    with refused("OBJECTION_NOT_FOUND"):
        adjudicate(town.manager_west, raised, DISMISSED)
    assert [each.objection_id for each in town.rm1_east.call("ListObjections").objections] == [raised.objection_id]
    of_unit = town.manager_east.call("ListObjections", organisation_path=f"{town.root}EAST/", state=RAISED).objections
    assert [each.evidence for each in of_unit] == ["我是主办客户经理"]
    with refused("NOT_THE_OBJECTOR"):
        town.leader_east.call("WithdrawObjection", objection_id=raised.objection_id)
    with refused("OBJECTION_CHANGED"):
        town.rm1_east.call("WithdrawObjection", objection_id=raised.objection_id, etag="7")
    assert town.rm1_east.call("WithdrawObjection", objection_id=raised.objection_id).state == WITHDRAWN


def test_what_is_late_goes_a_level_up(town, today, at):
    _, made = shared(town, today)
    raised = objection_to(town.rm2_east, made)

    def after(days):
        at(datetime.combine(today + timedelta(days=days), datetime.min.time(), UTC) + timedelta(hours=4))
        town.run_timer("objections.escalate")
        return town.rm2_east.call("GetObjection", objection_id=raised.objection_id)

    assert after(10).escalation_level == 0
    late = after(11)
    assert (late.escalation_level, late.organisation_path) == (1, f"{town.root}EAST/")
    assert late.due_date == (today + timedelta(days=21)).isoformat()
    assert after(22).organisation_path == town.root
    assert after(33).organisation_path == town.root
    told = town.recorded(claim_events_pb2.ObjectionEscalated, objection_id=raised.objection_id)
    assert [event.escalation_level for event in told] == [1, 2, 3]
    # The branch has had its time.
    with refused("NOT_IN_CHARGE"):
        adjudicate(town.manager_east, raised, DISMISSED)
    assert adjudicate(town.analyst, raised, DISMISSED).state == DISMISSED


def test_two_adjudications_at_once(town, today):
    _, made = shared(town, today, APPROVED)
    raised = objection_to(town.rm2_east, made)
    outcomes = []

    def judge(state):
        try:
            adjudicate(town.analyst, raised, state)
        except WorkbenchError as refusal:
            outcomes.append(refusal.reason)
        else:
            outcomes.append("done")

    run_together(judge, [UPHELD, DISMISSED, UPHELD, DISMISSED])
    assert sorted(outcomes) == ["OBJECTION_DECIDED"] * 3 + ["done"]
