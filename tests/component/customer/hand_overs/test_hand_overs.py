"""What stops a hand-over, what it takes along, and who sees it."""

from __future__ import annotations

import uuid

import pytest
from workbench.customer.v1 import coverage_pb2
from workbench.identity.v1 import events_pb2 as identity_events
from workbench.operations.v1 import hand_over_events_pb2

from services.chassis.kernel.caller import Scope
from services.chassis.kernel.errors import NotFound, RuleBroken, StaleVersion
from services.customer.usecases import hand_overs
from tests.component.customer.hand_overs.acts import (
    EXPLICIT,
    MOVED,
    SKIPPED,
    TRANSFERS,
    act,
    became,
    leads,
    lines,
    plan,
)
from tests.component.customer.test_supporting import absent, reaches, support


def test_a_plan_is_void_after_its_time(office, clock):
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


def test_a_receiver_who_left_gets_nobody(office):
    made = office.rm1_east.create()
    planned = plan(office.manager_east, [office.rm2_east], [made])
    office.announce(identity_events.PersonDisabled(person_id=office.rm2_east.person_id))
    with pytest.raises(RuleBroken, match="RECEIVER_LEFT"):
        act(office.manager_east, "Execute", planned)
    office.announce(identity_events.PersonEnabled(person_id=office.rm2_east.person_id))
    assert became(act(office.manager_east, "Execute", planned)) == {MOVED: 1}


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


def test_plans_and_absences_move_with_their_unit(office, today):
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


def test_a_deputy_or_supporter_loses_what_moved_away_and_a_mass_hand_over_keeps_supporters(office, today):
    made, third = office.rm1_east.create(), office.relationship_manager("EAST/E03/")
    support(office.rm1_east, made, third)
    absent(office.rm1_east, today, today, (deputy := office.relationship_manager("EAST/E04/"),))
    assert reaches(deputy, made)
    act(office.manager_east, "Execute", plan(office.manager_east, [office.rm2_east], [made]))
    assert not reaches(deputy, made)
    assert reaches(third, made)
