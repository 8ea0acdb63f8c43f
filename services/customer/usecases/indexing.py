"""Keeps what customers are found by, in the transaction that writes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.chassis.db.session import UnitOfWork
from services.customer.rules.custom_fields import Definition
from services.customer.rules.tokens import Entry, Findable, entry_of, lead_token, unit_token
from services.customer.usecases.custom_fields import definitions

# FTS5 is given rows in few statements. A trigger for each row would be simpler, and costs as much again as opening the customer:
# a statement that fires triggers makes FTS5 write all it holds in memory.
_KNOWN = text("""
    SELECT customer_id, entry, forms, tokens FROM search_entries WHERE customer_id IN (SELECT value FROM json_each(:customer_ids))
""")
_ADD = text("INSERT INTO search_entries (customer_id, forms, tokens) VALUES (:customer_id, :forms, :tokens)")
_ADD_TO_INDEX = text("""
    INSERT INTO search_index (rowid, tokens)
    SELECT entry, tokens FROM search_entries WHERE customer_id IN (SELECT value FROM json_each(:customer_ids))
""")
_CHANGE = text("UPDATE search_entries SET forms = :forms, tokens = :tokens WHERE customer_id = :customer_id")
# An index over another table must be told what it held.
_TAKE_FROM_INDEX = text("INSERT INTO search_index (search_index, rowid, tokens) VALUES ('delete', :entry, :tokens)")
# One statement for all rows; an entry that says the same stays untouched, and with it forty entries of the GIN index.
_POSTGRESQL = text("""
    INSERT INTO search_entries (customer_id, forms, tokens)
    SELECT customer_id, forms, tokens::tsvector
    FROM unnest(CAST(:customer_ids AS text[]), CAST(:forms AS text[]), CAST(:tokens AS text[]))
        AS row (customer_id, forms, tokens)
    ON CONFLICT (customer_id) DO UPDATE SET forms = excluded.forms, tokens = excluded.tokens
    WHERE search_entries.tokens <> excluded.tokens OR search_entries.forms <> excluded.forms
""")

_RELEAD_POSTGRESQL = text("""
    UPDATE search_entries SET tokens = ts_delete(tokens, CAST(:gone AS text[])) || array_to_tsvector(CAST(:come AS text[]))
    WHERE customer_id = ANY (CAST(:customer_ids AS text[]))
""")


def index(work: UnitOfWork, customers: Sequence[Any]) -> None:
    """Brings the index up to date with customers, given as mapped objects or as rows with a customer's columns."""
    if customers:
        searchable = [field.name for field in definitions(work).values() if _is_searchable(field)]
        store(work.session, [(customer.customer_id, entry_of(findable(customer, searchable))) for customer in customers])


def relead(work: UnitOfWork, customer_ids: Sequence[str], former: tuple[str, str], now: tuple[str, str]) -> None:
    """Brings the index up to date with customers of whom nothing changed but the lead and the unit, given as person and path.

    It spares reading, decrypting and taking apart what stayed: most of the cost where thousands move at once.
    """
    gone, come = ([lead_token(person_id), unit_token(path)] for person_id, path in (former, now))
    if work.session.get_bind().dialect.name == "postgresql":
        work.session.execute(_RELEAD_POSTGRESQL, {"customer_ids": list(customer_ids), "gone": gone, "come": come})
        return
    known = work.session.execute(_KNOWN, {"customer_ids": json.dumps(list(customer_ids))})
    _change_in_sqlite(
        work.session,
        [(row, row.forms, " ".join(sorted({*row.tokens.split()} - {*gone} | {*come}))) for row in known],
    )


def findable(customer: Any, searchable: Sequence[str] = ()) -> Findable:
    """What of a customer it is found by; `searchable` names those of the bank's own fields that count."""
    custom = customer.custom_fields or {}
    return Findable(
        customer_id=customer.customer_id,
        customer_number=customer.customer_number,
        names=[customer.display_name, *(other["name"] for other in customer.other_names or ())],
        pinyin=customer.pinyin or "",
        tags=customer.tags or (),
        texts=[custom[name] for name in searchable if name in custom],
        division_codes=[code for address in customer.addresses or () if (code := address.get("division_code"))],
        lead_person_id=customer.lead_person_id,
        organisation_path=customer.organisation_path,
    )


def _is_searchable(field: Definition) -> bool:
    # What only some may read must not be found by all.
    return field.searchable and not field.identifying and not field.read_permission and not field.retired


def store(session: Session, entries: Sequence[tuple[str, Entry]]) -> None:
    """Writes entries by their customers' ids; what the index says already costs a comparison."""
    rows = [{"customer_id": customer_id, "forms": e.forms, "tokens": " ".join(e.tokens)} for customer_id, e in entries]
    _STORES[session.get_bind().dialect.name](session, rows)


def _store_in_sqlite(session: Session, rows: Sequence[dict[str, str]]) -> None:
    known = {row.customer_id: row for row in session.execute(_KNOWN, {"customer_ids": _ids(rows)})}
    fresh = [row for row in rows if row["customer_id"] not in known]
    changed = [
        (old, row["forms"], row["tokens"])
        for row in rows
        if (old := known.get(row["customer_id"])) and (old.forms, old.tokens) != (row["forms"], row["tokens"])
    ]
    if fresh:
        session.execute(_ADD, fresh)
        session.execute(_ADD_TO_INDEX, {"customer_ids": _ids(fresh)})
    _change_in_sqlite(session, changed)


def _change_in_sqlite(session: Session, changed: Sequence[tuple[Any, str, str]]) -> None:
    """Gives entries, as they were, other forms and tokens."""
    if not changed:
        return
    rows = [{"customer_id": former.customer_id, "forms": forms, "tokens": tokens} for former, forms, tokens in changed]
    session.execute(_TAKE_FROM_INDEX, [{"entry": former.entry, "tokens": former.tokens} for former, _, _ in changed])
    session.execute(_CHANGE, rows)
    session.execute(_ADD_TO_INDEX, {"customer_ids": _ids(rows)})


def _ids(rows: Sequence[dict[str, str]]) -> str:
    return json.dumps([row["customer_id"] for row in rows])


def _store_in_postgresql(session: Session, rows: Sequence[dict[str, str]]) -> None:
    columns = {f"{name}s" if name == "customer_id" else name: [row[name] for row in rows] for name in rows[0]}
    session.execute(_POSTGRESQL, columns)


_STORES: dict[str, Callable[[Session, Sequence[dict[str, str]]], None]] = {
    "sqlite": _store_in_sqlite,
    "postgresql": _store_in_postgresql,
}


def forget(session: Session, customer_id: str) -> None:
    """Takes a customer out of the index who is removed from the records."""
    if session.get_bind().dialect.name == "sqlite":
        for row in session.execute(_KNOWN, {"customer_ids": json.dumps([customer_id])}).all():
            session.execute(_TAKE_FROM_INDEX, {"entry": row.entry, "tokens": row.tokens})
    session.execute(text("DELETE FROM search_entries WHERE customer_id = :customer_id"), {"customer_id": customer_id})
