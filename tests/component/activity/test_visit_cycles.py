"""Visit cycles: who is due by value and tier, the visits of a week, and what contacts make of both."""

import time
import uuid
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pyarrow as pa
import pytest
from sqlalchemy import select
from workbench.activity.v1 import contact_events_pb2, contact_pb2, visit_cycle_pb2
from workbench.customer.v1 import customer_pb2, duplicate_events_pb2, exchange_events_pb2
from workbench.integration.v1 import events_pb2
from workbench.operations.v1 import operation_service_pb2

from services.activity.model.visit_cycle import VisitCycle
from services.chassis.kernel.errors import InvalidInput, NotAllowed, NotFound, StaleVersion
from services.chassis.lake.lake import Pin
from services.chassis.lake.schemas import SCHEMAS, Type

# A Wednesday, and the Monday of the week after it: five workdays without a holiday.
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
TODAY, MONDAY = date(2026, 11, 25), date(2026, 11, 30)
PRIVATE, MASS = customer_pb2.CUSTOMER_TIER_PRIVATE, customer_pb2.CUSTOMER_TIER_MASS
PROPOSED, ACCEPTED = visit_cycle_pb2.VISIT_PROPOSAL_STATE_PROPOSED, visit_cycle_pb2.VISIT_PROPOSAL_STATE_ACCEPTED
DECLINED, DONE = visit_cycle_pb2.VISIT_PROPOSAL_STATE_DECLINED, visit_cycle_pb2.VISIT_PROPOSAL_STATE_DONE
NO_TIME = visit_cycle_pb2.VISIT_DECLINE_REASON_NO_TIME
_ARROW = {Type.DATE: pa.date32(), Type.MONEY: pa.int64(), Type.RATE: pa.int64()}


@pytest.fixture(autouse=True)
def _now(at):
    at(NOW)


def refresh(person, **fields):
    operation = person.call("RefreshVisitCycles", **fields)
    for _ in range(100):
        operation = person.call("GetOperation", service="activity", operation_id=operation.operation_id)
        if operation.state > operation_service_pb2.OPERATION_STATE_RUNNING:
            break
        time.sleep(0.05)
    assert operation.state == operation_service_pb2.OPERATION_STATE_SUCCEEDED, operation
    return operation


def cycles(person, **fields):
    return {cycle.customer_id: cycle for cycle in person.call("ListVisitCycles", **fields).visit_cycles}


def set_rule(town, person=None, **fields):
    person = person or town.manager_east
    rule = {
        "organisation_path": person.organisation_path,
        "key_share_basis_points": 2_000,
        "key_cycle_days": 10,
        "tier_cycles": [{"tier": MASS, "cycle_days": 90}],
        "contact_kinds": [contact_pb2.CONTACT_KIND_VISIT, contact_pb2.CONTACT_KIND_CALL],
        "visits_per_day_max": 6,
    }
    return person.call("SetVisitRule", visit_rule=rule | fields)


def see(person, customer, when=NOW - timedelta(hours=1), kind=contact_pb2.CONTACT_KIND_VISIT, **fields):
    """A contact that took place, and what the service hears of it."""
    draft = {"customer_id": customer, "kind": kind, "state": contact_pb2.CONTACT_STATE_DONE, "start_time": when, "minutes": 20}
    return person.call("CreateContact", contact=draft | fields)


def hear(town):
    """Lets the service hear of its own contacts."""
    for event in town.recorded(contact_events_pb2.ContactRecorded):
        if event.organisation_path.startswith(town.root):
            town.announce(event)


def in_cycle(town, *customers, days=180, due=TODAY - timedelta(days=3)):
    """Cycles of customers of the first relationship manager, past what assesses them."""
    with town.service.database.transaction() as work:
        for customer in customers:
            work.session.add(
                VisitCycle(
                    visit_cycle_id=work.new_id(),
                    customer_id=customer,
                    owner_person_id=town.rm1_east.person_id,
                    organisation_path=town.rm1_east.organisation_path,
                    rule_cycle_days=days,
                    due_date=due,
                    assess_date=TODAY,
                    update_time=NOW,
                )
            )


