"""Supporting relationship managers and deputies: whom they reach, from which day to which, and what they may not do."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta

import pytest
from workbench.customer.v1 import coverage_events_pb2, coverage_pb2, customer_pb2

from services.chassis.kernel.caller import Scope
from services.chassis.kernel.errors import AlreadyExists, InvalidInput, NotAllowed, NotFound, RuleBroken, WorkbenchError
from services.chassis.outbox.table import OutboxMessage
from tests.component.customer.conftest import LEADS_PEOPLE
from tests.component.customer.test_coverages import history
from tests.component.customer.test_customers import audit_of, run_together

DAY = timedelta(days=1)


@pytest.fixture
def clock(service, monkeypatch):
    """Moves the service's day: `clock(3)` is in three days."""
    started = service.database.clock

    def move(days):
        monkeypatch.setattr(service.database, "clock", lambda: started() + timedelta(days=days))

    return move


@pytest.fixture
def today(service):
    with service.database.transaction(read_only=True) as work:
        return work.business_date


def told(service, message, subject):
    with service.database.transaction(read_only=True) as work:
        rows = work.session.query(OutboxMessage).filter_by(subject=subject, type=message.DESCRIPTOR.full_name)
        return [message.FromString(row.data) for row in rows.order_by(OutboxMessage.sequence)]


def support(colleague, customer, person, **fields):
    fields = {"reason": "项目协办"} | {name: str(value) for name, value in fields.items()}
    return colleague.call("CreateCoverage", customer_id=customer.customer_id, person_id=person.person_id, **fields)


def end(colleague, coverage, **fields):
    fields = {name: str(value) for name, value in fields.items()}
    return colleague.call("EndCoverage", customer_id=coverage.customer_id, coverage_id=coverage.coverage_id, **fields)


def absent(colleague, start, last, *deputies, **fields):
    return colleague.call(
        "CreateAbsence", start_date=str(start), end_date=str(last), deputies=[deputy(*each) for each in deputies], **fields
    )


def deputy(person, *customers):
    return coverage_pb2.Deputy(person_id=person.person_id, customer_ids=[customer.customer_id for customer in customers])


def reaches(colleague, customer):
    try:
        return colleague.get(customer).customer_id == customer.customer_id
    except NotFound:
        return False


def test_who_supports_a_customer_reads_lists_and_edits_it_as_its_lead_does(town):
    made, own = town.rm1_east.create(), town.rm2_east.create()
    assert not reaches(town.rm2_east, made)
    coverage = support(town.rm1_east, made, town.rm2_east)
    assert (coverage.role, coverage.end_date) == (customer_pb2.COVERAGE_ROLE_SUPPORTING, "")
    assert town.rm2_east.get(made) == made
    assert set(town.rm2_east.numbers()) == {own.customer_number, made.customer_number}
    edited = town.rm2_east.update(made, etag=made.etag, display_name="欧阳芳")
    assert town.rm1_east.get(made) == edited
    assert town.rm2_east.call("RevealCustomer", customer_id=made.customer_id, purpose="call back").display_name == "欧阳芳"
    assert [c.role for c in history(town.rm2_east, made)] == [2, 1]
    (event,) = told(town.service, coverage_events_pb2.CoverageStarted, made.customer_id)
    assert (event.coverage_id, event.person_id) == (coverage.coverage_id, town.rm2_east.person_id)
    assert [record.method for record in audit_of(town.service, made.customer_id)][1] == "CreateCoverage"


def test_pages_of_ones_own_and_of_supported_customers_are_one_list(town):
    mine = [town.rm1_east.create() for _ in range(5)]
    supported = [town.rm2_east.create() for _ in range(4)]
    for customer in supported:
        support(town.rm2_east, customer, town.rm1_east)
    numbers = sorted(customer.customer_number for customer in (*mine, *supported))
    assert [customer.customer_number for customer in town.rm1_east.pages(2)] == numbers
    assert town.rm1_east.numbers(order_by="customer_number desc") == numbers[::-1]


