"""Results make themselves as datasets land, and stand on the latest of everything."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select, update
from workbench.performance.v1 import run_events_pb2, run_pb2

from services.chassis.kernel.errors import InvalidInput, NotAllowed, NotFound, RuleBroken
from services.performance.__main__ import SERVICE
from services.performance.model import Result, Run, StaleMonth
from services.performance.rules.periods import PeriodKind
from services.performance.rules.runs import RunState
from services.performance.usecases.runs import gathering, keeping, marking, preparing
from services.performance.usecases.runs.looking import RETRY_AFTER
from tests.component.performance.run_builders import bank_of, small_engine

OCT, NOV, D1, D2, D3 = date(2026, 10, 1), date(2026, 11, 1), date(2026, 11, 1), date(2026, 11, 2), date(2026, 11, 3)


@pytest.fixture
def bank(town, monkeypatch):
    with bank_of(town, monkeypatch) as answer:
        yield answer


@pytest.fixture
def engine(monkeypatch):
    return small_engine(monkeypatch)


def test_results_make_themselves_as_a_feed_lands(bank, engine, town):
    bank.books.balances(D1, {"1": 1_000_000, "2": -3_000})
    bank.settle()
    (run,) = bank.runs()
    assert (run.month_date, run.as_of_date, run.number, run.state) == (NOV, D1, 1, RunState.SUCCEEDED)
    assert run.current
    assert run.reason == f"feeds/{bank.books.source_system}.balances/2026-11-01/1"
    assert run.totals["balance"] == "997000"
    (pool,) = bank.results(PeriodKind.MONTH, NOV)
    assert (pool.person_id, pool.balance, pool.average_balance, pool.account_count) == ("", 997_000, 997_000, 2)
    assert pool.ftp_profit == 1_000 - 3
    for kind, start in ((PeriodKind.QUARTER, OCT), (PeriodKind.YEAR, date(2026, 1, 1))):
        (row,) = bank.results(kind, start)
        assert (row.balance, row.ftp_profit, row.as_of_date) == (997_000, 997, D1)
        # Days before the first have no balance, and count.
        assert row.average_balance == round(997_000 / ((D1 - start).days + 1))
    (told,) = town.recorded(run_events_pb2.ResultsComputed, run_id=run.run_id)
    assert (told.month_date, told.as_of_date, told.restated) == ("2026-11-01", "2026-11-01", False)


def test_a_new_day_costs_a_day_and_a_restated_one_those_from_it_on(bank, engine, town):
    for day in (D1, D2):
        bank.books.balances(day, {"1": 1_000_000})
    bank.settle()
    bank.books.balances(D3, {"1": 4_000_000})
    bank.settle()
    first, second = bank.runs()
    assert engine.calls[-1] == (NOV, D3, True)
    assert [bank.results(PeriodKind.DAY, day)[0].run_id for day in (D1, D2, D3)] == [first.run_id] * 2 + [second.run_id]
    (day,) = bank.results(PeriodKind.DAY, D3)
    assert (day.balance, day.average_balance, day.ftp_profit) == (4_000_000, 2_000_000, 4_000)
    # Day 2 was wrong: day 1 stays as it was written.
    bank.books.balances(D2, {"1": 7_000_000}, revision=2)
    bank.settle()
    third = bank.runs()[-1]
    assert engine.calls[-1] == (NOV, D3, False)
    assert [bank.results(PeriodKind.DAY, day)[0].run_id for day in (D1, D2, D3)] == [first.run_id] + [third.run_id] * 2
    assert [bank.results(PeriodKind.DAY, day)[0].ftp_profit for day in (D1, D2, D3)] == [1_000, 7_000, 4_000]
    assert bank.results(PeriodKind.MONTH, NOV)[0].average_balance == 4_000_000
    assert [run.current for run in bank.runs()] == [False, False, True]
    assert town.recorded(run_events_pb2.ResultsComputed, run_id=third.run_id)[0].restated


def test_months_without_results_come_first_the_latest_before_all_others(bank, engine):
    for day in (date(2026, 9, 1), OCT, D1):
        bank.books.balances(day, {"1": 1_000_000})
    bank.settle()
    assert [call[0] for call in engine.calls] == [NOV, OCT, date(2026, 9, 1)]
    # The year's figures are those of all of them all the same.
    (year,) = bank.results(PeriodKind.YEAR, date(2026, 1, 1))
    assert (year.ftp_profit, year.as_of_date) == (bank.results(PeriodKind.MONTH, NOV)[0].ftp_profit + 31_000 + 30_000, D1)


def test_a_month_of_other_facts_waits_for_the_balances_by_which_days_are_counted(bank, engine, town):
    bank.books.write("fees", D1, [])
    with town.service.database.transaction() as work:
        work.session.add(
            StaleMonth(month_date=NOV, number=1, ownership=False, reason="", create_time=work.now, due_time=work.now)
        )
    bank.books.balances(OCT, {"1": 1_000_000})
    bank.settle()
    assert [run.month_date for run in bank.runs()] == [OCT]
    bank.books.balances(D1, {"1": 1_000_000})
    bank.settle()
    assert {(run.month_date, run.state) for run in bank.runs()} == {(OCT, RunState.SUCCEEDED), (NOV, RunState.SUCCEEDED)}


def test_what_is_told_twice_is_computed_once(bank, engine):
    pin = bank.books.balances(D1, {"1": 1_000_000})
    bank.settle()
    bank.books.announce(pin)
    with bank.town.service.database.transaction() as work:
        marking.inputs_changed(work, NOV, reason="products/NOTHING")
    bank.settle()
    assert len(bank.runs()) == 1
    assert bank.read(select(StaleMonth)) == []


def test_shares_that_change_move_results_and_no_total(bank, engine, town):
    bank.books.balances(D1, {"1": 1_000_000, "2": 500_000})
    bank.settle()
    bank.own("1", town.rm1_east)
    bank.settle()
    before, after = bank.runs()
    assert before.totals == after.totals
    pool, mine = bank.results(PeriodKind.MONTH, NOV)
    assert (pool.balance, mine.balance, mine.person_id) == (500_000, 1_000_000, town.rm1_east.person_id)
    assert (mine.organisation_unit_id, mine.organisation_path) == (bank.unit_id, town.rm1_east.organisation_path)
    # Why, a branch is not told in full: it may be an account of another one.
    assert town.manager_west.call("ListRuns").runs[0].reason == "shares"
    assert town.analyst.call("ListRuns").runs[0].reason == "shares/test"
    # What the day has is his too: no row of the pool's former one is left.
    assert [row.balance for row in bank.results(PeriodKind.DAY, D1)] == [500_000, 1_000_000]
    # Shares of other days are no matter of this month.
    bank.own("2", town.rm1_east, date(2027, 1, 1))
    bank.settle()
    assert len(bank.runs()) == 2


def test_quarter_and_year_are_sums_of_their_months(bank, engine):
    bank.books.balances(date(2026, 9, 30), {"1": 1_000_000})
    bank.books.balances(date(2026, 10, 1), {"1": 1_000_000, "2": 31_000_001})
    bank.books.balances(D1, {"1": 3_000_000})
    bank.settle()
    assert [(run.month_date.month, run.as_of_date) for run in bank.runs()] == [
        (9, date(2026, 9, 30)),
        (10, date(2026, 10, 31)),
        (11, D1),
    ]
    # None has results yet: whoever begins looks at the latest month.
    assert [call[0].month for call in engine.calls] == [11, 10, 9]
    months = [bank.results(PeriodKind.MONTH, date(2026, month, 1))[0] for month in (9, 10, 11)]
    (quarter,), (year,) = bank.results(PeriodKind.QUARTER, OCT), bank.results(PeriodKind.YEAR, date(2026, 1, 1))
    assert quarter.ftp_profit == months[1].ftp_profit + months[2].ftp_profit
    assert year.ftp_profit == sum(month.ftp_profit for month in months)
    assert (quarter.balance, quarter.account_count, quarter.as_of_date) == (3_000_000, 2, D1)
    # Each account is rounded by itself: 34,000,000 and 961,000,031 over 32 days.
    assert quarter.average_balance == round(34_000_000 / 32) + round(961_000_031 / 32)


def gathered(town, month, latest):
    with town.service.database.transaction(read_only=True) as work:
        return gathering.gather(work, month, latest)


@pytest.mark.parametrize(
    ("dataset", "day", "reached"),
    [
        # Carried into November, which has no day before the 2nd; so December, which carries November's, is as it was.
        ("balances", date(2026, 10, 31), [OCT, NOV]),
        ("balances", date(2026, 10, 30), [OCT]),
        # The base of the whole next year.
        ("balances", date(2025, 12, 31), [date(2025, 12, 1), OCT, NOV, date(2026, 12, 1)]),
        ("ftp_curve", date(2026, 11, 2), [NOV, date(2026, 12, 1)]),
        ("fees", date(2026, 10, 30), [OCT]),
    ],
)
def test_a_restated_day_reaches_what_stands_on_it(bank, town, dataset, day, reached):
    for each in (date(2025, 12, 31), date(2026, 10, 30), date(2026, 10, 31), D2, date(2026, 12, 1)):
        bank.books.balances(each, {"1": 100})
    bank.books.ftp_curve(D2, {0: 1})
    bank.books.write("fees", date(2026, 10, 30), [])
    months, latest = [date(2025, 12, 1), OCT, NOV, date(2026, 12, 1)], date(2026, 12, 1)
    before = [gathered(town, month, latest) for month in months]
    bank.books.write(dataset, day, [], revision=2)
    after = [gathered(town, month, latest) for month in months]
    assert [month for month, a, b in zip(months, before, after, strict=True) if a != b] == reached


def test_accounts_are_known_by_the_first_list_that_comes_after(bank, town):
    bank.books.balances(D1, {"1": 100})
    bank.books.accounts(date(2026, 11, 3), {"1": "c"})
    bank.books.accounts(date(2026, 12, 31), {"1": "c"})
    stand = gathered(town, NOV, date(2026, 11, 4))["feeds"][f"{bank.books.source_system}.accounts"]["days"]
    first = "2026-11-03"
    # And the next one after the last day, for what the one before lacks.
    assert stand == [[f"2026-11-0{day}", first, 1] for day in (1, 2, 3, 4)] + [["2026-12-31", "2026-12-31", 1]]


def test_a_feed_that_brings_nothing_more_has_ended_and_is_told(bank, engine, town):
    other = type(bank.books)(town.service.database.lake, town=town)
    other.balances(date(2026, 8, 1), {"9": 100})
    bank.books.balances(D1, {"1": 1_000_000})
    bank.settle()
    run = bank.runs(month_date=NOV)[-1]
    assert run.totals["balance"] == "1000000"
    (issue,) = town.analyst.call("ListRunIssues", run_id=run.run_id).issues
    assert (issue.reason, issue.subject, issue.last_date) == ("FEED_ENDED", f"{other.source_system}.balances", "2026-08-01")
    # A day that has not come is none.
    bank.books.balances(date(2999, 1, 1), {"1": 1})
    bank.settle()
    assert {run.month_date for run in bank.runs()} == {date(2026, 8, 1), NOV}


def test_a_total_that_is_not_the_sum_of_its_parts_is_not_published(bank, engine):
    bank.books.balances(D1, {"1": 1_000_000})
    bank.settle()
    engine.fault = 1
    counted = ("workbench_performance_mismatches_total", {"check": "day"})
    before = REGISTRY.get_sample_value(*counted) or 0
    bank.books.balances(D1, {"1": 2_000_000}, revision=2)
    bank.settle()
    run = bank.runs()[-1]
    assert (run.state, run.error_reason, run.current) == (RunState.FAILED, "RESULTS_DO_NOT_TIE", False)
    assert REGISTRY.get_sample_value(*counted) == before + 1
    assert bank.results(PeriodKind.MONTH, NOV)[0].balance == 1_000_000
    # It is tried again later.
    (stale,) = bank.read(select(StaleMonth))
    assert stale.due_time - run.end_time == RETRY_AFTER


def test_a_dataset_whose_files_are_gone_fails_its_run_and_says_so(bank, engine):
    pin = bank.books.balances(D1, {"1": 1_000_000})
    lake = bank.town.service.database.lake
    lake.folder(pin).rename(lake.root / f"gone-{pin.feed}")
    bank.settle()
    (run,) = bank.runs()
    assert (run.state, run.error_reason) == (RunState.FAILED, "DATASET_MISSING")


def test_whoever_reads_sees_results_of_one_run_only_and_old_ones_stay_until_the_end(bank, engine):
    bank.books.balances(D1, {"1": 1_000_000})
    bank.settle()
    seen = []
    engine.before_writing = lambda: seen.append(bank.results(PeriodKind.MONTH, NOV)[0].balance)
    bank.books.balances(D1, {"1": 2_000_000}, revision=2)
    bank.settle()
    assert seen == [1_000_000]
    assert bank.results(PeriodKind.MONTH, NOV)[0].balance == 2_000_000


def test_results_that_were_outrun_are_prepared_anew(bank, engine, monkeypatch):
    bank.books.balances(date(2026, 10, 31), {"1": 1_000_000})
    bank.settle()
    kept, prepared = preparing.prepared, []

    def outrun(*arguments):
        answer = kept(*arguments)
        if not prepared:
            # As if another process had published October meanwhile.
            with bank.town.service.database.transaction() as work:
                work.session.execute(
                    update(Run).where(Run.current).values(current=False).execution_options(synchronize_session=False)
                )
        prepared.append(answer)
        return answer

    monkeypatch.setattr(preparing, "prepared", outrun)
    bank.books.balances(D1, {"1": 1_000_000})
    bank.settle()
    assert bank.runs(month_date=NOV)[-1].state == RunState.SUCCEEDED
    assert len([each for each in prepared if each.periods[0].start_dates == (NOV,)]) == 2


def test_somebody_has_a_month_computed_anew(bank, engine, town):
    bank.books.balances(D1, {"1": 1_000_000})
    bank.settle()
    run = town.analyst.call("StartRun", month_date="2026-11-20")
    assert (run.month_date, run.number, run.state) == ("2026-11-01", 2, run_pb2.RUN_STATE_RUNNING)
    assert run.requester_person_id == town.analyst.person_id
    bank.settle()
    told = town.analyst.call("GetRun", run_id=run.run_id)
    assert told.current
    assert told.state == run_pb2.RUN_STATE_SUCCEEDED
    balance = next(total for total in told.totals if total.measure == "balance")
    assert (balance.amount.amount, balance.amount.currency_code) == ("10000.00", "CNY")
    assert [each.number for each in town.auditor.call("ListRuns", month_date="2026-11-30").runs] == [2, 1]


def test_a_comparison_tells_what_would_be_others_and_changes_nothing(bank, engine, town):
    bank.own("1", town.rm1_east)
    bank.books.balances(D1, {"1": 1_000_000, "2": 500_000})
    bank.settle()
    before = [(row.person_id, row.balance, row.run_id) for row in bank.results(PeriodKind.MONTH, NOV)]
    # The small engine finds other balances, as another version of it might.
    engine._balances = lambda *_: {(bank.books.source_system, "1"): {D1: 1_000_100}, ("x", "3"): {D1: 7}}
    run = town.analyst.call("StartRun", month_date="2026-11-01", comparison=True)
    bank.settle()
    told = town.analyst.call("GetRun", run_id=run.run_id)
    assert (told.kind, told.current, told.difference_count) == (run_pb2.RUN_KIND_COMPARISON, False, 9)
    assert [(row.person_id, row.balance, row.run_id) for row in bank.results(PeriodKind.MONTH, NOV)] == before
    shown = town.analyst.call("ListRunDifferences", run_id=run.run_id, page_size=3)
    rest = town.analyst.call("ListRunDifferences", run_id=run.run_id, page_token=shown.next_page_token, page_size=100)
    found = {(each.person_id, each.measure): each for each in (*shown.differences, *rest.differences)}
    assert found["", "balance"].present_amount.amount == "5000.00"
    assert found["", "balance"].compared_amount.amount == "0.07"
    assert found[town.rm1_east.person_id, "increment"].compared_amount.amount == "10001.00"
    # Whoever is in charge of a branch sees what is of it.
    mine = town.manager_east.call("ListRunDifferences", run_id=run.run_id).differences
    assert {each.person_id for each in mine} == {town.rm1_east.person_id}
    assert not town.manager_west.call("ListRunDifferences", run_id=run.run_id).differences
    assert not town.manager_east.call("GetRun", run_id=run.run_id).totals


def test_a_run_is_stopped_and_waits_to_be_asked_for(bank, engine, town):
    def cancel():
        (running,) = bank.runs(state=RunState.RUNNING.value)
        town.analyst.call("CancelRun", run_id=running.run_id)
        # The engine is at it until it is interrupted; the small one looks by itself.
        time.sleep(1.5)

    engine.before_writing = cancel
    bank.books.balances(D1, {"1": 1_000_000})
    bank.settle()
    (run,) = bank.runs()
    assert run.state == RunState.CANCELLED
    assert bank.read(select(Result)) == []
    (stale,) = bank.read(select(StaleMonth))
    assert stale.due_time is None
    with pytest.raises(RuleBroken, match="RUN_ENDED"):
        town.analyst.call("CancelRun", run_id=run.run_id)
    engine.before_writing = lambda: None
    town.analyst.call("StartRun", month_date="2026-11-01")
    bank.settle()
    assert bank.results(PeriodKind.MONTH, NOV)[0].balance == 1_000_000
    assert bank.read(select(StaleMonth)) == []


def test_how_fresh_results_are(bank, engine, town):
    empty = town.auditor.call("GetFreshness")
    assert (empty.as_of_date, empty.latest_date, empty.stale_month_count) == ("", "", 0)
    bank.books.balances(D1, {"1": 1_000_000})
    bank.books.write("fees", date(2026, 10, 30), [])
    bank.books.accounts(date(2026, 10, 30), {})
    assert town.auditor.call("GetFreshness").HasField("stale_time")
    bank.settle()
    told = town.auditor.call("GetFreshness")
    assert (told.as_of_date, told.latest_date) == ("2026-11-01", "2026-11-01")
    assert not told.HasField("stale_time")
    assert [(feed.dataset, feed.late) for feed in told.feeds] == [("accounts", False), ("balances", False), ("fees", True)]
    (month,) = town.auditor.call("ListResultMonths").result_months
    assert (month.month_date, month.as_of_date, month.closed) == ("2026-11-01", "2026-11-01", False)


def test_issues_are_seen_where_one_is_in_charge(bank, engine, town):
    engine.issues = [
        {"reason": "PRODUCT_MISSING", "subject": "balances/core/1/CNY", "organisation_unit_id": bank.unit_id, "row_count": 2},
        {"reason": "CURRENCY_WITHOUT_RATE", "subject": "balances/core/2/XAU", "organisation_unit_id": "", "row_count": 1},
        # It went into a unit that is known in mid-month.
        {"reason": "PRODUCT_MISSING", "subject": "balances/core/1/CNY", "organisation_unit_id": "", "row_count": 1},
    ]
    bank.books.balances(D1, {"1": 1_000_000})
    bank.settle()
    bank.books.balances(D2, {"1": 1_000_000})
    bank.settle()
    run = bank.runs()[-1]
    # Those of the days before are told too.
    told = town.analyst.call("ListRunIssues", run_id=run.run_id).issues
    assert [(each.reason, each.row_count) for each in told] == [("CURRENCY_WITHOUT_RATE", 2), ("PRODUCT_MISSING", 6)]
    assert run.issue_count == 2
    east = town.manager_east.call("ListRunIssues", run_id=run.run_id).issues
    assert [each.reason for each in east] == ["PRODUCT_MISSING"]
    assert not town.manager_west.call("ListRunIssues", run_id=run.run_id).issues
    assert not town.analyst.call("ListRunIssues", run_id=run.run_id, reason="FEED_ENDED").issues


def test_who_may_what(bank, engine, town):
    with pytest.raises(NotAllowed, match="PERMISSION_DENIED"):
        town.rm1_east.call("ListRuns")
    with pytest.raises(NotAllowed, match="PERMISSION_DENIED"):
        town.manager_east.call("StartRun", month_date="2026-11-01")
    analyst_east = town.colleague("performance_analyst", "EAST/")
    with pytest.raises(NotAllowed, match="WHOLE_BANK_NEEDED"):
        analyst_east.call("StartRun", month_date="2026-11-01")


@pytest.mark.parametrize(("day", "error"), [("2026-02-30", InvalidInput), ("0001-01-01", NotFound), ("9999-12-31", NotFound)])
def test_months_that_are_none(bank, engine, town, day, error):
    with pytest.raises(error, match=r"DATE_INVALID|MONTH_WITHOUT_DATA"):
        town.analyst.call("StartRun", month_date=day)
    with pytest.raises(error, match=r"DATE_INVALID|MONTH_NOT_FOUND"):
        town.analyst.call("RequestMonthClosing", month_date=day)


def test_files_of_former_runs_go_after_their_time(bank, engine, town):
    for amount, revision in ((1, 1), (2, 2)):
        bank.books.balances(D1, {"1": amount}, revision=revision)
        bank.settle()
    lake, (former, current) = town.service.database.lake, bank.runs()
    town.run_timer("runs.remove_superseded")
    assert keeping.results_folder(lake, former).is_dir()
    with town.service.database.transaction() as work:
        work.session.get(Run, former.run_id).end_time = work.now - timedelta(days=401)
        work.session.get(Run, current.run_id).end_time = work.now - timedelta(days=401)
    town.run_timer("runs.remove_superseded")
    assert not keeping.results_folder(lake, former).exists()
    assert keeping.results_folder(lake, current).is_dir()


def test_the_engine_itself_makes_results_that_tie(bank, town):
    """From datasets to the figures of an owner, by the catalogue that is there at first."""
    customer = town.customer(town.rm1_east)
    bank.books.accounts(date(2026, 10, 30), {"1": customer[:12]})
    bank.own("1", town.rm1_east)
    bank.books.ftp_curve(date(2026, 10, 1), {0: 2_000_000})
    bank.books.balances(D1, {"1": 1_000_000_03, "2": 7_00})
    bank.settle()
    # Account 2 is in no list of accounts yet; the next day's has it, and the first day is counted too.
    (issue,) = town.analyst.call("ListRunIssues", run_id=bank.runs()[-1].run_id, reason="ACCOUNT_UNKNOWN").issues
    assert issue.subject == f"balances/{bank.books.source_system}/2/CNY"
    bank.books.accounts(D2, {"1": customer[:12], "2": "nobody"})
    bank.books.balances(D2, {"1": 1_000_000_03, "2": 9_00})
    bank.settle()
    run = bank.runs()[-1]
    mine = next(row for row in bank.results(PeriodKind.MONTH, NOV) if row.person_id == town.rm1_east.person_id)
    pool = next(row for row in bank.results(PeriodKind.MONTH, NOV) if not row.person_id)
    assert (mine.balance, mine.average_balance, mine.organisation_unit_id) == (1_000_000_03, 1_000_000_03, bank.unit_id)
    assert (pool.balance, pool.average_balance, pool.organisation_unit_id) == (9_00, 8_00, bank.unit_id)
    assert run.totals["balance"] == str(1_000_009_03)
    # Two days at 2 percent and nothing paid, over 360 or 365 days: the days sum up to the month.
    assert mine.ftp_profit > 0
    days = [row for day in (D1, D2) for row in bank.results(PeriodKind.DAY, day, person_id=town.rm1_east.person_id)]
    assert sum(row.ftp_profit for row in days) == mine.ftp_profit
    assert {row.person_id for row in bank.results(PeriodKind.YEAR, date(2026, 1, 1))} == {"", town.rm1_east.person_id}


def test_a_history_is_waited_for_until_nothing_more_of_it_comes(bank, engine, town, at, monkeypatch):
    """It comes feed by feed, and what is of one of them alone would be computed for nothing. A new day is computed at once."""
    monkeypatch.setattr(town.service.database, "settings", SERVICE.settings(quiet_seconds=60, quiet_seconds_max=0))
    now = datetime.now(UTC)
    at(now)
    bank.books.balances(now.date() - timedelta(days=100), {"1": 1_000_000})
    bank.look()
    assert bank.runs() == []
    at(now + timedelta(seconds=61))
    bank.settle()
    history = {run.month_date for run in bank.runs()}
    assert (now.date() - timedelta(days=100)).replace(day=1) in history
    bank.books.balances(now.date() - timedelta(days=1), {"1": 1_000_000})
    bank.settle()
    assert {run.month_date for run in bank.runs()} > history
