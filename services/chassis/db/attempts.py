"""Tries something inside a transaction and takes it back, rows, events and what the audit trail would tell, without ending it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from services.chassis.db.session import UnitOfWork


@contextmanager
def attempt(work: UnitOfWork, *, keep: bool) -> Iterator[None]:
    """Keeps what the block does, unless it raises or `keep` is not set."""
    work.session.flush()
    changes, events = len(work.changes), work.recorded_events
    nested = work.session.begin_nested()
    kept = False
    try:
        yield
        work.session.flush()
        kept = keep
    finally:
        if kept:
            nested.commit()
        else:
            nested.rollback()
            del work.changes[changes:]
            work.recorded_events = events