def test_who_only_supports_a_customer_does_not_decide_who_looks_after_it(town):
    made, third = town.rm1_east.create(), town.relationship_manager("EAST/E03/")
    coverage = support(town.rm1_east, made, town.rm2_east)
    with pytest.raises(NotAllowed, match="NOT_IN_CHARGE"):
        town.rm2_east.reassign(made, town.rm2_east)
    with pytest.raises(NotAllowed, match="NOT_IN_CHARGE"):
        support(town.rm2_east, made, third)
    other = support(town.manager_east, made, third)
    with pytest.raises(NotAllowed, match="NOT_IN_CHARGE"):
        end(town.rm2_east, other)
    assert end(town.rm2_east, coverage).revoked
    assert not reaches(town.rm2_east, made)


def test_supporting_begins_and_ends_on_its_days_without_anybody_writing(town, clock, today):
    made = town.rm1_east.create()
    coverage = support(town.rm1_east, made, town.rm2_east, start_date=today + DAY, end_date=today + 2 * DAY)
    for days, expected in ((0, False), (1, True), (2, True), (3, False)):
        clock(days)
        assert reaches(town.rm2_east, made) is expected
        assert (made.customer_number in town.rm2_east.numbers()) is expected
    with pytest.raises(RuleBroken, match="COVERAGE_ENDED"):
        end(town.rm1_east, coverage)
    clock(0)
    ended = end(town.rm1_east, coverage)
    assert (ended.start_date, ended.end_date, ended.revoked) == (str(today + DAY), str(today + DAY), True)
    clock(1)
    assert not reaches(town.rm2_east, made)


def test_an_end_at_once_is_at_once_and_one_with_a_day_keeps_it(town, clock, today):
    made = town.rm1_east.create()
    assert end(town.rm1_east, support(town.rm1_east, made, town.rm2_east), end_date=today + DAY).end_date == str(today + DAY)
    assert reaches(town.rm2_east, made)
    clock(2)
    assert not reaches(town.rm2_east, made)
    end(town.rm1_east, support(town.rm1_east, made, town.rm2_east))
    assert not reaches(town.rm2_east, made)
    assert reaches(town.rm1_east, made)


def test_what_no_supporting_coverage_can_be(town, today):
    made = town.rm1_east.create()
    with pytest.raises(RuleBroken, match="ALREADY_LEADS"):
        support(town.manager_east, made, town.rm1_east)
    for stranger in (town.rm1_west, town.manager_east):
        with pytest.raises(NotFound, match="PERSON_NOT_FOUND"):
            support(town.rm1_east, made, stranger)
    with pytest.raises(NotFound, match="CUSTOMER_NOT_FOUND"):
        support(town.rm1_west, made, town.rm1_west)
    for days in (
        {"start_date": today - DAY},
        {"end_date": today - DAY},
        {"start_date": today + 2 * DAY, "end_date": today + DAY},
        {"start_date": "2026-02-30"},
    ):
        with pytest.raises(InvalidInput, match="DATE"):
            support(town.rm1_east, made, town.rm2_east, **days)
    support(town.rm1_east, made, town.rm2_east, start_date=today + DAY, end_date=today + 3 * DAY)
    with pytest.raises(AlreadyExists, match="ALREADY_SUPPORTS"):
        support(town.rm1_east, made, town.rm2_east)
    support(town.rm1_east, made, town.rm2_east, end_date=today)
    lead = next(coverage for coverage in history(town.rm1_east, made) if coverage.role == customer_pb2.COVERAGE_ROLE_LEAD)
    with pytest.raises(RuleBroken, match="COVERAGE_LEADS"):
        end(town.manager_east, lead)
    with pytest.raises(NotFound, match="COVERAGE_NOT_FOUND"):
        town.rm1_east.call("EndCoverage", customer_id=made.customer_id, coverage_id=str(uuid.uuid4()))


def test_who_comes_to_lead_a_customer_supports_it_no_more(town):
    made = town.rm1_east.create()
    support(town.rm1_east, made, town.rm2_east)
    town.rm1_east.reassign(made, town.rm2_east)
    holding = [coverage for coverage in history(town.manager_east, made) if not coverage.end_date]
    assert [(c.person_id, c.role) for c in holding] == [(town.rm2_east.person_id, customer_pb2.COVERAGE_ROLE_LEAD)]
    town.rm2_east.reassign(made, town.rm1_east)
    assert not reaches(town.rm2_east, made)


