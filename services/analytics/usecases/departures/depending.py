"""Answers how customers and units depend on people, and what would go if people left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from workbench.analytics.v1 import departure_pb2, departure_service_pb2

from services.analytics.rules import departures as rules
from services.analytics.rules.dependence import UnitDependence, unit_dependence
from services.analytics.usecases import reaching
from services.analytics.usecases.departures import calibrating, showing, sources
from services.chassis.db import listing
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput
from services.chassis.kernel.paging import Page, PageToken, page_size

if TYPE_CHECKING:
    from services.analytics.engine.dependence import Dependence, PersonSum, UnitSum

_SHOWN_PEOPLE_MAX = 10


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit and the people on whom its customers depend, most at risk first."""

    organisation_path: str
    as_of_date: date | None = None
    whole: UnitSum | None = None
    people: Sequence[PersonSum] = ()

    @property
    def measures(self) -> UnitDependence:
        """How it stands by its people."""
        return unit_dependence((each.at_risk_minor_units for each in self.people), self.balance_minor_units)

    @property
    def balance_minor_units(self) -> int:
        """What its customers have."""
        return self.whole.balance_minor_units if self.whole else 0


@dataclass(frozen=True, slots=True)
class Simulation:
    """What would go, and a page of the customers."""

    keep: rules.KeepRate
    as_of_date: date | None = None
    at_risk: rules.AtRisk = field(default_factory=lambda: rules.AtRisk(0, 0, 0, 0.0, 0.0))
    single_threaded_count: int = 0
    borrower_count: int = 0
    loan_minor_units: int = 0
    page: Page = field(default_factory=lambda: Page((), ""))


def list_dependences(
    work: UnitOfWork, request: departure_service_pb2.ListDependencesRequest
) -> departure_service_pb2.ListDependencesResponse:
    """A page of a person's customers, or of a unit's; raises InvalidInput SUBJECT_UNCLEAR where neither or both are named."""
    from services.analytics.engine.dependence import Dependences

    person_ids, paths = _subject(work, request)
    size, after = page_size(request.page_size), _after_customer(request)
    with sources.opened(work, paths) as opened:
        if opened is None:
            return departure_service_pb2.ListDependencesResponse()
        connection, source = opened
        present = sources.present_people(work)
        asked = Dependences(connection, source, present, person_ids or present)
        found = asked.page(
            size + 1,
            after,
            least_dependence_e4=request.least_dependence_basis_points,
            single_threaded=request.single_threaded,
        )
    page = _page(found, size, request)
    return departure_service_pb2.ListDependencesResponse(
        dependences=showing.dependences(work, page.rows, source.as_of_date),
        as_of_date=source.as_of_date.isoformat(),
        next_page_token=page.next_page_token,
    )


def _subject(work: UnitOfWork, request: departure_service_pb2.ListDependencesRequest) -> tuple[list[str], tuple[str, ...]]:
    """On whom customers depend, nobody for whomever; and of which units they are."""
    if bool(request.person_id) is bool(request.organisation_path):
        violations = tuple(FieldViolation(name, "Either a person or a unit.") for name in ("person_id", "organisation_path"))
        raise InvalidInput("SUBJECT_UNCLEAR", "Dependences are of a person or of a unit.", violations=violations)
    if request.person_id:
        return [reaching.person(work, request.person_id).person_id], work.scope.organisation_paths
    return [], (reaching.unit_path(work, request.organisation_path),)


def unit(work: UnitOfWork, organisation_path: str) -> Unit:
    """A unit; raises NotFound UNIT_NOT_FOUND."""
    from services.analytics.engine.dependence import Dependences, unit_sum

    path = reaching.unit_path(work, organisation_path or work.caller.organisation_path)
    with sources.opened(work, [path]) as opened:
        if opened is None:
            return Unit(path)
        connection, source = opened
        present = sources.present_people(work)
        people = Dependences(connection, source, present, present).by_person()
        return Unit(path, source.as_of_date, unit_sum(connection, source), people)


def unit_message(work: UnitOfWork, organisation_path: str) -> departure_pb2.UnitDependence:
    """The same as it is shown."""
    found = unit(work, organisation_path)
    measures, balance = found.measures, found.balance_minor_units
    return departure_pb2.UnitDependence(
        organisation_path=found.organisation_path,
        as_of_date=found.as_of_date.isoformat() if found.as_of_date else "",
        customer_count=found.whole.customer_count if found.whole else 0,
        balance=showing.money(work, balance),
        at_risk=showing.money(work, sum(each.at_risk_minor_units for each in found.people)),
        key_person_index_basis_points=measures.key_person_index_e4,
        dependence_basis_points=measures.dependence_e4,
        half_people_count=measures.half_people_count,
        people_count=sum(each.at_risk_minor_units > 0 for each in found.people),
        people=showing.people(work, found.people[:_SHOWN_PEOPLE_MAX], balance),
    )


