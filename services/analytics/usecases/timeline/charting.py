"""Makes a customer's timeline: from the newest analysis the figures, from events what happened beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import select
from workbench.analytics.v1 import customer_timeline_service_pb2, timeline_pb2

from services.analytics.model.dataset_pin import DatasetPin
from services.analytics.rules import timeline as rules
from services.analytics.rules.timeline import Resolution
from services.analytics.usecases.analyses import keeping
from services.analytics.usecases.timeline import items, reading, whose
from services.analytics.usecases.timeline.reading import Facts
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import moved, optional_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput
from services.chassis.kernel.money import Money

USUAL_DAYS = 365
# Of what a customer's figures are made, and where a day may be missing.
_DATASETS = ("balances", "transactions")
# So far before the first day it is looked whether a source brings anything on weekends, and when it last brought something.
_DELIVERIES_DAYS = 400


def customer_timeline(
    work: UnitOfWork, request: customer_timeline_service_pb2.GetCustomerTimelineRequest
) -> timeline_pb2.CustomerTimeline:
    """The timeline of a customer within reach."""
    customer = whose.customer(work, request.customer_id)
    start_date, end_date = _period(work, request)
    analysis = keeping.current(work)
    until = min(end_date, analysis.as_of_date) if analysis else None
    ends = _points(start_date, until, request.resolution, end_date)
    facts = Facts()
    # Of a customer whose data was erased by law nothing is shown, though sums of the bank still count it.
    if analysis is not None and until is not None and not customer.gone:
        files = keeping.files_of(work, analysis)
        facts = reading.read(files, whose.numbers(work, customer), start_date, end_date)
    found, left_out = items.items(work, customer.customer_id, facts, start_date, end_date)
    return timeline_pb2.CustomerTimeline(
        customer_id=customer.customer_id,
        as_of_date=analysis.as_of_date.isoformat() if analysis else "",
        start_date=start_date.isoformat(),
        end_date=end_date.isoformat(),
        resolution=timeline_pb2.TimelineResolution.Name(_resolution(request.resolution, start_date, until or end_date)),
        currency_code=work.settings.home_currency_code,
        thin=facts.thin,
        history_days=facts.history_days,
        series=_series(facts, ends, work.settings.home_currency_code),
        items=found,
        items_left_out=left_out,
        gaps=_gaps(work, facts, start_date, end_date, analysis.as_of_date) if analysis else (),
    )


def _period(work: UnitOfWork, request: customer_timeline_service_pb2.GetCustomerTimelineRequest) -> tuple[date, date]:
    """The days asked for; raises InvalidInput DATE_INVALID and PERIOD_INVALID."""
    end_date = optional_date(request.end_date, "end_date") or work.business_date
    start_date = optional_date(request.start_date, "start_date") or moved(end_date, 1 - USUAL_DAYS)
    if not 0 <= (end_date - start_date).days < rules.DAYS_MAX:
        violation = FieldViolation("end_date", "On the first day or later, and within ten years of it.")
        raise InvalidInput("PERIOD_INVALID", "The timeline ends before it begins, or is too long.", violations=(violation,))
    return start_date, end_date


def _points(start_date: date, until: date | None, resolution: int, end_date: date) -> list[date]:
    """The last days of the points; raises InvalidInput POINTS_TOO_MANY by the days asked for, whatever is known of them."""
    asked = rules.points(start_date, end_date, _resolution(resolution, start_date, end_date))
    if len(asked) > rules.POINTS_MAX:
        violation = FieldViolation("resolution", "Coarser, or for fewer days.")
        raise InvalidInput("POINTS_TOO_MANY", "The chart would have too many points.", violations=(violation,))
    return rules.points(start_date, until, _resolution(resolution, start_date, until)) if until else []


def _resolution(resolution: int, start_date: date, end_date: date) -> Resolution:
    return Resolution(resolution) if resolution else rules.usual_resolution(start_date, end_date)


def _series(facts: Facts, ends: Sequence[date], currency_code: str) -> timeline_pb2.TimelineSeries:
    shown = {
        name: [_shown(value, "" if name in rules.COUNTS else currency_code) for value in column]
        for name, column in rules.columns_of(facts.days, facts.values, ends).items()
    }
    return timeline_pb2.TimelineSeries(dates=[end.isoformat() for end in ends], **shown)


def _shown(value: int | None, currency_code: str) -> str:
    if value is None:
        return ""
    return str(Money(value, currency_code)) if currency_code else str(value)


def _gaps(
    work: UnitOfWork, facts: Facts, start_date: date, end_date: date, as_of_date: date
) -> Iterator[timeline_pb2.TimelineGap]:
    """Of the systems that keep the customer's accounts, or did."""
    systems = sorted({row["source_system"] for row in facts.accounts})
    statement = select(DatasetPin.source_system, DatasetPin.dataset, DatasetPin.business_date).where(
        DatasetPin.dataset.in_(_DATASETS),
        among(DatasetPin.source_system, systems),
        DatasetPin.business_date <= as_of_date,
        # A gap that began before the first day is seen by the last delivery before it.
        DatasetPin.business_date >= moved(start_date, -_DELIVERIES_DAYS),
    )
    delivered: dict[tuple[str, str], set[date]] = {}
    for row in work.session.execute(statement) if systems else ():
        delivered.setdefault((row.dataset, row.source_system), set()).add(row.business_date)
    for (dataset, system), days in sorted(delivered.items()):
        carried = work.settings.carry_days_max if dataset == "balances" else None
        for gap in rules.gaps(days, start_date, end_date, as_of_date, carried):
            yield timeline_pb2.TimelineGap(
                start_date=gap.start_date.isoformat(),
                end_date=gap.end_date.isoformat(),
                dataset=dataset,
                source_system=system,
                carried=gap.carried,
            )
