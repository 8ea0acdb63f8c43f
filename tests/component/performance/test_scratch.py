import sys, time
sys.path.insert(0,"/tmp/b2fake")
from datetime import date
import fake_engine, pytest
from sqlalchemy import select
from services.performance.__main__ import SERVICE
from services.performance.model import *
from tests.component.performance.books import TownBooks

def wait(town):
    for _ in range(200):
        town.run_timer("runs.look")
        with town.service.database.transaction(read_only=True) as work:
            busy = work.session.scalar(select(Run.run_id).where(Run.state==1)) or work.session.scalar(select(StaleMonth.month_date).where(StaleMonth.due_time.is_not(None))) or work.session.scalar(select(StaleMark.stale_mark_id))
        if not busy: return
        time.sleep(0.05)
    with town.service.database.transaction(read_only=True) as work:
        from services.chassis.longwork.table import Operation
        for o in work.session.scalars(select(Operation)): print(o.kind,o.state,o.error_reason,o.message,o.failures)
    raise AssertionError

def test_x(town, monkeypatch):
    monkeypatch.setattr("services.performance.engine.computing.compute", fake_engine.compute)
    town.service.database.settings = SERVICE.settings(quiet_seconds=0)
    books = TownBooks.of(town)
    books.balances(date(2026,10,30), {"1": 1000000, "2": -5000})
    wait(town)
    books.balances(date(2026,11,2), {"1": 2000000, "2": -5000})
    wait(town)
    books.balances(date(2026,11,3), {"1": 2000000, "2": -15000})
    wait(town)
    print(fake_engine.CALLS)
    with town.service.database.transaction(read_only=True) as work:
        for r in work.session.scalars(select(Run)): print(r.month_date, r.number, r.state, r.as_of_date, r.current, r.reason, r.totals, r.error_reason)
        for r in work.session.scalars(select(Result).order_by(Result.period_kind, Result.start_date)): print(r.period_kind, r.start_date, r.as_of_date, r.balance, r.average_balance, r.ftp_profit)
    print(town.analyst.call("GetFreshness"), town.analyst.call("ListResultMonths"), town.analyst.call("ListRuns"))
    raise AssertionError
