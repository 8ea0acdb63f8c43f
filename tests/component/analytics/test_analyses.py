"""Customers are looked at by themselves as datasets land, and what is found stands on the latest of everything."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from workbench.analytics.v1 import analysis_events_pb2, analysis_pb2

from services.analytics.model import CustomerMonth
from services.analytics.rules.analyses import AnalysisKind, AnalysisState
from services.analytics.usecases.analyses import keeping, marking
from services.analytics.usecases.analyses.looking import RETRY_AFTER
from services.chassis.kernel.errors import InvalidInput, NotAllowed, NotFound, RuleBroken
from tests.component.analytics.analysis_builders import bank_of, small_engine

OCT, NOV, D1 = date(2026, 10, 1), date(2026, 11, 1), date(2026, 11, 1)
D2, D3 = D1 + timedelta(days=1), D1 + timedelta(days=2)


@pytest.fixture
def bank(town, monkeypatch):
    with bank_of(town, monkeypatch) as answer:
        yield answer


@pytest.fixture
def engine(monkeypatch):
    return small_engine(monkeypatch.setattr)


def assets(bank, **fields):
    """What was found, by customer's number."""
    found = bank.files(*bank.analyses(**fields)[-1:]) if fields else bank.files()
    return {row["customer_number"]: row["assets_now"] for row in bank.rows(found.features)}


def test_customers_are_looked_at_as_a_feed_lands(bank, engine, town):
    one, two = bank.customer(), bank.customer(town.rm1_west)
    bank.balances(D1, 2, {one: 1_000_000, two: 50})
    bank.settle()
    (analysis,) = bank.analyses()
    assert (analysis.as_of_date, analysis.number, analysis.state) == (D2, 1, AnalysisState.SUCCEEDED)
    assert analysis.current
    assert analysis.reason == f"feeds/{bank.books.source_system}.balances/2026-11-01/1"
    assert (analysis.customer_count, analysis.touched_count, analysis.thin_count) == (2, 2, 2)
    assert assets(bank) == {one: 1_000_000, two: 50}
    assert bank.waiting() == []
    # Signs and warnings are taken in portion by portion, once the files are in place.
    assert engine.portions == {"take": [(D2, ""), (D2, "a"), (D2, "b")], "warn": [(D2, "")]}
    (told,) = town.recorded(analysis_events_pb2.AnalysisCompleted, analysis_id=analysis.analysis_id)
    assert (told.as_of_date, told.number, told.customer_count, told.touched_count) == ("2026-11-02", 1, 2, 2)
    found = {row["customer_number"]: row for row in bank.rows(bank.files().customers)}
    assert found[two]["lead_person_id"] == town.rm1_west.person_id
    assert found[two]["organisation_path"] == town.rm1_west.organisation_path


def test_a_new_day_costs_its_month(bank, engine):
    one = bank.customer()
    bank.balances(date(2026, 9, 29), 33, {one: 100})
    bank.settle()
    assert engine.months == [(date(2026, 9, 1), date(2026, 9, 30)), (OCT, date(2026, 10, 31))]
    bank.books.balances(D1, {one: 300})
    bank.settle()
    assert engine.months[2:] == [(NOV, D1)]
    bank.books.balances(D2, {one: 400})
    bank.settle()
    assert engine.months[3:] == [(NOV, D2)]
    assert [(each.as_of_date, each.number, each.current) for each in bank.analyses()] == [
        (date(2026, 10, 31), 1, True),
        (D1, 1, True),
        (D2, 1, True),
    ]
    assert len(bank.files().days()) == 3
    assert [path.parent.parent.name for path in bank.files().days(OCT, D1)] == ["2026-10", "2026-11"]
    # A day that was wrong costs its month again, and nothing else.
    bank.books.balances(OCT, {one: 7}, revision=2)
    bank.settle()
    assert engine.months[4:] == [(OCT, date(2026, 10, 31))]


