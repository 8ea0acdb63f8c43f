"""Asks the index of tokens: the one place that knows how each database is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, column, select, table, text

from services.chassis.db.session import UnitOfWork
from services.chassis.db.token_index import InOrder, token_table_holds, token_vector_holds
from services.chassis.words.tokens import Clause
from services.customer.model.customer import Customer
from services.customer.model.search_entry import SearchEntry
from services.customer.usecases.finding import COLUMNS

_CUSTOMERS = Customer.__table__
# The columns under the names that FTS5 gives them: the table's own name stands for all its columns in MATCH.
_FTS5 = table("search_index", column("rowid"), column("search_index"))
# How many rows an intersection of tokens has is more than PostgreSQL can guess. With a wrong guess it would read the whole table;
# the way by the GIN index to the customers of its rows is the right one whatever the number. A statement of a millisecond is not
# worth compiling either.
_BY_INDEX = text(
    "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), "
    "set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true), "
    "set_config('plan_cache_mode', 'force_custom_plan', true)"
)


def prepare(work: UnitOfWork) -> None:
    """To be called once in a transaction before `holding`: says how PostgreSQL is to go about it, until the transaction ends."""
    if _is_postgresql(work):
        work.session.execute(_BY_INDEX)


def holding(work: UnitOfWork, statement: Select[Any], clauses: Sequence[Clause]) -> Select[Any]:
    """A statement over customers narrowed to those whose tokens fulfil every clause; `forms` is added to what it selects.

    The index is asked first, and never the customers of a scope one by one for their tokens: either database would think of that.
    """
    of_customer = SearchEntry.customer_id == COLUMNS.customer_id
    if _is_postgresql(work):
        held_by_tokens = token_vector_holds(SearchEntry.tokens, clauses)
        entries = select(SearchEntry.customer_id, SearchEntry.forms).where(held_by_tokens)
        held = entries.cte("held").prefix_with("MATERIALIZED")
        return statement.add_columns(held.c.forms).join(held, held.c.customer_id == COLUMNS.customer_id)
    matched = token_table_holds(_FTS5.c.search_index, clauses)
    entries = InOrder(_FTS5, SearchEntry.__table__, _FTS5.c.rowid == SearchEntry.entry)
    return statement.add_columns(SearchEntry.forms).select_from(InOrder(entries, _CUSTOMERS, of_customer)).where(matched)


def has_token(dialect_name: str, token: str) -> ColumnElement[bool]:
    """Whether a row of `customers` has a token, as a condition among others."""
    if dialect_name == "postgresql":
        held = token_vector_holds(SearchEntry.tokens, (((token,),),))
    else:
        held = SearchEntry.entry.in_(select(_FTS5.c.rowid).where(token_table_holds(_FTS5.c.search_index, (((token,),),))))
    return COLUMNS.customer_id.in_(select(SearchEntry.customer_id).where(held))


def _is_postgresql(work: UnitOfWork) -> bool:
    return work.session.get_bind().dialect.name == "postgresql"
