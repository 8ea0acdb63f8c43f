"""The visits of a week: proposed over its workdays, accepted, moved and declined, and done by what is recorded."""

import time
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select
from workbench.activity.v1 import contact_pb2
from workbench.customer.v1 import coverage_events_pb2

from services.activity.model.contact import Contact
from services.activity.model.notification import Notification
from services.activity.model.visit_cycle import VisitWeek
from services.activity.usecases.visit_cycles import assessing
from services.chassis.kernel.errors import InvalidInput, NotFound, RuleBroken, StaleVersion
from services.chassis.longwork.table import ENDED, Operation
from tests.component.activity.test_visit_cycles import (
    ACCEPTED,
    DECLINED,
    DONE,
    NO_TIME,
    NOW,
    TODAY,
    cycles,
    hear,
    in_cycle,
    make_due,
    plan,
    proposals,
    refresh,
    see,
    set_rule,
)  # fmt: skip
from tests.component.town import run_together


@pytest.fixture(autouse=True)
def _now(at):
    at(NOW)


def test_a_week_is_planned_evenly_over_the_days_on_which_he_works(town):
    customers = [town.customer(town.rm1_east) for _ in range(8)]
    in_cycle(town, *customers)
    absence = {"absence_id": str(uuid.uuid4()), "person_id": town.rm1_east.person_id}
    town.announce(coverage_events_pb2.AbsenceCreated(**absence, start_date="2026-12-01", end_date="2026-12-01"))
    answer = plan(town.rm1_east)
    days = [each.planned_date for each in answer.visit_proposals]
    assert {day: days.count(day) for day in days} == {"2026-11-30": 2, "2026-12-02": 2, "2026-12-03": 2, "2026-12-04": 2}
    assert sorted(each.customer_id for each in answer.visit_proposals) == sorted(customers)
    assert answer.left_over_count == 0
    assert {each.overdue_days for each in answer.visit_proposals} == {8, 10, 11, 12}
    # Again, the same.
    again = plan(town.rm1_east).visit_proposals
    days_of = [{each.customer_id: each.planned_date for each in of} for of in (again, answer.visit_proposals)]
    assert days_of[0] == days_of[1]
    assert len(proposals(town.rm1_east)) == 8


def test_nobody_visits_on_a_holiday_or_in_a_weekend(town):
    customers = [town.customer(town.rm1_east) for _ in range(12)]
    in_cycle(town, *customers)
    # The first of January of 2027 is a Friday and free.
    answer = town.rm1_east.call("PlanVisits", week_start_date="2026-12-31")
    assert {each.planned_date for each in answer.visit_proposals} == {f"2026-12-{day}" for day in (28, 29, 30, 31)}


def test_customers_of_one_place_are_visited_on_one_day(town):
    customers = [town.customer(town.rm1_east) for _ in range(8)]
    set_rule(town, by_place=True)
    in_cycle(town, *customers)
    shown = cycles(town.rm1_east)
    for customer in customers[::2]:
        sent = {"visit_cycle_id": shown[customer].visit_cycle_id, "place": " 海淀  区", "etag": shown[customer].etag}
        changed = town.rm1_east.call("UpdateVisitCycle", visit_cycle=sent, update_mask={"paths": ["place"]})
        assert changed.place == "海淀 区"
    days = {each.customer_id: each.planned_date for each in plan(town.rm1_east).visit_proposals}
    assert len({days[customer] for customer in customers[::2]}) == 1
    assert len(days) == 8


def test_who_does_not_fit_in_is_left_over_and_whoever_is_due_longest_comes_first(town):
    customers = [town.customer(town.rm1_east) for _ in range(7)]
    set_rule(town, visits_per_day_max=1)
    in_cycle(town, *customers)
    make_due(town, customers[3], due=TODAY - timedelta(days=50))
    answer = plan(town.rm1_east)
    assert (len(answer.visit_proposals), answer.left_over_count) == (5, 2)
    assert answer.visit_proposals[0].customer_id == customers[3]
    assert next(iter(cycles(town.rm1_east, overdue=True))) == customers[3]
    assert cycles(town.rm1_east)[customers[3]].overdue_days == 50
    # What is planned already takes room, and nobody is planned twice.
    town.rm1_east.call("AcceptVisitProposal", visit_proposal_id=answer.visit_proposals[0].visit_proposal_id)
    again = plan(town.rm1_east)
    assert len({each.customer_id for each in again.visit_proposals}) == len(again.visit_proposals) == 5


