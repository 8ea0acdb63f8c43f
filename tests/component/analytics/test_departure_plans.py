"""Plans around a departure: proposed, changed, carried out, followed by contacts."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from workbench.analytics.v1 import departure_events_pb2, departure_pb2
from workbench.customer.v1 import coverage_events_pb2, duplicate_events_pb2, exchange_events_pb2
from workbench.identity.v1 import events_pb2 as identity_events_pb2

from services.analytics.model import DeparturePlan, DeparturePlanItem
from services.analytics.rules.succession import ItemState, PlanState
from services.chassis.kernel.errors import AlreadyExists, InvalidInput, NotAllowed, NotFound, RuleBroken, StaleVersion
from tests.component.analytics.departure_builders import AS_OF, Branch
from tests.component.town import run_together

HAND_OVER, SECOND = departure_pb2.DEPARTURE_PLAN_KIND_HAND_OVER, departure_pb2.DEPARTURE_PLAN_KIND_SECOND_CONTACT
OPEN, DONE, DROPPED = (
    departure_pb2.DEPARTURE_PLAN_ITEM_STATE_OPEN,
    departure_pb2.DEPARTURE_PLAN_ITEM_STATE_DONE,
    departure_pb2.DEPARTURE_PLAN_ITEM_STATE_DROPPED,
)
NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
TODAY = AS_OF + timedelta(days=1)


@pytest.fixture
def branch(town, at):
    at(NOW)
    return Branch(town)


@pytest.fixture
def three(branch, town):
    """Customers of one RM: all his own, half a colleague's in another team, and little."""
    town.near = town.colleague("relationship_manager", "EAST/E01/", "李敏")
    own = branch.customer(town.rm1_east, 5_000_000, (town.rm1_east, 5, 10_000, 800))
    shared = branch.customer(town.rm1_east, 4_000_000, (town.rm1_east, 3, 5_000, 800), (town.rm2_east, 3, 5_000, 800))
    little = branch.customer(town.rm1_east, 1_000, (town.rm1_east, 1, 10_000, 10))
    branch.analyse()
    return own, shared, little


def propose(person, about, kind=HAND_OVER, **fields):
    return person.call("ProposeDeparturePlan", person_id=about.person_id, kind=kind, **fields)


def items(person, plan, **fields):
    return person.call("ListDeparturePlanItems", plan_id=plan.plan_id, **fields).items


def change(person, item, etag="", paths=(), **fields):
    method = person.service.methods["UpdateDeparturePlanItem"]
    request = method.request(item={"item_id": item.item_id, "etag": etag, **fields})
    request.update_mask.paths.extend(paths or fields)
    return person.call("UpdateDeparturePlanItem", request)


def test_a_hand_over_gives_each_customer_to_whoever_knows_him_or_has_room(three, town):
    own, shared, little = three
    plan = propose(town.manager_east, town.rm1_east)
    assert (plan.state, plan.kind, plan.as_of_date) == (departure_pb2.DEPARTURE_PLAN_STATE_DRAFT, HAND_OVER, str(AS_OF))
    assert (plan.item_count, plan.done_count, plan.unassigned_count) == (3, 0, 0)
    assert (plan.person_name, plan.owner_name, plan.due_date) == ("王雅婷", "王雅婷", str(TODAY + timedelta(days=30)))
    # 5,000,000, of 4,000,000 a half and of that 0.7, a quarter of 1,000.
    assert plan.at_risk.amount == "64002.50"
    found = items(town.manager_east, plan)
    assert [(each.customer_id, each.person_id, each.place) for each in found] == [
        (own, town.near.person_id, 1), (shared, town.rm2_east.person_id, 2), (little, town.near.person_id, 3),
    ]  # fmt: skip
    assert (found[1].contact_share_basis_points, found[1].customer_name, found[0].person_name) == (5_000, "欧阳芳", "李敏")
    assert (found[0].balance.amount, found[0].dependence_basis_points, found[0].leads) == ("50000.00", 10_000, False)


