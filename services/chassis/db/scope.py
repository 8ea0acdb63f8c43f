"""Row scope, in its one place: which rows a caller may see and change.

A table under scope has the columns `lead_person_id` and `organisation_path`, and where its rows belong to customers,
`customer_id`. On PostgreSQL the same rule stands a second time as row-level security, so that a query which forgot `in_scope`
finds nothing instead of everything.

Who supports a customer, or stands in for a colleague, reaches rows that are not his own. A service that knows of such has a
relation `reaches` (a view of what it keeps, or a table that events fill). What it holds for the caller and the day is read once,
as a transaction begins, and goes into statements as values: a list of one's own stays the walk along an index that it is, and
with further customers the planner sees how few they are. A subquery in its place is opaque to it (see the README's figures).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, and_, column, false, inspect, or_, select, table, text, true

from services.chassis.db.among import among
from services.chassis.db.types import BusinessDate
from services.chassis.kernel.caller import PATH_SEPARATOR, Caller, Scope

_Statement = TypeVar("_Statement", bound=Any)

WHOLE_BANK = Scope(organisation_paths=(PATH_SEPARATOR,))
# The character after "/" in code point order: the end of the range of all paths that begin with a path.
_AFTER_SEPARATOR = chr(ord(PATH_SEPARATOR) + 1)

# Whom a person reaches beyond his own, and when: one customer, or, where `customer_id` is null, all that `lead_person_id` leads.
# Both days are included; no end is null.
REACHES = table(
    "reaches",
    column("person_id"),
    column("customer_id"),
    column("lead_person_id"),
    column("start_date", BusinessDate),
    column("end_date", BusinessDate),
)


def in_scope(statement: _Statement, source: Any, scope: Scope, caller: Caller) -> _Statement:
    """The statement narrowed to the rows of `source` that are within the caller's reach.

    `source` is a mapped class, or the columns of its table, with which a statement over columns stays free of object mapping.
    """
    if PATH_SEPARATOR in scope.organisation_paths:
        return statement
    narrowed: _Statement = statement.where(reached(source, scope, caller))
    return narrowed


def reached(source: Any, scope: Scope, caller: Caller) -> ColumnElement[bool]:
    """The same as a condition, for a statement in which it is one of several ways to reach a row; of a whole bank it is true."""
    if PATH_SEPARATOR in scope.organisation_paths:
        return true()
    within: list[ColumnElement[bool]] = []
    # Reached beyond his own are customers, with all rows of theirs; what belongs to none is not.
    customer_id = getattr(source, "customer_id", None)
    if scope.own and scope.stands_in_for and customer_id is not None:
        within.append(source.lead_person_id.in_((caller.person_id, *scope.stands_in_for)))
    elif scope.own:
        within.append(source.lead_person_id == caller.person_id)
    if scope.own and scope.customer_ids and customer_id is not None:
        within.append(among(customer_id, scope.customer_ids))
    within += [below(source.organisation_path, path) for path in scope.organisation_paths]
    return or_(false(), *within)


def has_reaches(connection: Connection) -> bool:
    """Whether the service knows of people who reach more than their own."""
    return bool(inspect(connection).has_table(REACHES.name))


def with_reach(connection: Connection, scope: Scope, caller: Caller, today: date) -> Scope:
    """The scope with what the caller reaches beyond his own on that day."""
    reaches = REACHES.c
    found = connection.execute(
        select(reaches.customer_id, reaches.lead_person_id).where(
            reaches.person_id == caller.person_id,
            reaches.start_date <= today,
            or_(reaches.end_date.is_(None), reaches.end_date >= today),
        )
    ).all()
    if not found:
        return scope
    return replace(
        scope,
        stands_in_for=tuple(sorted({lead for customer_id, lead in found if customer_id is None})),
        customer_ids=tuple(sorted({customer_id for customer_id, _ in found if customer_id is not None})),
    )


def below(column: Any, path: str) -> ColumnElement[bool]:
    """Whether the path in the column is that of the unit, or of one below it."""
    # A range instead of LIKE: both databases walk an ordinary index for it.
    return and_(column >= path, column < path[:-1] + _AFTER_SEPARATOR)


def announce_scope(connection: Connection, scope: Scope, caller: Caller) -> None:
    """Tells PostgreSQL for this transaction whose rows its row-level security lets through; SQLite has none."""
    if connection.dialect.name == "postgresql":
        announced = {
            "person": caller.person_id if scope.own else "",
            "people": "|".join(scope.stands_in_for) if scope.own else "",
            "customers": "|".join(scope.customer_ids) if scope.own else "",
            "paths": "|".join(scope.organisation_paths),
        }
        connection.execute(_ANNOUNCE, announced)


_ANNOUNCE = text(
    "SELECT set_config('workbench.own_person', :person, true), set_config('workbench.stands_in_for', :people, true),"
    " set_config('workbench.customers', :customers, true), set_config('workbench.paths', :paths, true)"
)

# A subquery without reference to the row is evaluated once for a statement, and `IN` of one becomes a hash table.
_POLICY = """
CREATE POLICY scope ON {table} USING (
    {person} = (SELECT nullif(current_setting('workbench.own_person', true), ''))
    OR EXISTS (
        SELECT 1 FROM unnest(string_to_array(current_setting('workbench.paths', true), '|')) AS path
        WHERE starts_with(organisation_path, path)
    ){reach}
) WITH CHECK (true)
"""
_REACH = """
    OR {person} IN (SELECT unnest(string_to_array(current_setting('workbench.stands_in_for', true), '|')))
    OR customer_id IN (SELECT unnest(string_to_array(current_setting('workbench.customers', true), '|')))
