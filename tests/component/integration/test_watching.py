"""Files that come to a source become datasets by themselves; what does not come is late, is told once, and can still come."""

from __future__ import annotations

import os
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import func, select
from workbench.integration.v1 import events_pb2, feed_pb2, feed_service_pb2

from services.chassis.db.measuring import measured
from services.chassis.db.session import Call
from services.chassis.longwork.table import Operation
from services.chassis.outbox.table import OutboxMessage
from services.chassis.timers import tick
from services.integration.__main__ import SERVICE
from services.integration.connectors import sources
from services.integration.events import TIMERS
from services.integration.model import FeedDate, FeedRun, FeedWatch, FoundFile, LandedFile
from services.integration.rpc import feed_service
from services.integration.usecases import looking, watching
from services.integration.usecases.definitions import definitions
from services.integration.usecases.watching import FeedTimeliness
from tests.component.integration.feeds import feeds_on, make_tables

# Wednesday, nine in the morning in Shanghai.
NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 11, day) for day in (24, 25, 26))
WATCH = next(timer for timer in TIMERS if timer.name == "feeds.watch")
BALANCES = """
[feed]
name = "core.balances"
title = "Closing balances"
dataset = "balances"
source_system = "core"
[source]
kind = "folder"
location = "{inbox}/core"
file = "bal_{date:%Y%m%d}.txt"
[format]
kind = "delimited"
delimiter = "|"
[columns]
account_number = { from = "ACCT" }
currency_code = { from = "CCY" }
balance_minor_units = { from = "BAL" }
"""
FILE = "ACCT|CCY|BAL\nA1|CNY|12.34\n"


class Bank:
    """Feeds with a clock that tests move, and an inbox."""

    def __init__(self, feeds, folder):
        self.feeds, self.now = feeds, NOW
        feeds.database.clock = lambda: self.now
        self.inbox = folder / "inbox"

    def put(self, name, text=FILE, folder="core"):
        path = self.inbox / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def turn(self, **forward):
        """Time passes, the timers tick, and the work that is asked for is done."""
        self.now += timedelta(**forward)
        with self.feeds.database.transaction(call=Call("timer/feeds.watch")) as work:
            for timer in TIMERS:
                timer.run(work)
        self.feeds.work()

    def look(self):
        """As long as it takes to see that a file stays as it is."""
        for _turn in range(3):
            self.turn(seconds=61)

    def dates(self, name="core.balances"):
        return [(str(each.business_date), each.revision) for each in self.feeds.datasets(name)]

    def standing(self, name="core.balances"):
        with self.feeds.database.transaction(read_only=True) as work:
            return watching.standings(work, definitions(work.settings).feeds.values())[name]

    def all(self, model, **filters):
        with self.feeds.database.transaction(read_only=True) as work:
            return list(work.session.scalars(select(model).filter_by(**filters)))

    def missed(self):
        name = events_pb2.FeedMissed.DESCRIPTOR.full_name
        events = [events_pb2.FeedMissed.FromString(row.data) for row in self.all(OutboxMessage) if row.type == name]
        return [(event.feed, event.business_date) for event in events]


@pytest.fixture
def new_bank(copy_of, tmp_path):
    made = []

    def new(dialect="sqlite", **settings):
        feeds = feeds_on(copy_of(dialect, make_tables, tmp_path), tmp_path, inbox=tmp_path / "inbox", **settings)
        made.append(feeds)
        return Bank(feeds.__enter__(), tmp_path)

    yield new
    for feeds in made:
        feeds.__exit__(None, None, None)


@pytest.fixture
def bank(new_bank):
    made = new_bank()
    made.feeds.define(BALANCES)
    return made


@pytest.fixture(params=["sqlite", "postgresql"])
def bank_on_both(request, new_bank):
    made = new_bank(request.param)
    made.feeds.define(BALANCES)
    return made


def test_a_file_that_is_dropped_becomes_a_dataset(bank_on_both):
    bank = bank_on_both
    bank.turn()
    assert (bank.inbox / "core").is_dir()
    bank.put("bal_20261124.txt")
    bank.turn(seconds=61)
    # It might still grow.
    assert bank.dates() == []
    bank.turn(seconds=11)
    assert bank.dates() == [("2026-11-24", 1)]
    (file,) = bank.all(LandedFile)
    assert (file.file_name, file.origin) == ("bal_20261124.txt", "folder")
    # It stays where it is, and is not taken again.
    bank.look()
    assert (bank.inbox / "core/bal_20261124.txt").is_file()
    assert len(bank.all(LandedFile)) == len(bank.all(FeedRun)) == 1


