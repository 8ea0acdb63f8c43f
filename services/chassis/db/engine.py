"""Engines: what a transaction means is the same on both databases.

SQLite: write-ahead log, foreign keys, and BEGIN IMMEDIATE for writers, because a reader that turns into a writer fails at
once instead of waiting. PostgreSQL: a bounded pool, a statement timeout, READ COMMITTED.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy
from sqlalchemy import Connection, Engine, event, make_url

BUSY_TIMEOUT_MS = 10_000
STATEMENT_TIMEOUT_MS = 30_000
POOL_SIZE = 8
POOL_TIMEOUT_SECONDS = 10
# SQLite keeps at most so much of a database in memory per connection.
SQLITE_CACHE_KIB = 8_192


def create_engine(url: str, *, pool_size: int = POOL_SIZE) -> Engine:
    """An engine for `sqlite:///path` or `postgresql+psycopg://…`; connects to nothing yet."""
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url, pool_size)
    return sqlalchemy.create_engine(
        url,
        # Parameters may be personal data; no error text repeats them.
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_SECONDS,
        # After the server restarts, the first use of each dead connection is replaced instead of failing a caller.
        pool_pre_ping=True,
        connect_args={
            "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c timezone=UTC",
            "connect_timeout": 5,
        },
    )


def _sqlite(url: str, pool_size: int) -> Engine:
    engine = sqlalchemy.create_engine(
        url, hide_parameters=True, pool_size=pool_size, max_overflow=0, pool_timeout=POOL_TIMEOUT_SECONDS
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver would otherwise begin transactions by itself, and too late.
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout = {BUSY_TIMEOUT_MS}",
            "journal_mode = WAL",
            # FULL: an acknowledged write survives the loss of power, not only of the process.
            "synchronous = FULL",
            "foreign_keys = ON",
            f"cache_size = -{SQLITE_CACHE_KIB}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get("read_only", False)
        connection.exec_driver_sql(f"PRAGMA query_only = {int(read_only)}")
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine
