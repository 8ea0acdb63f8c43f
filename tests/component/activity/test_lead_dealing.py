"""Leads are dealt out by the rules of the nearest unit, in fair turns, or by name; what no rule fits waits."""

from __future__ import annotations

import uuid
from collections import Counter

import pytest
from workbench.activity.v1 import lead_pb2
from workbench.customer.v1 import coverage_events_pb2
from workbench.identity.v1 import events_pb2

from services.chassis.kernel.errors import NotFound, RuleBroken, StaleVersion
from tests.component.activity.test_leads import capture, notified
from tests.component.town import run_together


def rule(colleague, **fields):
    draft = {"display_name": "轮流", "organisation_path": colleague.organisation_path} | fields
    return colleague.call("CreateAssignmentRule", assignment_rule=draft)


def test_leads_go_round_by_rule_and_who_is_away_has_no_turn(town):
    team = [town.rm1_east, *(town.colleague("relationship_manager", "EAST/E01/") for _ in range(2))]
    away = town.colleague("relationship_manager", "EAST/E01/")
    days = {"start_date": "2020-01-01", "end_date": "2099-12-31"}
    town.announce(coverage_events_pb2.AbsenceCreated(absence_id=f"a-{away.person_id}", person_id=away.person_id, **days))
    rule(town.leader_east)
    leads = [capture(town.rm1_east, assign=True) for _ in range(6)]
    by_turn = sorted(team, key=lambda each: (each.person_id[:8], each.person_id))
    assert [lead.owner_person_id for lead in leads] == [each.person_id for each in by_turn] * 2
    assert len(notified(town, team[1], "lead_assigned")) == 2


def test_many_leads_at_once_are_dealt_out_evenly(town):
    team = [town.rm1_east, *(town.colleague("relationship_manager", "EAST/E01/") for _ in range(3))]
    rule(town.leader_east)
    owners = []
    run_together(lambda colleague: owners.append(capture(colleague, assign=True).owner_person_id), team * 3)
    assert Counter(owners) == {each.person_id: 3 for each in team}


def test_the_nearest_units_rule_comes_first_and_then_the_one_that_fits(town):
    specialist = town.colleague("relationship_manager", "EAST/E02/")
    receivers = {"receiver_person_ids": [specialist.person_id]}
    rule(town.manager_east, product_codes=["LOAN"], **receivers)
    rule(town.manager_east, position=5, sources=[lead_pb2.LEAD_SOURCE_ONLINE], receiver_person_ids=[town.rm2_east.person_id])
    rule(town.leader_east, product_codes=["CARD"], follow_workdays=5)
    card = capture(town.rm1_east, assign=True, product_codes=["CARD", "LOAN"])
    loan = capture(town.rm1_east, assign=True, product_codes=["LOAN"], source=lead_pb2.LEAD_SOURCE_ONLINE)
    online = capture(town.rm1_east, assign=True, source=lead_pb2.LEAD_SOURCE_ONLINE)
    owners = [each.owner_person_id for each in (card, loan, online)]
    assert owners == [town.rm1_east.person_id, specialist.person_id, town.rm2_east.person_id]
    assert card.follow_deadline.ToDatetime() > loan.follow_deadline.ToDatetime()


def test_a_lead_that_no_rule_fits_waits_in_its_unit_for_whoever_is_in_charge(town):
    lead = capture(town.rm1_east, assign=True)
    assert lead.owner_person_id == ""
    assert len(notified(town, town.leader_east, "lead_waits")) == 1
    waiting = town.leader_east.call("ListLeads", organisation_path=town.leader_east.organisation_path, unassigned=True)
    assert [each.lead_id for each in waiting.leads] == [lead.lead_id]
    with pytest.raises(RuleBroken) as refused:
        town.leader_east.call("AssignLead", lead_id=lead.lead_id)
    assert refused.value.reason == "NO_RULE_FITS"
    with pytest.raises(RuleBroken) as refused:
        town.leader_east.call("QualifyLead", lead_id=lead.lead_id, grade=1)
    assert refused.value.reason == "LEAD_UNASSIGNED"
    given = town.leader_east.call("AssignLead", lead_id=lead.lead_id, person_id=town.rm1_east.person_id)
    assert given.owner_person_id == town.rm1_east.person_id
    for person, kind in ((town.rm1_west.person_id, NotFound), (town.rm1_east.person_id, RuleBroken)):
        with pytest.raises(kind):
            town.leader_east.call("AssignLead", lead_id=lead.lead_id, person_id=person)
    back = town.leader_east.call("AssignLead", lead_id=lead.lead_id, release=True)
    assert (back.owner_person_id, back.HasField("follow_deadline")) == ("", False)
    went = town.leader_east.call("ListLeadAssignments", lead_id=lead.lead_id).assignments
    assert [each.to_person_id for each in went] == [town.rm1_east.person_id, ""]


def test_a_lead_may_go_to_another_branch_and_out_of_the_capturers_reach(town):
    rule(town.manager_west)
    lead = capture(town.rm1_east, assign=True, organisation_path=town.rm1_west.organisation_path)
    assert lead.owner_person_id == town.rm1_west.person_id
    with pytest.raises(NotFound):
        town.rm1_east.call("GetLead", lead_id=lead.lead_id)
    with pytest.raises(NotFound):
        capture(town.rm1_east, assign=True, organisation_path="/ELSEWHERE/")


def test_many_leads_are_given_away_all_or_none(town):
    leads = [capture(town.rm1_east, assign=True) for _ in range(3)]
    ids = [each.lead_id for each in leads]
    other = town.colleague("relationship_manager", "EAST/E01/")
    with pytest.raises(NotFound) as refused:
        town.leader_east.call("BatchAssignLeads", lead_ids=[*ids, str(uuid.uuid4())], person_id=other.person_id)
    assert refused.value.reason == "LEAD_NOT_FOUND"
    assert town.leader_east.call("GetLead", lead_id=ids[0]).owner_person_id == ""
    given = town.leader_east.call("BatchAssignLeads", lead_ids=ids, person_id=other.person_id).leads
    assert [each.lead_id for each in given] == ids
    assert {each.owner_person_id for each in given} == {other.person_id}


def test_rules_are_of_units_in_ones_charge_and_their_receivers_too(town):
    with pytest.raises(NotFound):
        rule(town.leader_east, organisation_path=town.manager_east.organisation_path)
    with pytest.raises(NotFound) as refused:
        rule(town.leader_east, receiver_person_ids=[town.rm1_west.person_id])
    assert refused.value.reason == "PERSON_NOT_FOUND"
    made = rule(town.leader_east)
    listed = town.manager_east.call("ListAssignmentRules").assignment_rules
    assert [each.assignment_rule_id for each in listed] == [made.assignment_rule_id]
    with pytest.raises(NotFound):
        town.manager_west.call("GetAssignmentRule", assignment_rule_id=made.assignment_rule_id)
    sent = {"assignment_rule_id": made.assignment_rule_id, "etag": made.etag, "disabled": True}
    changed = town.leader_east.call("UpdateAssignmentRule", assignment_rule=sent, update_mask={"paths": ["disabled"]})
    assert changed.disabled
    assert capture(town.rm1_east, assign=True).owner_person_id == ""
    with pytest.raises(StaleVersion):
        town.leader_east.call(
            "UpdateAssignmentRule", assignment_rule=sent | {"disabled": False}, update_mask={"paths": ["disabled"]}
        )
    town.leader_east.call("DeleteAssignmentRule", assignment_rule_id=made.assignment_rule_id)
    assert not town.manager_east.call("ListAssignmentRules").assignment_rules


def test_a_disabled_person_is_given_nothing(town):
    gone = town.colleague("relationship_manager", "EAST/E01/")
    rule(town.leader_east, receiver_person_ids=[gone.person_id])
    town.announce(events_pb2.PersonDisabled(person_id=gone.person_id))
    assert capture(town.rm1_east, assign=True).owner_person_id == ""
    lead = capture(town.rm1_east)
    with pytest.raises(NotFound):
        town.leader_east.call("AssignLead", lead_id=lead.lead_id, person_id=gone.person_id)
