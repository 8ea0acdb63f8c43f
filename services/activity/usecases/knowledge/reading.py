"""Who reads which version of a document: in one place, for reading, lists, search and what is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true

from services.activity.model.document import Document, DocumentAudience, DocumentVersion
from services.activity.model.person import Person, Post, Unit
from services.activity.rules.knowledge import READABLE, audience_of_key, reader_keys
from services.chassis.db.scope import below
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import paths_above
from services.chassis.kernel.errors import NotFound, StaleVersion

PUBLISH = "activity.knowledge.publish"
_Statement = TypeVar("_Statement", bound=Any)


def publishes(work: UnitOfWork) -> bool:
    """Whether the caller reads all documents, whoever they are for."""
    return work.caller.holds(PUBLISH)


def readable(work: UnitOfWork, statement: _Statement) -> _Statement:
    """A statement over versions narrowed to those that hold today and that the caller reads."""
    narrowed: Any = holding(work, statement)
    found_: _Statement = narrowed if publishes(work) else narrowed.where(_meant_for(work, work.caller.person_id))
    return found_


def holding(work: UnitOfWork, statement: _Statement) -> _Statement:
    """A statement over versions narrowed to those that hold today."""
    today = work.business_date
    narrowed: _Statement = statement.where(
        DocumentVersion.state.in_(READABLE), DocumentVersion.start_date <= today, DocumentVersion.until_date >= today
    )
    return narrowed


def found(work: UnitOfWork, document_id: str, version: int = 0) -> DocumentVersion:
    """The version that the caller reads today; raises NotFound DOCUMENT_NOT_FOUND.

    A number that is given must be that one's: raises StaleVersion DOCUMENT_CHANGED where another holds by now.
    """
    statement = readable(work, select(DocumentVersion).where(DocumentVersion.document_id == document_id.lower()))
    known: DocumentVersion | None = work.session.scalars(statement).one_or_none()
    if known is None:
        raise missing()
    if version and version != known.version:
        raise StaleVersion("DOCUMENT_CHANGED", "Another version holds by now; read it again and repeat.")
    return known


def of_publisher(work: UnitOfWork, document_id: str, version: int) -> DocumentVersion:
    """A version by its number, whatever its state; for 0 the one that holds today, or else the last one."""
    mine = select(DocumentVersion).where(DocumentVersion.document_id == document_id.lower())
    if version:
        known = work.session.scalars(mine.where(DocumentVersion.version == version)).one_or_none()
    else:
        known = work.session.scalars(holding(work, mine)).one_or_none() or last(work, document_id)
    if known is None:
        raise missing()
    return known


def last(work: UnitOfWork, document_id: str) -> DocumentVersion | None:
    """A document's last version, whatever its state."""
    statement = select(DocumentVersion).where(DocumentVersion.document_id == document_id.lower())
    found_: DocumentVersion | None = work.session.scalars(
        statement.order_by(DocumentVersion.version.desc()).limit(1)
    ).one_or_none()
    return found_


def for_leader(work: UnitOfWork, document_id: str) -> DocumentVersion:
    """The version that holds today, for whoever reads it and for whoever is in charge of people that do; raises NotFound."""
    if not work.scope.organisation_paths:
        return found(work, document_id)
    statement = holding(work, select(DocumentVersion).where(DocumentVersion.document_id == document_id.lower()))
    known: DocumentVersion | None = work.session.scalars(statement).one_or_none()
    if known is None:
        raise missing()
    return known


def reads(work: UnitOfWork, document_id: str, person_id: str) -> bool:
    """Whether somebody else reads the document today, by his posts."""
    statement = holding(work, select(DocumentVersion.version).where(DocumentVersion.document_id == document_id))
    return work.session.scalar(statement.where(_meant_for(work, person_id))) is not None


def audience(work: UnitOfWork, version: DocumentVersion) -> Select[Person]:
    """Selects the people whom a version is meant for and who are not shut out."""
    pairs = [audience_of_key(key) for key in version.audiences]
    paths = _paths_of(work, [unit for _, unit in pairs if unit])
    within = [and_(true(), *_of_post(role, paths.get(unit, ""))) for role, unit in pairs if not unit or unit in paths]
    holds_one = exists().where(Post.person_id == Person.person_id, or_(false(), *within))
    return select(Person).where(~Person.disabled, holds_one)


def document(work: UnitOfWork, document_id: str, etag: str = "", *, to_change: bool = True) -> Document:
    """A document by itself, held against other writers where it is to be changed; raises NotFound, StaleVersion."""
    statement = select(Document).where(Document.document_id == document_id.lower())
    known: Document | None = work.session.scalars(statement.with_for_update() if to_change else statement).one_or_none()
    if known is None:
        raise missing()
    if etag and etag != known.etag:
        raise StaleVersion("DOCUMENT_CHANGED", "It changed since you read it; read it again and repeat.")
    return known


def missing() -> NotFound:
    """The refusal of what does not exist, or is not for the caller."""
    return NotFound("DOCUMENT_NOT_FOUND", "There is no such document that you may read today.")


def own_audiences(work: UnitOfWork) -> list[str] | None:
    """The keys of all audiences to which the caller belongs; None for whoever publishes, who reads all."""
    return None if publishes(work) else _audiences_of(work, work.caller.person_id)


def _meant_for(work: UnitOfWork, person_id: str) -> ColumnElement[bool]:
    return exists().where(
        DocumentAudience.document_id == DocumentVersion.document_id,
        DocumentAudience.version == DocumentVersion.version,
        DocumentAudience.audience.in_(_audiences_of(work, person_id)),
    )


def _audiences_of(work: UnitOfWork, person_id: str) -> list[str]:
    posts = work.session.execute(select(Post.role, Post.organisation_path).where(Post.person_id == person_id)).all()
    above = {post.organisation_path: paths_above(post.organisation_path) for post in posts}
    every = sorted({path for paths in above.values() for path in paths})
    statement = select(Unit.organisation_path, Unit.organisation_unit_id).where(Unit.organisation_path.in_(every))
    units = {row.organisation_path: row.organisation_unit_id for row in work.session.execute(statement)} if every else {}
    return reader_keys((post.role, [units[path] for path in above[post.organisation_path] if path in units]) for post in posts)


def _of_post(role: str, path: str) -> Iterator[ColumnElement[bool]]:
    if role:
        yield Post.role == role
    if path:
        yield below(Post.organisation_path, path)


def _paths_of(work: UnitOfWork, unit_ids: list[str]) -> dict[str, str]:
    statement = select(Unit.organisation_unit_id, Unit.organisation_path).where(Unit.organisation_unit_id.in_(unit_ids))
    return {row.organisation_unit_id: row.organisation_path for row in work.session.execute(statement)} if unit_ids else {}