def test_an_accepted_visit_is_a_planned_contact_and_follows_it(town, at):
    customer = town.customer(town.rm1_east)
    in_cycle(town, customer)
    (proposal,) = plan(town.rm1_east).visit_proposals
    with pytest.raises(NotFound):
        town.rm1_west.call("AcceptVisitProposal", visit_proposal_id=proposal.visit_proposal_id)
    with pytest.raises(InvalidInput) as unfit:
        town.rm1_east.call("AcceptVisitProposal", visit_proposal_id=proposal.visit_proposal_id, start_time=NOW)
    assert unfit.value.reason == "DATE_UNFIT"
    accepted = town.rm1_east.call("AcceptVisitProposal", visit_proposal_id=proposal.visit_proposal_id, etag=proposal.etag)
    assert accepted.state == ACCEPTED
    contact = town.rm1_east.call("GetContact", contact_id=accepted.contact_id)
    assert (contact.state, contact.business_date, contact.minutes) == (
        contact_pb2.CONTACT_STATE_PLANNED, proposal.planned_date, 30,
    )  # fmt: skip
    # Nine o'clock in the bank's zone.
    assert contact.start_time.ToDatetime(UTC) == datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
    with pytest.raises((RuleBroken, StaleVersion)):
        town.rm1_east.call("DeclineVisitProposal", visit_proposal_id=proposal.visit_proposal_id, reason=NO_TIME)
    at(datetime(2026, 11, 30, 3, 0, tzinfo=UTC))
    town.rm1_east.call("CompleteContact", contact_id=accepted.contact_id, summary="好")
    hear(town)
    (done,) = proposals(town.rm1_east)
    assert done.state == DONE
    assert cycles(town.rm1_east)[customer].last_contact_date == "2026-11-30"


def test_a_contact_that_was_not_proposed_settles_what_is(town):
    customer = town.customer(town.rm1_east)
    in_cycle(town, customer)
    plan(town.rm1_east)
    see(town.rm1_east, customer)
    hear(town)
    assert [each.state for each in proposals(town.rm1_east)] == [DONE]
    assert not plan(town.rm1_east).visit_proposals[1:]


def test_a_visit_moves_within_its_week_and_stays_there(town):
    customers = [town.customer(town.rm1_east) for _ in range(3)]
    in_cycle(town, *customers)
    proposal = plan(town.rm1_east).visit_proposals[0]
    for day in ("2026-12-05", "2026-12-07", "2026-11-27", "0001-01-01", "9999-12-31", "2026-02-30"):
        with pytest.raises(InvalidInput):
            town.rm1_east.call("MoveVisitProposal", visit_proposal_id=proposal.visit_proposal_id, planned_date=day)
    moved = town.leader_east.call("MoveVisitProposal", visit_proposal_id=proposal.visit_proposal_id, planned_date="2026-12-04")
    assert (moved.planned_date, moved.moved) == ("2026-12-04", True)
    days = {each.customer_id: each.planned_date for each in plan(town.rm1_east).visit_proposals}
    assert days[proposal.customer_id] == "2026-12-04"
    assert len(days) == 3
    with pytest.raises(StaleVersion):
        town.rm1_east.call(
            "DeclineVisitProposal", visit_proposal_id=proposal.visit_proposal_id, reason=NO_TIME, etag=proposal.etag
        )
    declined = town.rm1_east.call("DeclineVisitProposal", visit_proposal_id=proposal.visit_proposal_id, reason=NO_TIME)
    assert declined.state == DECLINED
    # Not again in this week.
    again = plan(town.rm1_east).visit_proposals
    assert [each.state for each in again if each.customer_id == proposal.customer_id] == [DECLINED]
    with pytest.raises(RuleBroken):
        town.rm1_east.call("AcceptVisitProposal", visit_proposal_id=proposal.visit_proposal_id)


