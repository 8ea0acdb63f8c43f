"""Who depends on whom, and what would go: for those in charge, of customers in their scope."""

import uuid

import pytest

from services.chassis.kernel.errors import InvalidInput, NotAllowed, NotFound
from tests.component.analytics.departure_builders import AS_OF, Branch


@pytest.fixture
def branch(town):
    return Branch(town)


@pytest.fixture
def two(branch, town):
    """One RM on whom two customers depend, one of them shared with a colleague of the other team; and one of the west."""
    whole = branch.customer(town.rm1_east, 1_000_000, (town.rm1_east, 5, 10_000, 800), loan=300)
    shared = branch.customer(town.rm1_east, 4_000_000, (town.rm1_east, 3, 7_500, 800), (town.rm2_east, 1, 2_500, 30))
    west = branch.customer(town.rm1_west, 9_000_000, (town.rm1_west, 1, 10_000, 800), (town.rm1_east, 0, 0, 800))
    branch.analyse()
    return whole, shared, west


def amounts(dependences):
    return [(each.customer_id, each.at_risk.amount) for each in dependences]


def test_a_persons_customers_come_with_why(two, town):
    whole, shared, _ = two
    for reader in (town.manager_east, town.leader_east, town.analyst, town.auditor):
        answer = reader.call("ListDependences", person_id=town.rm1_east.person_id)
        assert (amounts(answer.dependences)[:2], answer.as_of_date) == ([(shared, "21000.00"), (whole, "10000.00")], str(AS_OF))
    first, second = answer.dependences[:2]
    assert (first.dependence_basis_points, first.contact_share_basis_points, first.others_count) == (5_250, 7_500, 1)
    assert (first.single_threaded, second.single_threaded, second.dependence_basis_points) == (False, True, 10_000)
    assert (second.customer_name, second.lead_person_name, second.loan.amount) == ("欧阳芳", "王雅婷", "3.00")
    assert second.reason_en == (
        "100 % of a year's contacts (5 contacts); for 2 years; the customer knows nobody else of the bank"
    )
    assert second.reason_zh.startswith("近一年联系的 100 %")
    # A customer of the west whom he once knew depends on him by nothing, and is the west's.
    assert len(answer.dependences) == 3
    assert answer.dependences[2].dependence_basis_points == 0
    assert len(town.manager_east.call("ListDependences", person_id=town.rm1_east.person_id).dependences) == 2


def test_only_those_in_charge_ask_and_only_of_their_people(two, town):
    with pytest.raises(NotAllowed):
        town.rm1_east.call("ListDependences", person_id=town.rm1_east.person_id)
    with pytest.raises(NotFound, match="PERSON_NOT_FOUND"):
        town.manager_west.call("ListDependences", person_id=town.rm1_east.person_id)
    with pytest.raises(NotFound, match="PERSON_NOT_FOUND"):
        town.leader_east.call("ListDependences", person_id=town.rm2_east.person_id)
    with pytest.raises(NotFound, match="PERSON_NOT_FOUND"):
        town.manager_west.call("SimulateDeparture", person_ids=[town.rm1_west.person_id, town.rm1_east.person_id])
    with pytest.raises(NotFound, match="UNIT_NOT_FOUND"):
        town.manager_west.call("GetUnitDependence", organisation_path=town.manager_east.organisation_path)


def test_a_customer_who_has_gone_to_another_branch_is_not_shown(two, town):
    whole, shared, _ = two
    town.reassign(whole, town.rm1_east, town.rm1_west)
    answer = town.manager_east.call("ListDependences", person_id=town.rm1_east.person_id)
    assert [each.customer_id for each in answer.dependences] == [shared]


def test_filters_and_pages(two, town):
    whole, shared, _ = two
    ask = {"person_id": town.rm1_east.person_id}
    alone = town.manager_east.call("ListDependences", single_threaded=True, **ask)
    assert [each.customer_id for each in alone.dependences] == [whole]
    much = town.manager_east.call("ListDependences", least_dependence_basis_points=6_000, **ask)
    assert [each.customer_id for each in much.dependences] == [whole]
    first = town.manager_east.call("ListDependences", page_size=1, **ask)
    rest = town.manager_east.call("ListDependences", page_size=1, page_token=first.next_page_token, **ask)
    assert [each.customer_id for each in (*first.dependences, *rest.dependences)] == [shared, whole]
    assert rest.next_page_token == ""
    with pytest.raises(InvalidInput, match="PAGE_TOKEN_INVALID"):
        town.manager_east.call("ListDependences", page_token=first.next_page_token, person_id=town.rm2_east.person_id)


def test_a_units_relations_are_surveyed_on_whomever_they_depend(two, town):
    whole, shared, _ = two
    ask = {"organisation_path": town.manager_east.organisation_path}
    answer = town.manager_east.call("ListDependences", **ask)
    assert [(each.customer_id, each.person_id) for each in answer.dependences] == [
        (shared, town.rm1_east.person_id), (whole, town.rm1_east.person_id), (shared, town.rm2_east.person_id),
    ]  # fmt: skip
    assert {each.person_name for each in answer.dependences} == {"王雅婷"}
    alone = town.manager_east.call("ListDependences", single_threaded=True, **ask)
    assert [each.customer_id for each in alone.dependences] == [whole]
    first = town.manager_east.call("ListDependences", page_size=2, **ask)
    rest = town.manager_east.call("ListDependences", page_size=2, page_token=first.next_page_token, **ask)
    assert [*first.dependences, *rest.dependences] == list(answer.dependences)
    assert len(town.analyst.call("ListDependences", organisation_path=town.root).dependences) == 5
    with pytest.raises(NotFound, match="UNIT_NOT_FOUND"):
        town.manager_west.call("ListDependences", **ask)
    for unclear in ({}, ask | {"person_id": town.rm1_east.person_id}):
        with pytest.raises(InvalidInput, match="SUBJECT_UNCLEAR"):
            town.manager_east.call("ListDependences", **unclear)