def test_second_contacts_are_for_those_who_depend_by_a_half_or_more(three, town):
    own, _, _ = three
    plan = propose(town.manager_east, town.rm1_east, SECOND, due_date=str(TODAY))
    (item,) = items(town.manager_east, plan)
    assert item.customer_id == own
    # A colleague of the unit, or whoever is in charge of it: neither leads anybody.
    assert item.person_id in (town.near.person_id, town.leader_east.person_id)
    # Both kinds may be under way, each once.
    propose(town.manager_east, town.rm1_east)
    with pytest.raises(AlreadyExists, match="PLAN_OPEN"):
        propose(town.manager_east, town.rm1_east, SECOND)
    town.manager_east.call("EndDeparturePlan", plan_id=plan.plan_id)
    assert propose(town.manager_east, town.rm1_east, SECOND, customer_count_max=1).item_count == 1


def test_who_leads_a_customer_by_now_is_the_one_to_know_him(three, town):
    own, _, _ = three
    town.reassign(own, town.rm1_east, town.rm2_east)
    (first, *_) = items(town.manager_east, propose(town.manager_east, town.rm1_east))
    assert (first.customer_id, first.person_id, first.leads) == (own, town.rm2_east.person_id, True)


def test_whoever_is_assigned_is_told_and_contacts_say_how_far_it_is(three, branch, town, at):
    own, shared, _ = three
    plan = propose(town.manager_east, town.rm1_east)
    third = items(town.manager_east, plan)[2]
    change(town.manager_east, third, state=DROPPED)
    plan = town.manager_east.call("StartDeparturePlan", plan_id=plan.plan_id)
    assert (plan.state, plan.start_date, plan.item_count) == (departure_pb2.DEPARTURE_PLAN_STATE_RUNNING, str(TODAY), 2)
    told = town.recorded(departure_events_pb2.DeparturePlanItemAssigned, plan_id=plan.plan_id)
    assert [(each.customer_id, each.person_id, each.due_date) for each in told] == [
        (own, town.near.person_id, plan.due_date), (shared, town.rm2_east.person_id, plan.due_date),
    ]  # fmt: skip
    (started,) = town.recorded(departure_events_pb2.DeparturePlanStarted, plan_id=plan.plan_id)
    assert (started.item_count, started.kind) == (2, HAND_OVER)
    # Met together, and before it began.
    branch.meet(own, town.rm1_east, town.near)
    branch.meet(own, town.near, day=TODAY - timedelta(days=1))
    branch.meet(shared, town.rm1_east)
    town.run_timer("departures.follow")
    first, second, _ = items(town.manager_east, plan)
    assert (first.contact_count, first.last_contact_date, first.state) == (1, str(TODAY), OPEN)
    assert (second.contact_count, second.last_contact_date) == (0, "")
    # That somebody looked is no change of the plan.
    assert town.manager_east.call("GetDeparturePlan", plan_id=plan.plan_id).etag == plan.etag
    branch.meet(own, town.near)
    town.run_timer("departures.follow")
    assert [each.state for each in items(town.manager_east, plan)] == [DONE, OPEN, DROPPED]
    assert town.manager_east.call("GetDeparturePlan", plan_id=plan.plan_id).done_count == 1
    for _ in range(2):
        branch.meet(shared, town.rm2_east)
    town.run_timer("departures.follow")
    ended = town.manager_east.call("GetDeparturePlan", plan_id=plan.plan_id)
    assert (ended.state, ended.done_count) == (departure_pb2.DEPARTURE_PLAN_STATE_ENDED, 2)
    (told,) = town.recorded(departure_events_pb2.DeparturePlanEnded, plan_id=plan.plan_id)
    assert (told.done_count, told.open_count) == (2, 0)
    done = town.recorded(departure_events_pb2.DeparturePlanItemDone, plan_id=plan.plan_id)
    assert [each.item_id for each in done] == [first.item_id, second.item_id]