def test_supporting_widens_no_post_over_units(town):
    """Who reads a branch by his post, and supports nobody there by it, still sees that branch alone."""
    both = town.colleague(LEADS_PEOPLE, Scope(organisation_paths=(f"{town.root}WEST/",)), town.rm2_east.person_id)
    made = town.rm1_east.create()
    support(town.rm1_east, made, town.rm2_east)
    assert not reaches(both, made)


def test_a_deputy_reaches_all_customers_of_the_absent_one_on_those_days_and_none_other(town, clock, today):
    made, support_of = town.rm1_east.create(), town.rm2_east.create()
    support(town.rm2_east, support_of, town.rm1_east)
    third = town.relationship_manager("EAST/E03/")
    planned = absent(town.rm1_east, today + DAY, today + 2 * DAY, (third,), reason="年假")
    assert planned.state == coverage_pb2.ABSENCE_STATE_PLANNED
    for days, expected in ((0, False), (1, True), (2, True), (3, False)):
        clock(days)
        assert reaches(third, made) is expected
        assert reaches(town.rm1_east, made)
        assert not reaches(third, support_of)
    clock(1)
    assert third.update(made, display_name="欧阳芳").display_name == "欧阳芳"
    assert made.customer_number in third.numbers()
    with pytest.raises(NotAllowed, match="NOT_IN_CHARGE"):
        third.reassign(made, third)
    later = town.rm1_east.create()
    assert reaches(third, later)
    with pytest.raises(NotFound, match="ABSENCE_NOT_FOUND"):
        third.call("CancelAbsence", absence_id=planned.absence_id)
    assert third.call("GetAbsence", absence_id=planned.absence_id) == planned
    cancelled = town.manager_east.call("CancelAbsence", absence_id=planned.absence_id)
    assert cancelled.state == coverage_pb2.ABSENCE_STATE_CANCELLED
    assert not reaches(third, made)
    with pytest.raises(RuleBroken, match="ABSENCE_CANCELLED"):
        town.rm1_east.call("CancelAbsence", absence_id=planned.absence_id)
    assert told(town.service, coverage_events_pb2.AbsenceCreated, planned.absence_id)
    assert told(town.service, coverage_events_pb2.AbsenceCancelled, planned.absence_id)


def test_several_deputies_share_customers_and_lose_one_that_goes_to_another_lead(town, clock, today):
    first, second, rest = (town.rm1_east.create() for _ in range(3))
    third = town.relationship_manager("EAST/E03/")
    planned = absent(town.rm1_east, today, today, (town.rm2_east, first, second), (third,))
    assert {(d.person_id, len(d.customer_ids)) for d in planned.deputies} == {(town.rm2_east.person_id, 2), (third.person_id, 0)}
    assert [reaches(town.rm2_east, customer) for customer in (first, second, rest)] == [True, True, False]
    assert all(reaches(third, customer) for customer in (first, second, rest))
    town.manager_east.reassign(first, town.relationship_manager("EAST/E04/"))
    assert not reaches(town.rm2_east, first)
    assert not reaches(third, first)
    assert reaches(town.rm2_east, second)


