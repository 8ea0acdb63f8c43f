"""Finds customers by what somebody types, the surest matches first, in his scope.

The steps of a query (`rules.queries`) are asked of the index in turn until there are enough customers. A question that thousands
answer is asked of a fixed part of all customers first, so that its cost is bounded however often a name occurs; which part that
is depends on the data alone, so that the same question has the same answer, on either database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select
from workbench.customer.v1 import customer_service_pb2

from services.chassis.db.among import among
from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.words.tokens import Clause
from services.customer.rules.lifecycle import ENDED
from services.customer.rules.queries import Match, Step, refuse_masked, steps_of
from services.customer.rules.tokens import LARGE_PART, MIDDLE_PART, SMALL_PART
from services.customer.usecases import exact_keys, reach, token_index
from services.customer.usecases.finding import COLUMNS, LISTED

HITS_DEFAULT = 20
HITS_MAX = 50
# So many are read whatever they are a part of. A part that has more is asked by a smaller one.
FEW_MAX = 300
# No step reads more; beyond it the order among equals is the index's own.
CANDIDATES_MAX = 5_000


@dataclass(frozen=True, slots=True)
class Hit:
    """A customer as a row of LISTED, and by what it was found."""

    row: Row[Any]
    match: Match


@dataclass(frozen=True, slots=True)
class Found:
    """The best hits, the best first, and whether there are more."""

    hits: Sequence[Hit]
    more: bool


def search_customers(work: UnitOfWork, request: customer_service_pb2.SearchCustomersRequest) -> Found:
    """The customers that fit what was typed; raises InvalidInput QUERY_MASKED."""
    refuse_masked(request.query)
    size = min(request.page_size or HITS_DEFAULT, HITS_MAX)
    base = _within(work, ended=request.include_ended)
    token_index.prepare(work)
    found: dict[str, Match] = {}
    for match, customer_ids in _matches(work, base, request.query, size + 1):
        for customer_id in customer_ids:
            found.setdefault(customer_id, match)
        if len(found) > size:
            break
    hits = [Hit(row, found[row.customer_id]) for row in _rows(work, list(found)[:size])]
    return Found(hits, len(found) > size)


def _within(work: UnitOfWork, *, ended: bool) -> Select[Any]:
    columns = (COLUMNS.customer_id, COLUMNS.customer_number, COLUMNS.display_name)
    statement = in_scope(select(*columns), COLUMNS, work.scope, work.caller)
    return statement if ended else statement.where(COLUMNS.state.not_in(ENDED))


def _matches(work: UnitOfWork, base: Select[Any], query: str, enough: int) -> Iterator[tuple[Match, list[str]]]:
    yield Match.NUMBER, _ordered(work.session.execute(_numbered(base, query)).all())
    yield from _keyed(work, base, query)
    reached = reach.clauses(work)
    for step in steps_of(query):
        yield step.match, _answers(work, base, step, reached, enough)


def _numbered(base: Select[Any], query: str) -> Select[Any]:
    number = "".join(query.split())
    return base.where(COLUMNS.customer_number.in_({number, number.upper()}))


def _keyed(work: UnitOfWork, base: Select[Any], query: str) -> Iterator[tuple[Match, list[str]]]:
    """Whose identifier, telephone number or e-mail address was typed as a whole."""
    if not (asked := exact_keys.asked(query)) or not (held := work.session.execute(exact_keys.holders(asked)).all()):
        return
    rows = work.session.execute(base.where(among(COLUMNS.customer_id, [row.customer_id for row in held]))).all()
    matches = {(row.customer_id, exact_keys.MATCHES.get(row.name, Match.IDENTIFIER)) for row in held}
    for match in (Match.IDENTIFIER, Match.PHONE, Match.EMAIL):
        yield match, _ordered([row for row in rows if (row.customer_id, match) in matches])


def _answers(work: UnitOfWork, base: Select[Any], step: Step, reached: Sequence[Clause], enough: int) -> list[str]:
    """The ids of a step's customers in their order: of a part of all customers where that holds enough of them."""

    def candidates(part: str = "", most: int = CANDIDATES_MAX) -> Sequence[Row[Any]]:
        clauses = (*(((part,),) for _ in part[:1]), *reached, *step.clauses)
        return work.session.execute(token_index.holding(work, base, clauses).limit(most)).all()

    def accepted(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
        return [row for row in rows if step.accepts is None or step.accepts(row)]

    if step.is_narrow and len(rows := candidates(most=FEW_MAX)) < FEW_MAX:
        return _ordered(accepted(rows))
    rows, parts = candidates(MIDDLE_PART, FEW_MAX), [LARGE_PART]
    if len(rows) == FEW_MAX:
        parts = [SMALL_PART, MIDDLE_PART, LARGE_PART]
    elif len(fit := accepted(rows)) >= enough:
        return _ordered(fit)
    for part in parts:
        if len(fit := accepted(candidates(part))) >= enough:
            return _ordered(fit)
    return _ordered(accepted(candidates()))


def _ordered(rows: Sequence[Row[Any]]) -> list[str]:
    """Among equals the shortest name first, then by name, then by number."""
    ordered = sorted(rows, key=lambda row: (len(row.display_name), row.display_name, row.customer_number))
    return [row.customer_id for row in ordered]


def _rows(work: UnitOfWork, customer_ids: Sequence[str]) -> list[Row[Any]]:
    if not customer_ids:
        return []
    statement = in_scope(select(*LISTED), COLUMNS, work.scope, work.caller).where(COLUMNS.customer_id.in_(customer_ids))
    rows = {row.customer_id: row for row in work.session.execute(statement)}
    return [rows[customer_id] for customer_id in customer_ids if customer_id in rows]
