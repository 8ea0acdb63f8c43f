"""Row scope, in its one place: which rows a caller may see and change.

A table under scope has the columns `lead_person_id` and `organisation_path`. On PostgreSQL the same rule stands a second
time as row-level security, so that a query which forgot `in_scope` finds nothing instead of everything.
"""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, and_, false, or_, text

from services.chassis.kernel.caller import PATH_SEPARATOR, Caller, Scope

_Statement = TypeVar("_Statement", bound=Any)

WHOLE_BANK = Scope(organisation_paths=(PATH_SEPARATOR,))
# The character after "/" in code point order: the end of the range of all paths that begin with a path.
_AFTER_SEPARATOR = chr(ord(PATH_SEPARATOR) + 1)


def in_scope(statement: _Statement, source: Any, scope: Scope, caller: Caller) -> _Statement:
    """The statement narrowed to the rows of `source` that are within the caller's reach.

    `source` is a mapped class, or the columns of its table, with which a statement over columns stays free of object mapping.
    """
    if PATH_SEPARATOR in scope.organisation_paths:
        return statement
    reach: list[ColumnElement[bool]] = []
    if scope.own:
        reach.append(source.lead_person_id == caller.person_id)
    reach += [_subtree(source.organisation_path, path) for path in scope.organisation_paths]
    narrowed: _Statement = statement.where(or_(false(), *reach))
    return narrowed


def _subtree(column: Any, path: str) -> ColumnElement[bool]:
    # A range instead of LIKE: both databases walk an ordinary index for it.
    return and_(column >= path, column < path[:-1] + _AFTER_SEPARATOR)


def announce_scope(connection: Connection, scope: Scope, caller: Caller) -> None:
    """Tells PostgreSQL for this transaction whose rows its row-level security lets through; SQLite has none."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            _ANNOUNCE, {"person": caller.person_id if scope.own else "", "paths": "|".join(scope.organisation_paths)}
        )


_ANNOUNCE = text("SELECT set_config('workbench.own_person', :person, true), set_config('workbench.paths', :paths, true)")

_POLICY = """
CREATE POLICY scope ON {table} USING (
    lead_person_id = nullif(current_setting('workbench.own_person', true), '')
    OR EXISTS (
        SELECT 1 FROM unnest(string_to_array(current_setting('workbench.paths', true), '|')) AS path
        WHERE starts_with(organisation_path, path)
    )
) WITH CHECK (true)
"""


def enforce_row_scope(connection: Connection, table: str) -> None:
    """For a migration: puts a table under row-level security; does nothing on SQLite.

    Rows may be written for others and are only read within reach; a change that moves a row out of it needs `UnitOfWork.reach`.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))
        # FORCE: the service itself owns its tables.
        connection.execute(text(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"))
        connection.execute(text(_POLICY.format(table=table)))
