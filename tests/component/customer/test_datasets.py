"""Datasets become customers and holdings."""

from __future__ import annotations

import random
import shutil
import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, update

from services.chassis.kernel.caller import Scope
from services.chassis.longwork.table import Operation
from services.customer.model.customer import Customer
from services.customer.model.dataset import ApplicationState, DatasetApplication, DatasetRefusal
from services.customer.model.holding import running_of
from services.customer.rules.averages import figures, reference
from services.customer.rules.kinds import CustomerState
from services.customer.usecases.datasets import balances, contracts, following
from tests.component.customer.bank import Bank
from tests.component.customer.conftest import new_id_card, post_granted

D = date


@pytest.fixture
def bank(service):
    return Bank(service.database)


def staff(manager):
    return manager.person_id[:6]


def customer_row(bank, plain, **fields):
    return {"customer_number": bank.number(plain)} | fields


def account(bank, plain, owner="C1", **fields):
    return {"account_number": bank.number(plain), "customer_number": bank.number(owner)} | fields


def balance(bank, plain, amount, **fields):
    return {"account_number": bank.number(plain), "balance_minor_units": amount} | fields


def opened(town, bank, *plain, **fields):
    """Customers of rm1_east, by their numbers' plain part."""
    rows = [
        customer_row(bank, each, display_name=f"王{each}", **{"manager_staff_number": staff(town.rm1_east)} | fields)
        for each in plain
    ]
    bank.publish(town, "customers", D(2026, 1, 2), rows)
    found = {c.customer_number: c for c in town.analyst.pages(100)}
    return [found[bank.number(each)] for each in plain]


def refusals(bank, dataset):
    with bank.database.transaction(read_only=True) as work:
        found = select(DatasetRefusal).filter_by(feed=f"{bank.name}.{dataset}")
        return {each.row_key: each.reason for each in work.session.scalars(found)}


def test_customers_are_opened_with_the_lead_that_core_banking_names(town, bank):
    card = new_id_card()
    (customer,) = opened(town, bank, "C1", identifier=card, identifier_kind="RESIDENT_ID", phone="13800138000")
    assert customer.lead_person_id == town.rm1_east.person_id
    assert town.rm1_east.get(customer).display_name == "王C1"
    (application,) = bank.applications("customers")
    assert application.state == ApplicationState.APPLIED
    assert application.counts == {"created": 1}
    assert refusals(bank, "customers") == {}


def test_the_same_again_changes_nothing_and_a_change_only_what_differs(town, bank):
    opened(town, bank, "C1", "C2")
    rows = [
        customer_row(bank, "C1", display_name="王C1", manager_staff_number=staff(town.rm1_east)),
        customer_row(bank, "C2", display_name="王改", manager_staff_number=staff(town.rm1_west)),
    ]
    bank.publish(town, "customers", D(2026, 1, 3), rows)
    bank.publish(town, "customers", D(2026, 1, 4), rows)
    _, changed, again = bank.applications("customers")
    assert changed.counts == {"updated": 1}
    assert again.counts == {}
    found = {c.customer_number: c for c in town.analyst.pages(100)}
    assert found[bank.number("C2")].display_name == "王改"
    # Who leads is decided here.
    assert found[bank.number("C2")].lead_person_id == town.rm1_east.person_id


def test_what_a_person_changed_stays(town, bank):
    (customer,) = opened(town, bank, "C1", phone="13800138000")
    town.rm1_east.update(customer, phone="+86 13900139000")
    row = customer_row(bank, "C1", display_name="王新", phone="13700137000", manager_staff_number=staff(town.rm1_east))
    bank.publish(town, "customers", D(2026, 1, 3), [row])
    kept = town.rm1_east.call("RevealCustomer", customer_id=customer.customer_id, purpose="test")
    assert (kept.display_name, kept.phone) == ("王新", "+86 13900139000")
    assert bank.applications("customers")[-1].counts == {"updated": 1, "kept_by_hand": 1}


