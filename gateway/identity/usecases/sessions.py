"""Sessions: signing in, staying signed in, signing out.

A refused sign-in answers the same, and takes the same time, whatever was wrong; the trail knows whose account it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import pyotp
from sqlalchemy import delete, select

from gateway.identity.model.account import Account, FederatedIdentity
from gateway.identity.model.person import Person
from gateway.identity.model.session import Session, SignInMethod
from gateway.identity.rules.second_factor import accepted_step
from gateway.identity.usecases import passwords, session_closing
from gateway.identity.usecases.pages import read_page
from gateway.identity.usecases.people import locked_person, locked_person_in_scope, person_in_scope
from gateway.identity.usecases.tokens import Tokens, issue, read_refresh_token
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import Caller
from services.chassis.kernel.errors import NotAuthenticated, NotFound

# One more sign-in closes the oldest session.
OPEN_SESSIONS_MAX = 50
# A transaction is listed so long after its own instant at most: the longest it runs, and how far clocks differ.
REVOCATION_OVERLAP = timedelta(seconds=60)
# Ended sessions stay so long for whoever asks what happened; the trail keeps their acts for good.
ENDED_SESSION_RETENTION = timedelta(days=1)


def sign_in(work: UnitOfWork, login: str, password: str, *, totp_code: str, new_password: str) -> Tokens:
    """A new session; NotAuthenticated where the proofs do not hold, and failures are counted all the same."""
    person, account = _whose(work, login)
    rests = account is not None and account.rests(work.now)
    proven = passwords.proves(work, account, password)
    if person is None or account is None or rests or not person.active or not proven:
        if account and not rests and not proven:
            account.count_failure(work.now)
        raise _refused()
    method = _second_proof(work, account, totp_code)
    if new_password:
        passwords.replace_password(work, account, login, new_password, field="new_password")
    elif account.password_temporary:
        raise _incomplete("PASSWORD_MUST_CHANGE", "This password is temporary: sign in again with a new_password.")
    account.forget_failures()
    return _open(work, person, method)


def sign_in_federated(work: UnitOfWork, issuer: str, subject: str) -> Tokens:
    """A new session for whom a single sign-on vouched for."""
    joined = work.session.get(FederatedIdentity, (issuer, subject))
    person = locked_person(work, joined.person_id) if joined else None
    if person is None or not person.active:
        raise _refused()
    return _open(work, person, SignInMethod.FEDERATED)


def refresh(work: UnitOfWork, refresh_token: str) -> Tokens:
    """The next pair of tokens.

    A token that comes a second time closes the session: one of its two bearers is a thief. But whose answer was lost, as where a
    page is loaded again meanwhile, has the same pair once more, within seconds and until that is used: were it a thief's, the two
    would part at the next refresh.
    """
    claim = read_refresh_token(refresh_token)
    session = work.session.get(Session, claim.session_id) if claim else None
    if claim is None or session is None:
        raise _refresh_refused()
    person = locked_person(work, session.person_id)
    work.session.refresh(session)
    _act_as(work, person, session)
    if not session.open_at(work.now) or person is None or not person.active:
        raise _refresh_refused()
    if claim.generation == session.generation - 1 and work.now < session.refresh_time + work.settings.refresh_repeat:
        return issue(work, person, session)
    if claim.generation != session.generation:
        session_closing.close(work, session, "REFRESH_TOKEN_REUSED")
        raise _refresh_refused()
    session.refresh(now=work.now, idle=work.settings.session_idle)
    return issue(work, person, session)


def sign_out(work: UnitOfWork) -> None:
    """Closes the session with which the caller calls."""
    revoke_own(work, work.caller.session_id)


def list_own(work: UnitOfWork, *, size: int, token: str) -> tuple[list[Session], str]:
    """A page of the caller's own open sessions, the latest first."""
    return _list(work, work.caller.person_id, size=size, token=token)


def list_of_person(work: UnitOfWork, person_id: str, *, size: int, token: str) -> tuple[list[Session], str]:
    """A page of the open sessions of a person in scope, the latest first."""
    person = person_in_scope(work, person_id)
    return _list(work, person.person_id, size=size, token=token)


def revoke_own(work: UnitOfWork, session_id: str) -> None:
    """Closes one of the caller's own sessions; NotFound where there is no such open one."""
    locked_person(work, work.caller.person_id)
    session_closing.close(work, _open_session(work, work.caller.person_id, session_id), "SIGNED_OUT")


