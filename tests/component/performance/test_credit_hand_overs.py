"""Credit goes from a former lead to the next one by steps, and never at once."""

import uuid
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from workbench.customer.v1 import coverage_events_pb2, duplicate_events_pb2
from workbench.customer.v1 import events_pb2 as customer_events_pb2
from workbench.identity.v1 import events_pb2
from workbench.performance.v1 import share_pb2

from services.performance.model.person import Person
from services.performance.rules.shares import ObjectKind, Part, SharedObject
from services.performance.usecases.shares.lines import end_lines, put_lines

JANUARY = date(2026, 1, 1)
# The first days of the four steps of a hand-over on 25 November.
STEPS = ("2026-11-25", "2027-02-25", "2027-05-25", "2027-08-25")
ENDS = ("2027-02-24", "2027-05-24", "2027-08-24", "")


@pytest.fixture(autouse=True)
def today(at):
    at(datetime(2026, 11, 25, 2, tzinfo=UTC))


def own(town, customer_id, *parts, thing=None):
    with town.service.database.transaction() as work:
        put_lines(work, thing or SharedObject.customer(customer_id), parts, f"claims/{uuid.uuid4()}")


def reassign(town, customer_id, former, lead, start_date="2026-11-25", **fields):
    """The customer gets another lead, and what follows is carried out."""
    town.announce(
        customer_events_pb2.CustomerReassigned(
            customer_id=customer_id,
            former_lead_person_id=former.person_id,
            lead_person_id=lead.person_id,
            organisation_path=lead.organisation_path,
            start_date=start_date,
            **fields,
        )
    )
    town.run_timer("shares.hand_over")


def shares(town, customer_id, **fields):
    told = {"object_kind": share_pb2.OBJECT_KIND_CUSTOMER} | fields
    found = town.auditor.call("ListShares", customer_id=customer_id, **told).shares
    return sorted((share.start_date, share.end_date, share.person_id, share.basis_points) for share in found)


def hand_overs(town, customer_id):
    return [each.state for each in town.auditor.call("ListCreditHandOvers", customer_id=customer_id).credit_hand_overs]


