"""Warnings go where their customer goes, whoever is told of it; and what became of him is measured by his money."""

import uuid
from datetime import timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from workbench.analytics.v1 import warning_events_pb2, warning_pb2
from workbench.customer.v1 import coverage_events_pb2, coverage_pb2, duplicate_events_pb2, exchange_events_pb2

from services.analytics.model import CustomerWarning
from services.analytics.usecases.analyses import keeping
from services.analytics.usecases.warnings import measuring
from services.chassis.longwork.table import ENDED, Operation
from tests.component.analytics.warning_builders import (
    AS_OF,
    NOW,
    business_date,
    kept,
    listed,
    new_bank,
    number,
    refused,
    settings,
)

CLOSED, SUPERSEDED = warning_pb2.WARNING_STATE_CLOSED, warning_pb2.WARNING_OUTCOME_SUPERSEDED
LOST, RETAINED = warning_pb2.WARNING_OUTCOME_LOST, warning_pb2.WARNING_OUTCOME_RETAINED


@pytest.fixture
def bank(town, tmp_path, at):
    at(NOW)
    return new_bank(town, tmp_path)


def warned(bank, *customer_ids):
    for customer_id in customer_ids:
        bank.score(customer_id)
    bank.analyse()


def merge(town, survivor, merged, lead, merge_id):
    town.announce(
        duplicate_events_pb2.CustomersMerged(
            survivor_customer_id=survivor,
            merged_customer_id=merged,
            merge_id=merge_id,
            display_name="欧阳芳",
            lead_person_id=lead.person_id,
            organisation_path=lead.organisation_path,
        )
    )


def test_it_goes_with_the_customer_to_another_lead(town, bank):
    customer_id, closed_id = town.customer(town.rm1_east), town.customer(town.rm1_east)
    warned(bank, customer_id, closed_id)
    by_customer = {each.customer_id: each for each in listed(town.rm1_east)}
    town.rm1_east.call("AcceptWarning", warning_id=by_customer[customer_id].warning_id)
    town.rm1_east.call("RecordWarningOutcome", warning_id=by_customer[closed_id].warning_id, outcome=RETAINED)
    for each in (customer_id, closed_id):
        town.reassign(each, town.rm1_east, town.rm1_west)
    (mine,) = listed(town.rm1_west)
    assert (mine.customer_id, mine.state, mine.accepter_person_id) == (customer_id, warning_pb2.WARNING_STATE_RAISED, "")
    assert (mine.organisation_path, mine.due_date) == (
        town.rm1_west.organisation_path,
        str(business_date(town) + timedelta(days=3)),
    )
    (event,) = town.recorded(warning_events_pb2.WarningAssigned, warning_id=mine.warning_id)
    assert (event.former_assignee_person_id, event.assignee_person_id) == (town.rm1_east.person_id, town.rm1_west.person_id)
    # What is closed went along, and whoever worked on it sees nothing of the customer any more.
    (before,) = listed(town.rm1_west, customer_id=closed_id)
    assert before.outcome == RETAINED
    for warning_id in (mine.warning_id, before.warning_id):
        with refused("WARNING_NOT_FOUND"):
            town.rm1_east.call("GetWarning", warning_id=warning_id)
    assert len(listed(town.manager_west, organisation_path=f"{town.root}WEST/")) == 1
    assert listed(town.manager_east, organisation_path=f"{town.root}EAST/") == []


def test_a_deputy_works_on_the_warnings_of_whom_he_stands_in_for(town, bank):
    customer_id = town.customer(town.rm1_east)
    warned(bank, customer_id)
    (warning,) = listed(town.rm1_east)
    today = business_date(town)
    town.announce(
        coverage_events_pb2.AbsenceCreated(
            absence_id=str(uuid.uuid4()),
            person_id=town.rm1_east.person_id,
            start_date=str(today),
            end_date=str(today + timedelta(days=5)),
            deputies=[coverage_pb2.Deputy(person_id=town.rm2_east.person_id)],
        )
    )
    (seen,) = listed(town.rm2_east, person_id=town.rm1_east.person_id)
    assert (seen.warning_id, seen.customer_name) == (warning.warning_id, "欧阳芳")
    accepted = town.rm2_east.call("AcceptWarning", warning_id=warning.warning_id)
    # It stays his for whom he stands in.
    assert (accepted.assignee_person_id, accepted.accepter_person_id) == (town.rm1_east.person_id, town.rm2_east.person_id)


