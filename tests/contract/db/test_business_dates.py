"""The business date as an act sees it: announced, the same from its beginning to its end, forward only, and never an instant."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from workbench.integration.v1 import events_pb2

from services.chassis import runtime
from services.chassis.db import business_dates
from services.chassis.db.session import Database
from tests.contract.db.conftest import NOW, Note

TODAY = date(2026, 11, 25)


@pytest.fixture
def database(database):
    database.clock = lambda: NOW
    return database


def date_of(database):
    with database.transaction(read_only=True) as work:
        return work.business_date


def announce(database, day, calendar="bank"):
    with database.transaction() as work:
        event = events_pb2.BusinessDateOpened(calendar=calendar, business_date=day.isoformat())
        runtime.CHASSIS_SUBSCRIPTIONS[0].handle(work, event)


def test_before_any_is_announced_it_is_the_calendars_in_the_banks_zone(database):
    # Half past midnight in Shanghai is the day before in UTC.
    database.clock = lambda: datetime(2026, 11, 25, 16, 30, tzinfo=UTC)
    assert date_of(database) == date(2026, 11, 26)


def test_what_was_announced_holds_whatever_the_clock_says(database):
    announce(database, TODAY)
    for days in (-40, 0, 40):
        database.clock = lambda days=days: NOW + timedelta(days=days)
        assert date_of(database) == TODAY


def test_it_only_goes_forward_however_events_come(database):
    for days in (1, 0, 3, 2, 3):
        announce(database, TODAY + timedelta(days=days))
    announce(database, TODAY + timedelta(days=9), calendar="another bank's")
    assert date_of(database) == TODAY + timedelta(days=3)


def test_an_act_ends_on_the_date_on_which_it_began(database):
    announce(database, TODAY)
    with database.transaction(read_only=True) as work:
        assert work.business_date == TODAY
        if database.engine.dialect.name == "postgresql":
            announce(database, TODAY + timedelta(days=1))
        database.forget_date()
        assert work.business_date == TODAY


def test_a_date_that_was_rolled_back_was_never_there(database):
    announce(database, TODAY)
    with pytest.raises(ZeroDivisionError), database.transaction() as work:
        work.open_business_date(TODAY + timedelta(days=1))
        raise ZeroDivisionError
    assert date_of(database) == TODAY


def test_another_process_takes_the_next_date_in_within_a_second(database, monkeypatch):
    announce(database, TODAY)
    other = Database(database.engine, "contract")
    seconds = [1_000.0]
    monkeypatch.setattr(business_dates.time, "monotonic", lambda: seconds[0])
    assert date_of(other) == TODAY
    announce(database, TODAY + timedelta(days=1))
    assert date_of(database) == TODAY + timedelta(days=1)
    assert date_of(other) == TODAY
    seconds[0] += business_dates.KEPT_SECONDS
    assert date_of(other) == TODAY + timedelta(days=1)


def test_where_nobody_announces_dates_an_old_one_does_not_hold(database):
    announce(database, TODAY)
    alone = Database(database.engine, "contract", follows_calendar=False, clock=lambda: NOW + timedelta(days=5))
    assert date_of(alone) == TODAY + timedelta(days=5)


def test_a_date_is_no_instant(database):
    """No zone, neither the database's nor the reader's, shifts it; and an instant is refused where a date belongs."""
    with database.transaction() as work:
        work.session.add(Note(note_id="n", lead_person_id="rm", organisation_path="/HO/", due_date=TODAY))
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        with database.transaction(read_only=True) as work:
            if database.engine.dialect.name == "postgresql":
                work.session.execute(text(f"SET TIME ZONE '{zone}'"))
            found = work.session.get(Note, "n").due_date
            assert type(found) is date
            assert found == TODAY
    with pytest.raises((SQLAlchemyError, TypeError)), database.transaction() as work:
        work.session.add(Note(note_id="m", lead_person_id="rm", organisation_path="/HO/", due_date=NOW))
