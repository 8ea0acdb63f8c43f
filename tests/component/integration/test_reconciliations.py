"""Reconciliations on SQLite and on PostgreSQL: balances rebuilt and corrected, what differs listed and exported."""

import csv
import uuid
from datetime import date

import pytest
from workbench.integration.v1 import reconciliation_service_pb2 as pb

from services.chassis.db.session import Call
from services.chassis.files import storage
from services.chassis.kernel.caller import Caller, Grant, Scope
from services.chassis.kernel.errors import InvalidInput, NotFound, RuleBroken
from services.integration.rpc import reconciliation_service

TRANSACTIONS = """
[feed]
name = "core.transactions"
title = "Transactions"
dataset = "transactions"
source_system = "core"
[format]
kind = "delimited"
[date]
source = "column"
column = "day"
[columns]
transaction_number = { from = "number" }
account_number = { from = "account" }
currency_code = { value = "CNY" }
amount_minor_units = { from = "amount" }
balance_after_minor_units = { from = "balance" }
kind = { value = "OTHER" }
"""
HEADING = b"number,account,day,amount,balance\n"
# The second day's first balance is stated wrong; the number of an account may look like a formula.
ROWS = b"1,A,2026-11-23,100.00,100.00\n2,=B,2026-11-23,5.00,5.00\n3,A,2026-11-24,-30.00,72.00\n4,A,2026-11-25,1.00,73.00\n"


@pytest.fixture
def bank(feeds_on_both):
    feeds_on_both.define(TRANSACTIONS)
    feeds_on_both.run("core.transactions", HEADING + ROWS)
    return feeds_on_both


def act(feeds, method, request, *permissions, person_id=""):
    caller = Caller(person_id or str(uuid.uuid4()), grants=(Grant(frozenset(permissions), Scope(organisation_paths=("/",))),))
    with feeds.database.transaction(caller, Call("test")) as work:
        answer = method(work, request)
    feeds.work()
    return answer


def rebuilt(feeds):
    request = pb.RebuildBalancesRequest(feeds=["core.transactions"], balances_feed="core.rebuilt")
    begun = act(feeds, reconciliation_service.rebuild_balances, request, "integration.feed.run")
    return act(
        feeds, reconciliation_service.get_reconciliation, pb.GetReconciliationRequest(reconciliation_id=begun.reconciliation_id)
    )


def balances(feeds):
    current = [dataset for dataset in feeds.datasets("core.rebuilt") if dataset.current]
    return {(str(each.business_date), each.revision): each.totals["balance_minor_units"]["CNY"] for each in current}


def test_what_differs_is_counted_listed_and_exported(bank):
    reconciliation = rebuilt(bank)
    assert [(each.kind, each.count) for each in reconciliation.difference_counts] == [("CARRIED", 1), ("GAP", 1)]
    assert (reconciliation.left_rows, reconciliation.equal_rows, reconciliation.source_count) == (4, 2, 3)
    request = pb.ListDifferencesRequest(reconciliation_id=reconciliation.reconciliation_id, kinds=["GAP"])
    (gap,) = act(bank, reconciliation_service.list_differences, request).differences
    assert (gap.key, gap.business_date, gap.left_value, gap.right_value, gap.step_value) == (
        "A CNY",
        "2026-11-24",
        "70.00",
        "72.00",
        "2.00",
    )
    person_id = str(uuid.uuid4())
    export = pb.ExportDifferencesRequest(reconciliation_id=reconciliation.reconciliation_id)
    act(bank, reconciliation_service.export_differences, export, "integration.totals.read", person_id=person_id)
    with bank.database.transaction(read_only=True) as work:
        (file,) = work.session.query(storage.StoredFile).filter_by(person_id=person_id)
        heading, *rows = csv.reader(storage.content(work.session, file.file_id).decode().splitlines())
    assert [row[heading.index("right_value")] for row in rows] == ["72.00", "73.00"]


def test_a_corrected_day_changes_that_day_and_all_that_stands_on_it(bank):
    rebuilt(bank)
    before = balances(bank)
    # What =B has stands on all three.
    assert before == {("2026-11-23", 1): "10500", ("2026-11-24", 1): "7500", ("2026-11-25", 1): "7600"}
    bank.run("core.transactions", HEADING + b"3,A,2026-11-24,-28.00,72.00\n", file_name="corrected")
    assert [each.kind for each in rebuilt(bank).difference_counts] == []
    assert balances(bank) == {("2026-11-23", 1): "10500", ("2026-11-24", 2): "7700", ("2026-11-25", 2): "7800"}
    rebuilt(bank)
    assert len(bank.datasets("core.rebuilt")) == 5


def test_a_day_has_all_accounts_that_have_moved_by_then(bank):
    rebuilt(bank)
    other = HEADING + b"3,A,2026-11-24,-30.00,72.00\n4,B,2026-11-24,1.00,1.00\n"
    bank.run("core.transactions", other, file_name="other")
    rebuilt(bank)
    rows = {str(each.business_date): each.rows for each in bank.datasets("core.rebuilt") if each.current}
    assert rows == {"2026-11-23": 2, "2026-11-24": 3, "2026-11-25": 3}


def test_what_cannot_be_reconciled_is_refused(bank):
    nobody = str(uuid.uuid4())
    with pytest.raises(NotFound):
        act(bank, reconciliation_service.list_differences, pb.ListDifferencesRequest(reconciliation_id=nobody))
    with pytest.raises(InvalidInput):
        act(bank, reconciliation_service.rebuild_balances, pb.RebuildBalancesRequest(feeds=["core.other"], balances_feed="x"))
    taken = pb.RebuildBalancesRequest(feeds=["core.transactions"], balances_feed="core.transactions")
    with pytest.raises(RuleBroken):
        act(bank, reconciliation_service.rebuild_balances, taken)
    late = pb.ReconcileDatasetsRequest(
        dataset="transactions",
        left=pb.DatasetRange(feeds=["core.transactions"]),
        right=pb.DatasetRange(feeds=["core.transactions"], start_date=date(2027, 1, 1).isoformat()),
    )
    with pytest.raises(InvalidInput):
        act(bank, reconciliation_service.reconcile_datasets, late)