def make_due(town, *customers, due=TODAY - timedelta(days=3)):
    """Sets when customers are due, past all rules."""
    with town.service.database.transaction() as work:
        for cycle in work.session.scalars(select(VisitCycle).where(VisitCycle.customer_id.in_(customers))):
            cycle.due_date = due


def proposals(person, **fields):
    return list(person.call("ListVisitProposals", week_start_date=MONDAY.isoformat(), **fields).visit_proposals)


def plan(person, **fields):
    return person.call("PlanVisits", week_start_date=MONDAY.isoformat(), **fields)


class Bank:
    """A source system that publishes datasets."""

    def __init__(self, town):
        self.town, self.name = town, f"core{uuid.uuid4().hex[:8]}"

    def publish(self, dataset, day, rows, revision=1, *, written=True):
        schema, pin = SCHEMAS[dataset], Pin(f"{self.name}.{dataset}", dataset, self.name, day, revision)
        columns = {
            column.name: pa.array([row.get(column.name) for row in rows], _ARROW.get(column.type, pa.string()))
            for column in schema.columns
        }
        lake = self.town.service.database.lake
        if written:
            with lake.connection() as connection:
                connection.register("given", pa.table(columns))
                lake.write(connection, "SELECT * FROM given", schema, pin)
        self.town.announce(
            events_pb2.DatasetPublished(
                feed=pin.feed, dataset=dataset, source_system=self.name, business_date=str(day), revision=revision, rows=len(rows)
            )
        )

    def accounts(self, numbers, day=TODAY):
        common = {"kind": "DEMAND_DEPOSIT", "currency_code": "CNY", "unit_number": "E", "open_date": day, "state": "ACTIVE"}
        self.publish("accounts", day, [{"account_number": a, "customer_number": c} | common for a, c in numbers.items()])

    def balances(self, day, amounts, revision=1):
        rows = [{"account_number": a, "currency_code": c, "balance_minor_units": m} for a, c, m in amounts]
        self.publish("balances", day, rows, revision)


def test_the_most_valuable_fifth_of_a_branch_is_key(town):
    customers = {
        f"{town.root}{number}": town.customer(town.rm1_east, customer_number=f"{town.root}{number}") for number in range(5)
    }
    bank, first = Bank(town), TODAY - timedelta(days=89)
    bank.accounts({f"A{number}": number for number in customers})
    numbers = list(customers)
    # The first has little on most days and much on the last; the second the same all the time.
    steady = [(f"A{number}", "CNY", 100_00) for number in numbers[2:]]
    bank.balances(first - timedelta(days=3), [(f"A{numbers[0]}", "CNY", 10_00), (f"A{numbers[1]}", "CNY", 900_00), *steady])
    bank.balances(TODAY, [(f"A{numbers[0]}", "CNY", 1_000_00), (f"A{numbers[1]}", "CNY", 900_00), *steady])
    # A correction of the last day.
    bank.balances(TODAY, [(f"A{numbers[0]}", "CNY", 2_710_00), (f"A{numbers[1]}", "CNY", 900_00), *steady], revision=2)
    refresh(town.manager_east)
    shown = cycles(town.rm1_east)
    # 89 days of 10 and one of 2,710: 40.
    assert shown[customers[numbers[0]]].value.amount == "40.00"
    assert shown[customers[numbers[1]]].value.amount == "900.00"
    assert [each for each in numbers if shown[customers[each]].key] == [numbers[1]]
    assert (shown[customers[numbers[1]]].cycle_days, shown[customers[numbers[0]]].cycle_days) == (10, 180)


def test_a_merged_record_counts_for_the_one_that_stands_for_it(town):
    numbers = [f"{town.root}{number}" for number in range(3)]
    customers = [town.customer(town.rm1_east, customer_number=number) for number in numbers]
    lead = {"lead_person_id": town.rm1_east.person_id, "organisation_path": town.rm1_east.organisation_path}
    # The first into the second, and that into the third.
    for merged, survivor in pairwise(customers):
        merge = {
            "survivor_customer_id": survivor,
            "merged_customer_id": merged,
            "merge_id": f"m-{merged}",
            "display_name": "欧阳",
        }
        town.announce(duplicate_events_pb2.CustomersMerged(**merge, **lead))
    bank = Bank(town)
    bank.accounts({f"A{number}": number for number in numbers})
    for day in (TODAY - timedelta(days=89), TODAY):
        bank.balances(day, [(f"A{number}", "CNY", 10_00) for number in numbers])
    refresh(town.manager_east)
    assert {customer: cycle.value.amount for customer, cycle in cycles(town.rm1_east).items()} == {customers[2]: "30.00"}