def test_a_wrong_check_digit_is_kept_as_an_exception_and_a_wrong_form_left_out(town, bank):
    card = new_id_card()
    wrong = card[:-1] + ("1" if card[-1] != "1" else "2")
    lead = {"manager_staff_number": staff(town.rm1_east), "identifier_kind": "RESIDENT_ID"}
    rows = [
        customer_row(bank, "C1", identifier=wrong, **lead),
        customer_row(bank, "C2", identifier="12", phone="1", **lead),
        customer_row(bank, "C3", identifier=new_id_card(), **lead),
    ]
    bank.publish(town, "customers", D(2026, 1, 2), rows)
    assert bank.applications("customers")[0].counts == {"created": 3, "identifier_exceptions": 1, "without_a_field": 1}
    assert refusals(bank, "customers") == {bank.number("C2"): "IDENTIFIER_INVALID"}
    found = {c.customer_number: c for c in town.rm1_east.pages(100)}
    assert "核心系统" in town.rm1_east.get(found[bank.number("C1")]).identifier_exception
    # Core banking mends it: the next snapshot settles it.
    rows[1] |= {"identifier": new_id_card(), "phone": "13800138000"}
    bank.publish(town, "customers", D(2026, 1, 3), rows)
    assert bank.applications("customers")[1].counts == {"updated": 1}
    assert refusals(bank, "customers") == {}


def test_without_a_known_manager_the_customer_waits_in_its_units_pool(town, bank):
    unit = town.rm1_east.caller.organisation_path.rstrip("/").rpartition("/")[2]
    rows = [
        customer_row(bank, "C1", manager_staff_number="nobody", unit_number=unit),
        customer_row(bank, "C2", manager_staff_number="nobody", unit_number="X99"),
    ]
    bank.publish(town, "customers", D(2026, 1, 2), rows)
    assert refusals(bank, "customers") == {bank.number("C1"): "LEAD_UNKNOWN", bank.number("C2"): "UNIT_UNKNOWN"}


def test_what_was_refused_for_want_of_its_unit_or_manager_comes_in_once_personnel_brings_them(town, bank):
    unit, person_id = f"X{uuid.uuid4().hex[:6]}", str(uuid.uuid4())
    rows = [
        customer_row(bank, "C1", manager_staff_number="", unit_number=unit),
        customer_row(bank, "C2", manager_staff_number="nobody", unit_number="nowhere"),
        customer_row(bank, "C3", manager_staff_number=person_id, unit_number="nowhere"),
    ]
    bank.publish(town, "customers", D(2026, 1, 2), rows)
    bank.publish(town, "accounts", D(2026, 1, 2), [account(bank, "A1"), account(bank, "A3", "C3")])
    assert refusals(bank, "customers") == {bank.number(plain): "UNIT_UNKNOWN" for plain in ("C1", "C2", "C3")}
    manager = town.colleague((), Scope(own=True), person_id).caller
    town.announce(post_granted(manager, f"{town.root}EAST/{unit}/", staff_number=person_id))
    # Twice: of one whom nobody leads nothing is asked for again.
    for _ in range(2):
        with bank.database.transaction() as work:
            following.retry(work)
        bank.wait()
    # The first is there, in the unit's pool: who leads it nobody has said.
    assert refusals(bank, "customers") == {bank.number("C1"): "LEAD_UNKNOWN", bank.number("C2"): "UNIT_UNKNOWN"}
    (application,) = bank.applications("customers")
    assert (application.state, application.counts) == (ApplicationState.APPLIED, {"created": 2, "refused": 1})
    assert [bank.holding(plain).customer_number for plain in ("A1", "A3")] == [bank.number("C1"), bank.number("C3")]
    works = select(Operation).where(Operation.subject.startswith(f"datasets/{bank.name}.customers"))
    with bank.database.transaction(read_only=True) as work:
        assert len(work.session.scalars(works).all()) == 2


@pytest.mark.parametrize("lost", ["the row", "the files"])
def test_what_cannot_be_tried_again_is_not_asked_for_without_end(town, bank, lost):
    unit = f"X{uuid.uuid4().hex[:6]}"
    row = customer_row(bank, "C1", unit_number=unit)
    bank.publish(town, "customers", D(2026, 1, 2), [row])
    if lost == "the row":
        bank.publish(town, "customers", D(2026, 1, 3), [customer_row(bank, "C2", manager_staff_number=staff(town.rm1_east))])
    else:
        shutil.rmtree(bank.database.lake.root / f"{bank.name}.customers")
    town.relationship_manager(f"EAST/{unit}/")
    assert refusals(bank, "customers") == {bank.number("C1"): "UNIT_UNKNOWN"}
    works = select(Operation.operation_id).where(Operation.subject.startswith(f"datasets/{bank.name}.customers"))
    with bank.database.transaction() as work:
        asked = work.session.scalars(works).all()
        following.retry(work)
        assert work.session.scalars(works).all() == asked


