"""A bank in which teams win deals together."""

import uuid

import pytest

from tests.component.performance.deals.builders import contact, deals_of, won
from tests.component.town import Town


@pytest.fixture(scope="module")
def bank(service):
    return Town(service)


@pytest.fixture
def town(bank):
    """One bank for all tests here, in which each has two relationship managers of its own."""
    bank.rm1_east = bank.colleague("relationship_manager", "EAST/E01/")
    bank.rm2_east = bank.colleague("relationship_manager", "EAST/E02/")
    return bank


@pytest.fixture
def team(town):
    """Two relationship managers of one branch, and the deal that they won together, with its contacts."""
    town.opportunity_id = str(uuid.uuid4())
    town.customer_id = town.customer(town.rm1_east)
    of = {"opportunity_id": town.opportunity_id, "customer_id": town.customer_id}
    town.announce(contact(town.rm1_east, days=60, **of))
    town.announce(contact(town.rm2_east, days=30, minutes=90, **of))
    town.announce(contact(town.rm1_east, days=1, colleagues=[town.rm2_east], **of))
    town.announce(won(town.rm1_east, town.customer_id, town.opportunity_id, town.rm2_east))
    (town.deal,) = deals_of(town.rm1_east)
    return town
