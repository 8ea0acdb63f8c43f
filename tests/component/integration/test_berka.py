"""The PKDD'99 bank through its feeds: every row, every haler, every difference."""

import csv
import io
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from deploy.demonstration.berka import files, organisation
from services.integration.model.feed_run import RunState
from tests.component.integration.feeds import feeds_on

DAY = date(1998, 12, 31)
ROWS = {
    "berka.org-units": 1 + 8 + 77,
    "berka.employees": 10,
    "berka.customers": 5_369,
    "berka.account-holders": 5_369,
    "berka.accounts": 4_500,
    "berka.loans": 682,
    "berka.cards": 892,
    "berka.standing-orders": 6_471,
    "berka.transactions": 49_102,
    "berka.transactions-english": 30_200,
    "berka-copy.transactions": 28_205,
}


@pytest.fixture(scope="module")
def folder(shared_data):
    return shared_data / "berka"


@pytest.fixture(scope="module")
def bank(folder, tmp_path_factory):
    """The bank, loaded once: its feeds, and what became of each file."""
    home = tmp_path_factory.mktemp("berka")
    made = organisation.organisation_of(files.districts(folder), "HO")
    derived = [files.Delivery(feed, path) for feed, path in organisation.write_files(made, home).items()]
    with feeds_on(f"sqlite:///{home}/integration.db", home, packs=("berka",)) as feeds:
        feeds.runs = {
            each.feed: deliver(feeds, each) for each in (*derived, *files.snapshots(folder), *files.transactions(folder))
        }
        yield feeds


def deliver(feeds, delivery):
    with delivery.open() as content:
        return feeds.run(delivery.feed, content.read(), day=DAY, file_name=delivery.file_name)


def original(path):
    """The rows of a file, read by Python's own means."""
    with files.open_file(path) as file:
        heading = file.read(100).decode()
    delimiter = ";" if ";" in heading else ","
    with files.open_file(path) as file:
        return list(csv.DictReader(io.TextIOWrapper(file, "ascii"), delimiter=delimiter))


def test_every_row_is_published_and_none_is_in_quarantine(bank):
    assert {feed: RunState(run.state).name for feed, run in bank.runs.items()} == dict.fromkeys(ROWS, "PUBLISHED")
    assert {feed: run.rows_published for feed, run in bank.runs.items()} == ROWS
    assert bank.quarantined() == []


@pytest.mark.parametrize(
    ("feed", "name", "credit"),
    [
        ("berka.transactions", "trans_1993-01-01_1994-03-31_part.asc.gz", "PRIJEM"),
        ("berka.transactions-english", "trans_354_loan_accounts_1995-1998.csv.gz", "credit"),
        ("berka-copy.transactions", "trans_1993_translated_shifted_to_2016.csv.gz", "Credit"),
    ],
)
def test_amounts_and_balances_sum_to_the_haler(bank, folder, feed, name, credit):
    rows = original(folder / name)
    amounts = sum(
        (Decimal(row["amount"]) if row.get("type", row.get("Type")) == credit else -Decimal(row["amount"])) for row in rows
    )
    balances = sum(Decimal(row["balance"]) for row in rows)
    sums = bank.rows(feed, "sum(amount_minor_units)::VARCHAR, sum(balance_after_minor_units)::VARCHAR")
    assert [Decimal(text).scaleb(-2) for text in sums[0]] == [amounts, balances]
    totals = [dataset.totals for dataset in bank.datasets(feed)]
    assert sum(int(each["amount_minor_units"]["CZK"]) for each in totals) == amounts.scaleb(2)
    dates = {row.get("date", row.get("Date")) for row in rows}
    assert len(totals) == len(dates)


def test_birth_numbers_tell_when_and_nothing_else(bank, folder):
    held = dict(bank.rows("berka.customers", "customer_number, birth_or_founding_date"))
    for row in original(folder / "client.asc"):
        year, month, day = (int(row["birth_number"][place : place + 2]) for place in (0, 2, 4))
        assert held[f"B{row['client_id']}"] == date(1900 + year, month - 50 if month > 50 else month, day)
    assert bank.rows("berka.customers", "DISTINCT identifier, phone, address") == [(None, None, None)]


def test_loans_fall_due_and_stand_as_the_file_says(bank, folder):
    rows = bank.rows("berka.loans", "state, count(*), sum(principal_minor_units)::BIGINT")
    expected = Counter()
    sums = Counter()
    states = {"A": "SETTLED", "B": "UNPAID", "C": "ACTIVE", "D": "OVERDUE"}
    for row in original(folder / "loan.asc"):
        expected[states[row["status"]]] += 1
        sums[states[row["status"]]] += int(Decimal(row["amount"]) * 100)
    assert {state: (count, total) for state, count, total in rows} == {
        state: (expected[state], sums[state]) for state in expected
    }
    (loan,) = [row for row in original(folder / "loan.asc") if row["loan_id"] == "5314"]
    assert (loan["date"], loan["duration"], loan["account_id"]) == ("930705", "12", "1787")
    held = {
        number: rest
        for number, *rest in bank.rows("berka.loans", "account_number, open_date, maturity_date, parent_account_number")
    }
    assert held["L5314"] == [date(1993, 7, 5), date(1994, 7, 5), "1787"]


def test_a_card_finds_its_account_its_customer_and_its_unit_through_its_disposition(bank, folder):
    dispositions = {row["disp_id"]: row for row in original(folder / "disp.asc")}
    districts = {row["account_id"]: row["district_id"] for row in original(folder / "account.asc")}
    held = {
        number: rest
        for number, *rest in bank.rows("berka.cards", "account_number, parent_account_number, customer_number, unit_number")
    }
    for row in original(folder / "card.asc"):
        disposition = dispositions[row["disp_id"]]
        account = disposition["account_id"]
        assert held[f"C{row['card_id']}"] == [account, f"B{disposition['client_id']}", f"BERKA{districts[account]}"]


def test_each_client_is_led_by_the_manager_of_its_region(bank, folder):
    regions = {row["A1"]: row["A3"] for row in original(folder / "district.asc")}
    names = dict(bank.rows("berka.employees", "staff_number, display_name"))
    held = dict(bank.rows("berka.customers", "customer_number, manager_staff_number"))
    for row in original(folder / "client.asc"):
        assert names[held[f"B{row['client_id']}"]] == f"Relationship manager, {regions[row['district_id']]}"