"""
# The policy of the customers' table narrows the subquery too.
_WITH_CUSTOMER = """
    OR EXISTS (SELECT 1 FROM customers WHERE customers.customer_id = {table}.customer_id)
"""


# Of the whole bank no customer has to be looked up: long work walks an index of the table.
_OF_CUSTOMER = """
CREATE POLICY scope ON {table} USING (
    (SELECT '/' = ANY (string_to_array(current_setting('workbench.paths', true), '|')))
    OR EXISTS (SELECT 1 FROM customers WHERE customers.customer_id = {table}.customer_id)
) WITH CHECK (true)
"""


def enforce_scope_of_customer(connection: Connection, table: str) -> None:
    """For a migration: lets a table's rows be read by whoever reaches their customer in `customers`, and by nobody else.

    For what is nobody's own and goes with the customer. The table has a `customer_id`, and `customers` is under scope itself.
    Does nothing on SQLite.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))
        connection.execute(text(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"))
        connection.execute(text(f"DROP POLICY IF EXISTS scope ON {table}"))
        connection.execute(text(_OF_CUSTOMER.format(table=table)))


def enforce_row_scope(
    connection: Connection,
    table: str,
    *,
    of_customers: bool = False,
    person: str = "lead_person_id",
    with_customer: bool = False,
) -> None:
    """For a migration: puts a table under row-level security, or renews it; does nothing on SQLite.

    `of_customers` says that the table has a `customer_id`, by which supporters and deputies reach its rows; `person` names the
    column with whoever the row belongs to. With `with_customer` a row is also reached by whoever reaches its customer in a table
    `customers` under the same scope, as what was done for a customer goes with it to another lead. Rows may be written
    for others and are only read within reach; a change that moves a row out of it needs `UnitOfWork.reach`.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))
        # FORCE: the service itself owns its tables.
        connection.execute(text(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"))
        connection.execute(text(f"DROP POLICY IF EXISTS scope ON {table}"))
        further = (_REACH if of_customers else "") + (_WITH_CUSTOMER if with_customer else "")
        connection.execute(text(_POLICY.format(table=table, person=person, reach=further.format(table=table, person=person))))
