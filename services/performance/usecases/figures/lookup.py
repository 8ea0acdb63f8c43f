"""Somebody's figures, or a unit's: of one period by product, and period by period."""

from __future__ import annotations

from datetime import date

from workbench.performance.v1 import figure_pb2, figure_service_pb2

from services.chassis.db import listing
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import moved, optional_date
from services.chassis.kernel.errors import InvalidInput
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.performance.model.result import Result
from services.performance.rules.figures import Amounts
from services.performance.rules.periods import PeriodKind
from services.performance.usecases.figures import periods, reading, showing
from services.performance.usecases.figures.subjects import subject


def figures(work: UnitOfWork, request: figure_service_pb2.GetFiguresRequest) -> figure_pb2.Figures:
    """Of one period: in total and by product, against earlier ones."""
    of, period = subject(work, request), periods.asked(work, request.period, request.day_date)
    rows, currency = [*of.rows(work), *reading.of_products(request.product_codes)], work.settings.home_currency_code
    with of.read(work):
        now = reading.sums(work, period, rows, [Result.product_code])
        earlier = reading.compared(work, period, rows, [Result.product_code])
        run_ids = reading.run_ids(work, period, rows)
    # What he had of a product and has no more is a change too.
    products = sorted({*now, *(key for _, then in earlier.values() for key in then)})
    return figure_pb2.Figures(
        person_id=of.person_id,
        person_name=of.person_name,
        organisation_path=of.organisation_path,
        period=period.kind.value,
        start_date=period.start_date.isoformat(),
        as_of_date=period.as_of_date.isoformat(),
        total=showing.line(Amounts.total(now.values()), showing.totalled(earlier), currency, total=True),
        products=[showing.line(now.get(key, Amounts()), showing.totalled(earlier, [key]), currency, key[0]) for key in products],
        run_ids=run_ids,
        stale=periods.is_stale(work, period),
        closed=periods.is_closed(work, period),
    )


def points(work: UnitOfWork, request: figure_service_pb2.ListFigurePointsRequest) -> Page:
    """Period by period, the earliest first."""
    of, size, question = subject(work, request), page_size(request.page_size), listing.query(request)
    start = optional_date(request.start_date, "start_date") or date.min
    end = optional_date(request.end_date, "end_date") or date.max
    if end < start:
        raise InvalidInput("PERIOD_INVALID", "The end lies before the start.")
    if token := PageToken.decode(request.page_token, question, keys=1):
        start = max(start, moved(listing.day(token.keys[0]), 1))
    rows, currency = [*of.rows(work), *reading.of_products(request.product_codes)], work.settings.home_currency_code
    with of.read(work):
        found = reading.points(work, PeriodKind(request.period or PeriodKind.DAY), start, end, rows, size + 1)
    messages = [
        figure_pb2.FigurePoint(
            start_date=start_date.isoformat(), as_of_date=as_of_date.isoformat(), amounts=showing.amounts(values, currency)
        )
        for start_date, as_of_date, values in found
    ]
    return Page.of(messages, size, question, lambda message: (message.start_date,))