def test_other_currencies_are_converted_and_those_without_a_rate_are_left_out(town):
    number = f"{town.root}1"
    customer = town.customer(town.rm1_east, customer_number=number)
    bank = Bank(town)
    accounts = {f"{town.root}{code}": number for code in ("USD", "JPY", "XXX")}
    bank.accounts(accounts)
    bank.publish("fx_rates", TODAY, [
        {"currency_code": "USD", "quote_currency_code": "CNY", "exchange_rate_e8": 7_10000000},
        {"currency_code": "JPY", "quote_currency_code": "CNY", "exchange_rate_e8": 4700000},
        {"currency_code": "XXX", "quote_currency_code": "USD", "exchange_rate_e8": 1_00000000},
    ])  # fmt: skip
    day = TODAY - timedelta(days=89)
    bank.balances(day, [(f"{town.root}{code}", code, 1_000_00) for code in ("USD", "JPY", "XXX")])
    bank.balances(TODAY, [(f"{town.root}{code}", code, 1_000_00) for code in ("USD", "JPY", "XXX")])
    refresh(town.manager_east)
    # 1,000.00 USD are 7,100 CNY, 100,000 JPY are 4,700 CNY.
    assert cycles(town.rm1_east)[customer].value.amount == "11800.00"


def test_without_balances_the_tier_decides_and_files_that_are_gone_stop_nobody(town):
    mass, private = town.customer(town.rm1_east), town.customer(town.rm1_east, tier=PRIVATE)
    Bank(town).publish("balances", TODAY, [], written=False)
    refresh(town.manager_east)
    shown = cycles(town.rm1_east)
    assert (shown[private].key, shown[mass].key) == (True, False)
    assert not shown[private].HasField("value")
    assert (shown[private].cycle_days, shown[mass].cycle_days) == (10, 180)
    assert TODAY.isoformat() <= shown[private].due_date < (TODAY + timedelta(days=10)).isoformat()
    assert refresh(town.manager_east).done == 2
    assert cycles(town.rm1_east)[private].etag == shown[private].etag


def test_a_rule_is_of_its_unit_and_those_below(town):
    customer = town.customer(town.rm1_east)
    set_rule(town, key_share_basis_points=0)
    refresh(town.manager_east)
    assert cycles(town.rm1_east)[customer].cycle_days == 90
    assert town.rm1_east.call("GetVisitRule").tier_cycles[0].cycle_days == 90
    assert town.rm1_west.call("GetVisitRule").organisation_path == "/"
    set_rule(town, tier_cycles=[], key_cycle_days=0)
    refresh(town.manager_east)
    never = cycles(town.rm1_east)[customer]
    assert (never.cycle_days, never.due_date) == (0, "")
    with pytest.raises(NotFound):
        set_rule(town, organisation_path=town.root)
    with pytest.raises(NotFound):
        town.rm1_east.call("GetVisitRule", organisation_path=town.manager_west.organisation_path)
    with pytest.raises(NotAllowed):
        set_rule(town, person=town.leader_east)
    for fields in ({"contact_kinds": []}, {"visits_per_day_max": 0}, {"key_cycle_days": -1}, {"key_share_basis_points": 10_001}):
        with pytest.raises(InvalidInput):
            set_rule(town, **fields)
    with pytest.raises(InvalidInput) as twice:
        set_rule(town, tier_cycles=[{"tier": MASS}, {"tier": MASS}])
    assert twice.value.reason == "TIER_TWICE"