def test_what_no_absence_can_be(town, today):
    made, theirs = town.rm1_east.create(), town.rm2_east.create()
    third, fourth = town.relationship_manager("EAST/E03/"), town.relationship_manager("EAST/E04/")
    for days in ((today - DAY, today), (today + DAY, today), (today, today + 366 * DAY), ("2026-02-30", "2026-03-01")):
        with pytest.raises(InvalidInput, match="DATE"):
            absent(town.rm1_east, *days, (third,))
    for deputies in (((town.rm1_east,),), ((third,), (fourth,)), ((third, made), (fourth, made))):
        with pytest.raises(InvalidInput, match="DEPUTIES_UNFIT"):
            absent(town.rm1_east, today, today, *deputies)
    with pytest.raises(NotFound, match="PERSON_NOT_FOUND"):
        absent(town.rm1_east, today, today, (town.rm1_west,))
    with pytest.raises(NotFound, match="PERSON_NOT_FOUND"):
        absent(town.rm1_east, today, today, (third,), person_id=town.rm2_east.person_id)
    with pytest.raises(NotFound, match="CUSTOMER_NOT_FOUND"):
        absent(town.rm1_east, today, today, (third, made, theirs))
    absent(town.rm1_east, today + DAY, today + 5 * DAY, (third,))
    with pytest.raises(AlreadyExists, match="ABSENCE_OVERLAPS"):
        absent(town.manager_east, today + 5 * DAY, today + 6 * DAY, (third,), person_id=town.rm1_east.person_id)
    with pytest.raises(RuleBroken, match="STANDS_IN"):
        absent(third, today + 5 * DAY, today + 6 * DAY, (fourth,))
    with pytest.raises(RuleBroken, match="DEPUTY_ABSENT"):
        absent(fourth, today + 5 * DAY, today + 6 * DAY, (town.rm1_east,))
    absent(third, today + 6 * DAY, today + 6 * DAY, (fourth,))


def test_who_sees_which_absences_page_by_page(town, today):
    third = town.relationship_manager("EAST/E03/")
    planned = [absent(town.rm1_east, today + n * DAY, today + n * DAY, (third,)).absence_id for n in range(3)]

    def seen(colleague, **filters):
        token, found = "", []
        while True:
            page = colleague.call("ListAbsences", page_size=2, page_token=token, **filters)
            found += [absence.absence_id for absence in page.absences]
            if not (token := page.next_page_token):
                return found

    for colleague in (town.rm1_east, third, town.manager_east, town.analyst):
        assert seen(colleague) == planned[::-1]
    assert seen(town.rm2_east) == seen(town.manager_west) == []
    assert seen(town.manager_east, on_date=str(today + DAY)) == [planned[1]]
    assert seen(town.manager_east, person_id=third.person_id) == []
    with pytest.raises(NotFound, match="ABSENCE_NOT_FOUND"):
        town.rm2_east.call("GetAbsence", absence_id=planned[0])


def test_of_two_who_would_stand_in_for_each_other_one_is_told(town, today):
    pair = (town.rm1_east, town.rm2_east)
    barrier, outcomes = threading.Barrier(2), []

    def plan(place):
        barrier.wait()
        try:
            absent(pair[place], today, today, (pair[1 - place],))
            outcomes.append("planned")
        except WorkbenchError as refusal:
            outcomes.append(refusal.reason)

    run_together(plan, (0, 1))
    assert outcomes.count("planned") == 1
    assert min(outcomes) in {"STANDS_IN", "DEPUTY_ABSENT"}


def test_customers_depend_on_so_few_people(town, clock, today):
    made = town.rm1_east.create()
    clock(9)
    support(town.rm1_east, made, town.rm2_east)

    def found(colleague, **filters):
        return colleague.call("ListCoverageDependence", **filters).dependences

    (one,) = found(town.manager_east, lead_person_id=town.rm1_east.person_id)
    assert (one.customer_number, one.lead_tenure_days, one.bank_people_count) == (made.customer_number, 10, 2)
    assert (one.single_threaded, one.last_change_date) == (False, str(today + 9 * DAY))
    clock(20)
    town.manager_east.reassign(made, town.rm2_east)
    town.rm2_east.reassign(made, town.rm1_east)
    (one,) = found(town.rm1_east)
    assert (one.lead_tenure_days, one.bank_people_count, one.single_threaded) == (1, 1, True)
    assert one.last_change_date == str(today + 20 * DAY)
    assert list(found(town.manager_west)) == []
    town.rm1_east.create()
    page = town.rm1_east.call("ListCoverageDependence", page_size=1)
    rest = town.rm1_east.call("ListCoverageDependence", page_size=1, page_token=page.next_page_token)
    assert page.dependences[0].customer_number < rest.dependences[0].customer_number
    assert rest.next_page_token == ""
