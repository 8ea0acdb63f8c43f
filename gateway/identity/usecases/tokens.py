"""Tokens: what an access token says of its caller, and what a refresh token is."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import select

from gateway.identity.model.grant import Grant, GrantState
from gateway.identity.model.person import Person
from gateway.identity.model.session import Session
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import Caller
from services.chassis.keys import SIGNING_KEYS_FILE, KeyRing, data_keys

ACCESS_AUDIENCE = "workbench"
REFRESH_PURPOSE = "identity.refresh_token"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a session works with from now on."""

    access_token: str
    refresh_token: str
    expires_in_seconds: int
    session: Session
    person: Person


@dataclass(frozen=True, slots=True)
class RefreshClaim:
    """What a refresh token says: of which session it is, and the how manieth."""

    session_id: str
    generation: int


def issue(work: UnitOfWork, person: Person, session: Session) -> Tokens:
    """The session's next pair of tokens, with what the person may do now. The person's row must be locked."""
    lifetime_seconds = work.settings.access_token_seconds
    caller = caller_of(work, person, session.session_id)
    access_token = _signing_ring(work.settings.secrets).sign(
        caller.to_claims(), ACCESS_AUDIENCE, lifetime_seconds, issued_at=session.refresh_time.timestamp()
    )
    refresh_token = _refresh_token(RefreshClaim(session.session_id, session.generation))
    return Tokens(access_token, refresh_token, lifetime_seconds, session, person)


def caller_of(work: UnitOfWork, person: Person, session_id: str) -> Caller:
    """The person as a caller, by the posts that he holds."""
    grants = active_grants(work, person.person_id)
    return Caller(
        person_id=person.person_id,
        login=person.login or "",
        session_id=session_id,
        organisation_path=grants[-1].organisation_path if grants else person.organisation_path,
        grants=tuple(grant.post.grant() for grant in grants),
    )


def active_grants(work: UnitOfWork, person_id: str) -> list[Grant]:
    """The grants by which the person holds posts, in the order in which they were proposed."""
    statement = select(Grant).where(Grant.person_id == person_id, Grant.state == GrantState.ACTIVE).order_by(Grant.grant_id)
    return list(work.session.scalars(statement))


def read_refresh_token(token: str) -> RefreshClaim | None:
    """What the token says; None where this deployment did not issue it."""
    session_id, _, rest = token.partition(".")
    digits, _, _ = rest.partition(".")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):  # noqa: PLR2004 - more refreshes than any session has
        return None
    claim = RefreshClaim(session_id, int(digits))
    return claim if hmac.compare_digest(_refresh_token(claim).encode(), token.encode()) else None


def _refresh_token(claim: RefreshClaim) -> str:
    # A keyed hash instead of a stored secret: whoever reads the database, or a copy of it, holds no token.
    said = f"{claim.session_id}.{claim.generation}"
    return f"{said}.{data_keys().blind_index(REFRESH_PURPOSE, said)}"


@cache
def _signing_ring(folder: Path) -> KeyRing:
    return KeyRing.load(folder / SIGNING_KEYS_FILE)