def test_after_a_feed_only_those_are_looked_at_whom_it_touches(bank, engine, town):
    one, two, three = (bank.customer() for _ in range(3))
    bank.books.balances(D1, {one: 100, two: 200, three: 300})
    bank.settle()
    bank.books.balances(D1, {one: 100, two: 250}, revision=2)
    bank.settle()
    # Two has another balance, three none any more.
    assert engine.looked_at == [3, 2]
    assert assets(bank) == {one: 100, two: 250, three: None}
    second = bank.analyses()[-1]
    assert (second.number, second.customer_count, second.touched_count) == (2, 3, 2)
    assert [each.current for each in bank.analyses()] == [False, True]
    assert {row["customer_number"] for row in bank.rows(bank.files().scores)} == {one, two, three}
    # A customer who comes is noticed, and looked at alone.
    four = bank.customer()
    town.run_timer("analyses.notice_customers")
    bank.settle()
    assert engine.looked_at == [3, 2, 1]
    assert set(assets(bank)) == {one, two, three, four}
    assert bank.analyses()[-1].reason == "customers"


def test_prices_touch_everybody(bank, engine):
    one, two = bank.customer(), bank.customer()
    bank.books.balances(D1, {one: 100, two: 200})
    bank.settle()
    bank.books.write("interest_rates", D1, [{"product_code": "P", "interest_rate_e8": 1}])
    bank.settle()
    assert engine.looked_at == [2, 2]


def test_another_rule_has_all_looked_at_anew(bank, engine, town):
    bank.books.balances(D1, {bank.customer(): 100})
    bank.settle()
    with town.service.database.transaction() as work:
        marking.look_anew(work, "rules/NOTHING")
    bank.settle()
    # Nothing is another: there is nothing to do.
    assert (len(bank.analyses()), bank.waiting()) == (1, [])


def test_what_is_told_twice_is_looked_at_once(bank, engine):
    pin = bank.books.balances(D1, {bank.customer(): 100})
    bank.settle()
    bank.books.announce(pin)
    bank.settle()
    assert len(bank.analyses()) == 1


def test_a_delivery_of_many_feeds_costs_one_analysis(bank, engine, town, at, monkeypatch):
    monkeypatch.setattr(
        town.service.database, "settings", town.service.database.settings.model_copy(update={"quiet_seconds": 20})
    )
    now = town.service.database.clock()
    at(now)
    one = bank.customer()
    bank.books.balances(D1, {one: 100})
    bank.settle()
    assert bank.analyses() == []
    at(now + timedelta(seconds=15))
    bank.books.balances(D2, {one: 100})
    bank.settle()
    assert bank.analyses() == []
    at(now + timedelta(seconds=35))
    bank.settle()
    assert [each.as_of_date for each in bank.analyses()] == [D2]


def test_a_delivery_that_does_not_end_is_not_waited_for_long(bank, engine, town, at, monkeypatch):
    changed = {"quiet_seconds": 20, "quiet_seconds_max": 60}
    monkeypatch.setattr(town.service.database, "settings", town.service.database.settings.model_copy(update=changed))
    now, one = town.service.database.clock(), bank.customer()
    for seconds in range(0, 75, 15):
        at(now + timedelta(seconds=seconds))
        bank.books.balances(D1, {one: seconds}, revision=seconds + 1)
        bank.look()
    assert len(bank.analyses()) == 1


def test_a_history_that_comes_in_is_waited_for(bank, engine, town, at, monkeypatch):
    changed = {"quiet_seconds": 20, "quiet_seconds_max": 60}
    monkeypatch.setattr(town.service.database, "settings", town.service.database.settings.model_copy(update=changed))
    now, one = town.service.database.clock(), bank.customer()
    for seconds in range(0, 90, 15):
        at(now + timedelta(seconds=seconds))
        bank.books.balances(date(2026, 1, 1) + timedelta(days=seconds), {one: 100})
        bank.look()
    # Nobody is warned of what is long over.
    assert bank.analyses() == []
    at(now + timedelta(seconds=96))
    bank.settle()
    assert [each.as_of_date for each in bank.analyses()] == [date(2026, 3, 17)]


def test_a_day_that_has_not_come_waits(bank, engine, town):
    one = bank.customer()
    bank.books.balances(D1, {one: 100})
    bank.books.balances(date(2999, 1, 1), {one: 1})
    bank.settle()
    assert [each.as_of_date for each in bank.analyses()] == [D1]
    assert [each.business_date for each in bank.waiting()] == [date(2999, 1, 1)]
    assert town.auditor.call("GetAnalysisFreshness").waiting_day_count == 0


