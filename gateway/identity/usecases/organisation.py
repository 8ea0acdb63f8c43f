"""The organisation tree: adding, renaming and moving units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute
from workbench.identity.v1 import events_pb2 as events

from gateway.identity.model.grant import Grant
from gateway.identity.model.organisation import OrganisationUnit
from gateway.identity.model.person import Person
from gateway.identity.rules.organisation import UnitKind, check_move
from gateway.identity.rules.scopes import within
from gateway.identity.usecases import session_closing
from gateway.identity.usecases.pages import read_page
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import AlreadyExists, NotFound, StaleVersion


def list_units(
    work: UnitOfWork, *, parent_unit_id: str, kinds: Sequence[int], size: int, token: str
) -> tuple[list[OrganisationUnit], str]:
    """A page of the tree, by path."""
    statement = select(OrganisationUnit)
    if parent_unit_id:
        statement = statement.where(OrganisationUnit.parent_unit_id == parent_unit_id)
    if kinds:
        statement = statement.where(OrganisationUnit.kind.in_(kinds))
    query = f"units|{parent_unit_id}|{sorted(kinds)}"
    return read_page(work, statement, OrganisationUnit.organisation_path, size=size, token=token, query=query)


def get_unit(work: UnitOfWork, unit_id: str) -> OrganisationUnit:
    """The unit; NotFound where there is none."""
    unit = work.session.get(OrganisationUnit, unit_id)
    if unit is None:
        raise _not_found()
    return unit


def unit_in_scope(work: UnitOfWork, unit_id: str) -> OrganisationUnit:
    """The unit; NotFound where there is none in scope."""
    unit = get_unit(work, unit_id)
    if not within(unit.organisation_path, work.scope):
        raise _not_found()
    return unit


def hold_tree_still(work: UnitOfWork) -> None:
    """No unit moves until the transaction ends: for whoever writes a path that was read. Comes before any person's lock."""
    _lock_root(work, shared=True)


def lock_tree(work: UnitOfWork) -> None:
    """Waits for all that writes a path, and lets nobody write one until the transaction ends: for a move."""
    _lock_root(work, shared=False)


def create_unit(work: UnitOfWork, *, code: str, kind: int, display_name: str, parent_unit_id: str) -> OrganisationUnit:
    """A new unit below one in scope; AlreadyExists where the code is in use."""
    hold_tree_still(work)
    parent = unit_in_scope(work, parent_unit_id) if parent_unit_id else None
    if work.session.scalars(select(OrganisationUnit.code).where(OrganisationUnit.code == code)).first():
        raise AlreadyExists("UNIT_CODE_TAKEN", "A unit has this code.")
    unit = OrganisationUnit.opened(work.new_id(), code, kind, display_name, parent=parent, now=work.now)
    # A second head office has no parent whose scope would have refused it.
    if not within(unit.organisation_path, work.scope):
        raise _not_found()
    add_unit(work, unit)
    return unit


def add_unit(work: UnitOfWork, unit: OrganisationUnit) -> None:
    """Keeps a new unit and announces it."""
    work.session.add(unit)
    work.session.flush()
    work.record(
        events.OrganisationUnitCreated(
            organisation_unit_id=unit.organisation_unit_id,
            code=unit.code,
            kind=unit.kind,
            display_name=unit.display_name,
            parent_unit_id=unit.parent_unit_id,
            organisation_path=unit.organisation_path,
        )
    )


def rename_unit(work: UnitOfWork, unit_id: str, *, display_name: str, etag: str) -> OrganisationUnit:
    """Gives a unit in scope another name."""
    unit = unit_in_scope(work, unit_id)
    _check_etag(unit, etag)
    if unit.display_name != display_name:
        change_name(work, unit, display_name)
    return unit


def change_name(work: UnitOfWork, unit: OrganisationUnit, display_name: str) -> None:
    """Gives the unit another name and announces it."""
    unit.rename(display_name, now=work.now)
    work.session.flush()
    work.record(events.OrganisationUnitUpdated(organisation_unit_id=unit.organisation_unit_id, display_name=display_name))


def move_unit(work: UnitOfWork, unit_id: str, *, parent_unit_id: str, etag: str) -> OrganisationUnit:
    """Moves a unit in scope, with all below it, under another in scope."""
    lock_tree(work)
    unit, parent = unit_in_scope(work, unit_id), unit_in_scope(work, parent_unit_id)
    _check_etag(unit, etag)
    if unit.parent_unit_id != parent_unit_id:
        relocate(work, unit, parent)
    return unit


def relocate(work: UnitOfWork, unit: OrganisationUnit, parent: OrganisationUnit) -> None:
    """Moves the subtree with its people, posts and scopes; whose path or scope moves must refresh his sessions.

    The tree must be locked.
    """
    former = unit.organisation_path
    check_move(UnitKind(unit.kind), former, UnitKind(parent.kind), parent.organisation_path, _deepest_path(work, former))
    moved_people = _locked_people(work, former)
    unit.move(parent, now=work.now)
    work.session.flush()
    for column in (OrganisationUnit.organisation_path, Person.organisation_path, Grant.organisation_path, Grant.scope_path):
        _move_paths(work, column, former, unit.organisation_path)
    for person_id in moved_people:
        session_closing.void_tokens(work, person_id)
    work.record(
        events.OrganisationUnitMoved(
            organisation_unit_id=unit.organisation_unit_id,
            parent_unit_id=parent.organisation_unit_id,
            former_organisation_path=former,
            organisation_path=unit.organisation_path,
        )
    )


def _lock_root(work: UnitOfWork, *, shared: bool) -> None:
    # Moves are rare and change many paths, so they take turns with all that writes one, at the root of the tree.
    root = select(OrganisationUnit.organisation_unit_id).where(OrganisationUnit.parent_unit_id.is_(None))
    work.session.execute(root.with_for_update(read=shared, key_share=not shared))


def _deepest_path(work: UnitOfWork, root: str) -> str:
    paths = work.session.scalars(
        select(OrganisationUnit.organisation_path).where(_below(OrganisationUnit.organisation_path, root))
    )
    return max(paths, key=lambda path: path.count("/"))


def _locked_people(work: UnitOfWork, root: str) -> list[str]:
    """Who belongs to the subtree, or has a post in it or over it; locked, in one order, so that two moves do not cross."""
    posts = select(Grant.person_id).where(or_(_below(Grant.organisation_path, root), _below(Grant.scope_path, root)))
    statement = (
        select(Person.person_id)
        .where(or_(_below(Person.organisation_path, root), Person.person_id.in_(posts)))
        .order_by(Person.person_id)
        .with_for_update(key_share=True)
    )
    return list(work.session.scalars(statement))


def _move_paths(work: UnitOfWork, column: InstrumentedAttribute[Any], former: str, root: str) -> None:
    moved = root + func.substr(column, len(former) + 1)
    work.session.execute(update(column.class_).where(_below(column, former)).values({column: moved}))


def _below(column: InstrumentedAttribute[Any], root: str) -> ColumnElement[bool]:
    return column.startswith(root, autoescape=True)


def _check_etag(unit: OrganisationUnit, etag: str) -> None:
    if etag and etag != unit.etag:
        raise StaleVersion("ORGANISATION_UNIT_CHANGED", "The record changed since you read it.")


def _not_found() -> NotFound:
    return NotFound("ORGANISATION_UNIT_NOT_FOUND", "There is no such unit in your scope.")
