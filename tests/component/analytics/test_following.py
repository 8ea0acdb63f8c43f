"""Which datasets are current, and which days nobody has looked at yet."""

from datetime import date

from sqlalchemy import select

from services.analytics.model.analysis import StaleDay
from services.analytics.model.dataset_pin import DatasetPin
from tests.component.books import TownBooks

DAY = date(2026, 11, 24)


def read(town, model):
    with town.service.database.transaction(read_only=True) as work:
        return work.session.scalars(select(model)).all()


def test_the_latest_revision_counts_in_whichever_order_they_are_told(town):
    books = TownBooks.of(town)
    second = books.balances(DAY, {"1": 100}, revision=2)
    books.announce(second)
    books.balances(DAY, {"1": 90})
    (pin,) = read(town, DatasetPin)
    assert (pin.feed, pin.business_date, pin.revision) == (second.feed, DAY, 2)
    (stale,) = read(town, StaleDay)
    assert (stale.business_date, stale.number, stale.reason) == (DAY, 1, f"feeds/{second.feed}/{DAY}/2")


def test_what_is_not_needed_is_not_kept(town):
    TownBooks.of(town).write("gl_balances", DAY, [])
    assert read(town, DatasetPin) == []
    assert read(town, StaleDay) == []


def test_before_any_balances_came_nothing_is_known_and_nothing_waits(town):
    TownBooks.of(town).write("customers", DAY, [])
    told = town.rm1_east.call("GetAnalysisFreshness")
    assert (told.as_of_date, told.latest_date, told.waiting_day_count) == ("", "", 0)
    assert [feed.dataset for feed in told.feeds] == ["customers"]