def test_a_feed_that_is_missing_in_the_middle_is_carried_and_then_has_ended(bank, engine):
    one = bank.customer()
    bank.books.balances(D1, {one: 100})
    bank.books.balances(date(2026, 11, 20), {one: 300})
    bank.settle()
    days = {row["day"].day: row["deposit"] for path in bank.files().days() for row in bank.rows(path)}
    assert days == dict.fromkeys(range(1, 20), 100) | {20: 300}
    (month,) = bank.read(select(CustomerMonth))
    assert (month.month_date, month.end_date) == (NOV, date(2026, 11, 20))


def test_the_ends_of_months_follow_backwards_once_nothing_waits(bank, engine, town, monkeypatch):
    changed = {"history_months_max": 3}
    monkeypatch.setattr(town.service.database, "settings", town.service.database.settings.model_copy(update=changed))
    one = bank.customer()
    for month in range(1, 12):
        bank.books.balances(date(2026, month, 1), {one: month})
    bank.settle()
    told = [(each.as_of_date, each.kind, each.month_end) for each in bank.analyses()]
    assert told == [
        (D1, AnalysisKind.REGULAR, False),
        (date(2026, 10, 31), AnalysisKind.HISTORY, True),
        (date(2026, 9, 30), AnalysisKind.HISTORY, True),
        (date(2026, 8, 31), AnalysisKind.HISTORY, True),
    ]
    with town.service.database.transaction(read_only=True) as work:
        dates = keeping.history_dates(work)
        assert dates == [date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)]
        assert [bank.rows(path)[0]["assets_now"] for path in keeping.history(work, reversed(dates))] == [10, 9, 8]
        with pytest.raises(NotFound, match="ANALYSIS_MISSING"):
            keeping.history(work, [date(2026, 7, 31)])
        # What counts is the latest day, and nothing that is looked at later.
        assert keeping.current(work).as_of_date == D1
    # Each month was read once, whichever date it was read for.
    assert len(engine.months) == len(set(engine.months)) == 11
    # No signs and no warnings come of the past.
    assert {day for day, _ in engine.portions["warn"]} == {D1}
    # What is known of the past is another: the dates that have seen it are looked at again.
    bank.books.balances(date(2026, 10, 1), {one: 77}, revision=2)
    bank.settle()
    assert [(each.as_of_date, each.number) for each in bank.analyses()[4:]] == [(D1, 2), (date(2026, 10, 31), 2)]
    with town.service.database.transaction(read_only=True) as work:
        assert len(keeping.history_dates(work)) == 3


def test_merged_customers_are_one(bank, engine, town):
    from workbench.customer.v1 import duplicate_events_pb2

    survivor_id = town.customer(town.rm1_east)
    merged_id = town.customer(town.rm1_west)
    town.announce(
        duplicate_events_pb2.CustomersMerged(
            survivor_customer_id=survivor_id,
            merged_customer_id=merged_id,
            display_name="欧阳芳",
            lead_person_id=town.rm1_east.person_id,
            organisation_path=town.rm1_east.organisation_path,
        )
    )
    bank.books.accounts(D1, {"A1": survivor_id[:12], "A2": merged_id[:12], "A3": "nobody"})
    bank.books.balances(D1, {"A1": 100, "A2": 200, "A3": 1})
    bank.settle()
    files = bank.files()
    assert [row["customer_number"] for row in bank.rows(files.customers)] == [survivor_id[:12]]
    accounts = [(row["customer_number"], row["account_number"], row["balance"]) for row in bank.rows(files.accounts)]
    assert accounts == [(survivor_id[:12], "A1", 100), (survivor_id[:12], "A2", 200)]
    aliases = bank.rows(files.folder / "aliases.parquet")
    assert aliases == [{"customer_number": merged_id[:12], "survivor_number": survivor_id[:12]}]


