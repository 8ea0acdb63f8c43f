"""What customers hold, as callers are told it."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from workbench.customer.v1 import holding_pb2, relation_pb2

from services.chassis.kernel.caller import Scope
from services.chassis.kernel.errors import InvalidInput, NotAllowed, NotFound
from services.chassis.longwork.runner import Runner
from services.customer.__main__ import SERVICE
from services.customer.model.customer import Customer
from services.customer.model.holding import Holding, running_of
from services.customer.rules.averages import figures, reference
from tests.component.customer.bank import Bank
from tests.component.customer.conftest import SERVES_CUSTOMERS, Town, post_granted
from tests.component.customer.test_datasets import D, account, balance, customer_row, opened, refusals, staff

READS = (*SERVES_CUSTOMERS, "customer.holding.read")


class HoldingTown(Town):
    """A town whose people may read holdings."""

    def colleague(self, permissions, scope, person_id="", organisation_path=""):
        return super().colleague((*permissions, "customer.holding.read"), scope, person_id, organisation_path)


@pytest.fixture
def town(service):
    return HoldingTown(service)


@pytest.fixture
def bank(service):
    return Bank(service.database)


@pytest.fixture
def today(service):
    with service.database.transaction(read_only=True) as work:
        return work.business_date


@pytest.fixture
def rich(town, bank, today):
    """One customer of rm1_east with a deposit, a loan that falls due, an account in dollars and one of a stranger."""
    (customer,) = opened(town, bank, "C1")
    rows = [
        account(bank, "A1", product_name="活期"),
        account(
            bank,
            "A2",
            kind="LOAN",
            maturity_date=today + timedelta(days=20),
            principal_minor_units=500_00,
            interest_rate_e8=3_450_000,
        ),
        account(bank, "A3", currency_code="USD"),
        account(bank, "A4", owner="C9"),
    ]
    bank.publish(town, "accounts", today - timedelta(days=2), rows)
    for back, amount in ((2, 100_00), (1, 100_00), (0, 400_00)):
        each = [
            balance(bank, "A1", amount),
            balance(bank, "A2", 300_00),
            balance(bank, "A3", 7_00, currency_code="USD"),
            balance(bank, "A4", 1),
        ]
        bank.publish(town, "balances", today - timedelta(days=back), each)
    return customer


def test_a_customers_holdings_with_their_figures(town, bank, rich, today):
    shown = {each.number: each for each in town.rm1_east.call("ListHoldings", customer_id=rich.customer_id).holdings}
    assert set(shown) == {bank.number("A1"), bank.number("A2"), bank.number("A3")}
    loan = shown[bank.number("A2")]
    assert (loan.kind, loan.interest_rate_percent, loan.principal.amount) == (holding_pb2.HOLDING_KIND_LOAN, "3.45", "500.00")
    told = shown[bank.number("A1")].figures
    assert (told.balance.amount, told.business_date) == ("400.00", today.isoformat())
    days = {today - timedelta(days=back): amount for back, amount in ((2, 100_00), (1, 100_00), (0, 400_00))}
    expected = reference(days, today)
    assert told.year_average.amount == f"{expected.averages[list(expected.averages)[2]].minor_units / 100:.2f}"


def test_lists_by_kind_state_and_page(town, bank, rich):
    listed = town.rm1_east.call("ListHoldings", customer_id=rich.customer_id, kinds=[holding_pb2.HOLDING_KIND_LOAN]).holdings
    assert [each.number for each in listed] == [bank.number("A2")]
    closed = [holding_pb2.HOLDING_STATE_CLOSED]
    assert not town.rm1_east.call("ListHoldings", customer_id=rich.customer_id, states=closed).holdings
    first = town.rm1_east.call("ListHoldings", customer_id=rich.customer_id, page_size=2)
    rest = town.rm1_east.call("ListHoldings", customer_id=rich.customer_id, page_size=2, page_token=first.next_page_token)
    assert (len(first.holdings), len(rest.holdings), rest.next_page_token) == (2, 1, "")


def test_the_summary_adds_up_by_heading_and_currency(town, rich, today):
    summary = town.rm1_east.call("GetHoldingSummary", customer_id=rich.customer_id)
    totals = {(each.group, each.currency_code): each for each in summary.totals}
    assert totals[holding_pb2.HOLDING_GROUP_DEPOSITS, "CNY"].figures.balance.amount == "400.00"
    assert totals[holding_pb2.HOLDING_GROUP_DEPOSITS, "USD"].figures.balance.amount == "7.00"
    assert totals[holding_pb2.HOLDING_GROUP_LOANS, "CNY"].holdings == 1
    assert len(totals) == 3
    assert [each.maturity_date for each in summary.maturities] == [(today + timedelta(days=20)).isoformat()]
    assert not town.rm1_east.call("GetHoldingSummary", customer_id=rich.customer_id, maturity_days=10).maturities


def test_out_of_scope_looks_like_not_there(town, rich):
    (holding, *_) = town.rm1_east.call("ListHoldings", customer_id=rich.customer_id).holdings
    for method, fields, fault in (
        ("ListHoldings", {"customer_id": rich.customer_id}, "CUSTOMER_NOT_FOUND"),
        ("GetHoldingSummary", {"customer_id": rich.customer_id}, "CUSTOMER_NOT_FOUND"),
        ("GetHolding", {"holding_id": holding.holding_id}, "HOLDING_NOT_FOUND"),
        ("ListBalanceHistory", {"holding_id": holding.holding_id}, "HOLDING_NOT_FOUND"),
    ):
        for stranger in (town.rm2_east, town.manager_west):
            with pytest.raises(NotFound, match=fault):
                stranger.call(method, **fields)
        assert town.manager_east.call(method, **fields)
    assert not town.rm2_east.call("ListMaturities").holdings
    assert not town.manager_west.call("ListMaturities").holdings
    unallowed = Town.colleague(town, SERVES_CUSTOMERS, Scope(organisation_paths=(town.root,)))
    with pytest.raises(NotAllowed):
        unallowed.call("GetHoldingSummary", customer_id=rich.customer_id)


def test_holdings_go_along_with_a_hand_over(town, rich):
    town.manager_east.reassign(rich, town.rm2_east)
    assert len(town.rm2_east.call("ListHoldings", customer_id=rich.customer_id).holdings) == 3
    with pytest.raises(NotFound):
        town.rm1_east.call("ListHoldings", customer_id=rich.customer_id)


def test_maturities_by_date_in_pages(town, bank, rich, today):
    rows = [account(bank, f"M{day}", kind="TERM_DEPOSIT", maturity_date=today + timedelta(days=day)) for day in (5, 1, 3)]
    rows += [account(bank, "A2", kind="LOAN", maturity_date=today + timedelta(days=20))]
    rows += [account(bank, "M0", kind="TERM_DEPOSIT", maturity_date=today + timedelta(days=2), state="CLOSED")]
    bank.publish(town, "accounts", today, rows)
    told, token = [], ""
    while True:
        page = town.rm1_east.call("ListMaturities", page_size=2, page_token=token)
        told += [each.number for each in page.holdings]
        if not (token := page.next_page_token):
            break
    assert told == [bank.number(plain) for plain in ("M1", "M3", "M5", "A2")]
    few = town.rm1_east.call("ListMaturities", end_date=(today + timedelta(days=3)).isoformat()).holdings
    assert [each.number for each in few] == [bank.number("M1"), bank.number("M3")]


def test_a_holding_explains_itself(town, bank, rich, today):
    shown = {each.number: each for each in town.rm1_east.call("ListHoldings", customer_id=rich.customer_id).holdings}
    holding = town.rm1_east.call("GetHolding", holding_id=shown[bank.number("A1")].holding_id)
    assert holding.balance_since_date == today.isoformat()
    assert {(each.dataset, each.business_date, each.revision) for each in holding.sources} >= {
        ("accounts", (today - timedelta(days=2)).isoformat(), 1),
        ("balances", today.isoformat(), 1),
    }
    year = holding.period_sums[2]
    assert (year.start_date, year.end_date) == (f"{today.year}-01-01", today.isoformat())
    assert year.days == today.timetuple().tm_yday


def test_days_of_balances_with_gaps_carried(town, bank, today):
    (customer,) = opened(town, bank, "C1")
    bank.publish(town, "accounts", today - timedelta(days=9), [account(bank, "A1", close_date=today - timedelta(days=1))])
    for back, amount in ((8, 5), (5, 9)):
        bank.publish(town, "balances", today - timedelta(days=back), [balance(bank, "A1", amount)])
    (holding,) = town.rm1_east.call("ListHoldings", customer_id=customer.customer_id).holdings
    days = {"start_date": (today - timedelta(days=9)).isoformat(), "end_date": today.isoformat()}
    told = town.rm1_east.call("ListBalanceHistory", holding_id=holding.holding_id, **days).balances
    assert [(each.balance.amount, each.carried) for each in told] == [
        ("0.05", False), ("0.05", True), ("0.05", True), ("0.09", False), *[("0.09", True)] * 3, ("0.00", True), ("0.00", True),
    ]  # fmt: skip
    days["start_date"] = (today - timedelta(days=4)).isoformat()
    assert town.rm1_east.call("ListBalanceHistory", holding_id=holding.holding_id, **days).balances[0].balance.amount == "0.09"
    with pytest.raises(InvalidInput, match="DATES_INVALID"):
        town.rm1_east.call("ListBalanceHistory", holding_id=holding.holding_id, start_date="2020-01-01")


def test_a_merge_takes_holdings_along_and_its_undo_brings_them_back(town, bank):
    one, other = opened(town, bank, "C1", "C2")
    bank.publish(town, "accounts", D(2026, 1, 2), [account(bank, "A1"), account(bank, "A2", owner="C2")])
    merger = town.colleague((*READS, "customer.record.merge"), Scope(organisation_paths=(town.root,)))
    merge = merger.call(
        "MergeCustomers", survivor_customer_id=one.customer_id, merged_customer_id=other.customer_id, reason="one"
    )
    assert {each.kind: each.rows for each in merge.moved}["holdings"] == 1
    # What comes under the merged record's number since is the survivor's too.
    bank.publish(
        town,
        "accounts",
        D(2026, 1, 3),
        [account(bank, plain, owner=owner) for plain, owner in (("A1", "C1"), ("A2", "C2"), ("A3", "C2"))],
    )
    assert len(town.rm1_east.call("ListHoldings", customer_id=one.customer_id).holdings) == 3
    merger.call("UndoMerge", merge_id=merge.merge_id, reason="two")
    numbers = {each.number for each in town.rm1_east.call("ListHoldings", customer_id=other.customer_id).holdings}
    assert numbers == {bank.number("A2"), bank.number("A3")}


def test_an_erasure_leaves_nothing_that_says_whose_they_were(town, bank):
    (customer,) = opened(town, bank, "C1")
    bank.publish(town, "accounts", D(2026, 1, 2), [account(bank, "A1", state="CLOSED")])
    subject = ("customer.subject.erase", "customer.subject.approve")
    steward, second = (town.colleague((*READS, *subject), Scope(organisation_paths=(town.root,))) for _ in range(2))
    bank.publish(town, "customers", D(2026, 1, 3), [customer_row(bank, "C1", state="CLOSED")])
    erasure = steward.call("RequestErasure", customer_id=customer.customer_id, reason="letter")
    second.call("ApproveErasure", erasure_id=erasure.erasure_id)
    held = bank.holding("A1")
    assert (held.customer_id, held.customer_number) == (None, "")
    bank.publish(town, "accounts", D(2026, 1, 4), [account(bank, "A1", state="CLOSED", product_name="x")])
    assert bank.holding("A1").customer_number == ""


def test_joint_holders_are_told_in_scope_and_shared_accounts_listed(town, bank):
    (owner, joint) = opened(town, bank, "C1", "C2")
    bank.publish(town, "accounts", D(2026, 1, 2), [account(bank, "A1")])
    bank.publish(town, "account_holders", D(2026, 1, 2), [account(bank, "A1", owner="C2"), account(bank, "A1", owner="C7")])
    assert not town.rm1_east.call("ListHoldings", customer_id=joint.customer_id).holdings
    (shared,) = town.rm1_east.call("ListHoldings", customer_id=joint.customer_id, shared=True).holdings
    assert shared.customer_id == owner.customer_id
    holders = town.rm1_east.call("GetHolding", holding_id=shared.holding_id).holders
    assert [(each.customer_id, each.role) for each in holders] == [(joint.customer_id, holding_pb2.HOLDER_ROLE_JOINT_OWNER)]
    bank.publish(town, "account_holders", D(2026, 1, 3), [account(bank, "A1", owner="C7")])
    assert not town.rm1_east.call("ListHoldings", customer_id=joint.customer_id, shared=True).holdings


def test_a_groups_members_are_added_up(town, bank):
    one, other = opened(town, bank, "C1", "C2")
    bank.publish(town, "accounts", D(2026, 1, 2), [account(bank, "A1"), account(bank, "A2", owner="C2")])
    bank.publish(town, "balances", D(2026, 1, 2), [balance(bank, "A1", 100), balance(bank, "A2", 23)])
    head = town.colleague((*READS, "customer.group.manage"), Scope(organisation_paths=(town.root,)), organisation_path=town.root)
    group = head.call("CreateCustomerGroup", group=relation_pb2.CustomerGroup(display_name="集团"))
    for member in (one, other):
        head.call("AddCustomerGroupMember", group_id=group.group_id, customer_id=member.customer_id, role=2)
    summary = head.call("GetCustomerGroupHoldingSummary", group_id=group.group_id)
    assert summary.customers == 2
    assert [(each.holdings, each.figures.balance.amount) for each in summary.totals] == [(2, "1.23")]


def test_the_timeline_is_told_of_changes_and_not_of_the_first_load(town, bank):
    (customer,) = opened(town, bank, "C1")
    first, second = D(2026, 1, 2), D(2026, 1, 3)
    loan = {"kind": "LOAN", "open_date": second}
    bank.publish(town, "accounts", first, [account(bank, "A1"), account(bank, "A2", **loan | {"open_date": first})])
    bank.publish(town, "loan_classes", first, [{"account_number": bank.number("A2"), "class": "NORMAL"}])
    rows = [account(bank, "A1", state="CLOSED"), account(bank, "A2", **loan), account(bank, "A3", **loan), account(bank, "A4")]
    bank.publish(town, "accounts", second, rows)
    bank.publish(town, "loan_classes", second, [{"account_number": bank.number("A2"), "class": "DOUBTFUL"}])
    bank.publish(town, "accounts", second, [*rows[:-1], account(bank, "A4", product_name="x")])
    told = town.rm1_east.call("ListTimelineEntries", customer_id=customer.customer_id, categories=[9]).entries
    assert sorted(each.kind for each in told) == ["account_closed", "loan_class_changed", "loan_drawn"]
    assert dict(told[0].parameters) == {"former_class": "NORMAL", "loan_class": "DOUBTFUL"}


def test_a_pool_customer_goes_to_the_manager_once_he_is_known(town, bank, service):
    unit = f"U{bank.name}"
    path = f"{town.root}EAST/{unit}/"
    boss = town.relationship_manager(f"EAST/{unit}/")
    row = customer_row(bank, "C1", manager_staff_number=f"S{bank.name}", unit_number=unit)
    bank.publish(town, "customers", D(2026, 1, 2), [row, customer_row(bank, "C2", unit_number=unit)])
    found = {c.customer_number: c for c in town.analyst.pages(100)}
    assert {c.lead_person_id for c in found.values()} == {""}
    assert {c.organisation_path for c in found.values()} == {path}
    assert not list(boss.pages(10))
    newcomer = town.colleague(READS, Scope(own=True), organisation_path=path)
    town.announce(post_granted(newcomer, path, staff_number=f"S{bank.name}"))
    bank.publish(town, "customers", D(2026, 1, 3), [row, customer_row(bank, "C2", unit_number=unit)])
    assert [c.customer_number for c in newcomer.pages(10)] == [bank.number("C1")]
    assert refusals(bank, "customers") == {bank.number("C2"): "LEAD_UNKNOWN"}
    # Whoever is in charge of the unit gives the other one to somebody.
    town.manager_east.reassign(found[bank.number("C2")], newcomer)
    assert len(list(newcomer.pages(10))) == 2
    bank.publish(town, "customers", D(2026, 1, 4), [row, customer_row(bank, "C2", unit_number=unit)])
    assert refusals(bank, "customers") == {}


def test_data_stewards_see_what_was_applied_and_refused(town, bank):
    opened(town, bank, "C1")
    bank.publish(town, "customers", D(2026, 1, 3), [customer_row(bank, "C1"), customer_row(bank, "C2", unit_number="X9")])
    rights = ("integration.dataset.read", "integration.quarantine.read")
    steward = town.colleague(rights, Scope(organisation_paths=(town.root,)))
    feed = f"{bank.name}.customers"
    latest, _ = steward.call("ListDatasetApplications", feed=feed).dataset_applications
    assert (latest.business_date, dict(latest.counts)) == ("2026-01-03", {"updated": 1, "refused": 1})
    (refused,) = steward.call("ListDatasetRefusals", feed=feed).dataset_refusals
    assert (refused.row_key, refused.reason) == (bank.number("C2"), "UNIT_UNKNOWN")
    of_branch = town.colleague(rights, Scope(organisation_paths=(f"{town.root}WEST/",)))
    assert not of_branch.call("ListDatasetRefusals", feed=feed).dataset_refusals


def test_two_revisions_applied_at_once_by_two_copies_end_as_the_latest_says(town, bank, service):
    opened(town, bank, "C1")
    bank.publish(town, "accounts", D(2026, 1, 1), [account(bank, f"A{place}") for place in range(50)])
    days = {D(2026, 1, day): [balance(bank, f"A{place}", 100 * place + day) for place in range(50)] for day in (2, 3, 4)}
    events = [bank.write("balances", day, rows) for day, rows in days.items()]
    days[D(2026, 1, 3)] = [balance(bank, f"A{place}", 7 * place) for place in range(50)]
    events.append(bank.write("balances", D(2026, 1, 3), days[D(2026, 1, 3)]))
    with Runner(service.database, SERVICE.works):
        barrier = threading.Barrier(len(events))

        def announce(event):
            barrier.wait()
            town.announce(event)

        threads = [threading.Thread(target=announce, args=(event,)) for event in events]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        bank.wait()
    for place in range(0, 50, 7):
        by_day = {
            day: next(r["balance_minor_units"] for r in rows if r["account_number"] == bank.number(f"A{place}"))
            for day, rows in days.items()
        }
        assert figures(running_of(bank.holding(f"A{place}")), D(2026, 2, 1)) == reference(by_day, D(2026, 2, 1))


def test_who_leads_is_asked_of_the_customer_and_not_of_the_holding(town, bank, service):
    """On PostgreSQL row-level security guards holdings by their customers, whatever a statement forgets; SQLite has none."""
    (customer,) = opened(town, bank, "C1")
    bank.publish(town, "accounts", D(2026, 1, 2), [account(bank, "A1")])
    seen = [] if service.database.engine.dialect.name == "postgresql" else [bank.number("A1")]
    with service.database.transaction(town.rm2_east.caller, scope=Scope(own=True), read_only=True) as work:
        assert [each.number for each in work.session.scalars(select(Holding).filter_by(number=bank.number("A1")))] == seen
        found = work.session.scalars(select(Customer).filter_by(customer_id=customer.customer_id)).all()
        assert len(found) == len(seen)
    with service.database.transaction(town.rm1_east.caller, scope=Scope(own=True), read_only=True) as work:
        assert [each.number for each in work.session.scalars(select(Holding).filter_by(number=bank.number("A1")))] == [
            bank.number("A1")
        ]


def test_balances_of_several_customers_in_one_answer(town, bank, rich, today):
    (other,) = opened(town, bank, "C2")
    (stranger,) = opened(town, bank, "C3", manager_staff_number=staff(town.rm1_west))
    asked = [other.customer_id, rich.customer_id.upper(), stranger.customer_id]
    answer = town.rm1_east.call("BatchGetCustomerBalances", customer_ids=asked)
    assert answer.business_date == today.isoformat()
    without, of_rich = answer.customer_balances
    assert (without.customer_id, len(without.assets)) == (other.customer_id, 0)
    assert of_rich.customer_id == rich.customer_id

    def told(amounts):
        return {each.currency_code: each.amount for each in amounts}

    assert told(of_rich.assets) == told(of_rich.deposits) == {"CNY": "400.00", "USD": "7.00"}
    assert told(of_rich.loans) == {"CNY": "300.00"}
    totals = town.rm1_east.call("GetHoldingSummary", customer_id=rich.customer_id).totals
    deposits = {
        each.currency_code: each.figures.balance.amount for each in totals if each.group == holding_pb2.HOLDING_GROUP_DEPOSITS
    }
    assert told(of_rich.deposits) == deposits
