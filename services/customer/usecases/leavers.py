"""Relationship managers who leave: their customers stay led, in sight of whoever is in charge, until they are handed over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from workbench.customer.v1 import coverage_events_pb2

from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.customer.model.customer import Customer
from services.customer.model.relationship_manager import RelationshipManager
from services.customer.rules.coverage import colleagues_path
from services.customer.rules.lifecycle import ENDED
from services.customer.usecases import finding
from services.customer.usecases.planning import loads

SUGGESTIONS_MAX = 5


@dataclass(frozen=True, slots=True)
class Uncovered:
    """Who no longer leads customers and still has some, how many of them in scope, and who could take them."""

    manager: RelationshipManager
    customer_count: int
    suggestions: Sequence[tuple[RelationshipManager, int]]


def came_or_left(work: UnitOfWork, manager: RelationshipManager) -> None:
    """Notes since when nobody can give him customers, and tells whoever has to act where he still leads some."""
    if manager.leads:
        manager.left_date = None
        return
    if manager.left_date is not None:
        return
    manager.left_date = work.business_date
    of_his = select(func.count()).select_from(Customer).where(Customer.lead_person_id == manager.person_id)
    led = work.session.scalar(of_his.where(Customer.state.not_in(ENDED)))
    if led:
        work.record(
            coverage_events_pb2.RelationshipManagerLeft(
                person_id=manager.person_id,
                organisation_path=manager.organisation_path,
                customer_count=led,
                left_date=manager.left_date.isoformat(),
            )
        )


def list_uncovered_portfolios(work: UnitOfWork, size_asked: int, page_token: str) -> Page:
    """A page of Uncovered, by person. Whoever is in charge of the customers sees them, wherever the leaver's unit was."""
    query, size = "uncovered", page_size(size_asked)
    # In this order the few who left are found first, and the customers of each by the index of leads.
    gone = select(RelationshipManager.person_id).where(~RelationshipManager.in_office | RelationshipManager.disabled)
    statement = select(Customer.lead_person_id, func.count()).where(
        Customer.lead_person_id.in_(gone), Customer.state.not_in(ENDED)
    )
    statement = in_scope(statement, Customer, work.scope.by_post, work.caller)
    if token := PageToken.decode(page_token, query, keys=1):
        statement = statement.where(Customer.lead_person_id > token.keys[0])
    statement = statement.group_by(Customer.lead_person_id).order_by(Customer.lead_person_id).limit(size + 1)
    rows = work.session.execute(statement).all()
    page = Page.of(rows, size, query, lambda row: (row[0],))
    return Page(_uncovered(work, page.rows), page.next_page_token)


def _uncovered(work: UnitOfWork, rows: Sequence[Any]) -> list[Uncovered]:
    counts = dict(rows)
    named = select(RelationshipManager).where(RelationshipManager.person_id.in_(list(counts)))
    left = sorted(work.session.scalars(named), key=lambda manager: manager.person_id)
    colleagues = _colleagues(work, {colleagues_path(manager.organisation_path) for manager in left})
    load = loads(work, [each.person_id for several in colleagues.values() for each in several])
    return [Uncovered(manager, counts[manager.person_id], _suggested(manager, colleagues, load)) for manager in left]


def _colleagues(work: UnitOfWork, paths: Iterable[str]) -> dict[str, list[RelationshipManager]]:
    """Those in the caller's scope who can lead, by the branch, or the unit above the outlet, below which they are."""
    found: dict[str, list[RelationshipManager]] = defaultdict(list)
    for manager in work.session.scalars(finding.successors(work)):
        for path in paths:
            if path and manager.organisation_path.startswith(path):
                found[path].append(manager)
    return found


def _suggested(
    left: RelationshipManager, colleagues: dict[str, list[RelationshipManager]], load: Any
) -> list[tuple[RelationshipManager, int]]:
    near = colleagues.get(colleagues_path(left.organisation_path), [])
    ranked = sorted(
        near,
        key=lambda each: (each.organisation_path != left.organisation_path, load[each.person_id], each.staff_number),
    )
    return [(each, load[each.person_id]) for each in ranked[:SUGGESTIONS_MAX]]