def test_somebody_has_customers_looked_at(bank, engine, town):
    one = bank.customer()
    with pytest.raises(NotFound, match="DATE_WITHOUT_DATA"):
        town.analyst.call("StartAnalysis")
    bank.balances(D1, 2, {one: 100})
    bank.settle()
    told = town.analyst.call("StartAnalysis")
    assert (told.as_of_date, told.number, told.state) == ("2026-11-02", 2, analysis_pb2.ANALYSIS_STATE_RUNNING)
    assert (told.requester_person_id, told.reason) == (town.analyst.person_id, "asked")
    bank.settle()
    told = town.analyst.call("GetAnalysis", analysis_id=told.analysis_id)
    assert (told.current, told.customer_count, told.touched_count) == (True, 1, 0)
    # Whoever has not the whole bank in scope is not told how large it is, and starts nothing.
    shown = town.manager_east.call("GetAnalysis", analysis_id=told.analysis_id)
    assert (shown.current, shown.customer_count) == (True, 0)
    for colleague in (town.manager_east, town.rm1_east):
        with pytest.raises(NotAllowed):
            colleague.call("StartAnalysis")
    # A past date is looked at for itself: what is shown stands on the latest.
    past = town.analyst.call("StartAnalysis", as_of_date="2026-11-01")
    bank.settle()
    assert town.analyst.call("GetAnalysis", analysis_id=past.analysis_id).kind == analysis_pb2.ANALYSIS_KIND_HISTORY
    fresh = town.rm1_east.call("GetAnalysisFreshness")
    assert (fresh.as_of_date, fresh.latest_date, fresh.running_analysis_id) == ("2026-11-02", "2026-11-02", "")
    (feed,) = fresh.feeds
    assert (feed.dataset, feed.business_date, feed.late) == ("balances", "2026-11-02", False)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-11-03", "1990-01-01"])
def test_dates_without_data_are_refused(bank, engine, town, day):
    bank.books.balances(D1, {bank.customer(): 100})
    with pytest.raises(NotFound, match="DATE_WITHOUT_DATA"):
        town.analyst.call("StartAnalysis", as_of_date=day)


def test_bad_requests_are_refused(bank, town):
    for day in ("2026-02-30", "2026-13-01"):
        with pytest.raises(InvalidInput, match="DATE_INVALID"):
            town.analyst.call("StartAnalysis", as_of_date=day)
        with pytest.raises(InvalidInput, match="DATE_INVALID"):
            town.analyst.call("ListAnalyses", as_of_date=day)
    with pytest.raises(InvalidInput):
        town.analyst.call("StartAnalysis", as_of_date="today")
    with pytest.raises(NotFound, match="ANALYSIS_NOT_FOUND"):
        town.analyst.call("GetAnalysis", analysis_id="0198c0de-0000-7000-8000-000000000000")
    assert town.auditor.call("ListAnalyses", as_of_date="9999-12-31").analyses == []


def test_analyses_are_listed_page_by_page(bank, engine, town):
    one = bank.customer()
    for day in (D1, D2, D3):
        bank.books.balances(day, {one: 100})
        bank.settle()
    first = town.auditor.call("ListAnalyses", page_size=2)
    rest = town.auditor.call("ListAnalyses", page_size=2, page_token=first.next_page_token)
    listed = [each.as_of_date for each in (*first.analyses, *rest.analyses)]
    assert (listed, rest.next_page_token) == (["2026-11-03", "2026-11-02", "2026-11-01"], "")
    assert [each.as_of_date for each in town.auditor.call("ListAnalyses", as_of_date="2026-11-02").analyses] == ["2026-11-02"]
    assert town.auditor.call("ListAnalyses", state=analysis_pb2.ANALYSIS_STATE_FAILED).analyses == []
    assert len(town.auditor.call("ListAnalyses", kind=analysis_pb2.ANALYSIS_KIND_REGULAR).analyses) == 3


