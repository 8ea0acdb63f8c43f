"""The PKDD'99 bank through its feeds, into datasets: all of its tables, and the transactions of its first weeks."""

import csv
import io
import uuid
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from workbench.integration.v1 import reconciliation_service_pb2 as pb

from deploy.demonstration.berka import files, organisation
from services.chassis.db.session import Call
from services.chassis.kernel.caller import Caller, Grant, Scope
from services.chassis.kernel.errors import InvalidInput, RuleBroken
from services.integration.model.feed_run import RunState
from services.integration.rpc import reconciliation_service
from tests.component.integration.feeds import feeds_on

DAY = date(1998, 12, 31)
# A file holds years, and each of its dates becomes a dataset: the first ones stand for all.
LAST_DAYS = {"berka.transactions": b"930203", "berka.transactions-english": b"950531", "berka-copy.transactions": b"2016-02-03"}
TABLES = {
    "berka.org-units": 1 + 8 + 77,
    "berka.employees": 10,
    "berka.customers": 5_369,
    "berka.account-holders": 5_369,
    "berka.accounts": 4_500,
    "berka.loans": 682,
    "berka.cards": 892,
    "berka.standing-orders": 6_471,
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
        feeds.deliveries = [*derived, *files.snapshots(folder), *files.transactions(folder)]
        feeds.runs = {each.feed: deliver(feeds, each) for each in feeds.deliveries}
        yield feeds


def deliver(feeds, delivery):
    return feeds.run(delivery.feed, content(delivery), day=DAY, file_name=delivery.file_name)


def content(delivery):
    """What is delivered of a file: the rows up to its feed's last day, or all."""
    with delivery.open() as file:
        heading, *lines = file.read().splitlines(keepends=True)
    last = LAST_DAYS.get(delivery.feed)
    delimiter = b"," if last and b"-" in last else b";"
    return heading + b"".join(line for line in lines if not last or line.split(delimiter)[2] <= last)


def act(feeds, function, request, *permissions):
    """What a method answers to somebody with those permissions, once the work that it asked for is done."""
    caller = Caller(str(uuid.uuid4()), grants=(Grant(frozenset(permissions), Scope(organisation_paths=("/",))),))
    with feeds.database.transaction(caller, Call("test")) as work:
        answer = function(work, request)
    feeds.work()
    return answer


def told(feeds, reconciliation_id):
    return act(feeds, reconciliation_service.get_reconciliation, pb.GetReconciliationRequest(reconciliation_id=reconciliation_id))


def original(path):
    """The rows of a file, read by Python's own means."""
    with files.open_file(path) as file:
        return list(csv.DictReader(io.StringIO(file.read().decode("ascii")), delimiter=";"))


def test_every_row_is_published_and_none_is_in_quarantine(bank):
    rows = {each.feed: content(each).count(b"\n") - 1 for each in bank.deliveries}
    assert rows | TABLES == rows
    assert {feed: RunState(run.state).name for feed, run in bank.runs.items()} == dict.fromkeys(rows, "PUBLISHED")
    assert {feed: run.rows_published for feed, run in bank.runs.items()} == rows
    assert bank.quarantined() == []


def test_delivered_again_it_changes_nothing(bank):
    before = {each.feed: len(bank.datasets(each.feed)) for each in bank.deliveries}
    for delivery in bank.deliveries:
        assert RunState(deliver(bank, delivery).state) is RunState.UNCHANGED
    assert {each.feed: len(bank.datasets(each.feed)) for each in bank.deliveries} == before


def test_birth_numbers_tell_when_and_nothing_else(bank, folder):
    held = dict(bank.rows("berka.customers", "customer_number, birth_or_founding_date"))
    for row in original(folder / "client.asc"):
        year, month, day = (int(row["birth_number"][place : place + 2]) for place in (0, 2, 4))
        assert held[f"B{row['client_id']}"] == date(1900 + year, month - 50 if month > 50 else month, day)
    assert set(bank.rows("berka.customers", "identifier, phone, address")) == {(None, None, None)}


def test_loans_fall_due_and_stand_as_the_file_says(bank, folder):
    held, expected = Counter(), Counter()
    for state, principal in bank.rows("berka.loans", "state, principal_minor_units"):
        held[state, principal] += 1
    states = {"A": "SETTLED", "B": "UNPAID", "C": "ACTIVE", "D": "OVERDUE"}
    for row in original(folder / "loan.asc"):
        expected[states[row["status"]], int(Decimal(row["amount"]) * 100)] += 1
    assert held == expected
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


def test_balances_are_rebuilt_published_and_compared(bank):
    feeds = ["berka.transactions", "berka.transactions-english"]
    request = pb.RebuildBalancesRequest(feeds=feeds, balances_feed="berka.balances", tolerance_minor_units=10)
    answer = act(bank, reconciliation_service.rebuild_balances, request, "integration.feed.run")
    reconciliation = told(bank, answer.reconciliation_id)
    published = bank.datasets("berka.balances")
    assert {dataset.business_date for dataset in published} == {d.business_date for feed in feeds for d in bank.datasets(feed)}
    assert reconciliation.left_rows == reconciliation.matched_rows
    # Each is a snapshot: no account is lost on a day on which it did not move.
    in_order = [dataset.rows for dataset in sorted(published, key=lambda each: each.business_date)]
    assert in_order == sorted(in_order)
    accounts = {number for feed in feeds for (number,) in bank.rows(feed, "account_number")}
    assert in_order[-1] == len(accounts)
    assert {dataset.run_id for dataset in published} == {answer.operation_id}
    assert reconciliation.source_count == sum(len(bank.datasets(feed)) for feed in feeds)
    listed = act(
        bank,
        reconciliation_service.list_differences,
        pb.ListDifferencesRequest(reconciliation_id=answer.reconciliation_id, kinds=["ROUNDING", "CARRIED"], page_size=1_000),
    )
    assert len(listed.differences) == sum(each.count for each in reconciliation.difference_counts) == 2
    # Once more, of the same revisions: no date gets another revision.
    again = act(bank, reconciliation_service.rebuild_balances, request, "integration.feed.run")
    assert told(bank, again.reconciliation_id).source_sha256 == reconciliation.source_sha256
    assert len(bank.datasets("berka.balances")) == len(published)


def test_the_copy_is_reconciled_page_by_page(bank):
    request = pb.ReconcileDatasetsRequest(
        dataset="transactions",
        left=pb.DatasetRange(feeds=["berka.transactions"], end_date="1993-02-03"),
        right=pb.DatasetRange(feeds=["berka-copy.transactions"]),
        shift_years=23,
    )
    answer = act(bank, reconciliation_service.reconcile_datasets, request, "integration.totals.read")
    reconciliation = told(bank, answer.reconciliation_id)
    (count,) = reconciliation.difference_counts
    assert (count.column_name, count.kind) == ("amount_minor_units", "ROUNDED")
    assert reconciliation.left_rows == reconciliation.right_rows == reconciliation.equal_rows + count.count
    found, token = [], ""
    while True:
        page = act(
            bank,
            reconciliation_service.list_differences,
            pb.ListDifferencesRequest(reconciliation_id=answer.reconciliation_id, page_size=50, page_token=token),
        )
        found += page.differences
        if not (token := page.next_page_token):
            break
    assert len({each.number for each in found}) == len(found) == count.count
    assert all(abs(Decimal(each.left_value) - Decimal(each.right_value)) <= Decimal("0.50") for each in found)


def test_what_there_is_nothing_of_is_not_compared(bank):
    side = pb.DatasetRange(feeds=["berka.transactions"])
    for refused in (
        pb.ReconcileDatasetsRequest(dataset="transactions", left=side, right=pb.DatasetRange(feeds=["berka.nothing"])),
        pb.ReconcileDatasetsRequest(dataset="transactions", left=side, right=side, columns=["nothing"]),
        pb.ReconcileDatasetsRequest(dataset="nothing", left=side, right=side),
    ):
        with pytest.raises(InvalidInput):
            act(bank, reconciliation_service.reconcile_datasets, refused, "integration.totals.read")
    taken = pb.RebuildBalancesRequest(feeds=["berka.transactions"], balances_feed="berka.transactions")
    with pytest.raises(RuleBroken, match="FEED_TAKEN"):
        act(bank, reconciliation_service.rebuild_balances, taken, "integration.feed.run")


def test_bad_rows_go_to_quarantine_and_the_rest_goes_on(bank, folder):
    """A file that stops in the middle of a row, a missing value where there must be one, a month that there is not."""
    (delivery,) = [each for each in files.transactions(folder) if each.feed == "berka.transactions"]
    with delivery.open() as file:
        lines = file.read().splitlines(keepends=True)[:400]
    fields = lines[200].split(b";")
    fields[5] = b"?"
    lines[200] = b";".join(fields)
    fields = lines[201].split(b";")
    fields[2] = b"931332"
    lines[201] = b";".join(fields)
    lines.append(b"695999;2378;930")
    home = bank.folder.parent / "hostile"
    with feeds_on(f"sqlite:///{home}/integration.db", home, packs=("berka",)) as feeds:
        run = feeds.run("berka.transactions", b"".join(lines), file_name="trans.asc")
        assert RunState(run.state) is RunState.PUBLISHED
        assert sorted((row.line, row.reason) for row in feeds.quarantined()) == [
            (201, "AMOUNT_INVALID"),
            (202, "BUSINESS_DATE_INVALID"),
            (401, "COLUMNS_MISCOUNTED"),
        ]
        assert run.rows_published == 397