def test_a_merge_leaves_one_open_and_an_undo_gives_back_what_it_moved(town, bank):
    survivor, merged, alone, other = (town.customer(town.rm1_east) for _ in range(4))
    warned(bank, survivor, merged, other)
    merge(town, survivor, merged, town.rm1_east, "merge-1")
    rows = kept(town, survivor)
    assert [(each.open, each.outcome) for each in sorted(rows, key=lambda row: row.open)] == [(False, SUPERSEDED), (True, 0)]
    assert kept(town, merged) == []
    (told,) = town.recorded(warning_events_pb2.WarningClosed, outcome=SUPERSEDED, customer_id=merged)
    assert told.closer_person_id == ""
    # Of these the survivor had none: the open one moves, to the survivor's lead.
    merge(town, alone, other, town.rm1_west, "merge-2")
    (moved,) = kept(town, alone)
    assert (moved.open, moved.assignee_person_id) == (True, town.rm1_west.person_id)
    town.announce(
        duplicate_events_pb2.CustomersUnmerged(
            survivor_customer_id=alone,
            merged_customer_id=other,
            merge_id="merge-2",
            lead_person_id=town.rm2_east.person_id,
            organisation_path=town.rm2_east.organisation_path,
        )
    )
    (back,) = kept(town, other)
    assert (back.warning_id, back.assignee_person_id, back.organisation_path) == (
        moved.warning_id,
        town.rm2_east.person_id,
        town.rm2_east.organisation_path,
    )
    assert kept(town, alone) == []
    # The merged record stands for nobody: it is not warned of.
    bank.analyse(AS_OF + timedelta(days=1))
    assert kept(town, merged) == []


def test_the_warnings_of_an_erased_customer_go(town, bank):
    customer_id, gone = town.customer(town.rm1_east), town.customer(town.rm1_east)
    bank.sign(customer_id)
    warned(bank, customer_id, gone)
    town.announce(exchange_events_pb2.CustomerErased(customer_id=customer_id, erasure_id=str(uuid.uuid4())))
    assert kept(town, customer_id) == []
    assert len(town.recorded(warning_events_pb2.WarningClosed, customer_id=customer_id)) == 1
    town.announce(exchange_events_pb2.CustomerRemoved(customer_id=gone, customer_number=number(gone)))
    assert [(each.open, each.outcome) for each in kept(town, gone)] == [(False, SUPERSEDED)]
    bank.analyse(AS_OF + timedelta(days=1))
    assert kept(town, customer_id) == []
    assert len(kept(town, gone)) == 1


def written_days(town, bank, balances):
    """Files of an analysis 90 days later, whose customers had a balance before and another after."""
    as_of_date, days = AS_OF + timedelta(days=90), []
    for customer_id, (before, after) in balances.items():
        for back in range(-90, 91):
            day = AS_OF + timedelta(days=back)
            days.append((number(customer_id), day, before if back <= 0 else after))
    path = bank.folder / "customer_days.parquet"
    zeros = pa.array([0] * len(days), pa.int64())
    columns = dict.fromkeys(("term", "wealth", "salary_inflow", "settlement_inflow"), zeros)
    pq.write_table(
        pa.table(
            {
                "customer_number": pa.array([row[0] for row in days]),
                "day": pa.array([row[1] for row in days], pa.date32()),
                "deposit": pa.array([row[2] for row in days], pa.int64()),
            }
            | columns
        ),
        path,
    )
    bank.analyse(as_of_date)
    return path


def measure(town, monkeypatch, path):
    """Lets the timer have its turn, and waits for the work."""
    monkeypatch.setattr(keeping.Files, "days", lambda _self, *_dates: [path])
    town.run_timer("warnings.measure")
    town.run_timer("warnings.measure")
    ended = False
    while not ended:
        with town.service.database.transaction(read_only=True) as work:
            operations = work.session.query(Operation).filter_by(kind=measuring.WORK).all()
            ended = bool(operations) and all(each.state in ENDED for each in operations)
    return operations


def test_what_became_of_them_is_measured_and_counted(town, bank, monkeypatch):
    left, stayed, too_late, unknown = (town.customer(town.rm1_east) for _ in range(4))
    bank.sign(left, "SALARY_STOPPED")
    warned(bank, left, stayed, too_late, unknown)
    by_customer = {each.customer_id: each.warning_id for each in listed(town.rm1_east)}
    town.rm1_east.call("RecordWarningOutcome", warning_id=by_customer[left], outcome=LOST)
    town.rm1_east.call("AcceptWarning", warning_id=by_customer[stayed])
    amounts = {left: (1_000_000, 100_000), stayed: (1_000_000, 900_000)}
    path = written_days(town, bank, amounts)
    # Within the last week before the warning he had taken everything.
    _take_out_before(path, number(too_late))
    (operation,) = measure(town, monkeypatch, path)
    assert operation.error_reason == ""
    outcomes = {customer_id: kept(town, customer_id)[0].measured_outcome for customer_id in by_customer}
    assert outcomes == {
        left: warning_pb2.MEASURED_OUTCOME_LEFT,
        stayed: warning_pb2.MEASURED_OUTCOME_STAYED,
        too_late: warning_pb2.MEASURED_OUTCOME_LEFT_BEFORE,
        unknown: warning_pb2.MEASURED_OUTCOME_UNKNOWN,
    }
    # Nothing is left to be measured: nothing is asked for.
    assert len(measure(town, monkeypatch, path)) == 1
    shown = town.rm1_east.call("GetWarningsOverview", start_date=str(AS_OF), end_date=str(AS_OF + timedelta(days=90)))
    (counted,) = shown.by_signal
    assert (counted.left_count, counted.stayed_count, counted.closed_count) == (1, 0, 1)
    (outcome,) = shown.by_outcome
    assert (outcome.outcome, outcome.closed_count, outcome.left_count) == (LOST, 1, 1)


