"""Keeps the replica of relationship managers by identity's events, and lists them.

Events come at least once and, for one person, in order; the inbox lets each take effect once, and each is harmless twice.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, tuple_, update
from workbench.customer.v1 import customer_service_pb2
from workbench.identity.v1 import events_pb2

from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import Scope
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.customer.model.absence import Absence
from services.customer.model.coverage import Coverage
from services.customer.model.customer import Customer
from services.customer.model.group import CustomerGroup
from services.customer.model.hand_over import HandOver
from services.customer.model.relationship_manager import ManagerPost, RelationshipManager
from services.customer.usecases import finding, leavers

# The role, as identity names it, whose holders can lead customers.
ROLE = "relationship_manager"


def list_relationship_managers(work: UnitOfWork, request: customer_service_pb2.ListRelationshipManagersRequest) -> Page:
    """A page of those to whom the caller can hand customers over, by staff number."""
    query, size = "relationship_managers", page_size(request.page_size)
    key = (RelationshipManager.staff_number, RelationshipManager.person_id)
    statement = finding.successors(work).order_by(*key).limit(size + 1)
    if token := PageToken.decode(request.page_token, query, keys=2):
        statement = statement.where(tuple_(*key) > tuple_(*token.keys))
    return Page.of(work.session.scalars(statement).all(), size, query, lambda row: (row.staff_number, row.person_id))


def take_post(work: UnitOfWork, event: events_pb2.PostGranted) -> None:
    """Somebody came to a post."""
    if event.role != ROLE:
        return
    manager = work.session.get(RelationshipManager, event.person_id)
    if manager is None:
        manager = RelationshipManager(person_id=event.person_id, staff_number=event.staff_number, display_name=event.display_name)
        work.session.add(manager)
    manager.display_name = event.display_name
    manager.take_post(event.grant_id, event.organisation_path)
    leavers.came_or_left(work, manager)


def leave_post(work: UnitOfWork, event: events_pb2.PostRevoked) -> None:
    """Somebody lost a post. His customers stay with him until somebody hands them over: none falls into nothing."""
    if event.role == ROLE and (manager := work.session.get(RelationshipManager, event.person_id)):
        manager.leave_post(event.grant_id)
        leavers.came_or_left(work, manager)


def rename(work: UnitOfWork, event: events_pb2.PersonUpdated) -> None:
    """Somebody's name changed; the unit of his posts is told by their own events."""
    if manager := work.session.get(RelationshipManager, event.person_id):
        manager.display_name = event.display_name


def disable(work: UnitOfWork, event: events_pb2.PersonDisabled) -> None:
    """Somebody was shut out."""
    if manager := work.session.get(RelationshipManager, event.person_id):
        manager.disabled = True
        leavers.came_or_left(work, manager)


def enable(work: UnitOfWork, event: events_pb2.PersonEnabled) -> None:
    """Somebody was let in again."""
    if manager := work.session.get(RelationshipManager, event.person_id):
        manager.disabled = False
        leavers.came_or_left(work, manager)


def move_unit(work: UnitOfWork, event: events_pb2.OrganisationUnitMoved) -> None:
    """A unit moved in the tree: what stands below it now stands under its new path. Coverages that ended stay history."""
    former, path = event.former_organisation_path, event.organisation_path
    below = Scope(organisation_paths=(former,))
    for model in (Customer, CustomerGroup, Coverage, RelationshipManager, ManagerPost, Absence, HandOver):
        moved: dict[str, Any] = {"organisation_path": path + func.substr(model.organisation_path, len(former) + 1)}
        if model is Customer:
            moved |= {"update_time": work.now, "version": Customer.version + 1}
        statement = in_scope(update(model), model, below, work.caller)
        if model is Coverage:
            statement = statement.where(Coverage.end_date.is_(None))
        if model is HandOver:
            moved |= {"version": HandOver.version + 1}
        work.session.execute(statement.values(moved).execution_options(synchronize_session=False))
