"""An index of tokens in each database's own kind of text index, asked and answering alike.

On PostgreSQL the tokens are a tsvector under a GIN index. On SQLite they are text, and an FTS5 table indexes it. Both are asked
for tokens only: neither's own idea of words, of ranks or of a language has a say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Dialect, Text, TypeDecorator, bindparam, cast
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import Join
from sqlalchemy.types import TypeEngine

from services.chassis.words import tokens
from services.chassis.words.tokens import Clause


class TokenText(TypeDecorator[str]):
    """Tokens with spaces between them; a tsvector on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else Text())


def token_vector_holds(column: Any, clauses: Sequence[Clause]) -> ColumnElement[bool]:
    """Whether a row's tokens fulfil every clause, on PostgreSQL: `column` is of TokenText."""
    wanted = cast(bindparam(None, tokens.TSQUERY.question(clauses)), TSQUERY)
    held: ColumnElement[bool] = column.bool_op("@@")(wanted)
    return held


def token_table_holds(column: Any, clauses: Sequence[Clause]) -> ColumnElement[bool]:
    """The same on SQLite: `column` is that of the FTS5 table's own name, which stands for all its columns."""
    held: ColumnElement[bool] = column.bool_op("MATCH")(tokens.FTS5.question(clauses))
    return held


class InOrder(Join):
    """A join that SQLite walks from left to right, which it calls a cross join: the index is asked first."""

    inherit_cache = True


@compiles(InOrder)
def _in_order(element: InOrder, compiler: Any, **options: Any) -> str:
    options["asfrom"] = True
    left, right = (compiler.process(side, **options) for side in (element.left, element.right))
    options["asfrom"] = False
    return f"{left} CROSS JOIN {right} ON {compiler.process(element.onclause, **options)}"
