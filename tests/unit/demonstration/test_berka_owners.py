"""Whose the PKDD'99 bank's results are."""

import csv

import pytest

from deploy.demonstration.berka.organisation import organisation_of
from deploy.demonstration.berka.owners import owners
from deploy.demonstration.berka.rates import FEED, write_rates


def write(path, *rows):
    with path.open("w", encoding="ascii", newline="") as file:
        csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL).writerows(rows)
    return path


@pytest.fixture
def bank(tmp_path):
    districts = write(
        tmp_path / "district.asc", ("A1", "A2", "A3"), (1, "Praha", "Prague"), (2, "Kolin", "central"), (3, "Nymburk", "central")
    )
    return organisation_of(districts, "HO")


def test_each_client_is_the_manager_s_of_the_region_in_which_it_lives(bank, tmp_path):
    clients = write(
        tmp_path / "client.asc", ("client_id", "birth_number", "district_id"), (7, 706213, 3), (8, 450204, 1), (9, 450205, 2)
    )
    region_of = {post.staff_number: post.display_name for post in bank.posts}
    owned = {each.customer_number: region_of[each.staff_number] for each in owners(clients, bank)}
    assert owned == {
        "B7": "Relationship manager, central",
        "B8": "Relationship manager, Prague",
        "B9": "Relationship manager, central",
    }


def test_a_rate_is_stated_for_yuan_alone(tmp_path):
    assert write_rates("CZK", tmp_path) == write_rates("EUR", tmp_path) == {}
    with write_rates("CNY", tmp_path)[FEED].open(encoding="utf-8") as file:
        (rate,) = csv.DictReader(file, delimiter=";")
    assert rate == {"business_date": "1993-01-01", "currency_code": "CZK", "quote_currency_code": "CNY", "exchange_rate": "0.2"}
