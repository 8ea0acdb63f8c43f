"""Somebody leaves: what would go is foreseen from before, and what went is measured 90 days later."""

from datetime import UTC, datetime, timedelta

import pytest
from workbench.analytics.v1 import departure_events_pb2, departure_pb2
from workbench.customer.v1 import coverage_events_pb2, exchange_events_pb2

from services.analytics.model import Departure, DepartureCustomer
from services.analytics.rules.departures import DepartureState
from services.chassis.kernel.errors import NotAllowed, NotFound
from tests.component.analytics.departure_builders import AS_OF, Branch, ago

LEFT = AS_OF + timedelta(days=1)


@pytest.fixture
def branch(town, at):
    at(datetime(2026, 11, 27, 2, 0, tzinfo=UTC))
    return Branch(town)


def leave(town, person, left_date=LEFT):
    told = {"person_id": person.person_id, "organisation_path": person.organisation_path, "customer_count": 2}
    for _ in range(2):
        town.announce(coverage_events_pb2.RelationshipManagerLeft(left_date=str(left_date), **told))


def days_of(amounts_before_and_after, gone_after=60, until=100):
    """Customers' days from 40 before he left to 100 or more after: what they have changes on a day."""
    return [
        {"customer_number": number, "day": LEFT + timedelta(days=day), "deposit": before if day < gone_after else after}
        for day in range(-40, until + 1)
        for number, (before, after) in amounts_before_and_after.items()
    ]


def test_what_would_go_is_foreseen_and_what_went_is_measured(branch, town):
    stays = branch.customer(town.rm1_east, 1_000_000, (town.rm1_east, 3, 7_500, 800), (town.rm2_east, 1, 2_500, 800))
    goes = branch.customer(town.rm1_east, 4_000_000, (town.rm1_east, 5, 10_000, 800))
    other = branch.customer(town.rm2_east, 9_000_000, (town.rm2_east, 1, 10_000, 800))
    branch.analyse()
    leave(town, town.rm1_east)
    (departure,) = branch.settle()
    assert (departure.state, departure.as_of_date, departure.customer_count) == (DepartureState.FORESEEN, AS_OF, 2)
    # 0.75 and of that 0.7 of the one, all of the other; of that a quarter is taken to stay.
    assert (departure.balance_minor_units, departure.at_risk_minor_units) == (5_000_000, 525_000 + 4_000_000)
    assert (departure.keep_rate_e4, departure.expected_minor_units) == (2_500, 3_393_750)
    assert departure.low_minor_units < 3_393_750 < departure.high_minor_units
    (told,) = town.recorded(departure_events_pb2.DepartureForeseen, person_id=town.rm1_east.person_id)
    assert (told.left_date, told.customer_count, told.organisation_path) == (str(LEFT), 2, town.rm1_east.organisation_path)
    # 90 days later: a later analysis changes nothing until then.
    numbers = {each: each[:12] for each in (stays, goes, other)}
    days = days_of(
        {numbers[stays]: (1_000_000, 1_200_000), numbers[goes]: (4_000_000, 0), numbers[other]: (10_000_000, 9_000_000)}
    )
    branch.analyse(LEFT + timedelta(days=89), days[:3])
    assert branch.settle()[0].state == DepartureState.FORESEEN
    branch.analyse(LEFT + timedelta(days=100), days)
    (departure,) = branch.settle()
    assert (departure.state, departure.measured_date) == (DepartureState.MEASURED, LEFT + timedelta(days=90))
    # The last 30 days begin on the 61st: all of the one went; of all others a tenth went as well.
    assert (departure.lost_minor_units, departure.gone_count, departure.background_e4) == (4_000_000, 1, 1_000)
    # 500,000 would have gone anyway: 3,500,000 of 4,525,000 went with him.
    assert departure.measured_keep_rate_e4 == 2_265
    (told,) = town.recorded(departure_events_pb2.DepartureMeasured, person_id=town.rm1_east.person_id)
    assert (told.gone_count, told.settled) == (1, False)
    left = {row.customer_id: row.after_minor_units for row in branch.read(DepartureCustomer)}
    assert left == {stays: 1_200_000, goes: 0}
    # That was early: nothing is learned from it, until it is measured for good.
    assert town.manager_east.call("GetDepartureCalibration").departure_count == 0
    days = days_of({numbers[stays]: (1_000_000, 0), numbers[other]: (10_000_000, 9_000_000)}, until=180)
    branch.analyse(LEFT + timedelta(days=180), days)
    (departure,) = branch.settle()
    assert (departure.state, departure.measured_date) == (DepartureState.SETTLED, LEFT + timedelta(days=180))
    assert (departure.lost_minor_units, departure.early_lost_minor_units, departure.gone_count) == (5_000_000, 4_000_000, 2)
    # All went, a tenth of it anyway: 4,500,000 of 4,525,000.
    assert departure.measured_keep_rate_e4 == 55
    assert [each.settled for each in town.recorded(departure_events_pb2.DepartureMeasured)] == [False, True]
    assert_shown(town, departure)


