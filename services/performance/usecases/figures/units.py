"""Of what a unit's figures are the sum: the units directly below it, its own people, and what nobody owns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, select
from workbench.performance.v1 import figure_pb2, figure_service_pb2

from services.chassis.db import listing
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import PATH_SEPARATOR
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.performance.model.person import Person, Unit
from services.performance.model.result import Result
from services.performance.rules.figures import Amounts, ComparisonKind
from services.performance.usecases.figures import periods, reading, showing
from services.performance.usecases.figures.subjects import unit

UNIT, PERSON, POOL = (
    figure_pb2.UNIT_PART_KIND_UNIT,
    figure_pb2.UNIT_PART_KIND_PERSON,
    figure_pb2.UNIT_PART_KIND_POOL,
)


@dataclass(frozen=True, slots=True)
class _Part:
    kind: int
    # Where it stands among those of its kind, and by which key it is unique there.
    place: str
    key: str

    @property
    def order(self) -> tuple[str, ...]:
        return (str(self.kind), self.place, self.key)


def unit_figures(
    work: UnitOfWork, request: figure_service_pb2.ListUnitFiguresRequest
) -> figure_service_pb2.ListUnitFiguresResponse:
    """A page of a unit's parts, with what all of them come to."""
    of, period = unit(work, request.organisation_path), periods.asked(work, request.period, request.day_date)
    size, question = page_size(request.page_size), listing.query(request)
    after = PageToken.decode(request.page_token, question, keys=3)
    path, rows = of.organisation_path, [*of.rows(work), *reading.of_products(request.product_codes)]
    # Only the unit's own people one by one.
    owner = case((Result.organisation_path == path, Result.person_id), else_="").label("owner")
    columns, kinds = [Result.organisation_path, owner], [ComparisonKind(request.comparison)]
    now = reading.sums(work, period, rows, columns)
    earlier = reading.compared(work, period, rows, columns, kinds)
    staff = _people(work, {person_id for found in (now, *(then for _, then in earlier.values())) for _, person_id in found})
    part_of = _parting(path, staff)
    parts = _folded(now, part_of)
    then = {kind: (before, _folded(found, part_of)) for kind, (before, found) in earlier.items()}
    for _, folded in then.values():
        for part in folded:
            parts.setdefault(part, Amounts())
    listed = sorted((part for part in parts if after is None or part.order > after.keys), key=lambda part: part.order)[: size + 1]
    page = Page.of(listed, size, question, lambda part: part.order)
    names, currency = _unit_names(work, [path, *(part.place for part in page.rows if part.kind == UNIT)]), _currency(work)
    return figure_service_pb2.ListUnitFiguresResponse(
        unit_figures=[
            _message(part, path, names, staff, showing.line(parts[part], showing.totalled(then, [part]), currency, total=True))
            for part in page.rows
        ],
        next_page_token=page.next_page_token,
        total=showing.line(Amounts.total(parts.values()), showing.totalled(then), currency, total=True),
        start_date=period.start_date.isoformat(),
        as_of_date=period.as_of_date.isoformat(),
    )


def _parting(path: str, staff: Mapping[str, Any]) -> Callable[[str, str], _Part]:
    """To which part of the unit a row belongs, by where it stands and whose it is."""

    def part_of(organisation_path: str, person_id: str) -> _Part:
        if organisation_path != path:
            child = organisation_path[len(path) :].partition(PATH_SEPARATOR)[0]
            return _Part(UNIT, f"{path}{child}{PATH_SEPARATOR}", "")
        if not person_id:
            return _Part(POOL, "", "")
        known = staff.get(person_id)
        return _Part(PERSON, known.staff_number if known else "", person_id)

    return part_of


def _folded(found: Mapping[tuple[Any, ...], Amounts], part_of: Callable[[str, str], _Part]) -> dict[_Part, Amounts]:
    parts: dict[_Part, Amounts] = {}
    for (organisation_path, person_id), values in found.items():
        part = part_of(organisation_path, person_id)
        parts[part] = parts.get(part, Amounts()) + values
    return parts


def _people(work: UnitOfWork, person_ids: set[str]) -> dict[str, Any]:
    asked = sorted(filter(None, person_ids))
    statement = select(Person.person_id, Person.staff_number, Person.display_name).where(among(Person.person_id, asked))
    return {row.person_id: row for row in work.session.execute(statement)} if asked else {}


def _unit_names(work: UnitOfWork, paths: list[str]) -> dict[str, str]:
    statement = select(Unit.organisation_path, Unit.display_name).where(among(Unit.organisation_path, paths))
    return {row.organisation_path: row.display_name for row in work.session.execute(statement)}


def _currency(work: UnitOfWork) -> str:
    return str(work.settings.home_currency_code)


def _message(
    part: _Part, path: str, names: Mapping[str, str], staff: Mapping[str, Any], line: figure_pb2.FigureLine
) -> figure_pb2.UnitFigure:
    place = part.place if part.kind == UNIT else path
    known = staff.get(part.key)
    return figure_pb2.UnitFigure(
        kind=part.kind,
        organisation_path=place,
        display_name=names.get(place, ""),
        person_id=part.key,
        person_name=known.display_name if known else "",
        staff_number=known.staff_number if known else "",
        line=line,
    )