def test_a_unit_and_its_key_person(two, town):
    unit = town.manager_east.call("GetUnitDependence")
    assert (unit.organisation_path, unit.customer_count, unit.balance.amount) == (
        town.manager_east.organisation_path,
        2,
        "50000.00",
    )
    # 31,000 with the one, and with his colleague, who is new, 4.38 percent of 40,000.
    assert (unit.at_risk.amount, unit.key_person_index_basis_points, unit.dependence_basis_points) == ("32752.00", 6_200, 6_550)
    assert (unit.half_people_count, unit.people_count, unit.as_of_date) == (1, 2, str(AS_OF))
    key = unit.people[0]
    assert (key.person_id, key.person_name, key.at_risk.amount) == (town.rm1_east.person_id, "王雅婷", "31000.00")
    assert (key.customer_count, key.single_threaded_count, key.unit_share_basis_points) == (2, 1, 6_200)
    # The whole bank, page by page.
    first = town.analyst.call("ListPersonDependences", page_size=1)
    rest = town.analyst.call("ListPersonDependences", page_token=first.next_page_token, page_size=50)
    found = [each.person_id for each in (*first.person_dependences, *rest.person_dependences)]
    assert found == [town.rm1_west.person_id, town.rm1_east.person_id, town.rm2_east.person_id]


def test_what_goes_if_they_leave_together(two, town):
    whole, shared, _ = two
    one = town.manager_east.call("SimulateDeparture", person_ids=[town.rm1_east.person_id])
    assert (one.estimate.at_risk.amount, one.estimate.keep_rate_basis_points) == ("31000.00", 2_500)
    assert (one.estimate.expected_loss.amount, one.estimate.single_threaded_count) == ("23250.00", 1)
    assert (one.estimate.borrower_count, one.estimate.loan.amount) == (1, "3.00")
    assert float(one.estimate.low_loss.amount) < 23_250 < float(one.estimate.high_loss.amount) <= 50_000
    both = town.manager_east.call("SimulateDeparture", person_ids=[town.rm1_east.person_id, town.rm2_east.person_id.upper()])
    # Nobody is left who knows the second: all of it would go.
    assert amounts(both.dependences) == [(shared, "40000.00"), (whole, "10000.00")]
    assert both.estimate.single_threaded_count == 2
    kept = town.manager_east.call("SimulateDeparture", person_ids=[town.rm1_east.person_id], keep_rate_basis_points=10_000)
    assert kept.estimate.expected_loss.amount == "0.00"


def test_before_the_first_analysis_nothing_is_known(branch, town):
    asked = town.manager_east.call("SimulateDeparture", person_ids=[town.rm1_east.person_id])
    assert (asked.estimate.as_of_date, asked.estimate.expected_loss.amount, list(asked.dependences)) == ("", "0.00", [])
    assert town.manager_east.call("ListDependences", person_id=town.rm1_east.person_id).as_of_date == ""
    unit = town.manager_east.call("GetUnitDependence")
    assert (unit.as_of_date, unit.people_count, unit.balance.amount) == ("", 0, "0.00")
    assert list(town.manager_east.call("ListPersonDependences").person_dependences) == []


def test_a_bank_with_nobody_in_it(branch, town):
    branch.analyse()
    assert town.manager_east.call("GetUnitDependence").key_person_index_basis_points == 0
    asked = town.manager_east.call("SimulateDeparture", person_ids=[town.rm1_east.person_id])
    assert (asked.estimate.as_of_date, asked.estimate.high_loss.amount) == (str(AS_OF), "0.00")


def test_balances_that_are_not_known_or_owed_are_no_loss(branch, town):
    for balance in (None, 0, -500):
        branch.customer(town.rm1_east, balance, (town.rm1_east, 1, 10_000, 800))
    branch.analyse()
    asked = town.manager_east.call("SimulateDeparture", person_ids=[town.rm1_east.person_id])
    assert (asked.estimate.customer_count, asked.estimate.at_risk.amount, asked.estimate.high_loss.amount) == (3, "0.00", "0.00")


@pytest.mark.parametrize(
    "fields", [{}, {"person_ids": [""]}, {"person_ids": ["x"]}, {"person_ids": [str(uuid.uuid4()) for _ in range(51)]}]
)
def test_people_are_named_as_the_contract_has_it(town, fields):
    with pytest.raises(InvalidInput):
        town.manager_east.call("SimulateDeparture", **fields)


@pytest.mark.parametrize("token", ["x", "W10", "\ud7ff", "WyJhIiwiYiJd", "A" * 2_048])
def test_a_page_token_of_somewhere_else_is_refused(two, town, token):
    ask = {"person_id": town.rm1_east.person_id, "page_token": token}
    for method, fields in (
        ("ListDependences", ask),
        ("ListPersonDependences", {"page_token": token}),
        ("SimulateDeparture", {"person_ids": [town.rm1_east.person_id], "page_token": token}),
        ("ListDepartures", {"page_token": token}),
        ("ListDeparturePlans", {"page_token": token}),
    ):
        with pytest.raises(InvalidInput, match="PAGE_TOKEN_INVALID"):
            town.manager_east.call(method, **fields)