def assert_shown(town, departure):
    (shown,) = town.manager_east.call("ListDepartures").departures
    assert (shown.departure_id, shown.person_name, shown.state) == (
        departure.departure_id, "王雅婷", departure_pb2.DEPARTURE_STATE_SETTLED,
    )  # fmt: skip
    assert (shown.lost.amount, shown.expected_loss.amount, shown.early_lost.amount) == ("50000.00", "33937.50", "40000.00")
    assert shown.measured_keep_rate_basis_points == 55
    assert list(town.manager_west.call("ListDepartures").departures) == []
    # Amounts are for those in charge of the unit; the rate that came of them is everybody's.
    west = town.manager_west.call("GetDepartureCalibration")
    assert (west.departure_count, west.lost.amount, west.keep_rate_basis_points) == (0, "0.00", 1_889)
    calibration = town.manager_east.call("GetDepartureCalibration")
    assert (calibration.departure_count, calibration.expected_loss.amount, calibration.lost.amount) == (1, "33937.50", "50000.00")
    # Three times 2,500 and 55, by four.
    assert (calibration.within_count, calibration.keep_rate_basis_points) == (1, 1_889)
    bands = [(each.from_basis_points, each.customer_count, each.gone_count) for each in calibration.bands if each.customer_count]
    assert bands == [(5_000, 1, 1), (7_500, 1, 1)]
    assert (calibration.bands[-1].expected_basis_points, calibration.bands[-1].lost_basis_points) == (7_500, 10_000)
    simulated = town.manager_east.call("SimulateDeparture", person_ids=[town.rm2_east.person_id])
    assert simulated.estimate.keep_rate_basis_points == 1_889
    with pytest.raises(NotAllowed):
        town.rm1_east.call("GetDepartureCalibration")


def test_what_comes_after_he_left_says_nothing_of_before(branch, town):
    branch.customer(town.rm1_east, 1_000_000, (town.rm1_east, 3, 10_000, 800))
    branch.analyse(LEFT + timedelta(days=2))
    leave(town, town.rm1_east)
    assert branch.settle()[0].state == DepartureState.WAITING
    # A history that is read in later may have a day of before, until it cannot come any more.
    branch.analyse(LEFT + timedelta(days=8))
    assert branch.settle()[0].state == DepartureState.UNKNOWN
    assert town.recorded(departure_events_pb2.DepartureForeseen, person_id=town.rm1_east.person_id) == []


def test_an_analysis_that_is_old_or_has_no_files_foresees_nothing(branch, town):
    branch.customer(town.rm1_east, 1_000_000, (town.rm1_east, 3, 10_000, 800))
    branch.analyse(ago(60))
    leave(town, town.rm1_east)
    assert branch.settle()[0].state == DepartureState.WAITING
    branch.analyse(ago(1))
    (departure,) = branch.settle()
    assert (departure.state, departure.as_of_date) == (DepartureState.FORESEEN, ago(1))


def test_on_whom_nobody_depended_there_is_nothing_to_follow(branch, town):
    branch.customer(town.rm2_east, 1_000_000, (town.rm2_east, 3, 10_000, 800))
    branch.analyse()
    leave(town, town.rm1_east)
    assert branch.settle()[0].state == DepartureState.UNKNOWN


def test_days_that_are_missing_cannot_be_measured(branch, town):
    customer = branch.customer(town.rm1_east, 1_000_000, (town.rm1_east, 3, 10_000, 800))
    branch.analyse()
    leave(town, town.rm1_east)
    branch.settle()
    branch.analyse(LEFT + timedelta(days=100), days_of({customer[:12]: (1, 1)})[:30])
    assert branch.settle()[0].state == DepartureState.UNKNOWN


def test_nobody_sees_his_own_and_units_out_of_scope_are_none(branch, town):
    branch.customer(town.rm1_east, 1_000_000, (town.leader_east, 3, 10_000, 800))
    branch.analyse()
    leave(town, town.leader_east)
    branch.settle()
    assert len(town.manager_east.call("ListDepartures").departures) == 1
    assert list(town.leader_east.call("ListDepartures").departures) == []
    with pytest.raises(NotFound, match="UNIT_NOT_FOUND"):
        town.manager_west.call("ListDepartures", organisation_path=town.manager_east.organisation_path)


def test_of_an_erased_customer_only_the_sums_stay(branch, town):
    customer = branch.customer(town.rm1_east, 1_000_000, (town.rm1_east, 3, 10_000, 800))
    branch.analyse()
    leave(town, town.rm1_east)
    branch.settle()
    town.announce(exchange_events_pb2.CustomerErased(customer_id=customer))
    assert branch.read(DepartureCustomer) == []
    assert branch.read(Departure)[0].balance_minor_units == 1_000_000