@pytest.mark.parametrize("day", ["2026-11-22", "2027-03-01", "0001-01-01", "9999-12-31", "2026-13-01"])
def test_a_week_that_is_over_or_far_off_is_not_planned(town, day):
    with pytest.raises(InvalidInput):
        town.rm1_east.call("PlanVisits", week_start_date=day)
    if day != "2026-13-01":
        assert not town.rm1_east.call("ListVisitProposals", week_start_date=day).visit_proposals


def test_each_week_the_next_one_is_proposed_once(town, at):
    # Weeks of their own, since the whole bank is planned: years after those of every other test.
    thursday = datetime(2031, 3, 6, 2, 0, tzinfo=UTC) + timedelta(days=7 * (uuid.uuid4().int % 400))
    at(thursday)
    customer = town.customer(town.rm1_east)
    refresh(town.manager_east)
    make_due(town, customer, due=thursday.date())
    with town.service.database.transaction() as work:
        # The first time of all has a test of its own.
        work.session.merge(VisitWeek(week_start_date=date(2000, 1, 3), create_time=NOW))
    before = operations(town)
    at(thursday - timedelta(days=1))
    town.run_timer("visit_cycles.week")
    assert operations(town) == before
    at(thursday)
    for _ in range(2):
        town.run_timer("visit_cycles.week")
    wait(town)
    assert len(operations(town)) == len(before) + 1
    monday = (thursday + timedelta(days=4)).date().isoformat()
    shown = town.rm1_east.call("ListVisitProposals", week_start_date=monday).visit_proposals
    assert [each.customer_id for each in shown] == [customer]
    with town.service.database.transaction(read_only=True) as work:
        note = work.session.scalars(select(Notification).filter_by(person_id=town.rm1_east.person_id)).one()
    assert (note.kind, note.parameters) == ("visits_proposed", {"count": "1", "weekStartDate": monday})


def test_the_first_week_of_all_is_this_one(town):
    town.customer(town.rm1_east)
    with pytest.raises(ZeroDivisionError), town.service.database.transaction() as work:
        work.session.execute(delete(VisitWeek))
        before = set(work.session.scalars(select(Operation.operation_id)))
        for _ in range(2):
            assessing.begin_week(work)
        (asked,) = [each for each in work.session.scalars(select(Operation)) if each.operation_id not in before]
        assert asked.parameters["week_start_date"] == "2026-11-23"
        # Nothing of this stays.
        raise ZeroDivisionError


def operations(town):
    with town.service.database.transaction(read_only=True) as work:
        return set(work.session.scalars(select(Operation.operation_id).filter_by(kind=assessing.WEEK)))


def wait(town):
    for _ in range(400):
        with town.service.database.transaction(read_only=True) as work:
            if not work.session.scalars(
                select(Operation).where(Operation.kind == assessing.WEEK, Operation.state.not_in(ENDED))
            ).all():
                return
        time.sleep(0.05)
    raise AssertionError("The week is not planned.")


def test_two_who_accept_make_one_contact(town):
    customer = town.customer(town.rm1_east)
    in_cycle(town, customer)
    (proposal,) = plan(town.rm1_east).visit_proposals
    outcomes = []

    def accept(person):
        try:
            outcomes.append(person.call("AcceptVisitProposal", visit_proposal_id=proposal.visit_proposal_id).contact_id)
        except (RuleBroken, StaleVersion) as refused:
            outcomes.append(refused.reason)

    run_together(accept, (town.rm1_east, town.leader_east, town.manager_east))
    assert len([each for each in outcomes if each != "VISIT_DECIDED"]) == 1
    with town.service.database.transaction(read_only=True) as work:
        assert len(work.session.scalars(select(Contact).filter_by(customer_id=customer)).all()) == 1


def test_two_who_plan_one_week_propose_each_visit_once(town):
    customers = [town.customer(town.rm1_east) for _ in range(4)]
    in_cycle(town, *customers)
    run_together(lambda person: plan(person, person_id=town.rm1_east.person_id), (town.rm1_east, town.leader_east))
    assert sorted(each.customer_id for each in proposals(town.rm1_east)) == sorted(customers)
