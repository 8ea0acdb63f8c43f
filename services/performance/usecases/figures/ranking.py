"""Who ranks where 排名 among the relationship managers of a unit: equal ones alike, nobody beyond the unit asked for."""

from __future__ import annotations

from sqlalchemy import or_, select
from workbench.performance.v1 import figure_pb2, figure_service_pb2

from services.chassis.db import listing
from services.chassis.db.among import among
from services.chassis.db.scope import below
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import paths_above
from services.chassis.kernel.errors import NotFound
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.performance.model.person import Affiliation, Person, Post
from services.performance.model.result import Result
from services.performance.rules.figures import Amounts, Measure, Period, dense_ranks
from services.performance.usecases.figures import periods, reading, showing
from services.performance.usecases.figures.subjects import unit

_RM_ROLE = "relationship_manager"


def ranking(work: UnitOfWork, request: figure_service_pb2.ListRankingRequest) -> figure_service_pb2.ListRankingResponse:
    """A page of a unit's people, the highest first."""
    of, period = unit(work, request.organisation_path), periods.asked(work, request.period, request.day_date)
    size, question, measure = page_size(request.page_size), listing.query(request), Measure(request.measure)
    token = PageToken.decode(request.page_token, question, keys=3)
    had = _by_person(work, of.organisation_path, period, request.product_codes)
    ranks = dense_ranks({person_id: values.of(measure) for person_id, values in had.items()})
    statement = select(Person.person_id, Person.staff_number, Person.display_name).where(among(Person.person_id, sorted(had)))
    known = {row.person_id: row for row in work.session.execute(statement)} if had else {}
    staff = {person_id: known[person_id].staff_number if person_id in known else "" for person_id in had}
    after = (listing.number(token.keys[0]), *token.keys[1:]) if token else (0, "", "")
    places = sorted((ranks[person_id], staff[person_id], person_id) for person_id in had)
    listed = [place for place in places if place > after][: size + 1]
    page = Page.of(listed, size, question, lambda place: (str(place[0]), *place[1:]))
    currency = work.settings.home_currency_code
    return figure_service_pb2.ListRankingResponse(
        ranked_figures=[
            figure_pb2.RankedFigure(
                rank=rank,
                person_id=person_id,
                person_name=known[person_id].display_name if person_id in known else "",
                staff_number=staff_number,
                **showing.measured(had[person_id], measure, currency),
            )
            for rank, staff_number, person_id in page.rows
        ],
        next_page_token=page.next_page_token,
        participant_count=len(had),
        start_date=period.start_date.isoformat(),
        as_of_date=period.as_of_date.isoformat(),
    )


def own_ranking(work: UnitOfWork, request: figure_service_pb2.GetOwnRankingRequest) -> figure_pb2.OwnRanking:
    """The caller's place in his own unit, or in one above it; raises NotFound UNIT_NOT_FOUND and NOT_RANKED."""
    person = work.session.get(Person, work.caller.person_id)
    own_path = person.organisation_path if person else work.caller.organisation_path
    path, measure = request.organisation_path or own_path, Measure(request.measure)
    if path not in paths_above(own_path):
        raise NotFound("UNIT_NOT_FOUND", "You do not belong to such a unit.")
    period = periods.asked(work, request.period, request.day_date)
    with work.whole_bank():
        had = _by_person(work, path, period, request.product_codes)
    values = had.get(work.caller.person_id)
    if values is None:
        raise NotFound("NOT_RANKED", "You are no relationship manager of this unit, and have no results in it.")
    ranks = dense_ranks({person_id: each.of(measure) for person_id, each in had.items()})
    return figure_pb2.OwnRanking(
        organisation_path=path,
        period=period.kind.value,
        start_date=period.start_date.isoformat(),
        as_of_date=period.as_of_date.isoformat(),
        measure=measure.value,
        rank=ranks[work.caller.person_id],
        participant_count=len(had),
        **showing.measured(values, measure, work.settings.home_currency_code),
    )


def _by_person(work: UnitOfWork, path: str, period: Period, product_codes: list[str]) -> dict[str, Amounts]:
    """What each has of that unit: whoever has something, and those who are its relationship managers on the period's last day."""
    rows = [below(Result.organisation_path, path), Result.person_id != "", *reading.of_products(product_codes)]
    had = {key[0]: values for key, values in reading.sums(work, period, rows, [Result.person_id]).items()}
    day = period.as_of_date
    members = select(Affiliation.person_id).where(
        below(Affiliation.organisation_path, path),
        Affiliation.start_date <= day,
        or_(Affiliation.end_date.is_(None), Affiliation.end_date >= day),
        Affiliation.person_id.in_(select(Post.person_id).where(Post.role == _RM_ROLE)),
        Affiliation.person_id.in_(select(Person.person_id).where(~Person.disabled)),
    )
    return {person_id: Amounts() for person_id in work.session.scalars(members)} | had
