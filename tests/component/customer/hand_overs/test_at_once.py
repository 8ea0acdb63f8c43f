"""Hand-overs that happen at one moment: every customer has one lead, and an unbroken history."""

from __future__ import annotations

import threading

from workbench.customer.v1 import coverage_events_pb2, customer_pb2
from workbench.identity.v1 import events_pb2 as identity_events

from services.chassis.kernel.errors import WorkbenchError
from tests.component.customer.hand_overs.acts import (
    act,
    leads,
    plan,
    reassignments,
)
from tests.component.customer.test_coverages import history
from tests.component.customer.test_customers import run_together
from tests.component.customer.test_supporting import told


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
