"""Keeps what documents are found by, in the transaction that publishes them, and asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Subquery, column, func, literal, select, table, text, union_all

from services.activity.model.document import DocumentVersion, DocumentWords
from services.activity.rules import document_words
from services.activity.rules.document_words import POINTS, POINTS_ANYWHERE, tokens_of
from services.chassis.db.session import UnitOfWork
from services.chassis.db.token_index import InOrder, token_table_holds, token_vector_holds
from services.chassis.words.tokens import Clause

# The column under the name that FTS5 gives it: the table's own name stands for all its columns in MATCH.
_FTS5 = table("document_word_index", column("rowid"), column("document_word_index"))
_ADD = text("INSERT INTO document_words (document_id, version, tokens) VALUES (:document_id, :version, :tokens)")
_ADD_POSTGRESQL = text("""
    INSERT INTO document_words (document_id, version, tokens) VALUES (:document_id, :version, CAST(:tokens AS tsvector))
""")
_ADD_TO_INDEX = text("""
    INSERT INTO document_word_index (rowid, tokens)
    SELECT entry, tokens FROM document_words WHERE document_id = :document_id AND version = :version
""")
# An index over another table must be told what it held.
_TAKE_FROM_INDEX = text("""
    INSERT INTO document_word_index (document_word_index, rowid, tokens)
    SELECT 'delete', entry, tokens FROM document_words WHERE document_id = :document_id AND version = :version
""")
_REMOVE = text("DELETE FROM document_words WHERE document_id = :document_id AND version = :version")


# How many rows a token has PostgreSQL guesses well, and what it costs to look into a row's tokens it does not: it would read all.
_BY_INDEX = text("SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)")


def prepare(work: UnitOfWork) -> None:
    """To be called once in a transaction before `scored`: says how PostgreSQL is to go about it, until the transaction ends."""
    if is_postgresql(work):
        work.session.execute(_BY_INDEX)


def store(work: UnitOfWork, version: DocumentVersion) -> None:
    """Puts a version that is published into the index."""
    tokens = tokens_of(version.title, [*version.keywords, version.summary], version.body)
    tokens += map(document_words.audience_token, version.audiences)
    row = {"document_id": version.document_id, "version": version.version, "tokens": " ".join(tokens)}
    if is_postgresql(work):
        work.session.execute(_ADD_POSTGRESQL, row)
        return
    work.session.execute(_ADD, row)
    work.session.execute(_ADD_TO_INDEX, row)


def forget(work: UnitOfWork, version: DocumentVersion) -> None:
    """Takes a version out of the index that nobody finds any more."""
    row = {"document_id": version.document_id, "version": version.version}
    if not is_postgresql(work):
        work.session.execute(_TAKE_FROM_INDEX, row)
    work.session.execute(_REMOVE, row)


def scored(work: UnitOfWork, terms: Sequence[tuple[str, ...]], audiences: Sequence[str] | None) -> Select[Any]:
    """Selects `entry` and `points` of every version that holds all terms and is for one of the audiences; None for all."""
    held = select(_entry(work).label("entry"), literal(POINTS_ANYWHERE * len(terms)).label("points")).where(
        _holds(work, document_words.anywhere(terms, audiences))
    )
    candidates = held.cte("candidates")
    places = [
        select(_entry(work), literal(points)).where(_holds(work, document_words.placed(term, place)))
        for term in terms
        for place, points in POINTS.items()
    ]
    every = union_all(select(candidates.c.entry, candidates.c.points), *places).subquery()
    within = every.c.entry.in_(select(candidates.c.entry))
    return select(every.c.entry, func.sum(every.c.points).label("points")).where(within).group_by(every.c.entry)


def of_versions(work: UnitOfWork, scored: Subquery) -> FromClause:
    """What `scored` found joined with its versions: from the few that were found, never through all versions."""
    entries, versions = DocumentWords.__table__, DocumentVersion.__table__
    of_entry = entries.c.entry == scored.c.entry
    of_version = (versions.c.document_id == entries.c.document_id) & (versions.c.version == entries.c.version)
    if is_postgresql(work):
        return scored.join(entries, of_entry).join(versions, of_version)
    return InOrder(InOrder(scored, entries, of_entry), versions, of_version)


def is_postgresql(work: UnitOfWork) -> bool:
    """Which of the two databases it is."""
    return work.session.get_bind().dialect.name == "postgresql"


def _entry(work: UnitOfWork) -> Any:
    return DocumentWords.entry if is_postgresql(work) else _FTS5.c.rowid


def _holds(work: UnitOfWork, clauses: Sequence[Clause]) -> ColumnElement[bool]:
    if is_postgresql(work):
        return token_vector_holds(DocumentWords.tokens, clauses)
    return token_table_holds(_FTS5.c.document_word_index, clauses)