def test_who_was_seen_is_due_a_cycle_later_whatever_comes_first(town):
    customer = town.customer(town.rm1_east)
    set_rule(town, key_share_basis_points=0)
    see(town.rm1_east, customer, NOW - timedelta(days=30))
    refresh(town.manager_east)
    shown = cycles(town.rm1_east)[customer]
    assert (shown.last_contact_date, shown.due_date) == ("2026-10-26", "2027-01-24")
    later = see(town.rm1_east, customer, NOW - timedelta(days=2))
    # A letter counts for nothing here.
    see(town.rm1_east, customer, NOW - timedelta(days=1), kind=contact_pb2.CONTACT_KIND_LETTER)
    for _ in range(2):
        hear(town)
    assert cycles(town.rm1_east)[customer].last_contact_date == "2026-11-23"
    town.rm1_east.call("CancelContact", contact_id=later.contact_id, cancel_reason="记错")
    hear(town)
    assert cycles(town.rm1_east)[customer].last_contact_date == "2026-10-26"


def test_a_cycle_of_ones_own_and_a_rest(town):
    customer = town.customer(town.rm1_east)
    refresh(town.manager_east)
    see(town.rm1_east, customer)
    hear(town)
    shown = cycles(town.rm1_east)[customer]
    sent = {"visit_cycle_id": shown.visit_cycle_id, "own_cycle_days": 5, "paused": True, "etag": shown.etag}
    with pytest.raises(NotFound):
        town.rm1_west.call("UpdateVisitCycle", visit_cycle=sent, update_mask={"paths": ["paused"]})
    changed = town.rm1_east.call("UpdateVisitCycle", visit_cycle=sent, update_mask={"paths": ["own_cycle_days", "paused"]})
    assert (changed.cycle_days, changed.due_date, changed.paused) == (5, "2026-11-30", True)
    with pytest.raises(StaleVersion) as stale:
        town.rm1_east.call("UpdateVisitCycle", visit_cycle=sent, update_mask={"paths": ["paused"]})
    assert stale.value.reason == "VISIT_CYCLE_CHANGED"
    assert not plan(town.rm1_east).visit_proposals
    refresh(town.manager_east)
    assert cycles(town.rm1_east)[customer].due_date == "2026-11-30"


def test_a_list_is_of_whom_the_caller_reaches(town):
    customer = town.customer(town.rm1_east)
    in_cycle(town, customer)
    assert set(cycles(town.leader_east, person_id=town.rm1_east.person_id)) == {customer}
    assert set(cycles(town.manager_east, organisation_path=town.manager_east.organisation_path)) == {customer}
    assert set(cycles(town.rm1_east, customer_id=customer)) == {customer}
    for fields in ({"person_id": town.rm1_west.person_id}, {"organisation_path": town.root}):
        with pytest.raises(NotFound):
            town.manager_east.call("ListVisitCycles", **fields)
    with pytest.raises(NotFound):
        town.manager_east.call("PlanVisits", person_id=town.rm1_west.person_id)
    with pytest.raises(InvalidInput):
        town.manager_east.call("ListVisitCycles", person_id=town.rm1_east.person_id, customer_id=customer)


def test_a_cycle_goes_with_its_customer(town):
    customer, other = town.customer(town.rm1_east), town.customer(town.rm1_east)
    refresh(town.manager_east)
    make_due(town, customer)
    plan(town.rm1_east)
    town.reassign(customer, town.rm1_east, town.rm2_east)
    assert set(cycles(town.rm2_east)) == {customer}
    assert [each.customer_id for each in proposals(town.rm2_east)] == [customer]
    town.reassign(customer, town.rm2_east, town.rm1_east)
    merge = {"survivor_customer_id": other, "merged_customer_id": customer, "merge_id": f"m-{other}", "display_name": "欧阳芳"}
    lead = {"lead_person_id": town.rm1_east.person_id, "organisation_path": town.rm1_east.organisation_path}
    town.announce(duplicate_events_pb2.CustomersMerged(**merge, **lead))
    assert len(town.rm1_east.call("ListVisitCycles").visit_cycles) == 2
    refresh(town.manager_east)
    assert [each.customer_id for each in town.rm1_east.call("ListVisitCycles").visit_cycles] == [other]
    town.announce(exchange_events_pb2.CustomerErased(customer_id=other, erasure_id="e"))
    refresh(town.manager_east)
    assert not town.rm1_east.call("ListVisitCycles").visit_cycles