def _take_out_before(path, customer_number):
    table = pq.read_table(path)
    days = [AS_OF + timedelta(days=back) for back in range(-90, 91)]
    rows = {
        "customer_number": pa.array([customer_number] * len(days)),
        "day": pa.array(days, pa.date32()),
        "deposit": pa.array([1_000_000 if day < AS_OF - timedelta(days=7) else 0 for day in days], pa.int64()),
    } | {name: pa.array([0] * len(days), pa.int64()) for name in table.column_names[3:]}
    pq.write_table(pa.concat_tables([table, pa.table(rows)]), path)


def test_the_overview_counts_what_is_open_and_at_risk(town, bank, at):
    first, second, third = (town.customer(town.rm1_east) for _ in range(3))
    other = town.customer(town.rm2_east)
    for customer_id, probability in ((first, 0.5), (second, 0.4), (third, 0.6), (other, 0.9)):
        bank.score(customer_id, probability, 10_000_00)
        bank.sign(customer_id, severity=2)
    bank.analyse()
    by_customer = {each.customer_id: each.warning_id for each in listed(town.rm1_east)}
    with town.service.database.transaction(read_only=True) as work:
        now = work.now
    at(now + timedelta(hours=12))
    town.rm1_east.call("AcceptWarning", warning_id=by_customer[first])
    town.rm1_east.call("RecordWarningOutcome", warning_id=by_customer[third], outcome=warning_pb2.WARNING_OUTCOME_NOT_LEAVING)
    mine = town.rm1_east.call("GetWarningsOverview")
    assert (mine.open_count, mine.raised_count, mine.accepted_count, mine.postponed_count) == (2, 1, 1, 0)
    assert (mine.value_at_risk.amount, mine.expected_loss.amount, mine.minutes) == ("20000.00", "9000.00", 60)
    assert mine.response_hours == "12.0"
    assert [(each.signal_code, each.open_count, each.not_leaving_count) for each in mine.by_signal] == [("BALANCE_FALL", 2, 1)]
    assert [(each.outcome, each.closed_count) for each in mine.by_outcome] == [(warning_pb2.WARNING_OUTCOME_NOT_LEAVING, 1)]
    assert not mine.HasField("experiment")
    at(now + timedelta(days=5))
    unit = town.manager_east.call("GetWarningsOverview", organisation_path=f"{town.root}EAST/")
    assert (unit.open_count, unit.overdue_count, unit.as_of_date) == (3, 2, str(AS_OF))
    assert [(each.assignee_person_id, each.open_count, each.expected_loss.amount) for each in unit.by_assignee] == sorted(
        [(town.rm1_east.person_id, 2, "9000.00"), (town.rm2_east.person_id, 1, "9000.00")]
    )
    whole = town.analyst.call("GetWarningsOverview", organisation_path=town.root)
    assert whole.open_count == 3
    assert whole.HasField("experiment")
    assert whole.experiment.uplift == ""
    nothing = town.rm1_west.call("GetWarningsOverview")
    assert (nothing.open_count, nothing.as_of_date, nothing.expected_loss.amount) == (0, "", "0.00")
    for asked in ({"start_date": "2026-02-02", "end_date": "2026-02-01"}, {"start_date": "0001-01-01"}):
        with refused("PERIOD_UNFIT"):
            town.rm1_east.call("GetWarningsOverview", **asked)
    with refused("DATE_INVALID"):
        town.rm1_east.call("ListWarningOutcomes", end_date="2026-02-30")
    for extreme in ("9999-12-31", "0001-01-01"):
        town.rm1_east.call("ListWarningOutcomes", end_date=extreme)


def test_what_working_on_warnings_does_is_told_to_those_who_work_on_none(town, bank):
    customer_ids = [town.customer(town.rm1_east) for _ in range(8)]
    with settings(town, warning_held_out_percent=50):
        warned(bank, *customer_ids)
    with town.service.database.transaction() as work:
        rows = work.session.query(CustomerWarning).all()
        for place, row in enumerate(sorted(rows, key=lambda each: each.customer_id)):
            # Half of them by hand, so that the draw does not matter here.
            row.held_out = place % 2 == 0
            left = place in (0, 2, 4, 1)
            row.measured_outcome = warning_pb2.MEASURED_OUTCOME_LEFT if left else warning_pb2.MEASURED_OUTCOME_STAYED
    period = {"start_date": str(AS_OF), "end_date": str(AS_OF + timedelta(days=90)), "organisation_path": town.root}
    experiment = town.analyst.call("GetWarningsOverview", **period).experiment
    assert (experiment.shown.left_count, experiment.shown.measured_count) == (1, 4)
    assert (experiment.held_out.left_count, experiment.held_out.measured_count) == (3, 4)
    assert experiment.worked.measured_count == 0
    assert experiment.uplift == "0.5000"
    assert float(experiment.uplift_low) < 0.0
    assert float(experiment.uplift_high) > float(experiment.uplift)