def test_what_is_open_as_it_ends_is_named(three, town):
    plan = propose(town.manager_east, town.rm1_east)
    town.manager_east.call("StartDeparturePlan", plan_id=plan.plan_id)
    first, second, third = items(town.manager_east, plan)
    change(town.manager_east, third, state=DROPPED)
    (withdrawn,) = town.recorded(departure_events_pb2.DeparturePlanItemWithdrawn, plan_id=plan.plan_id)
    assert withdrawn.item_id == third.item_id
    ended = town.manager_east.call("EndDeparturePlan", plan_id=plan.plan_id)
    assert ended.state == departure_pb2.DEPARTURE_PLAN_STATE_ENDED
    (told,) = town.recorded(departure_events_pb2.DeparturePlanEnded, plan_id=plan.plan_id)
    assert (told.done_count, list(told.open_item_ids)) == (0, [first.item_id, second.item_id])


def test_somebody_else_may_be_assigned(three, branch, town):
    plan = propose(town.manager_east, town.rm1_east)
    first, second, _ = items(town.manager_east, plan)
    changed = change(town.manager_east, first, first.etag, person_id=town.rm2_east.person_id)
    assert (changed.person_id, changed.contact_share_basis_points) == (town.rm2_east.person_id, 0)
    with pytest.raises(StaleVersion, match="ITEM_CHANGED"):
        change(town.manager_east, first, first.etag, person_id=town.near.person_id)
    assert town.recorded(departure_events_pb2.DeparturePlanItemAssigned, plan_id=plan.plan_id) == []
    town.manager_east.call("StartDeparturePlan", plan_id=plan.plan_id)
    change(town.manager_east, first, person_id=town.near.person_id)
    told = town.recorded(departure_events_pb2.DeparturePlanItemAssigned, item_id=first.item_id)
    assert [each.person_id for each in told] == [town.rm2_east.person_id, town.near.person_id]
    # Nobody for now, and told of it no one.
    assert change(town.manager_east, first, paths=["person_id"]).person_id == ""
    assert town.manager_east.call("GetDeparturePlan", plan_id=plan.plan_id).unassigned_count == 1
    assert len(town.recorded(departure_events_pb2.DeparturePlanItemAssigned, item_id=first.item_id)) == 2
    for _ in range(2):
        branch.meet(second.customer_id, town.rm2_east)
    town.run_timer("departures.follow")
    with pytest.raises(RuleBroken, match="ITEM_DONE"):
        change(town.manager_east, second, state=DROPPED)


def test_what_cannot_be_is_refused(three, town):
    plan = propose(town.manager_east, town.rm1_east)
    first, *_ = items(town.manager_east, plan)
    for person_id, reason in (
        (town.rm1_east.person_id, "PERSON_UNFIT"), (str(uuid.uuid4()), "PERSON_NOT_FOUND"), ("x", "INVALID"),
    ):  # fmt: skip
        with pytest.raises((InvalidInput, NotFound), match=reason):
            change(town.manager_east, first, person_id=person_id)
    with pytest.raises(InvalidInput, match="STATE_UNFIT"):
        change(town.manager_east, first, state=DONE)
    with pytest.raises(InvalidInput, match="FIELD_UNKNOWN"):
        change(town.manager_east, first, paths=["nonsense"], state=DROPPED)
    with pytest.raises(NotFound, match="ITEM_NOT_FOUND"):
        change(town.manager_west, first, state=DROPPED)
    for date in ("2020-01-01", "9999-12-31"):
        with pytest.raises(InvalidInput, match="DATE_UNFIT"):
            propose(town.manager_east, town.rm2_east, due_date=date)
    with pytest.raises(InvalidInput, match="DATE_INVALID"):
        propose(town.manager_east, town.rm2_east, due_date="2026-02-30")
    with pytest.raises(RuleBroken, match="NOBODY_DEPENDS"):
        propose(town.manager_west, town.rm1_west)
    with pytest.raises(StaleVersion, match="PLAN_CHANGED"):
        town.manager_east.call("StartDeparturePlan", plan_id=plan.plan_id, etag="99")
    for each in items(town.manager_east, plan):
        change(town.manager_east, each, state=DROPPED)
    with pytest.raises(RuleBroken, match="NOBODY_ASSIGNED"):
        town.manager_east.call("StartDeparturePlan", plan_id=plan.plan_id)
    town.manager_east.call("EndDeparturePlan", plan_id=plan.plan_id)
    for call in ("StartDeparturePlan", "EndDeparturePlan"):
        with pytest.raises(RuleBroken, match=r"PLAN_(STARTED|OVER)"):
            town.manager_east.call(call, plan_id=plan.plan_id)
    with pytest.raises(RuleBroken, match="PLAN_OVER"):
        change(town.manager_east, first, state=OPEN)


