"""Names of the bank's people, as far as this service knows them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from services.chassis.db.session import UnitOfWork
from services.customer.model.relationship_manager import RelationshipManager


def names(work: UnitOfWork, person_ids: Iterable[str]) -> dict[str, str]:
    """The names of those among the people who are, or were, relationship managers, by their ids."""
    asked = {person_id for person_id in person_ids if person_id}
    if not asked:
        return {}
    statement = select(RelationshipManager.person_id, RelationshipManager.display_name)
    rows = work.session.execute(statement.where(RelationshipManager.person_id.in_(asked)))
    return {row.person_id: row.display_name for row in rows}
