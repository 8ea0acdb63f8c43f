"""What the service knows of people, customers and coverages it knows by others' events, and decides by those who reaches what."""

from contextlib import contextmanager
from datetime import date

import pytest
from workbench.customer.v1 import coverage_events_pb2, duplicate_events_pb2, exchange_events_pb2
from workbench.customer.v1 import events_pb2 as customer_events_pb2
from workbench.identity.v1 import events_pb2

from services.activity.usecases import reaching
from services.chassis.kernel.errors import NotFound, RuleBroken


@contextmanager
def acting(town, person):
    """A transaction of somebody with the scope of his post."""
    (grant,) = person.caller.grants
    with town.service.database.transaction(person.caller, scope=grant.scope) as work:
        yield work


def reaches(town, person, customer_id):
    with acting(town, person) as work:
        try:
            return reaching.customer(work, customer_id).customer_id == customer_id
        except NotFound:
            return False


def test_a_customer_is_reached_by_its_lead_and_those_in_charge_and_nobody_else(town):
    customer = town.customer(town.rm1_east)
    reached_by = [p for p in (town.rm1_east, town.leader_east, town.manager_east, town.analyst) if reaches(town, p, customer)]
    assert len(reached_by) == 4
    assert not any(reaches(town, person, customer) for person in (town.rm2_east, town.rm1_west, town.manager_west))


def test_a_hand_over_takes_the_customer_out_of_the_formers_reach(town):
    customer = town.customer(town.rm1_east)
    town.reassign(customer, town.rm1_east, town.rm2_east)
    assert reaches(town, town.rm2_east, customer)
    assert not reaches(town, town.rm1_east, customer)


def test_a_supporter_reaches_the_customer_until_it_ends(town):
    customer, today = town.customer(town.rm1_east), date(2026, 1, 1)
    told = {"customer_id": customer, "coverage_id": f"c-{customer}", "person_id": town.rm2_east.person_id}
    town.announce(coverage_events_pb2.CoverageStarted(**told, start_date=today.isoformat()))
    assert reaches(town, town.rm2_east, customer)
    town.announce(coverage_events_pb2.CoverageEnded(**told, end_date=today.isoformat(), revoked=True))
    assert not reaches(town, town.rm2_east, customer)


def test_a_deputy_reaches_the_absents_customers_until_the_absence_is_cancelled(town):
    customer = town.customer(town.rm1_east)
    absence = {"absence_id": f"a-{customer}", "person_id": town.rm1_east.person_id}
    deputies = [{"person_id": town.rm2_east.person_id}]
    days = {"start_date": "2020-01-01", "end_date": "2099-12-31"}
    town.announce(coverage_events_pb2.AbsenceCreated(**absence, **days, deputies=deputies))
    assert reaches(town, town.rm2_east, customer)
    with acting(town, town.rm2_east) as work:
        assert reaching.person(work, town.rm1_east.person_id).person_id == town.rm1_east.person_id
    town.announce(coverage_events_pb2.AbsenceCancelled(**absence))
    assert not reaches(town, town.rm2_east, customer)


def test_of_a_merged_or_erased_customer_nothing_new_is_kept(town):
    survivor, merged, erased = (town.customer(town.rm1_east) for _ in range(3))
    town.announce(
        duplicate_events_pb2.CustomersMerged(
            survivor_customer_id=survivor, merged_customer_id=merged, merge_id=f"m-{merged}", display_name="欧阳芳",
            lead_person_id=town.rm1_east.person_id, organisation_path=town.rm1_east.organisation_path,
        )
    )  # fmt: skip
    town.announce(exchange_events_pb2.CustomerErased(customer_id=erased, erasure_id="e"))
    with acting(town, town.rm1_east) as work:
        for customer, reason in ((merged, "CUSTOMER_MERGED"), (erased, "CUSTOMER_GONE")):
            with pytest.raises(RuleBroken) as refused:
                reaching.customer(work, customer, to_keep=True)
            assert refused.value.reason == reason
        assert reaching.customer(work, erased).display_name.startswith("已删除")


def test_changes_are_told_and_come_twice_without_harm(town):
    customer = town.customer(town.rm1_east)
    for _ in range(2):
        town.announce(customer_events_pb2.CustomerUpdated(customer_id=customer, display_name="李四", tier=2))
    with acting(town, town.rm1_east) as work:
        assert reaching.customer_names(work, [customer, None]) == {customer: "李四"}
    with acting(town, town.rm1_west) as work:
        assert reaching.customer_names(work, [customer]) == {}


def test_leaders_are_of_the_unit_or_of_the_nearest_above(town):
    with acting(town, town.rm1_east) as work:
        assert reaching.leaders_of(work, town.rm1_east.organisation_path) == [town.leader_east.person_id]
        assert reaching.leaders_of(work, town.rm2_east.organisation_path) == [town.manager_east.person_id]
        assert reaching.leaders_of(work, town.root) == []
    town.announce(events_pb2.PersonDisabled(person_id=town.leader_east.person_id))
    with acting(town, town.rm1_east) as work:
        assert reaching.leaders_of(work, town.rm1_east.organisation_path) == [town.manager_east.person_id]


def test_a_unit_that_moves_takes_people_and_customers_along(town):
    customer = town.customer(town.rm1_east)
    town.announce(
        events_pb2.OrganisationUnitMoved(
            organisation_unit_id="u", former_organisation_path=f"{town.root}EAST/", organisation_path=f"{town.root}WEST/EAST/"
        )
    )
    assert reaches(town, town.manager_west, customer)
    with acting(town, town.manager_west) as work:
        assert reaching.person(work, town.rm1_east.person_id).organisation_path == f"{town.root}WEST/EAST/E01/"