def test_a_file_that_grows_waits_until_it_stays(bank):
    path = bank.put("bal_20261124.txt", "ACCT|CCY|BAL\n")
    for line in range(3):
        bank.turn(seconds=61)
        with path.open("a") as file:
            file.write(f"A{line}|CNY|1.00\n")
    assert bank.dates() == []
    bank.look()
    assert bank.feeds.rows("core.balances", "account_number") == [("A0",), ("A1",), ("A2",)]


def test_a_ready_file_is_waited_for_and_then_nothing_else(bank):
    bank.feeds.define(BALANCES.replace("[format]", 'ready_file = "{file}.ok"\n[format]'))
    bank.put("bal_20261124.txt")
    bank.look()
    assert bank.dates() == []
    bank.put("bal_20261124.txt.ok", "")
    bank.turn(seconds=61)
    assert bank.dates() == [("2026-11-24", 1)]


def test_a_changed_file_is_a_correction_and_one_that_was_touched_is_not(bank):
    path = bank.put("bal_20261124.txt")
    bank.look()
    os.utime(path, (1, 1))
    bank.look()
    assert bank.dates() == [("2026-11-24", 1)]
    bank.put("bal_20261124.txt", FILE + "A2|CNY|5.00\n")
    bank.look()
    assert bank.dates() == [("2026-11-24", 1), ("2026-11-24", 2)]


def test_many_dates_come_in_their_order_and_none_before_it_began(bank, monkeypatch):
    monkeypatch.setattr(looking, "TAKEN_AT_ONCE_MAX", 3)
    days = [TUESDAY - timedelta(days=number) for number in range(7)]
    for day in (*days, THURSDAY):
        bank.put(f"bal_{day:%Y%m%d}.txt", f"ACCT|CCY|BAL\nA1|CNY|{day.day}.00\n")
    bank.look()
    bank.turn(seconds=6)
    assert [day for day, _ in bank.dates()] == sorted(str(day) for day in days)
    runs = [run.business_date for run in sorted(bank.all(FeedRun), key=lambda run: run.run_id)]
    assert runs == sorted(days)
    bank.turn(days=1)
    bank.look()
    assert bank.dates()[-1] == ("2026-11-26", 1)


def test_a_source_that_fails_stops_no_other_and_is_asked_ever_less(bank, new_bank):
    bank.feeds.define(
        BALANCES.replace("core.balances", "far.balances")
        .replace('"folder"', '"sftp"')
        .replace("{inbox}/core", "sftp://me@127.0.0.1:9/x")
    )
    bank.feeds.define(BALANCES.replace("core.balances", "lost.balances").replace("{inbox}/core", "/nowhere"))
    bank.put("bal_20261124.txt")
    bank.look()
    assert bank.dates() == [("2026-11-24", 1)]
    assert bank.standing("far.balances").last_fault.startswith("SOURCE_INVALID: There is no file of known hosts")
    assert bank.standing("lost.balances").last_fault.startswith("SOURCE_UNAVAILABLE: The folder is not there")
    assert bank.standing().last_fault == ""
    pauses = []
    for _try in range(9):
        bank.turn(hours=2)
        (seen,) = bank.all(FeedWatch, feed="lost.balances")
        pauses.append((seen.next_look_time - seen.last_look_time).total_seconds())
    assert pauses == sorted(pauses)
    assert pauses[-1] == looking.RETRY_SECONDS_MAX


def test_a_source_that_breaks_in_an_unforeseen_way_is_a_fault_and_no_more(bank, monkeypatch):
    monkeypatch.setattr(sources, "_CLASSES", {"folder": "Nothing"})
    bank.turn()
    assert bank.standing().last_fault == "INTERNAL: Something broke on our side."
    monkeypatch.undo()
    bank.put("bal_20261124.txt")
    for _try in range(4):
        bank.turn(minutes=10)
    assert bank.dates() == [("2026-11-24", 1)]
    assert bank.standing().last_fault == ""


def test_files_of_which_nobody_says_the_date_are_left_and_told(bank):
    bank.feeds.define(
        BALANCES.replace("bal_{date:%Y%m%d}.txt", "bal_*.txt").replace("[columns]", '[date]\nsource = "run"\n[columns]')
    )
    bank.put("bal_1.txt")
    bank.look()
    assert bank.all(LandedFile) == []
    assert bank.standing().last_fault.startswith("FILES_UNDATED")