def steps(former, successor, whole, kept=(100, 70, 40, 0)):
    """What becomes of so many basis points of the former."""
    return [
        (start, end, person.person_id, whole * percent // 100)
        for start, end, percent_kept in zip(STEPS, ENDS, kept, strict=True)
        for person, percent in ((former, percent_kept), (successor, 100 - percent_kept))
        if percent
    ]


def grant_of(town, person, role):
    with town.service.database.transaction() as work:
        return work.session.scalars(select(Person.__post__.grant_id).filter_by(person_id=person.person_id, role=role)).one()


@pytest.fixture
def moved(town):
    """A customer of whom the former lead has 8,000, and a colleague 2,000; it got another lead."""
    former, successor, colleague = town.rm1_east, town.rm1_west, town.rm2_east
    customer_id = town.customer(former)
    own(town, customer_id, Part(former.person_id, 8_000, JANUARY), Part(colleague.person_id, 2_000, JANUARY))
    reassign(town, customer_id, former, successor)
    return customer_id, former, successor, colleague


def test_the_formers_part_decays_as_the_successors_grows(town, moved):
    customer_id, former, successor, colleague = moved
    town.run_timer("shares.hand_over")
    before = [("2026-01-01", "2026-11-24", former.person_id, 8_000), ("2026-01-01", "", colleague.person_id, 2_000)]
    assert shares(town, customer_id) == sorted(before + steps(former, successor, 8_000))
    (shown,) = town.rm1_east.call("ListCreditHandOvers").credit_hand_overs
    assert (shown.former_person_id, shown.successor_name, shown.start_date) == (former.person_id, "王雅婷", "2026-11-25")
    assert list(shown.step_basis_points) == [10_000, 7_000, 4_000, 0]
    assert shown.state == share_pb2.CREDIT_HAND_OVER_STATE_STARTED


def test_a_return_undoes_what_is_still_ahead(town, moved):
    customer_id, former, successor, colleague = moved
    reassign(town, customer_id, successor, former, start_date="2027-03-01")
    assert shares(town, customer_id) == sorted(
        [
            ("2026-01-01", "2026-11-24", former.person_id, 8_000),
            ("2026-01-01", "", colleague.person_id, 2_000),
            ("2026-11-25", "2027-02-24", former.person_id, 8_000),
            ("2027-02-25", "2027-02-28", former.person_id, 5_600),
            ("2027-02-25", "2027-02-28", successor.person_id, 2_400),
            ("2027-03-01", "", former.person_id, 8_000),
        ]
    )
    assert hand_overs(town, customer_id) == [
        share_pb2.CREDIT_HAND_OVER_STATE_VOID, share_pb2.CREDIT_HAND_OVER_STATE_UNDONE,
    ]  # fmt: skip


def test_handed_on_before_the_steps_are_over(town, moved):
    """What the second one has by then, and is to have, goes on to the third by steps of its own; nothing is lost on any day."""
    customer_id, former, second, _ = moved
    third = town.colleague("relationship_manager", "WEST/W02/")
    reassign(town, customer_id, second, third, start_date="2027-03-01")
    found = shares(town, customer_id)
    for day in ("2026-06-30", "2027-02-28", "2027-03-01", "2027-06-01", "2027-09-01", "2028-06-01"):
        assert sum(points for start, end, _, points in found if start <= day <= (end or "9999-12-31")) == 10_000, day
    of_third = [(start, points) for start, _, person_id, points in found if person_id == third.person_id]
    # 30 % of 2,400 as they grow to 4,800 and 8,000 of the former's, and so on.
    assert of_third == [("2027-06-01", 1_440), ("2027-08-25", 2_400), ("2027-09-01", 4_800), ("2027-12-01", 8_000)]
    assert not [each for each in found if each[2] == former.person_id and each[0] > "2027-05-25"]


@pytest.mark.parametrize("told_first", [True, False])
@pytest.mark.parametrize("return_date", ["", "2026-12-31"])
def test_a_hand_over_for_a_time_changes_nothing(town, told_first, return_date):
    former, successor = town.rm1_east, town.rm1_west
    customer_id, hand_over_id = town.customer(former), str(uuid.uuid4())
    own(town, customer_id, Part(former.person_id, 10_000, JANUARY))
    told = coverage_events_pb2.CoverageHandedOver(hand_over_id=hand_over_id, customer_count=1, return_date=return_date)
    if told_first:
        town.announce(told)
    reassign(town, customer_id, former, successor, hand_over_id=hand_over_id)
    if not told_first:
        # Whether it is for good is not known yet.
        assert hand_overs(town, customer_id) == [share_pb2.CREDIT_HAND_OVER_STATE_WAITING]
        town.announce(told)
        town.run_timer("shares.hand_over")
    unchanged = [("2026-01-01", "", former.person_id, 10_000)]
    stepped = [("2026-01-01", "2026-11-24", former.person_id, 10_000), *steps(former, successor, 10_000)]
    assert shares(town, customer_id) == sorted(unchanged if return_date else stepped)


def test_a_leavers_parts_of_others_customers_go_by_steps_too(town):
    """Also single accounts of his; those of who stays are his by what he did."""
    leaver, lead = town.rm2_east, town.rm1_east
    customer_id = town.customer(lead)
    account = {"object_kind": share_pb2.OBJECT_KIND_ACCOUNT, "source_system": "core", "object_number": town.root[1:-1]}
    thing = SharedObject(ObjectKind.ACCOUNT, f"core/{town.root[1:-1]}", customer_id)
    own(town, customer_id, Part(leaver.person_id, 1_000, JANUARY))
    own(town, customer_id, Part(leaver.person_id, 10_000, JANUARY), thing=thing)
    town.announce(events_pb2.PersonDisabled(person_id=leaver.person_id))
    town.run_timer("shares.hand_over")
    before = ("2026-01-01", "2026-11-24", leaver.person_id)
    assert shares(town, customer_id) == sorted([(*before, 1_000), *steps(leaver, lead, 1_000)])
    assert shares(town, customer_id, **account) == sorted([(*before, 10_000), *steps(leaver, lead, 10_000)])


def test_whoever_loses_his_last_such_post_has_left(town):
    """A leader too, whom no customer has for its lead; the post of an analyst is none in which one brings in results."""
    leader, lead = town.colleague("team_leader", "EAST/E01/"), town.rm1_east
    customer_id = town.customer(lead)
    own(town, customer_id, Part(leader.person_id, 1_000, JANUARY))
    for role in ("branch_manager", "performance_analyst"):
        post = {"grant_id": str(uuid.uuid4()), "role": role, "organisation_path": f"{town.root}EAST/"}
        town.announce(events_pb2.PostGranted(person_id=leader.person_id, **post))
    for role in ("team_leader", "branch_manager"):
        town.run_timer("shares.hand_over")
        assert shares(town, customer_id) == [("2026-01-01", "", leader.person_id, 1_000)]
        town.announce(events_pb2.PostRevoked(person_id=leader.person_id, grant_id=grant_of(town, leader, role)))
    town.run_timer("shares.hand_over")
    before = ("2026-01-01", "2026-11-24", leader.person_id, 1_000)
    assert shares(town, customer_id) == sorted([before, *steps(leader, lead, 1_000)])


def test_who_is_told_twice_to_have_left_decays_once(town):
    leaver, lead = town.rm2_east, town.rm1_east
    customer_id = town.customer(lead)
    own(town, customer_id, Part(leaver.person_id, 1_000, JANUARY))
    for _ in range(2):
        town.announce(events_pb2.PersonDisabled(person_id=leaver.person_id))
        town.run_timer("shares.hand_over")
    before = ("2026-01-01", "2026-11-24", leaver.person_id, 1_000)
    assert shares(town, customer_id) == sorted([before, *steps(leaver, lead, 1_000)])


@pytest.mark.parametrize("led", [True, False])
def test_who_comes_back_has_again_what_went_because_he_had_left(town, at, led):
    """Of a customer whom nobody leads it comes back from the pool. Told twice it is the same; the lead's own part stays his."""
    leaver, lead = town.rm2_east, town.rm1_east
    customer_id = town.customer(lead, **({} if led else {"lead_person_id": ""}))
    own(town, customer_id, Part(leaver.person_id, 1_000, JANUARY), Part(lead.person_id, 9_000, JANUARY))
    town.announce(events_pb2.PersonDisabled(person_id=leaver.person_id))
    town.run_timer("shares.hand_over")
    at(datetime(2027, 3, 1, 2, tzinfo=UTC))
    for _ in range(2):
        town.announce(events_pb2.PersonEnabled(person_id=leaver.person_id))
    town.run_timer("shares.hand_over")
    found = shares(town, customer_id)
    assert [each for each in found if each[0] == "2027-03-01"] == [("2027-03-01", "", leaver.person_id, 1_000)]
    assert ("2026-01-01", "", lead.person_id, 9_000) in found
    kept = [("2027-02-25", "2027-02-28", leaver.person_id, 700)]
    grown = [("2027-02-25", "2027-02-28", lead.person_id, 300)] if led else []
    assert sorted(each for each in found if each[0] == "2027-02-25") == sorted(kept + grown)


def test_who_comes_back_once_the_steps_are_over_gets_nothing_of_the_leads(town, at):
    leaver, lead = town.rm2_east, town.rm1_east
    customer_id = town.customer(lead)
    own(town, customer_id, Part(leaver.person_id, 1_000, JANUARY), Part(lead.person_id, 9_000, JANUARY))
    town.announce(events_pb2.PersonDisabled(person_id=leaver.person_id))
    town.run_timer("shares.hand_over")
    found = shares(town, customer_id)
    at(datetime(2027, 12, 1, 2, tzinfo=UTC))
    town.announce(events_pb2.PersonEnabled(person_id=leaver.person_id))
    town.run_timer("shares.hand_over")
    assert shares(town, customer_id) == found


def test_what_went_with_a_customer_does_not_come_back_with_who_led_it(town, moved):
    customer_id, former, *_ = moved
    found = shares(town, customer_id)
    town.announce(events_pb2.PersonDisabled(person_id=former.person_id))
    town.run_timer("shares.hand_over")
    town.announce(events_pb2.PersonEnabled(person_id=former.person_id))
    town.run_timer("shares.hand_over")
    assert shares(town, customer_id) == found
    void, started = share_pb2.CREDIT_HAND_OVER_STATE_VOID, share_pb2.CREDIT_HAND_OVER_STATE_STARTED
    assert hand_overs(town, customer_id) == [void, started]


def test_who_is_here_again_before_anything_was_handed_over_keeps_all(town):
    leaver, lead = town.rm2_east, town.rm1_east
    customer_id = town.customer(lead)
    own(town, customer_id, Part(leaver.person_id, 1_000, JANUARY))
    town.announce(events_pb2.PersonDisabled(person_id=leaver.person_id))
    town.announce(events_pb2.PersonEnabled(person_id=leaver.person_id))
    town.run_timer("shares.hand_over")
    whole = [(start, end) for start, end, person_id, points in shares(town, customer_id) if points == 1_000]
    assert shares(town, customer_id)[-1] == ("2026-11-25", "", leaver.person_id, 1_000), whole


def test_a_return_that_nothing_is_left_for_stops_no_other(town):
    """What fell to the pool meanwhile, and was claimed there, is not given twice."""
    former, heir, free = town.rm1_east, town.rm1_west, town.rm2_east
    customer_id, other_id = town.customer(former), town.customer(former)
    for each in (customer_id, other_id):
        own(town, each, Part(former.person_id, 10_000, JANUARY))
        reassign(town, each, former, heir)
    with town.service.database.transaction() as work:
        thing = SharedObject.customer(customer_id)
        end_lines(work, thing, date(2027, 3, 1), "objections/1", which=lambda line: line.person_id == heir.person_id)
    own(town, customer_id, Part(free.person_id, 1_000, date(2027, 3, 1)))
    for each in (customer_id, other_id):
        reassign(town, each, heir, former, start_date="2027-04-01")
    assert hand_overs(town, customer_id)[-1] == share_pb2.CREDIT_HAND_OVER_STATE_STARTED
    assert hand_overs(town, other_id)[-1] == share_pb2.CREDIT_HAND_OVER_STATE_UNDONE
    after = [each for each in shares(town, other_id) if each[0] > "2027-03-31"]
    assert after == [("2027-04-01", "", former.person_id, 10_000)]


def test_a_merge_hands_over_to_whoever_leads_both_and_a_parting_takes_it_back(town, at):
    survivor, merged = town.customer(town.rm1_west), town.customer(town.rm1_east)
    own(town, merged, Part(town.rm1_east.person_id, 10_000, JANUARY))
    told = {"survivor_customer_id": survivor, "merged_customer_id": merged, "merge_id": str(uuid.uuid4())}
    lead = {"lead_person_id": town.rm1_west.person_id, "organisation_path": town.rm1_west.organisation_path}
    town.announce(duplicate_events_pb2.CustomersMerged(**told, **lead, display_name="欧阳芳"))
    town.run_timer("shares.hand_over")
    grows = shares(town, merged)
    assert {person_id for _, _, person_id, _ in grows} == {town.rm1_east.person_id, town.rm1_west.person_id}
    back = {"lead_person_id": town.rm1_east.person_id, "organisation_path": town.rm1_east.organisation_path}
    town.announce(duplicate_events_pb2.CustomersUnmerged(**told, **back))
    town.run_timer("shares.hand_over")
    assert {person_id for _, _, person_id, _ in shares(town, merged)} == {town.rm1_east.person_id}
    assert hand_overs(town, merged)[-1] == share_pb2.CREDIT_HAND_OVER_STATE_UNDONE


def test_who_had_nothing_hands_nothing_over(town):
    customer_id = town.customer(town.rm1_east)
    reassign(town, customer_id, town.rm1_east, town.rm1_west)
    assert shares(town, customer_id) == []
    assert hand_overs(town, customer_id) == [share_pb2.CREDIT_HAND_OVER_STATE_VOID]