def test_core_banking_does_not_bring_back_an_erased_customer(town, bank):
    (customer,) = opened(town, bank, "C1")
    with bank.database.transaction() as work:
        work.session.get(Customer, customer.customer_id).state = CustomerState.ERASED.value
    bank.publish(town, "customers", D(2026, 1, 3), [customer_row(bank, "C1", display_name="王回")])
    assert refusals(bank, "customers")[bank.number("C1")]
    bank.publish(town, "accounts", D(2026, 1, 3), [account(bank, "A1")])
    held = bank.holding("A1")
    assert (held.customer_id, held.customer_number) == (None, "")


def test_a_holding_waits_for_its_customer(town, bank):
    bank.publish(town, "balances", D(2026, 1, 2), [balance(bank, "A1", 700)])
    assert bank.holding("A1").kind == 0
    bank.publish(town, "accounts", D(2026, 1, 2), [account(bank, "A1")])
    waiting = bank.holding("A1")
    assert (waiting.kind, waiting.customer_id, waiting.balance_minor_units) == (1, None, 700)
    assert bank.applications("accounts")[0].counts == {"updated": 1, "without_customer": 1}
    (customer,) = opened(town, bank, "C1")
    assert bank.holding("A1").customer_id == customer.customer_id


def test_days_one_after_the_other_make_what_the_rule_says(town, bank):
    random.seed(7)
    start, days = D(2023, 12, 28), {}
    bank.publish(town, "accounts", start, [account(bank, "A1"), account(bank, "A2")])
    for place in range(8):
        day = start + timedelta(days=place + (place > 4) * 30)
        for plain in ("A1", "A2"):
            if random.random() < 0.8:
                days.setdefault(plain, {})[day] = random.choice([100, 100, -35, 7])
        rows = [balance(bank, plain, of[day]) for plain, of in days.items() if day in of]
        bank.publish(town, "balances", day, rows)
    for plain, of in days.items():
        for later in (0, 1, 60):
            as_of = day + timedelta(days=later)
            assert figures(running_of(bank.holding(plain)), as_of) == reference(of, as_of)


def test_a_correction_recomputes_only_whom_it_touches(town, bank):
    bank.publish(town, "accounts", D(2026, 1, 1), [account(bank, "A1"), account(bank, "A2")])
    days = {D(2026, 1, day): {"A1": 100 * day, "A2": 5} for day in range(1, 6)}
    for day, of in days.items():
        town.announce(bank.write("balances", day, [balance(bank, plain, amount) for plain, amount in of.items()]))
    bank.wait()
    days[D(2026, 1, 3)]["A1"] = 777
    bank.publish(town, "balances", D(2026, 1, 3), [balance(bank, "A1", 777), balance(bank, "A2", 5)])
    told = bank.applications("balances")
    assert [(each.revision, each.state) for each in told if each.business_date == D(2026, 1, 3)] == [
        (1, ApplicationState.SUPERSEDED),
        (2, ApplicationState.APPLIED),
    ]
    assert next(each for each in told if each.revision == 2).counts == {"updated": 1}
    as_of = D(2026, 1, 20)
    for plain in ("A1", "A2"):
        assert figures(running_of(bank.holding(plain)), as_of) == reference({d: of[plain] for d, of in days.items()}, as_of)
    # A day that never came, late.
    days[D(2025, 12, 30)] = {"A1": 9}
    bank.publish(town, "balances", D(2025, 12, 30), [balance(bank, "A1", 9)])
    by_day = {d: of["A1"] for d, of in days.items()}
    assert figures(running_of(bank.holding("A1")), as_of) == reference(by_day, as_of)
    # An account taken out of the only days that had it.
    for day in days:
        town.announce(bank.write("balances", day, [balance(bank, "A1", 1)]))
    bank.wait()
    assert running_of(bank.holding("A2")) is None


def test_a_snapshot_without_an_account_ends_it_and_a_later_one_brings_it_back(town, bank):
    bank.publish(town, "accounts", D(2026, 1, 1), [account(bank, "A1"), account(bank, "A2")])
    bank.publish(town, "accounts", D(2026, 1, 2), [account(bank, "A2")])
    assert bank.holding("A1").missing_since_date == D(2026, 1, 2)
    bank.publish(town, "accounts", D(2026, 1, 3), [account(bank, "A1"), account(bank, "A2")])
    assert bank.holding("A1").missing_since_date is None


def test_bills_factoring_trade_finance_and_classes(town, bank):
    (customer,) = opened(town, bank, "C1")
    day = D(2026, 1, 2)
    owner = {"customer_number": bank.number("C1"), "maturity_date": D(2026, 6, 30)}
    bank.publish(town, "bills", day, [owner | {"bill_number": bank.number("B1"), "face_minor_units": 500_00}])
    factored = {"contract_number": bank.number("F1"), "receivable_minor_units": 900, "financed_minor_units": 700}
    bank.publish(town, "factoring", day, [owner | factored])
    letter = {
        "reference": bank.number("L1"),
        "customer_number": bank.number("C1"),
        "amount_minor_units": 3,
        "currency_code": "USD",
    }
    bank.publish(town, "trade_finance", day, [letter])
    risk = f"risk{bank.name}"
    bank.publish(town, "loan_classes", day, [{"account_number": bank.number("A1"), "class": "NORMAL"}], system=risk)
    # The account comes after its class.
    bank.publish(town, "accounts", day, [account(bank, "A1", kind="LOAN")])
    bank.wait()
    assert bank.holding("B1", dataset="bills").balance_minor_units == 500_00
    assert bank.holding("F1", dataset="factoring").balance_minor_units == 700
    assert bank.holding("L1", "USD", "trade_finance").customer_id == customer.customer_id
    assert bank.holding("A1").loan_class == 1


def test_a_pass_that_breaks_off_is_gone_on_with_and_loses_nothing(town, bank, monkeypatch):
    plain = [f"A{place}" for place in range(8)]
    breaks = {}

    def breaking(applier):
        whole = applier.apply

        def apply(*given, **named):
            breaks[applier] = breaks.get(applier, 0) + 1
            if breaks[applier] == 2:
                raise ConnectionError("The process dies after its first step.")
            return whole(*given, **named)

        monkeypatch.setattr(applier, "apply", apply)
        monkeypatch.setattr(applier, "ROWS_PER_STEP", 3)

    breaking(contracts)
    breaking(balances)
    bank.publish(town, "accounts", D(2026, 1, 1), [account(bank, each) for each in plain])
    days = {D(2026, 1, day): {each: 100 * day + place for place, each in enumerate(plain)} for day in (1, 2, 3)}
    for day, of in days.items():
        town.announce(bank.write("balances", day, [balance(bank, each, amount) for each, amount in of.items()]))
    bank.wait()
    assert set(breaks) == {contracts, balances}
    assert bank.applications("accounts")[0].counts == {"created": 8, "without_customer": 8}
    for each in plain:
        by_day = {day: of[each] for day, of in days.items()}
        assert figures(running_of(bank.holding(each)), D(2026, 1, 9)) == reference(by_day, D(2026, 1, 9))


def test_another_base_day_makes_all_figures_anew(town, bank):
    bank.publish(town, "accounts", D(2026, 1, 1), [account(bank, "A1")])
    days = {D(2025, 12, 1): 5, D(2026, 2, 1): 7, D(2026, 4, 1): 9}
    for day, amount in days.items():
        bank.publish(town, "balances", day, [balance(bank, "A1", amount)])
    settings = bank.database.settings
    bank.database.settings = settings.model_copy(update={"base_date": D(2026, 3, 1)})
    try:
        days[D(2026, 5, 1)] = 11
        bank.publish(town, "balances", D(2026, 5, 1), [balance(bank, "A1", 11)])
        as_of = D(2026, 5, 20)
        told = figures(running_of(bank.holding("A1")), as_of, base_date=D(2026, 3, 1))
        assert told == reference(days, as_of, base_date=D(2026, 3, 1))
        assert told.base == 7
    finally:
        bank.database.settings = settings


def test_a_revision_whose_files_are_gone_is_told_and_holds_nothing_up(town, bank):
    bank.publish(town, "accounts", D(2026, 1, 1), [account(bank, "A1")])
    event = bank.write("balances", D(2026, 1, 1), [balance(bank, "A1", 1)])
    shutil.rmtree(bank.database.lake.root / event.feed)
    town.announce(event)
    bank.publish(town, "balances", D(2026, 1, 2), [balance(bank, "A1", 2)])
    assert [each.state for each in bank.applications("balances")] == [ApplicationState.FAILED, ApplicationState.APPLIED]


def test_what_was_left_is_asked_for_anew(town, bank):
    event = bank.write("accounts", D(2026, 1, 1), [account(bank, "A1")])
    with bank.database.transaction() as work:
        following.take_dataset(work, event)
        work.session.execute(delete(Operation).where(Operation.subject == f"datasets/{event.feed}"))
        work.session.execute(update(DatasetApplication).values(receive_time=work.now - timedelta(hours=1)))
    with bank.database.transaction() as work:
        following.resume(work)
    bank.wait()
    assert bank.holding("A1") is not None