def test_a_file_of_controls_is_waited_for_and_comes_along(bank):
    bank.feeds.define(BALANCES + '[controls]\nsource = "file"\nfile = "{file}.ctl"\npattern = "rows=(?P<rows>[0-9]+)"\n')
    bank.put("bal_20261124.txt")
    bank.look()
    assert bank.all(LandedFile) == []
    bank.put("bal_20261124.txt.ctl", "rows=1\n")
    bank.look()
    assert [file.control_text for file in bank.all(LandedFile)] == ["rows=1\n"]


def test_what_a_query_brings_is_taken_once_its_day_is_over(bank, tmp_path):
    from sqlalchemy import create_engine, text

    engine = create_engine(f"sqlite:///{tmp_path}/core.db")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE b (acct TEXT, ccy TEXT, bal TEXT, day TEXT)"))
        connection.execute(text(f"INSERT INTO b VALUES ('A1', 'CNY', '1.00', '{TUESDAY}'), ('A1', 'CNY', '2.00', '{WEDNESDAY}')"))
    engine.dispose()
    query = "SELECT acct AS ACCT, ccy AS CCY, bal AS BAL FROM b WHERE day = :business_date"
    source = f'kind = "sql"\nlocation = "sqlite:///{tmp_path}/core.db"\nquery = "{query}"\n'
    head, rest = BALANCES.split("[source]\n")
    toml = f'{head}[source]\n{source}[format]{rest.split("[format]")[1]}[date]\nsource = "run"\n'.replace(
        'delimiter = "|"', 'delimiter = "|"\nquote = "\\""'
    )
    bank.feeds.define(toml)
    bank.look()
    # Wednesday is not over.
    assert bank.dates() == [("2026-11-24", 1)]
    bank.turn(days=1)
    bank.look()
    assert bank.dates() == [("2026-11-24", 1), ("2026-11-25", 1)]


def test_what_does_not_come_is_late_once_and_its_arrival_ends_it(bank_on_both):
    bank = bank_on_both
    bank.turn()
    standing = bank.standing()
    assert (standing.timeliness, standing.next_due_date) == (FeedTimeliness.WAITING, WEDNESDAY)
    assert standing.next_due_time == datetime(2026, 11, 26, 0, 30, tzinfo=UTC)
    bank.turn(hours=23, minutes=29)
    assert bank.missed() == []
    for _turn in range(5):
        bank.turn(seconds=61)
    assert bank.missed() == [("core.balances", "2026-11-25")]
    assert (bank.standing().timeliness, bank.standing().late_dates) == (FeedTimeliness.LATE, (WEDNESDAY,))
    bank.put("bal_20261125.txt")
    bank.look()
    bank.turn(seconds=61)
    assert bank.dates() == [("2026-11-25", 1)]
    assert bank.standing().timeliness == FeedTimeliness.WAITING
    bank.look()
    assert len(bank.missed()) == 1
    (row,) = bank.all(FeedDate, business_date=WEDNESDAY)
    assert row.miss_time < row.arrive_time


def test_what_came_in_time_is_not_late(bank):
    bank.turn()
    bank.put("bal_20261125.txt")
    bank.look()
    assert bank.standing().timeliness == FeedTimeliness.ARRIVED or bank.standing().next_due_date == WEDNESDAY
    bank.turn(seconds=61)
    assert bank.standing().timeliness == FeedTimeliness.ARRIVED
    assert bank.standing().next_due_date == THURSDAY
    bank.turn(hours=23)
    bank.turn(minutes=31)
    assert bank.missed() == []


def test_days_off_and_feeds_without_a_calendar_are_not_due(bank):
    bank.feeds.define(BALANCES.replace("core.balances", "any.balances") + '[calendar]\ndays = "none"\n')
    bank.feeds.define(BALANCES.replace("core.balances", "all.balances") + '[calendar]\ndays = "every"\n')
    for _day in range(6):
        bank.turn(days=1)
        bank.turn(seconds=61)
    due = {name: [row.business_date.day for row in bank.all(FeedDate, feed=name)] for name in ("core.balances", "all.balances")}
    # 28 and 29 November are a weekend.
    assert due == {"core.balances": [26, 27, 30, 1], "all.balances": [26, 27, 28, 29, 30, 1]}
    assert bank.standing("any.balances").timeliness == FeedTimeliness.NOTHING_DUE
    assert not [feed for feed, _ in bank.missed() if feed == "any.balances"]


