"""Closing months: two people, once, and what comes late is told."""

import threading
from datetime import date

import pytest
from sqlalchemy import select
from workbench.performance.v1 import run_events_pb2, run_pb2

from services.chassis.kernel.errors import NotAllowed, NotFound, RuleBroken, WorkbenchError
from services.performance.model import ClosedMonth, StaleMonth
from services.performance.rules.periods import PeriodKind
from services.performance.usecases.runs import marking
from tests.component.performance.run_builders import bank_of, small_engine
from tests.component.town import run_together

OCT, NOV = date(2026, 10, 1), date(2026, 11, 1)


@pytest.fixture
def bank(town, monkeypatch):
    with bank_of(town, monkeypatch) as answer:
        yield answer


@pytest.fixture
def engine(monkeypatch):
    return small_engine(monkeypatch)


@pytest.fixture
def october(bank, engine):
    """A bank with October over."""
    bank.books.balances(date(2026, 10, 31), {"1": 1_000_000})
    bank.books.balances(NOV, {"1": 1_000_000})
    bank.settle()
    return bank


@pytest.fixture
def second(town):
    """Another analyst."""
    return town.colleague("performance_analyst", "")


def close(town, second, day="2026-10-15"):
    asked = town.analyst.call("RequestMonthClosing", month_date=day)
    return second.call("ConfirmMonthClosing", month_closing_id=asked.month_closing_id)


def test_one_asks_and_another_confirms(october, town, second):
    asked = town.analyst.call("RequestMonthClosing", month_date="2026-10-15")
    assert (asked.month_date, asked.state) == ("2026-10-01", run_pb2.MONTH_CLOSING_STATE_REQUESTED)
    with pytest.raises(NotAllowed, match="SECOND_PERSON_NEEDED"):
        town.analyst.call("ConfirmMonthClosing", month_closing_id=asked.month_closing_id)
    with pytest.raises(RuleBroken, match="MONTH_CLOSING_REQUESTED"):
        second.call("RequestMonthClosing", month_date="2026-10-31")
    closed = second.call("ConfirmMonthClosing", month_closing_id=asked.month_closing_id)
    assert (closed.state, closed.decider_person_id) == (run_pb2.MONTH_CLOSING_STATE_CONFIRMED, second.person_id)
    (told,) = town.recorded(run_events_pb2.MonthClosed, month_closing_id=asked.month_closing_id)
    assert (told.month_date, told.run_id) == ("2026-10-01", october.runs(month_date=OCT)[0].run_id)
    months = {each.month_date: each.closed for each in town.auditor.call("ListResultMonths").result_months}
    assert months == {"2026-11-01": False, "2026-10-01": True}
    for call in (
        lambda: town.analyst.call("RequestMonthClosing", month_date="2026-10-15"),
        lambda: town.analyst.call("StartRun", month_date="2026-10-15"),
    ):
        with pytest.raises(RuleBroken, match="MONTH_CLOSED"):
            call()
    with pytest.raises(RuleBroken, match="MONTH_CLOSING_DECIDED"):
        second.call("DeclineMonthClosing", month_closing_id=asked.month_closing_id)


def test_what_is_declined_stays_open_and_may_be_asked_again(october, town, second):
    asked = town.analyst.call("RequestMonthClosing", month_date="2026-10-15")
    town.analyst.call("DeclineMonthClosing", month_closing_id=asked.month_closing_id)
    assert town.recorded(run_events_pb2.MonthClosingDeclined, month_closing_id=asked.month_closing_id)
    assert close(town, second).state == run_pb2.MONTH_CLOSING_STATE_CONFIRMED
    states = [each.state for each in town.auditor.call("ListMonthClosings", month_date="2026-10-01").month_closings]
    assert states == [run_pb2.MONTH_CLOSING_STATE_CONFIRMED, run_pb2.MONTH_CLOSING_STATE_DECLINED]
    declined = town.auditor.call("ListMonthClosings", state=run_pb2.MONTH_CLOSING_STATE_DECLINED).month_closings
    assert [each.month_closing_id for each in declined] == [asked.month_closing_id]


