"""The business date and the calendar, over both databases: dates open one by one, forward, and every service learns of them."""

from __future__ import annotations

import json
import threading
import time
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select
from workbench.integration.v1 import calendar_service_pb2, events_pb2

from services.chassis import runtime
from services.chassis.bus.embedded import EmbeddedBus
from services.chassis.db import migrations
from services.chassis.db.audit import AuditRecord
from services.chassis.db.business_dates import CurrentBusinessDate
from services.chassis.db.engine import create_engine
from services.chassis.db.session import Call, Database
from services.chassis.kernel.caller import Caller
from services.chassis.kernel.errors import InvalidInput, LimitReached, RuleBroken
from services.chassis.outbox.relay import Relay
from services.chassis.outbox.table import OutboxMessage
from services.chassis.timers import tick
from services.integration.events import TIMERS
from services.integration.model.calendar import BusinessDateOpening, CalendarDay
from services.integration.rpc import calendar_service
from services.integration.usecases import calendar
from services.integration.usecases.settings import IntegrationSettings

# Wednesday, four in the afternoon in Shanghai.
NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
OPERATOR = Caller("feed-operator", "feeds.ho")
OPEN = next(timer for timer in TIMERS if timer.name == "calendar.open")
BANK_DAY = calendar_service_pb2.BankDay
TODAY = date(2026, 11, 25)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request, tmp_path_factory):
    sqlite = request.param == "sqlite"
    path = tmp_path_factory.mktemp("integration") / "integration.db"
    engine = create_engine(f"sqlite:///{path}" if sqlite else request.getfixturevalue("new_postgresql_url")())
    migrations.migrate(engine, "services.integration")
    yield engine
    engine.dispose()


class Bank:
    """Integration with a clock that tests move."""

    def __init__(self, engine, **settings):
        self.now = NOW
        self.database = Database(engine, "integration", settings=IntegrationSettings(**settings), clock=lambda: self.now)

    def tick(self, **forward):
        self.now += timedelta(**forward)
        with self.database.transaction(call=Call("timer/calendar.open")) as work:
            OPEN.run(work)

    def act(self, function, *arguments, caller=OPERATOR):
        with self.database.transaction(caller, Call("x.v1.CalendarService/Act")) as work:
            result = function(work, *arguments)
            work.session.flush()
            if work.changes:
                work.audit()
            return result

    @property
    def date(self):
        with self.database.transaction(read_only=True) as work:
            return work.business_date

    def told(self):
        with self.database.transaction(read_only=True) as work:
            rows = work.session.scalars(select(OutboxMessage).order_by(OutboxMessage.sequence)).all()
            events = [events_pb2.BusinessDateOpened.FromString(row.data) for row in rows]
        return [(event.previous_business_date, event.business_date) for event in events]


@pytest.fixture
def new_bank(engine):
    """An empty bank with the settings given."""

    def new(**settings):
        bank = Bank(engine, **settings)
        with bank.database.transaction() as work:
            for table in (BusinessDateOpening, CalendarDay, CurrentBusinessDate, OutboxMessage):
                work.session.execute(delete(table))
        return bank

    return new


def test_before_the_first_date_it_is_the_clocks_and_then_what_was_opened(new_bank):
    bank = new_bank()
    assert bank.act(calendar_service.get_business_date, None).business_date == "2026-11-25"
    bank.tick()
    answer = bank.act(calendar_service.get_business_date, None)
    assert (answer.business_date, answer.previous_business_date, answer.business_day) == ("2026-11-25", "", True)
    assert answer.open_time.ToDatetime(UTC) == NOW
    assert bank.told() == [("", "2026-11-25")]


def test_the_clock_opens_each_date_once_however_often_it_ticks(new_bank):
    bank = new_bank(date_opens_at="06:00")
    bank.tick()
    for _hour in range(24 * 3):
        bank.tick(hours=1)
        bank.tick()
    assert bank.told() == [
        ("", "2026-11-25"), ("2026-11-25", "2026-11-26"), ("2026-11-26", "2026-11-27"), ("2026-11-27", "2026-11-28"),
    ]  # fmt: skip