def test_one_that_fails_leaves_everything_as_it_was_and_is_tried_again(bank, engine, town, at):
    one = bank.customer()
    bank.books.balances(D1, {one: 100})
    bank.settle()

    def broken(stage):
        if stage == "signals":
            raise RuleBroken("SOMETHING_WRONG", "It broke.")

    engine.before = broken
    now = town.service.database.clock()
    at(now)
    bank.books.balances(D1, {one: 200}, revision=2)
    bank.settle()
    failed = bank.analyses()[-1]
    assert (failed.state, failed.error_reason, failed.current) == (AnalysisState.FAILED, "SOMETHING_WRONG", False)
    assert assets(bank) == {one: 100}
    # Not at once: another one would fail too.
    bank.settle()
    assert len(bank.analyses()) == 2
    engine.before = lambda _stage: None
    at(now + RETRY_AFTER + timedelta(seconds=1))
    bank.settle()
    assert assets(bank) == {one: 200}
    assert bank.waiting() == []


def test_a_dataset_whose_files_are_gone_fails_its_analysis_and_says_so(bank, engine, town):
    pin = bank.books.balances(D1, {bank.customer(): 100})
    lake = town.service.database.lake
    lake.folder(pin).rename(lake.root / f"gone-{pin.feed}")
    bank.settle()
    (analysis,) = bank.analyses()
    assert (analysis.state, analysis.error_reason) == (AnalysisState.FAILED, "DATASET_MISSING")


def test_an_analysis_is_stopped(bank, engine, town):
    def cancel(stage):
        if stage == "features":
            (running,) = bank.analyses(state=AnalysisState.RUNNING.value)
            town.analyst.call("CancelAnalysis", analysis_id=running.analysis_id)

    engine.before = cancel
    bank.books.balances(D1, {bank.customer(): 100})
    bank.settle()
    (analysis,) = bank.analyses()
    assert (analysis.state, analysis.current) == (AnalysisState.CANCELLED, False)
    with pytest.raises(RuleBroken, match="ANALYSIS_ENDED"):
        town.analyst.call("CancelAnalysis", analysis_id=analysis.analysis_id)
    # It waits for somebody who asks, or for something that comes.
    engine.before = lambda _stage: None
    assert bank.waiting()
    town.analyst.call("StartAnalysis")
    bank.settle()
    assert bank.analyses()[-1].current


def test_two_are_not_made_at_once(bank, engine, town):
    def ask_too(stage):
        if stage == "features":
            with pytest.raises(RuleBroken, match="ANALYSIS_UNDER_WAY"):
                town.analyst.call("StartAnalysis")

    engine.before = ask_too
    bank.books.balances(D1, {bank.customer(): 100})
    bank.settle()
    assert [each.state for each in bank.analyses()] == [AnalysisState.SUCCEEDED]


def test_what_comes_meanwhile_is_not_lost(bank, engine):
    one = bank.customer()
    came = []

    def more(stage):
        if stage == "signals" and not came:
            came.append(bank.books.balances(D1, {one: 200}, revision=2))

    engine.before = more
    bank.books.balances(D1, {one: 100})
    bank.settle()
    assert [each.number for each in bank.analyses()] == [1, 2]
    assert assets(bank) == {one: 200}


def test_files_go_long_after_another_took_their_place(bank, engine, town, at):
    one = bank.customer()
    now = town.service.database.clock()
    for day in (date(2026, 10, 31), D1, D2):
        bank.books.balances(day, {one: 100})
        bank.settle()
    bank.books.balances(D2, {one: 300}, revision=2)
    bank.settle()
    town.run_timer("analyses.remove_superseded")
    assert all(bank.files(each).features.exists() for each in bank.analyses())
    at(now + timedelta(days=31))
    town.run_timer("analyses.remove_superseded")
    kept = [(each.as_of_date, each.number, keeping.folder(town.service.database.lake, each).exists()) for each in bank.analyses()]
    # The latest, and the end of a month from which models learn … of which none is kept here.
    assert kept[-1] == (D2, 2, True)
    assert [each[2] for each in kept] == [True, False, False, True]
    assert assets(bank) == {one: 300}
    # Of November two sets of days are read by nobody any more.
    months = bank.read(select(CustomerMonth.month_date).order_by(CustomerMonth.month_date))
    assert months == [OCT, NOV]
    folders = sorted((town.service.database.lake.root / ".analytics" / "days").glob("*/*"))
    assert len(folders) == 2
