"""Says from departures that were measured for good which part the bank keeps, and how well departures were foreseen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from workbench.analytics.v1 import departure_pb2, departure_service_pb2

from services.analytics.model.departure import Departure, DepartureCustomer
from services.analytics.rules import departures as rules
from services.analytics.rules.dependence import WHOLE_E4
from services.analytics.usecases import reaching
from services.analytics.usecases.departures import showing
from services.chassis.db import listing
from services.chassis.db.scope import below, in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.paging import Page

# Of as many the last say how it is by now.
DEPARTURES_MAX = 200
# The lower ends of the bands by which dependence is held against what went.
_BANDS_E4 = (0, 1_000, 2_500, 5_000, 7_500)


@dataclass
class _Sums:
    """Of the customers of a band."""

    customers: int = 0
    gone: int = 0
    balance: int = 0
    expected: int = 0
    lost: int = 0


def keep_rate(work: UnitOfWork) -> rules.KeepRate:
    """The rate that departures are foreseen with; a figure of the whole bank, which names nobody."""
    return rules.keep_rate([each.measured_keep_rate_e4 for each in _settled(work) if each.measured_keep_rate_e4 is not None])


def list_departures(work: UnitOfWork, request: departure_service_pb2.ListDeparturesRequest) -> Page:
    """A page of a unit's departures, the latest first; nobody's own."""
    path = reaching.unit_path(work, request.organisation_path or work.caller.organisation_path)
    statement = select(Departure).where(below(Departure.organisation_path, path), Departure.person_id != work.caller.person_id)
    statement = in_scope(statement, Departure, work.scope, work.caller)
    return listing.read_page(work, statement, request, ((Departure.departure_id, listing.text),), downwards=True)


def calibration(work: UnitOfWork) -> departure_pb2.DepartureCalibration:
    """What was expected of departures that were measured for good, against what went: of units in the caller's scope."""
    mine = select(Departure.departure_id).where(Departure.person_id != work.caller.person_id)
    reached = set(work.session.scalars(in_scope(mine, Departure, work.scope, work.caller)))
    departures, keep = [each for each in _settled(work) if each.departure_id in reached], keep_rate(work)
    within = sum(each.low_minor_units <= each.lost_minor_units <= each.high_minor_units for each in departures)
    return departure_pb2.DepartureCalibration(
        departure_count=len(departures),
        expected_loss=showing.money(work, sum(each.expected_minor_units for each in departures)),
        lost=showing.money(work, sum(each.lost_minor_units for each in departures)),
        within_count=within,
        keep_rate_basis_points=keep.rate_e4,
        keep_rate_deviation_basis_points=keep.deviation_e4,
        bands=_bands(work, departures),
    )


def _settled(work: UnitOfWork) -> Sequence[Departure]:
    statement = select(Departure).where(Departure.state == rules.DepartureState.SETTLED)
    with work.whole_bank():
        return work.session.scalars(statement.order_by(Departure.left_date.desc()).limit(DEPARTURES_MAX)).all()


def _bands(work: UnitOfWork, departures: Sequence[Departure]) -> list[departure_pb2.DependenceBand]:
    """By dependence: what was expected and what went, of customers of whom anything is known after."""
    keep = {each.departure_id: each.keep_rate_e4 for each in departures}
    customer = DepartureCustomer
    statement = select(customer.departure_id, customer.dependence_e4, customer.balance_minor_units, customer.after_minor_units)
    known = statement.where(customer.departure_id.in_(list(keep)), customer.after_minor_units.is_not(None))
    sums = [_Sums() for _ in _BANDS_E4]
    with work.whole_bank():
        rows = work.session.execute(known).all()
    for departure_id, dependence, balance, after in rows:
        assert after is not None, "the statement asks for those of whom it is known"
        band = sums[max(place for place, start in enumerate(_BANDS_E4) if dependence >= start)]
        band.customers += 1
        band.gone += rules.gone(balance, after)
        band.balance += max(balance, 0)
        band.expected += max(balance, 0) * dependence * (WHOLE_E4 - keep[departure_id]) // WHOLE_E4**2
        band.lost += max(balance - after, 0)
    ends = (*_BANDS_E4[1:], WHOLE_E4)
    return [
        departure_pb2.DependenceBand(
            from_basis_points=start,
            to_basis_points=end,
            customer_count=band.customers,
            gone_count=band.gone,
            expected_basis_points=_part(band.expected, band.balance),
            lost_basis_points=_part(band.lost, band.balance),
        )
        for start, end, band in zip(_BANDS_E4, ends, sums, strict=True)
    ]


def _part(amount: int, whole: int) -> int:
    return min(amount * WHOLE_E4 // whole, WHOLE_E4) if whole > 0 else 0
