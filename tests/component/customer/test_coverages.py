"""Hand-over and its history; relationship managers as identity's events make them."""

from __future__ import annotations

import threading
import uuid

import pytest
from sqlalchemy.exc import IntegrityError
from workbench.identity.v1 import events_pb2 as identity_events

from services.chassis.kernel.errors import NotAllowed, NotFound, RuleBroken, StaleVersion
from services.customer.model.coverage import Coverage
from services.customer.rules.kinds import CoverageRole
from tests.component.customer.conftest import post_granted
from tests.component.customer.test_customers import events_of, run_together


def history(colleague, customer, size=100):
    token = ""
    while True:
        page = colleague.call("ListCoverages", customer_id=customer.customer_id, page_size=size, page_token=token)
        yield from page.coverages
        if not (token := page.next_page_token):
            return


def managers(colleague):
    return [m.person_id for m in colleague.call("ListRelationshipManagers", page_size=1000).relationship_managers]


def test_a_hand_over_moves_the_customer_its_scope_and_its_history(town):
    made = town.rm1_east.create()
    moved = town.manager_east.reassign(made, town.rm2_east, reason="轮岗")
    assert (moved.lead_person_id, moved.organisation_path) == (town.rm2_east.person_id, f"{town.root}EAST/E02/")
    assert moved.etag != made.etag
    assert town.rm2_east.get(made) == moved
    with pytest.raises(NotFound):
        town.rm1_east.get(made)
    latest, first = history(town.rm2_east, made)
    assert (latest.person_id, latest.end_date, latest.reason) == (town.rm2_east.person_id, "", "轮岗")
    assert (first.person_id, first.reason) == (town.rm1_east.person_id, "")
    assert first.start_date <= first.end_date == latest.start_date
    _, event = events_of(town.service, made.customer_id)
    assert (event.former_lead_person_id, event.lead_person_id) == (town.rm1_east.person_id, town.rm2_east.person_id)
    assert (event.former_organisation_path, event.organisation_path) == (made.organisation_path, moved.organisation_path)
    assert (event.start_date, event.reason) == (latest.start_date, "轮岗")


def test_who_may_hand_over_to_whom(town):
    made = town.rm1_east.create()
    with pytest.raises(NotAllowed):
        town.analyst.reassign(made, town.rm2_east)
    for stranger in (town.manager_west, town.rm2_east):
        with pytest.raises(NotFound, match="CUSTOMER_NOT_FOUND"):
            stranger.reassign(made, town.rm2_east)
    nobody = town.colleague((), None, str(uuid.uuid4()))
    for giver in (town.manager_east, town.rm1_east):
        for stranger in (town.rm1_west, town.manager_east, nobody):
            with pytest.raises(NotFound, match="PERSON_NOT_FOUND"):
                giver.reassign(made, stranger)
        with pytest.raises(RuleBroken, match="ALREADY_LEADS"):
            giver.reassign(made, town.rm1_east)
    assert town.rm1_east.get(made) == made
    assert len(events_of(town.service, made.customer_id)) == 1


def test_an_rm_hands_over_to_a_colleague_of_the_branch_and_is_out_of_reach_of_it(town):
    made = town.rm1_east.create()
    moved = town.rm1_east.reassign(made, town.rm2_east, etag=made.etag)
    assert (moved.lead_person_id, moved.organisation_path) == (town.rm2_east.person_id, f"{town.root}EAST/E02/")
    assert town.rm2_east.get(made) == moved
    with pytest.raises(NotFound, match="CUSTOMER_NOT_FOUND"):
        town.rm1_east.get(made)
    with pytest.raises(NotFound, match="CUSTOMER_NOT_FOUND"):
        town.rm1_east.reassign(made, town.rm1_east)
    assert [coverage.person_id for coverage in history(town.manager_east, made)] == [
        town.rm2_east.person_id,
        town.rm1_east.person_id,
    ]


@pytest.mark.parametrize(("place", "reaches"), [("EAST/", True), ("", False)])
def test_an_rm_of_the_branch_itself_has_the_branch_for_colleagues_and_one_of_the_head_office_nobody(town, place, reaches):
    lone = town.relationship_manager(place)
    made = lone.create()
    assert (town.rm1_east.person_id in managers(lone)) is reaches
    assert lone.person_id in managers(lone)
    with pytest.raises(NotFound, match="PERSON_NOT_FOUND"):
        lone.reassign(made, town.rm1_west)


def test_of_two_hand_overs_of_one_state_one_wins_and_the_other_is_told(town):
    made = town.rm1_east.create()
    heirs = [town.rm2_east, *(town.relationship_manager(f"EAST/E0{place}/") for place in (3, 4, 5))]
    barrier, outcomes = threading.Barrier(len(heirs)), []

    def hand_over(heir):
        barrier.wait()
        try:
            outcomes.append(town.manager_east.reassign(made, heir, etag=made.etag).lead_person_id)
        except StaleVersion as told:
            outcomes.append(told.reason)

    run_together(hand_over, heirs)
    winners = [outcome for outcome in outcomes if outcome != "CUSTOMER_CHANGED"]
    assert winners == [town.manager_east.get(made).lead_person_id]
    assert len(list(history(town.manager_east, made))) == 2


