"""One's own account: who one is, one's password, one's second factor."""

from __future__ import annotations

from dataclasses import dataclass

import pyotp

from gateway.identity.model.account import Account
from gateway.identity.model.grant import Grant
from gateway.identity.model.organisation import OrganisationUnit
from gateway.identity.model.person import Person
from gateway.identity.model.session import Session
from gateway.identity.rules.roles import ROLES, Role
from gateway.identity.usecases import passwords, session_closing
from gateway.identity.usecases.people import locked_person
from gateway.identity.usecases.sessions import takes_code
from gateway.identity.usecases.tokens import active_grants
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import NotAuthenticated, RuleBroken, WorkbenchError


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A post of the caller's, with all that there is to show of it."""

    grant: Grant
    role: Role
    unit: OrganisationUnit


@dataclass(frozen=True, slots=True)
class Profile:
    """Who the caller is."""

    person: Person
    posts: list[OwnPost]
    totp_enrolled: bool


def profile(work: UnitOfWork) -> Profile:
    """The caller as things stand now, whatever his token says."""
    person = work.session.get(Person, work.caller.person_id)
    if person is None or not person.active:
        raise _closed()
    account = work.session.get(Account, person.person_id)
    grants = active_grants(work, person.person_id)
    posts = [
        OwnPost(grant, ROLES[grant.role], work.session.get_one(OrganisationUnit, grant.organisation_unit_id)) for grant in grants
    ]
    return Profile(person, posts, bool(account and account.totp_enrolled))


def change_password(work: UnitOfWork, current_password: str, new_password: str) -> None:
    """Replaces the caller's password, and closes the caller's other sessions."""
    person, account = _proven(work, current_password)
    passwords.replace_password(work, account, person.login or "", new_password, field="new_password")
    session_closing.close_sessions(work, person.person_id, "PASSWORD_CHANGED", except_session_id=work.caller.session_id)


def start_totp_enrolment(work: UnitOfWork, password: str) -> tuple[str, str]:
    """A new secret for a second factor, and the same as an `otpauth:` address."""
    person, account = _proven(work, password)
    if account.totp_enrolled:
        raise RuleBroken("TOTP_ENROLLED", "There is a second factor already; remove it first.")
    secret = pyotp.random_base32()
    account.start_totp(secret)
    uri = pyotp.TOTP(secret).provisioning_uri(name=person.login or person.staff_number, issuer_name=work.settings.totp_issuer)
    return secret, uri


def confirm_totp_enrolment(work: UnitOfWork, code: str) -> None:
    """From now on a sign-in needs a code."""
    locked_person(work, work.caller.person_id)
    account = work.session.get(Account, work.caller.person_id)
    if account is None or not account.totp_secret or account.totp_enrolled:
        raise RuleBroken("TOTP_NOT_STARTED", "No enrolment waits to be confirmed.")
    if not takes_code(work, account, code):
        raise _code_wrong()
    account.totp_enrolled = True


def remove_totp(work: UnitOfWork, password: str, code: str) -> None:
    """From now on a sign-in needs no code."""
    _, account = _proven(work, password)
    if not takes_code(work, account, code):
        raise _failed(work, _code_wrong())
    account.remove_totp()


def _proven(work: UnitOfWork, password: str) -> tuple[Person, Account]:
    """The caller, who has just proven himself again; RuleBroken where he has not.

    The session counts the failures, not the account: whoever found a screen unlocked must not shut its owner out.
    """
    person = locked_person(work, work.caller.person_id)
    account = work.session.get(Account, work.caller.person_id)
    session = _own_session(work)
    rests = session.rests(work.now)
    proven = passwords.proves(work, account, password)
    if person is None or account is None or rests or not proven:
        raise _failed(work, RuleBroken("PASSWORD_WRONG", "The present password does not fit.", keeps_changes=True))
    session.forget_failures()
    return person, account


def _failed(work: UnitOfWork, refusal: WorkbenchError) -> WorkbenchError:
    _own_session(work).count_failure(work.now)
    return refusal


def _own_session(work: UnitOfWork) -> Session:
    session = work.session.get(Session, work.caller.session_id)
    if session is None or not session.open_at(work.now):
        raise _closed()
    return session


def _code_wrong() -> RuleBroken:
    return RuleBroken("TOTP_CODE_WRONG", "The code is not of this second factor, or was used before.", keeps_changes=True)


def _closed() -> NotAuthenticated:
    return NotAuthenticated("SESSION_CLOSED", "The session has ended; sign in again.")
