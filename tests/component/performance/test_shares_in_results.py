"""What shares say becomes results: day by day, and what nobody owns is the pool's, account by account."""

import uuid
from datetime import date, timedelta
from functools import partial

import pytest
from pyarrow import parquet
from workbench.customer.v1 import duplicate_events_pb2
from workbench.identity.v1 import events_pb2
from workbench.performance.v1 import share_pb2

from services.chassis.longwork.task import Preparation
from services.performance.engine.objects import KINDS
from services.performance.rules.periods import PeriodKind
from services.performance.rules.shares import ObjectKind, Part, SharedObject
from services.performance.usecases.runs import owning
from services.performance.usecases.shares.lines import put_lines
from tests.component.performance.claim_builders import business_date, claim, refused
from tests.component.performance.run_builders import bank_of

# Three days: each day more costs the engine some time.
MONTH, LAST = date(2026, 10, 1), date(2026, 10, 3)


@pytest.fixture
def bank(town, monkeypatch):
    with bank_of(town, monkeypatch) as answer:
        yield answer


@pytest.fixture
def books(bank):
    """Books of a unit that no other test has."""
    bank.books.unit_number = f"{bank.books.source_system}E01"
    told = {"organisation_unit_id": str(uuid.uuid4()), "organisation_path": f"{bank.town.root}EAST/E01/", "display_name": "东城"}
    bank.town.announce(events_pb2.OrganisationUnitCreated(**told, code=bank.books.unit_number))
    return bank.books


def averages(bank):
    """The daily averages of the month so far, by owner, all computed."""
    bank.settle()
    return {row.person_id: row.average_balance for row in bank.results(PeriodKind.MONTH, MONTH)}


# The engine itself computes, which a machine that has other work to do takes a while for.
@pytest.mark.timeout(400)
def test_a_change_in_the_middle_of_a_period_is_split_by_day(town, bank, books):
    one, other = town.rm1_east, town.rm1_west
    numbers = {name: f"{name}{books.source_system}" for name in ("led", "free")}
    customers = {name: town.customer(one, customer_number=f"C{number}") for name, number in numbers.items()}
    books.accounts(MONTH - timedelta(days=1), {number: f"C{number}" for number in numbers.values()})
    for day in (MONTH, LAST):
        books.balances(day, {numbers["led"]: 300_00, numbers["free"]: 62_00})
    with town.service.database.transaction() as work:
        parts = [Part(one.person_id, 10_000, MONTH, MONTH), Part(other.person_id, 7_000, date(2026, 10, 2))]
        put_lines(work, SharedObject.customer(customers["led"]), parts, "claims/1")
        # A line of a single account stands in place of those of its customer, on its days.
        account = SharedObject(ObjectKind.ACCOUNT, f"{books.source_system}/{numbers['led']}", customers["led"])
        put_lines(work, account, [Part(one.person_id, 4_000, LAST)], "claims/2")
    # Of 300: all of it on the first day, and two fifths on the third, are the one's; seven tenths on the second the other's.
    assert averages(bank) == {one.person_id: 140_00, other.person_id: 70_00, "": 90_00 + 62_00}
    _check_pool(town, numbers, customers, books)


def _check_pool(town, numbers, customers, books):
    of_unit = town.manager_east.call("ListPoolAccounts")
    assert of_unit.as_of_date == LAST.isoformat()
    found = {each.object_number: (each.balance.amount, each.average_balance.amount) for each in of_unit.pool_accounts}
    assert found == {numbers["led"]: ("180.00", "90.00"), numbers["free"]: ("62.00", "62.00")}
    first = town.manager_east.call("ListPoolAccounts", page_size=1)
    second = town.manager_east.call("ListPoolAccounts", page_size=1, page_token=first.next_page_token)
    assert [each.object_number for page in (first, second) for each in page.pool_accounts] == sorted(numbers.values())
    assert not second.next_page_token
    (own,) = town.rm1_east.call("ListPoolAccounts", customer_id=customers["free"]).pool_accounts
    assert (own.object_kind, own.source_system, own.customer_id, own.customer_name) == (
        share_pb2.OBJECT_KIND_ACCOUNT, books.source_system, customers["free"], "欧阳芳",
    )  # fmt: skip
    with refused("UNIT_NOT_FOUND"):
        town.rm1_east.call("ListPoolAccounts")
    with refused("CUSTOMER_NOT_FOUND"):
        town.rm1_west.call("ListPoolAccounts", customer_id=customers["free"])
    # The bank's own data says whose an account is.
    of = {"object_kind": share_pb2.OBJECT_KIND_ACCOUNT, "source_system": books.source_system, "start_date": business_date(town)}
    with refused("ACCOUNT_OF_ANOTHER"):
        claim(town.rm1_east, customers["led"], object_number=numbers["free"], **of)
    claim(town.rm1_east, customers["free"], object_number=numbers["free"], **of)


def test_a_merged_record_counts_by_its_own_shares_as_long_as_it_has_any(town, tmp_path):
    """So that nobody's credit is gone on the day of a merge."""
    numbers = {name: f"{name}{town.root}" for name in ("survivor", "owned", "free")}
    ids = {name: town.customer(town.rm1_west, customer_number=number) for name, number in numbers.items()}
    with town.service.database.transaction() as work:
        put_lines(work, SharedObject.customer(ids["owned"]), [Part(town.rm1_east.person_id, 10_000, MONTH, LAST)], "claims/1")
    for name in ("owned", "free"):
        told = {
            "survivor_customer_id": ids["survivor"],
            "merged_customer_id": ids[name],
            "lead_person_id": town.rm1_west.person_id,
        }
        town.announce(duplicate_events_pb2.CustomersMerged(**told, organisation_path=town.rm1_west.organisation_path))

    def whose(month):
        transaction = partial(town.service.database.transaction, read_only=True)
        folder = tmp_path / str(month)
        folder.mkdir()
        owning.write(Preparation(transaction, lambda: None), month, month + timedelta(days=2), folder)
        rows = parquet.read_table(folder / "customers.parquet").to_pylist()
        found = {row["customer_number"]: row["customer_id"] for row in rows}
        return [found[number] for number in numbers.values()]

    assert whose(MONTH) == [ids["survivor"], ids["owned"], ids["survivor"]]
    assert whose(date(2026, 11, 1)) == [ids["survivor"]] * 3


def test_kinds_are_those_of_the_sources():
    from services.performance.engine.sources import MEASURED

    assert {name: source.object_kind for name, source in MEASURED.items() if source.object_kind} == KINDS
