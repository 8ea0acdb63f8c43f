"""How a holding's figures came about: sums, days, and the revisions of datasets that they were made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from workbench.customer.v1 import holding_pb2, holding_service_pb2

from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import parse_date
from services.customer.model.dataset import DatasetBook
from services.customer.model.holding import HoldingHolder, closed_on, running_of
from services.customer.rules.averages import Period, figures, first_day
from services.customer.rules.relations import dates_invalid
from services.customer.usecases import finding
from services.customer.usecases.datasets import passes
from services.customer.usecases.holdings import listing
from services.customer.usecases.holdings.answering import ACCOUNTS, Days, as_message, days, money

HISTORY_DAYS_MAX = 400
HISTORY_DAYS_DEFAULT = 90
_HOLDERS = HoldingHolder.__table__.c


def explain(work: UnitOfWork, holding_id: str) -> holding_service_pb2.HoldingExplanation:
    """A holding with its sources; raises NotFound HOLDING_NOT_FOUND."""
    row = listing.found(work, holding_id)
    when = days(work, [row])
    return holding_service_pb2.HoldingExplanation(
        holding=as_message(row, when),
        period_sums=list(_sums(row, when)),
        balance_since_date=row.since_date.isoformat() if row.since_date else "",
        sources=list(_sources(work, row, when)),
        holders=list(_holders(work, row)),
    )


def history(
    work: UnitOfWork, request: holding_service_pb2.ListBalanceHistoryRequest
) -> holding_service_pb2.ListBalanceHistoryResponse:
    """Every day's closing balance between two days; raises InvalidInput DATES_INVALID."""
    row = listing.found(work, request.holding_id)
    end = parse_date(request.end_date, "end_date") if request.end_date else days(work, [row]).as_of
    start = parse_date(request.start_date, "start_date") if request.start_date else end - timedelta(days=HISTORY_DAYS_DEFAULT - 1)
    if not 0 < (end - start).days + 1 <= HISTORY_DAYS_MAX:
        raise dates_invalid("end_date", f"From one day to the same or a later one, {HISTORY_DAYS_MAX} days at most.")
    came = _came(work, row, start, end) if row.dataset == ACCOUNTS and running_of(row) else {}
    return holding_service_pb2.ListBalanceHistoryResponse(balances=list(_by_day(row, came, start, end)))


def _by_day(row: Any, came: dict[date, int], start: date, end: date) -> Iterator[holding_service_pb2.DayBalance]:
    closed = closed_on(row)
    ended = closed if closed and row.since_date and row.since_date < closed else None
    amount: int | None = next((came[day] for day in sorted(came, reverse=True) if day < start), None)
    if amount is None and row.since_date and row.since_date < start:
        # Unchanged since before the days asked for.
        amount = row.balance_minor_units
    for place in range((end - start).days + 1):
        day = start + timedelta(days=place)
        amount = came.get(day, amount)
        if ended is not None and day >= ended:
            amount = 0
        if amount is not None:
            yield holding_service_pb2.DayBalance(
                business_date=day.isoformat(), balance=money(amount, row.currency_code), carried=day not in came
            )


def _came(work: UnitOfWork, row: Any, start: date, end: date) -> dict[date, int]:
    from services.customer.engine import balances

    applications = [each for each in passes.applied(work, row.balance_feed) if passes.files_are_there(work, each)]
    before = [each for each in applications if each.business_date < start][-1:]
    pins = [each.pin for each in (*before, *(each for each in applications if start <= each.business_date <= end))]
    lake = work.database.lake
    with lake.connection() as connection:
        return dict(balances.days_of(connection, lake, pins, row.number, row.currency_code))


def _sums(row: Any, when: Days) -> Iterator[holding_service_pb2.PeriodSum]:
    running = running_of(row)
    if running is None:
        return
    for period, average in figures(running, when.as_of, closed_on(row), when.base_date).averages.items():
        yield holding_service_pb2.PeriodSum(
            start_date=first_day(period, when.as_of).isoformat(),
            end_date=when.as_of.isoformat(),
            sum=money(average.sum, row.currency_code),
            days=average.days,
        )


def _sources(work: UnitOfWork, row: Any, when: Days) -> Iterator[holding_pb2.DatasetSource]:
    for feed in dict.fromkeys(filter(None, (row.contract_feed, row.class_feed))):
        book = work.session.get(DatasetBook, feed)
        if book is not None and book.business_date is not None:
            yield _source(book, book.business_date)
    since = min(when.base_date, first_day(Period.YEAR, when.as_of))
    for application in passes.applied(work, row.balance_feed) if row.balance_feed else ():
        if application.business_date >= since:
            yield _source(application, application.business_date)


def _source(row: Any, day: date) -> holding_pb2.DatasetSource:
    return holding_pb2.DatasetSource(feed=row.feed, dataset=row.dataset, business_date=day.isoformat(), revision=row.revision)


def _holders(work: UnitOfWork, row: Any) -> Iterator[holding_service_pb2.Holder]:
    if row.dataset != ACCOUNTS:
        return
    of_account = (_HOLDERS.source_system == row.source_system, _HOLDERS.number == row.number)
    # Under row-level security whoever is out of scope is not even found; without it he is found, and not named.
    holders = work.session.execute(select(_HOLDERS.customer_id, _HOLDERS.role).where(*of_account)).all()
    ids = [customer_id for customer_id, _ in holders if customer_id]
    named = select(finding.COLUMNS.customer_id).where(finding.COLUMNS.customer_id.in_(ids))
    reached = set(work.session.scalars(in_scope(named, finding.COLUMNS, work.scope, work.caller)))
    for customer_id, role in holders:
        if customer_id in reached:
            yield holding_service_pb2.Holder(customer_id=customer_id, role=role)