def list_person_dependences(
    work: UnitOfWork, request: departure_service_pb2.ListPersonDependencesRequest
) -> departure_service_pb2.ListPersonDependencesResponse:
    """A page of a unit's people, those with most at risk first."""
    size, after = page_size(request.page_size), _after_person(request)
    found = unit(work, request.organisation_path)
    rest = [each for each in found.people if after is None or (-each.at_risk_minor_units, each.person_id) > (-after[0], after[1])]
    bound = listing.query(request)
    page = Page.of(rest[: size + 1], size, bound, lambda each: (str(each.at_risk_minor_units), each.person_id))
    return departure_service_pb2.ListPersonDependencesResponse(
        person_dependences=showing.people(work, page.rows, found.balance_minor_units),
        as_of_date=found.as_of_date.isoformat() if found.as_of_date else "",
        next_page_token=page.next_page_token,
    )


def simulate(work: UnitOfWork, request: departure_service_pb2.SimulateDepartureRequest) -> Simulation:
    """What would go if these people left together; raises NotFound PERSON_NOT_FOUND."""
    from services.analytics.engine.dependence import Dependences

    person_ids = [reaching.person(work, person_id).person_id for person_id in request.person_ids]
    size, after, keep = page_size(request.page_size), _after_customer(request), calibrating.keep_rate(work)
    if request.HasField("keep_rate_basis_points"):
        keep = rules.KeepRate(request.keep_rate_basis_points, keep.deviation_e4, keep.departure_count)
    with sources.opened(work, work.scope.organisation_paths) as opened:
        if opened is None:
            return Simulation(keep)
        connection, source = opened
        asked = Dependences(connection, source, sources.present_people(work), person_ids, together=True)
        borrowers, loan = asked.loans()
        return Simulation(
            keep=keep,
            as_of_date=source.as_of_date,
            at_risk=asked.at_risk(),
            single_threaded_count=asked.single_threaded_count(),
            borrower_count=borrowers,
            loan_minor_units=loan,
            page=_page(asked.page(size + 1, after), size, request),
        )


def simulation_message(work: UnitOfWork, found: Simulation) -> departure_service_pb2.SimulateDepartureResponse:
    """The same as it is shown."""
    loss = rules.expected_loss(found.at_risk, found.keep)
    estimate = departure_pb2.DepartureEstimate(
        as_of_date=found.as_of_date.isoformat() if found.as_of_date else "",
        customer_count=found.at_risk.customer_count,
        single_threaded_count=found.single_threaded_count,
        balance=showing.money(work, found.at_risk.balance_minor_units),
        at_risk=showing.money(work, found.at_risk.at_risk_minor_units),
        keep_rate_basis_points=found.keep.rate_e4,
        expected_loss=showing.money(work, loss.expected_minor_units),
        low_loss=showing.money(work, loss.low_minor_units),
        high_loss=showing.money(work, loss.high_minor_units),
        borrower_count=found.borrower_count,
        loan=showing.money(work, found.loan_minor_units),
    )
    rows = showing.dependences(work, found.page.rows, found.as_of_date) if found.as_of_date else []
    return departure_service_pb2.SimulateDepartureResponse(
        estimate=estimate, dependences=rows, next_page_token=found.page.next_page_token
    )


_Customers = departure_service_pb2.ListDependencesRequest | departure_service_pb2.SimulateDepartureRequest


def _after_customer(request: _Customers) -> tuple[int, str, str] | None:
    """An amount at risk, a customer's number and a person, behind which a page begins."""
    token = PageToken.decode(request.page_token, listing.query(request), keys=3)
    return (listing.number(token.keys[0]), token.keys[1], token.keys[2]) if token else None


def _after_person(request: departure_service_pb2.ListPersonDependencesRequest) -> tuple[int, str] | None:
    """An amount at risk and a person, behind which a page begins."""
    token = PageToken.decode(request.page_token, listing.query(request), keys=2)
    return (listing.number(token.keys[0]), token.keys[1]) if token else None


def _page(found: Sequence[Dependence], size: int, request: _Customers) -> Page:
    bound = listing.query(request)
    return Page.of(found, size, bound, lambda each: (str(each.at_risk_minor_units), each.customer_number, each.person_id))