def test_hand_overs_that_saw_nothing_follow_one_another_whole(town):
    made = town.rm1_east.create()
    heirs = [town.rm2_east, *(town.relationship_manager(f"EAST/E0{place}/") for place in (3, 4))]
    barrier = threading.Barrier(len(heirs))

    def hand_over(heir):
        barrier.wait()
        town.manager_east.reassign(made, heir)

    run_together(hand_over, heirs)
    coverages = list(history(town.manager_east, made, size=2))
    assert [c.person_id for c in coverages if not c.end_date] == [town.manager_east.get(made).lead_person_id]
    assert {c.person_id for c in coverages} == {town.rm1_east.person_id, *(heir.person_id for heir in heirs)}


def test_the_database_keeps_two_open_leads_apart(town):
    made = town.rm1_east.create()
    second = Coverage(
        coverage_id=str(uuid.uuid4()),
        customer_id=made.customer_id,
        person_id=town.rm2_east.person_id,
        organisation_path=made.organisation_path,
        role=CoverageRole.LEAD,
        start_date=None,
    )
    with pytest.raises(IntegrityError), town.service.database.transaction() as work:
        second.start_date = work.business_date
        work.session.add(second)


def test_who_sees_which_relationship_managers(town):
    branch = {town.rm1_east.person_id, town.rm2_east.person_id}
    for colleague in (town.rm1_east, town.rm2_east, town.manager_east):
        assert set(managers(colleague)) == branch
    assert managers(town.rm1_west) == [town.rm1_west.person_id]
    assert set(managers(town.analyst)) == {town.rm1_east.person_id, town.rm2_east.person_id, town.rm1_west.person_id}


def test_relationship_managers_come_page_by_page(town):
    seen, token = [], ""
    while True:
        page = town.analyst.call("ListRelationshipManagers", page_size=2, page_token=token)
        seen += [(m.staff_number, m.person_id) for m in page.relationship_managers]
        if not (token := page.next_page_token):
            break
    assert seen == sorted(seen)
    assert len(seen) == 3


def test_other_posts_make_nobody_a_relationship_manager(town):
    town.announce(post_granted(town.manager_east, f"{town.root}EAST/", role="branch_manager"))
    assert town.manager_east.person_id not in managers(town.analyst)


def test_a_post_that_ends_ends_new_customers_and_keeps_the_old_ones(town):
    made = town.rm1_east.create()
    granted = post_granted(town.rm1_east, f"{town.root}EAST/E09/")
    town.announce(granted)
    assert town.rm1_east.create().organisation_path == f"{town.root}EAST/E09/"
    town.announce(identity_events.PostRevoked(person_id=granted.person_id, grant_id=granted.grant_id, role=granted.role))
    # The post before still holds, and its unit counts again.
    assert town.rm1_east.create().organisation_path == f"{town.root}EAST/E01/"
    for event in (identity_events.PersonDisabled, identity_events.PersonEnabled):
        town.announce(event(person_id=granted.person_id))
        assert (granted.person_id in managers(town.analyst)) is (event is identity_events.PersonEnabled)
    assert town.manager_east.get(made).lead_person_id == granted.person_id


def test_an_event_that_comes_twice_changes_nothing_more(town):
    granted = post_granted(town.rm2_east, f"{town.root}EAST/E02/")
    for _ in range(2):
        town.announce(granted)
    for _ in range(2):
        town.announce(identity_events.PostRevoked(person_id=granted.person_id, grant_id=granted.grant_id, role=granted.role))
    assert town.rm2_east.person_id in managers(town.analyst)


def test_events_of_people_unknown_here_are_passed_over(town):
    stranger = str(uuid.uuid4())
    town.announce(identity_events.PersonDisabled(person_id=stranger))
    town.announce(identity_events.PersonUpdated(person_id=stranger, display_name="x"))
    town.announce(identity_events.PostRevoked(person_id=stranger, grant_id="g", role="relationship_manager"))
    assert stranger not in managers(town.analyst)


def test_a_rename_shows(town):
    town.announce(identity_events.PersonUpdated(person_id=town.rm1_east.person_id, display_name="王新名"))
    shown = town.rm1_east.call("ListRelationshipManagers").relationship_managers
    assert {m.person_id: m.display_name for m in shown}[town.rm1_east.person_id] == "王新名"


def test_a_unit_that_moves_takes_its_customers_along(town):
    made, other = town.rm1_east.create(), town.rm2_east.create()
    moved = identity_events.OrganisationUnitMoved(
        organisation_unit_id=str(uuid.uuid4()),
        former_organisation_path=f"{town.root}EAST/E01/",
        organisation_path=f"{town.root}WEST/E01/",
    )
    town.announce(moved)
    assert town.manager_west.get(made).organisation_path == f"{town.root}WEST/E01/"
    assert town.manager_west.get(made).etag != made.etag
    assert town.manager_east.get(other) == other
    assert town.rm1_east.person_id in managers(town.manager_west)
    with pytest.raises(NotFound):
        town.manager_east.get(made)
    (coverage,) = history(town.manager_west, made)
    assert coverage.organisation_path == f"{town.root}WEST/E01/"