def revoke_of_person(work: UnitOfWork, person_id: str, session_id: str) -> int:
    """Closes a session of a person in scope, or all of them; answers how many."""
    person = locked_person_in_scope(work, person_id)
    work.resource = f"people/{person_id}"
    if not session_id:
        return session_closing.close_sessions(work, person.person_id, "REVOKED")
    session_closing.close(work, _open_session(work, person_id, session_id), "REVOKED")
    return 1


def list_revocations(work: UnitOfWork, revoked_after: datetime | None) -> Iterable[Session]:
    """Sessions with access tokens that are void and would not have expired yet, the oldest revocation first."""
    since = work.now - timedelta(seconds=work.settings.access_token_seconds)
    if revoked_after:
        since = max(since, revoked_after - REVOCATION_OVERLAP)
    return work.session.scalars(select(Session).where(Session.tokens_void_time > since).order_by(Session.tokens_void_time))


def last_token_expires(work: UnitOfWork, session: Session) -> datetime:
    """When the last of a session's void access tokens expires by itself."""
    void_time = session.tokens_void_time or work.now
    return void_time + timedelta(seconds=work.settings.access_token_seconds)


def forget_ended(work: UnitOfWork) -> None:
    """Drops sessions that ended a while ago."""
    work.session.execute(delete(Session).where(Session.expire_time < work.now - ENDED_SESSION_RETENTION))


def takes_code(work: UnitOfWork, account: Account, code: str) -> bool:
    """Whether the code is of the account's second factor, now and for the first time; it is taken then."""
    if not account.totp_secret or not code:
        return False
    step = accepted_step(code, pyotp.TOTP(account.totp_secret).generate_otp, account.totp_last_step, work.now)
    if step is None:
        return False
    account.totp_last_step = step
    return True


def _whose(work: UnitOfWork, login: str) -> tuple[Person | None, Account | None]:
    person_id = work.session.scalar(select(Person.person_id).where(Person.login == login.lower()))
    person = locked_person(work, person_id) if person_id else None
    if person is None:
        # The name that was typed is kept nowhere: people type passwords into the wrong field.
        return None, None
    work.resource = f"people/{person.person_id}"
    return person, work.session.get(Account, person.person_id)


def _second_proof(work: UnitOfWork, account: Account, code: str) -> SignInMethod:
    if not account.totp_enrolled:
        return SignInMethod.PASSWORD
    if not code:
        raise _incomplete("TOTP_REQUIRED", "Sign in again with the code of your second factor.")
    if not takes_code(work, account, code):
        account.count_failure(work.now)
        raise _refused()
    return SignInMethod.PASSWORD_AND_TOTP


def _open(work: UnitOfWork, person: Person, method: SignInMethod) -> Tokens:
    for surplus in session_closing.open_sessions(work, person.person_id)[OPEN_SESSIONS_MAX - 1 :]:
        session_closing.close(work, surplus, "SUPERSEDED")
    session = Session.opened(
        work.new_id(),
        person.person_id,
        method,
        remote_address=work.call.remote_address,
        now=work.now,
        idle=work.settings.session_idle,
        longest=work.settings.session_longest,
    )
    work.session.add(session)
    _act_as(work, person, session)
    return issue(work, person, session)


def _act_as(work: UnitOfWork, person: Person | None, session: Session) -> None:
    """From here on the trail knows who acts: nobody was signed in when the call came."""
    work.resource = f"sessions/{session.session_id}"
    if person:
        work.caller = Caller(person.person_id, person.login or "", session.session_id)


def _list(work: UnitOfWork, person_id: str, *, size: int, token: str) -> tuple[list[Session], str]:
    statement = select(Session).where(
        Session.person_id == person_id, Session.close_time.is_(None), Session.expire_time > work.now
    )
    query = f"sessions|{person_id}"
    return read_page(work, statement, Session.session_id, size=size, token=token, query=query, downwards=True)


def _open_session(work: UnitOfWork, person_id: str, session_id: str) -> Session:
    session = work.session.get(Session, session_id)
    if session is None or session.person_id != person_id or not session.open_at(work.now):
        raise NotFound("SESSION_NOT_FOUND", "There is no such open session.")
    return session


def _refused() -> NotAuthenticated:
    return NotAuthenticated("SIGN_IN_REFUSED", "Login, password and code do not fit together.", keeps_changes=True)


def _incomplete(reason: str, message: str) -> NotAuthenticated:
    return NotAuthenticated(reason, message, keeps_changes=True)


def _refresh_refused() -> NotAuthenticated:
    return NotAuthenticated("REFRESH_REFUSED", "The session has ended; sign in again.", keeps_changes=True)