def test_after_a_rest_of_ours_what_lies_there_is_taken_before_anything_is_late(bank):
    bank.turn()
    for day in (WEDNESDAY, THURSDAY, date(2026, 11, 27)):
        bank.put(f"bal_{day:%Y%m%d}.txt", f"ACCT|CCY|BAL\nA1|CNY|{day.day}.00\n")
    bank.turn(days=3)
    bank.look()
    assert bank.missed() == []
    assert len(bank.dates()) == 3


def test_a_push_feed_is_late_too(bank):
    bank.feeds.define(BALANCES.replace("core.balances", "pushed.balances").replace('kind = "folder"', 'kind = "push"'))
    bank.turn()
    bank.turn(days=1)
    assert ("pushed.balances", "2026-11-25") in bank.missed()
    bank.feeds.run("pushed.balances", FILE.encode(), day=WEDNESDAY, file_name="bal_20261125.txt")
    bank.turn(seconds=6)
    # Nothing is asked of a source that it does not have.
    assert bank.standing("pushed.balances").late_dates == ()
    assert bank.standing("pushed.balances").last_look_time is None


def test_looks_leave_nothing_behind(bank):
    for _turn in range(20):
        bank.turn(minutes=10)
    with bank.feeds.database.transaction(read_only=True) as work:
        assert work.session.scalar(select(func.count()).where(Operation.kind == watching.LOOK)) <= 8
    path = bank.put("bal_20261124.txt")
    bank.look()
    path.unlink()
    bank.look()
    assert bank.all(FoundFile) == []


def test_of_copies_that_tick_together_one_asks(bank_on_both):
    bank = bank_on_both
    barrier = threading.Barrier(3)

    def copy():
        barrier.wait()
        tick(bank.feeds.database, WATCH)

    threads = [threading.Thread(target=copy) for _ in range(3)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len([each for each in bank.all(Operation) if each.kind == watching.LOOK]) == 1


def test_metrics_tell_what_is_late_and_what_fails(bank):
    bank.feeds.define(BALANCES.replace("core.balances", "lost.balances").replace("{inbox}/core", "/nowhere"))
    bank.feeds.define(BALANCES.replace("core.balances", "any.balances") + '[calendar]\ndays = "none"\n')
    registry = CollectorRegistry()

    def told(name, **labels):
        return registry.get_sample_value(name, labels)

    with measured(bank.feeds.database, SERVICE.measure, registry):
        bank.turn()
        assert (told("workbench_feed_late", feed="core.balances"), told("workbench_feed_late", feed="any.balances")) == (0, None)
        assert told("workbench_feed_look_failures", feed="lost.balances") == 1
        assert told("workbench_business_date_behind_days") == 0
        for _day in range(2):
            bank.turn(days=1)
            bank.turn(minutes=2)
        assert told("workbench_feed_late", feed="core.balances") == 2
        bank.put("bal_20261125.txt")
        bank.look()
        bank.turn(seconds=61)
        assert told("workbench_feed_late", feed="core.balances") == 1
        # A database that does not answer takes no other metric with it.
        bank.feeds.database.clock = None
        assert list(registry.collect()) == []
    assert list(registry.collect()) == []


def test_the_feed_as_it_is_shown_says_how_it_stands(bank):
    def shown():
        with bank.feeds.database.transaction(read_only=True) as work:
            return feed_service.get_feed(work, feed_service_pb2.GetFeedRequest(feed="core.balances"))

    # Before anything was looked at, too.
    assert shown().timeliness == feed_pb2.FEED_TIMELINESS_WAITING
    bank.turn()
    feed = shown()
    assert (feed.timeliness, feed.next_due_date) == (feed_pb2.FEED_TIMELINESS_WAITING, "2026-11-25")
    assert feed.next_due_time.ToDatetime(UTC) == datetime(2026, 11, 26, 0, 30, tzinfo=UTC)
    assert (feed.last_look_time.ToDatetime(UTC), feed.last_fault) == (NOW, "")
    bank.turn(days=1)
    bank.turn(minutes=2)
    assert (shown().timeliness, list(shown().late_dates)) == (feed_pb2.FEED_TIMELINESS_LATE, ["2026-11-25"])
    (bank.inbox / "core").rmdir()
    bank.inbox.rename(bank.inbox.parent / "away")
    bank.inbox.write_text("no folder")
    bank.turn(minutes=2)
    assert shown().last_fault.startswith("SOURCE_UNAVAILABLE")
