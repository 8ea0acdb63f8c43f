"""Insert unless a row with the same key is there: the one statement with which things happen once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def insert_if_absent(session: Session, table: Table, **values: Any) -> bool:
    """Whether this call put the row in. Where another transaction is just putting it in, waits for that to end."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(**values).on_conflict_do_nothing()
    # What comes back is counted, because a driver's row count of an insert is not to be relied on.
    return session.execute(statement.returning(*table.primary_key)).first() is not None
