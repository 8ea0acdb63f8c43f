"""The caller's scope as a question for the index of tokens, so that it is answered together with what he looks for.

It narrows, and decides nothing: `in_scope` does, on the rows that come back.
"""

from __future__ import annotations

from sqlalchemy import func, select

from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import PATH_SEPARATOR, Scope
from services.customer.model.relationship_manager import RelationshipManager
from services.customer.rules.queries import Clause
from services.customer.rules.tokens import customer_token, lead_token, unit_token
from services.customer.usecases.finding import COLUMNS

# A scope with more units, or with more than an eighth of the bank's, holds so many customers that they are met often enough
# without their tokens: to join long lists of them would cost more than it saves.
UNITS_MAX = 64
WIDE_SHARE = 8
# So many customers whom somebody supports are asked for one by one.
CUSTOMERS_MAX = 256


def clauses(work: UnitOfWork) -> tuple[Clause, ...]:
    """The clause that every customer in scope fulfils; none where the scope is too wide to be worth it."""
    units = _units(work) if work.scope.organisation_paths else []
    if units is None or len(work.scope.customer_ids) > CUSTOMERS_MAX:
        return ()
    groups = [(unit_token(path),) for path in units]
    if work.scope.own:
        groups += [(lead_token(person_id),) for person_id in (work.caller.person_id, *work.scope.stands_in_for)]
        groups += [(customer_token(customer_id),) for customer_id in work.scope.customer_ids]
    # Whoever has no scope at all reaches nobody: a token that no customer has.
    return (tuple(groups) or (("0",),),)


def _units(work: UnitOfWork) -> list[str] | None:
    """The paths of the units that have customers in the scope's subtrees; None where there are too many."""
    if PATH_SEPARATOR in work.scope.organisation_paths or work.session.get_bind().dialect.name == "sqlite":
        # SQLite has no index over paths to find them in, and its banks are small.
        return None
    subtrees = Scope(organisation_paths=work.scope.organisation_paths)
    least = in_scope(select(func.min(COLUMNS.organisation_path).label("path")), COLUMNS, subtrees, work.caller)
    # From each path to the next along the index: as many steps as there are units, whatever the customers.
    units = least.cte("units", recursive=True)
    following = least.where(COLUMNS.organisation_path > units.c.path).scalar_subquery()
    units = units.union_all(select(following).where(units.c.path.is_not(None)))
    found = work.session.scalars(select(units.c.path).where(units.c.path.is_not(None)).limit(UNITS_MAX + 1)).all()
    return list(found) if len(found) <= min(UNITS_MAX, _units_of_bank(work) // WIDE_SHARE) else None


def _units_of_bank(work: UnitOfWork) -> int:
    return work.session.scalar(select(func.count(RelationshipManager.organisation_path.distinct()))) or 0