def test_after_a_rest_each_missed_date_opens_in_its_turn(new_bank):
    bank = new_bank()
    bank.tick()
    bank.tick(days=40)
    # A long rest is made up for in several turns.
    assert bank.date == TODAY + timedelta(days=31)
    bank.tick()
    assert bank.date == TODAY + timedelta(days=40)
    days = [(TODAY + timedelta(days=number)).isoformat() for number in range(41)]
    assert bank.told() == list(zip(["", *days], days, strict=False))


def test_a_clock_that_was_set_back_opens_nothing(new_bank):
    bank = new_bank()
    bank.tick()
    bank.tick(days=-3)
    assert bank.date == TODAY
    assert len(bank.told()) == 1


def test_where_business_days_alone_open_weekends_and_holidays_do_not(new_bank):
    bank = new_bank(dates="business_days")
    friday, saturday, monday = "2026-11-27", "2026-11-28", "2026-11-30"
    worked, off = calendar_service_pb2.BANK_DAY_KIND_WORKED, calendar_service_pb2.BANK_DAY_KIND_OFF
    bank.act(calendar.set_days, [BANK_DAY(calendar_date=saturday, kind=worked), BANK_DAY(calendar_date=monday, kind=off)])
    bank.tick()
    for _day in range(7):
        bank.tick(days=1)
    assert [day for _, day in bank.told()] == ["2026-11-25", "2026-11-26", friday, saturday, "2026-12-01", "2026-12-02"]


def test_copies_that_tick_together_open_one_date(new_bank):
    bank = new_bank()
    barrier = threading.Barrier(4)

    def copy():
        barrier.wait()
        tick(bank.database, OPEN)

    for day in range(2):
        bank.now = NOW + timedelta(days=day)
        threads = [threading.Thread(target=copy) for _ in range(4)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
    assert bank.told() == [("", "2026-11-25"), ("2026-11-25", "2026-11-26")]


def test_the_end_of_day_opens_the_next_date_and_the_clock_none(new_bank):
    bank = new_bank(date_opens="end_of_day")
    bank.tick()
    assert bank.told() == []
    assert bank.act(calendar.open_by_call, "2026-11-25") == TODAY
    bank.tick(days=5)
    assert bank.date == TODAY
    # The days before were missed; each opens in its turn.
    assert bank.act(calendar.open_by_call, "2026-11-27") == date(2026, 11, 27)
    assert bank.told()[1:] == [("2026-11-25", "2026-11-26"), ("2026-11-26", "2026-11-27")]
    with bank.database.transaction(read_only=True) as work:
        found = work.session.scalars(select(AuditRecord).order_by(AuditRecord.sequence.desc())).first()
        assert (found.login, found.resource) == ("feeds.ho", "businessDates/2026-11-27")


def test_a_date_that_is_open_stays_and_no_date_goes_back_or_too_far(new_bank):
    bank = new_bank(date_opens="end_of_day")
    bank.act(calendar.open_by_call, "2026-11-25")
    assert bank.act(calendar.open_by_call, "2026-11-25") == TODAY
    # Before midnight the next one may open, and none beyond it.
    bank.act(calendar.open_by_call, "2026-11-26")
    for day, reason in (("2026-11-25", "PAST"), ("2026-11-27", "AHEAD"), ("2062-11-26", "AHEAD")):
        with pytest.raises(RuleBroken, match=f"BUSINESS_DATE_{reason}"):
            bank.act(calendar.open_by_call, day)
    bank.now += timedelta(days=300)
    with pytest.raises(LimitReached, match="BUSINESS_DATES_TOO_MANY"):
        bank.act(calendar.open_by_call, "2027-06-01")
    with pytest.raises(InvalidInput, match="DATE_INVALID"):
        bank.act(calendar.open_by_call, "2027-02-29")
    assert len(bank.told()) == 2


def test_a_day_off_is_no_date_to_open_where_business_days_open(new_bank):
    bank = new_bank(date_opens="end_of_day", dates="business_days")
    bank.act(calendar.open_by_call, "2026-11-25")
    bank.now += timedelta(days=3)
    with pytest.raises(RuleBroken, match="BUSINESS_DATE_CLOSED"):
        bank.act(calendar.open_by_call, "2026-11-28")
    # Over the weekend Monday is the next one.
    assert bank.act(calendar.open_by_call, "2026-11-30") == date(2026, 11, 30)


def test_the_state_councils_calendar_loads_and_loads_again(new_bank, shared_data):
    bank = new_bank()
    told = {
        year: json.loads((shared_data / f"cn_reference/holidays/{year}.json").read_text(encoding="utf-8"))["days"]
        for year in (2025, 2026, 2027)
    }

    def load(year, days):
        holidays = [calendar_service_pb2.Holiday(date=d["date"], name=d["name"], is_off_day=d["isOffDay"]) for d in days]
        return bank.act(calendar.load_holidays, year, holidays)

    for year in (2025, 2026):
        off = sum(day["isOffDay"] for day in told[year])
        assert load(year, told[year]) == load(year, told[year]) == (off, len(told[year]) - off)
    with pytest.raises(InvalidInput, match="HOLIDAYS_EMPTY"):
        load(2027, told[2027])
    days = {str(day.calendar_date): day for day in bank.act(calendar.listed, "2026-01-01", "2026-12-31")}
    assert all(days[day["date"]].business_day is not day["isOffDay"] for day in told[2026])
    assert (days["2026-01-04"].business_day, days["2026-01-04"].name, days["2026-01-05"].business_day) == (True, "元旦", True)
    # A day that the next calendar no longer has is as its weekday again.
    load(2026, [day for day in told[2026] if day["date"] != "2026-01-02"])
    assert bank.act(calendar.listed, "2026-01-02", "2026-01-02")[0].business_day is True


def test_what_the_bank_says_goes_before_holidays_and_can_be_taken_back(new_bank):
    bank = new_bank()
    kinds = calendar_service_pb2
    bank.act(calendar.load_holidays, 2026, [kinds.Holiday(date="2026-11-26", name="节", is_off_day=True)])
    for kind, expected in (
        (kinds.BANK_DAY_KIND_WORKED, (True, "上线")), (kinds.BANK_DAY_KIND_ORDINARY, (False, "节")),
    ):  # fmt: skip
        (day,) = bank.act(calendar.set_days, [BANK_DAY(calendar_date="2026-11-26", kind=kind, name="上线")])
        assert (day.business_day, day.name) == expected
    with pytest.raises(InvalidInput, match="DAYS_TOO_MANY"):
        bank.act(calendar.listed, "2026-01-01", "2027-12-31")


def test_every_service_has_the_date_by_the_event(new_bank, tmp_path):
    """Over the bus of a branch; each service has a database of its own."""
    bank = new_bank()
    engines = {name: create_engine(f"sqlite:///{tmp_path}/{name}.db") for name in ("customer", "identity")}
    others = {name: Database(engine, name, clock=lambda: NOW + timedelta(days=9)) for name, engine in engines.items()}
    for engine in engines.values():
        migrations.migrate(engine, migrations.CHASSIS_PACKAGE)
    with ExitStack() as stack:
        [stack.callback(engine.dispose) for engine in engines.values()]
        followed = {name: (database, runtime.CHASSIS_SUBSCRIPTIONS) for name, database in others.items()}
        bus = stack.enter_context(EmbeddedBus({**followed, "integration": (bank.database, runtime.CHASSIS_SUBSCRIPTIONS)}))
        stack.enter_context(Relay(bank.database, bus, poll_seconds=0.05))
        assert {date_of(database) for database in others.values()} == {TODAY + timedelta(days=9)}
        bank.tick()
        deadline = time.monotonic() + 10
        while {date_of(database) for database in others.values()} != {TODAY} and time.monotonic() < deadline:
            time.sleep(0.02)
    # Their own clocks, nine days ahead, do not matter any more.
    assert {date_of(database) for database in others.values()} == {TODAY}


def date_of(database):
    with database.transaction(read_only=True) as work:
        return work.business_date