def test_a_month_that_is_not_over_or_not_fresh_stays_open(october, town, second):
    with pytest.raises(RuleBroken, match="MONTH_NOT_OVER"):
        town.analyst.call("RequestMonthClosing", month_date="2026-11-15")
    with pytest.raises(NotFound, match="MONTH_NOT_FOUND"):
        town.analyst.call("RequestMonthClosing", month_date="2026-09-15")
    asked = town.analyst.call("RequestMonthClosing", month_date="2026-10-15")
    # Something is about to be computed: whoever confirms would confirm what is over.
    october.books.balances(date(2026, 10, 31), {"1": 5}, revision=2)
    with pytest.raises(RuleBroken, match="MONTH_STALE"):
        second.call("ConfirmMonthClosing", month_closing_id=asked.month_closing_id)
    october.settle()
    with pytest.raises(RuleBroken, match="MONTH_CHANGED"):
        second.call("ConfirmMonthClosing", month_closing_id=asked.month_closing_id)
    with pytest.raises(NotFound, match="MONTH_CLOSING_NOT_FOUND"):
        second.call("ConfirmMonthClosing", month_closing_id="0198c000-0000-7000-8000-000000000001")


def test_two_who_confirm_at_once_close_it_once(october, town, second):
    asked = town.analyst.call("RequestMonthClosing", month_date="2026-10-15")
    third, outcomes, together = town.colleague("performance_analyst", ""), [], threading.Barrier(2)

    def confirm(person):
        together.wait()
        try:
            outcomes.append(person.call("ConfirmMonthClosing", month_closing_id=asked.month_closing_id).state)
        except WorkbenchError as refusal:
            outcomes.append(refusal.reason)

    run_together(confirm, [second, third])
    assert sorted(outcomes, key=str) == [run_pb2.MONTH_CLOSING_STATE_CONFIRMED, "MONTH_CLOSING_DECIDED"]
    assert len(october.read(select(ClosedMonth))) == 1


def test_two_who_ask_at_once_ask_once(october, town, second):
    outcomes, together = [], threading.Barrier(2)

    def ask(person):
        together.wait()
        try:
            outcomes.append(person.call("RequestMonthClosing", month_date="2026-10-15").state)
        except WorkbenchError as refusal:
            outcomes.append(refusal.reason)

    run_together(ask, [town.analyst, second])
    assert sorted(outcomes, key=str) == [run_pb2.MONTH_CLOSING_STATE_REQUESTED, "MONTH_CLOSING_REQUESTED"]


def test_what_comes_late_of_a_closed_month_is_told_and_changes_nothing(october, town, second):
    close(town, second)
    former = october.runs(month_date=OCT)[0]
    october.books.balances(date(2026, 10, 31), {"1": 3_000_000}, revision=2)
    october.settle()
    assert october.results(PeriodKind.MONTH, OCT)[0].balance == 1_000_000
    (late,) = town.auditor.call("ListLateChanges").runs
    assert (late.month_date, late.kind, late.current) == ("2026-10-01", run_pb2.RUN_KIND_COMPARISON, False)
    assert late.reason.endswith("balances/2026-10-31/2")
    (told,) = town.recorded(run_events_pb2.ClosedMonthOutdated, run_id=late.run_id)
    assert (told.closed_run_id, told.difference_count) == (former.run_id, late.difference_count)
    balance = next(
        each for each in town.auditor.call("ListRunDifferences", run_id=late.run_id).differences if each.measure == "balance"
    )
    assert (balance.present_amount.amount, balance.compared_amount.amount) == ("10000.00", "30000.00")
    # November stands on what the bank knows.
    assert october.runs(month_date=NOV)[-1].current
    # Told once.
    with town.service.database.transaction() as work:
        marking.inputs_changed(work, OCT, reason="feeds/again")
    october.settle()
    assert len(town.auditor.call("ListLateChanges", month_date="2026-10-01").runs) == 1
    assert october.read(select(StaleMonth)) == []


def test_closing_needs_the_whole_bank_in_scope(october, town):
    east = town.colleague("performance_analyst", "EAST/")
    with pytest.raises(NotAllowed, match="WHOLE_BANK_NEEDED"):
        east.call("RequestMonthClosing", month_date="2026-10-15")
    with pytest.raises(NotAllowed, match="PERMISSION_DENIED"):
        town.manager_east.call("RequestMonthClosing", month_date="2026-10-15")
