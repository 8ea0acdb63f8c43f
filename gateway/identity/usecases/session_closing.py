"""Ending sessions, and the tokens of sessions that go on. The person's row must be locked."""

from __future__ import annotations

from sqlalchemy import select
from workbench.identity.v1 import events_pb2 as events

from gateway.identity.model.session import Session
from services.chassis.db.session import UnitOfWork


def open_sessions(work: UnitOfWork, person_id: str) -> list[Session]:
    """The person's open sessions, the latest first."""
    statement = (
        select(Session)
        .where(Session.person_id == person_id, Session.close_time.is_(None), Session.expire_time > work.now)
        .order_by(Session.session_id.desc())
    )
    return list(work.session.scalars(statement))


def close(work: UnitOfWork, session: Session, reason: str) -> None:
    """Closes one session and announces it."""
    session.close(reason, work.now)
    work.record(
        events.SessionRevoked(
            session_id=session.session_id, person_id=session.person_id, reason=reason, revoke_time=session.tokens_void_time
        )
    )


def close_sessions(work: UnitOfWork, person_id: str, reason: str, *, except_session_id: str = "") -> int:
    """Closes every open session of a person but one; answers how many."""
    closing = [session for session in open_sessions(work, person_id) if session.session_id != except_session_id]
    for session in closing:
        close(work, session, reason)
    return len(closing)


def void_tokens(work: UnitOfWork, person_id: str) -> None:
    """What the person may do has changed: sessions go on, but only with tokens issued from now on."""
    for session in open_sessions(work, person_id):
        session.void_tokens(work.now)