def test_who_has_left_or_is_away_takes_nobody_over(three, town):
    # Shut out, and away until after the day by which it is to be done.
    town.announce(identity_events_pb2.PersonDisabled(person_id=town.near.person_id))
    away = {"person_id": town.rm2_east.person_id, "start_date": str(TODAY), "end_date": str(TODAY + timedelta(days=60))}
    town.announce(coverage_events_pb2.AbsenceCreated(absence_id=str(uuid.uuid4()), **away))
    # Of one who is gone himself a plan is made all the same.
    town.announce(identity_events_pb2.PersonDisabled(person_id=town.rm1_east.person_id))
    plan = propose(town.manager_east, town.rm1_east)
    assert (plan.item_count, plan.unassigned_count) == (3, 3)
    with pytest.raises(RuleBroken, match="NOBODY_ASSIGNED"):
        town.manager_east.call("StartDeparturePlan", plan_id=plan.plan_id)
    first, *_ = items(town.manager_east, plan)
    with pytest.raises(NotFound, match="PERSON_NOT_FOUND"):
        change(town.manager_east, first, person_id=town.near.person_id)
    # Who is in charge knows better than the calendar.
    assert change(town.manager_east, first, person_id=town.rm2_east.person_id).person_id == town.rm2_east.person_id


def test_before_the_first_analysis_there_is_no_plan(branch, town):
    with pytest.raises(RuleBroken, match="ANALYSIS_MISSING"):
        propose(town.manager_east, town.rm1_east)


def test_who_sees_it(three, branch, town):
    branch.customer(town.rm1_east, 5_000, (town.leader_east, 2, 10_000, 800))
    branch.analyse()
    plan, about_leader = propose(town.manager_east, town.rm1_east), propose(town.manager_east, town.leader_east)
    for reader in (town.manager_east, town.leader_east, town.analyst, town.auditor):
        assert reader.call("GetDeparturePlan", plan_id=plan.plan_id).plan_id == plan.plan_id
    with pytest.raises(NotFound, match="PLAN_NOT_FOUND"):
        town.manager_west.call("GetDeparturePlan", plan_id=plan.plan_id)
    with pytest.raises(NotFound, match="PLAN_NOT_FOUND"):
        town.manager_west.call("ListDeparturePlanItems", plan_id=plan.plan_id)
    # Nobody sees, or makes, one of his own.
    with pytest.raises(NotFound, match="PLAN_NOT_FOUND"):
        town.leader_east.call("GetDeparturePlan", plan_id=about_leader.plan_id)
    assert [each.plan_id for each in town.leader_east.call("ListDeparturePlans").departure_plans] == [plan.plan_id]
    listed = town.manager_east.call("ListDeparturePlans").departure_plans
    assert [each.plan_id for each in listed] == [about_leader.plan_id, plan.plan_id]
    with pytest.raises(NotAllowed, match="OWN_DEPARTURE"):
        propose(town.leader_east, town.leader_east)
    for person in (town.rm1_east, town.analyst):
        with pytest.raises(NotAllowed):
            propose(person, town.rm1_east)
    with pytest.raises(NotFound, match="PERSON_NOT_FOUND"):
        propose(town.manager_west, town.rm1_east)


def test_a_customer_who_goes_to_another_branch_leaves_its_readers(three, town):
    own, shared, little = three
    plan = propose(town.manager_east, town.rm1_east)
    town.reassign(shared, town.rm1_east, town.rm1_west)
    assert [each.customer_id for each in items(town.manager_east, plan)] == [own, little]
    assert len(items(town.analyst, plan)) == 3


def test_items_follow_merges_and_go_with_erasure(three, branch, town):
    own, shared, little = three
    plan = propose(town.manager_east, town.rm1_east)
    survivor, merge_id = town.customer(town.rm1_east), str(uuid.uuid4())
    told = {"merge_id": merge_id, "survivor_customer_id": survivor, "merged_customer_id": own}
    place = {"lead_person_id": town.rm1_east.person_id, "organisation_path": town.rm1_east.organisation_path}
    town.announce(duplicate_events_pb2.CustomersMerged(**told, display_name="欧阳芳", **place))
    assert [each.customer_id for each in items(town.manager_east, plan)] == [survivor, shared, little]
    town.announce(duplicate_events_pb2.CustomersUnmerged(**told, **place))
    assert [each.customer_id for each in items(town.manager_east, plan)] == [own, shared, little]
    town.announce(exchange_events_pb2.CustomerErased(customer_id=own))
    assert [each.customer_id for each in items(town.manager_east, plan)] == [shared, little]
    assert town.manager_east.call("GetDeparturePlan", plan_id=plan.plan_id).item_count == 2


def test_a_plan_moves_with_its_unit(three, town):
    plan = propose(town.manager_east, town.rm1_east)
    former, now = town.rm1_east.organisation_path, f"{town.root}WEST/E01/"
    town.announce(
        identity_events_pb2.OrganisationUnitMoved(
            organisation_unit_id=str(uuid.uuid4()), former_organisation_path=former, organisation_path=now
        )
    )
    assert town.manager_west.call("GetDeparturePlan", plan_id=plan.plan_id).organisation_path == now
    assert len(items(town.manager_west, plan)) == 3


def test_two_at_once_make_one_plan_and_start_it_once(three, branch, town):
    outcomes = []

    def attempt(call):
        try:
            outcomes.append(call())
        except (AlreadyExists, RuleBroken, StaleVersion) as refusal:
            outcomes.append(refusal.reason)

    run_together(attempt, [lambda: propose(town.manager_east, town.rm1_east)] * 2)
    (plan,) = (each for each in outcomes if not isinstance(each, str))
    assert [each for each in outcomes if isinstance(each, str)] == ["PLAN_OPEN"]
    outcomes.clear()
    run_together(attempt, [lambda: town.manager_east.call("StartDeparturePlan", plan_id=plan.plan_id)] * 2)
    assert [each for each in outcomes if isinstance(each, str)] == ["PLAN_STARTED"]
    assert len(town.recorded(departure_events_pb2.DeparturePlanItemAssigned, plan_id=plan.plan_id)) == 3
    first, *_ = items(town.manager_east, plan)
    outcomes.clear()
    others = (town.rm2_east, town.near)
    run_together(attempt, [lambda p=p: change(town.manager_east, first, first.etag, person_id=p.person_id) for p in others])
    (kept,) = branch.read(DeparturePlanItem, DeparturePlanItem.item_id == first.item_id)
    assert kept.person_id in {each.person_id for each in others}
    assert kept.state == ItemState.OPEN
    assert branch.read(DeparturePlan)[0].state == PlanState.RUNNING


def test_a_repeat_with_the_same_id_changes_nothing(three, town):
    request_id = str(uuid.uuid4())
    first = propose(town.manager_east, town.rm1_east, request_id=request_id)
    assert propose(town.manager_east, town.rm1_east, request_id=request_id) == first
