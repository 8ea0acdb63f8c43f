"""Passwords against what is kept of them: proving one, replacing one."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import select

from gateway.identity.model.account import Account, FormerPassword
from gateway.identity.rules.passwords import password_faults
from gateway.identity.usecases.settings import IdentitySettings
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, RuleBroken

TEMPORARY_PASSWORD_BYTES = 12


@dataclass(frozen=True, slots=True)
class _Hashing:
    hasher: PasswordHasher
    # The hash of a password that nobody has: who does not exist must take as long to refuse as who does.
    nobodys_hash: str


def proves(work: UnitOfWork, account: Account | None, password: str) -> bool:
    """Whether the password is the account's; takes as long where there is no account, or no password, as where there is.

    Renews the stored hash where its parameters are no longer the settings'.
    """
    hashing = _hashing_of(work.settings)
    stored = account.password_hash if account else None
    plain = _normal(password)
    try:
        hashing.hasher.verify(stored or hashing.nobodys_hash, plain)
    except VerificationError:
        return False
    if account is None or stored is None:
        return False
    if hashing.hasher.check_needs_rehash(stored):
        account.password_hash = hashing.hasher.hash(plain)
    return True


def replace_password(work: UnitOfWork, account: Account, login: str, password: str, *, field: str) -> None:
    """Sets the password that its person chose; RuleBroken PASSWORD_UNFIT where it is not fit or came back too soon.

    `field` is the request's field that held it, for the violations.
    """
    plain = _normal(password)
    faults = password_faults(plain, login) or _repeated(work, account, plain)
    if faults:
        violations = tuple(FieldViolation(field, fault) for fault in faults)
        raise RuleBroken("PASSWORD_UNFIT", "The new password is not fit: " + " ".join(faults), violations=violations)
    _set(work, account, plain, temporary=False)


def give_temporary_password(work: UnitOfWork, account: Account) -> str:
    """Sets a password by chance that must be replaced at the next sign-in, and answers it."""
    password = secrets.token_urlsafe(TEMPORARY_PASSWORD_BYTES)
    _set(work, account, password, temporary=True)
    return password


def give_first_password(work: UnitOfWork, account: Account, password: str) -> None:
    """Sets the password of an account that is made with one (a demonstration sign-in)."""
    _set(work, account, _normal(password), temporary=False)


def _set(work: UnitOfWork, account: Account, plain: str, *, temporary: bool) -> None:
    if account.password_hash and not account.password_temporary:
        former = FormerPassword(
            former_password_id=work.new_id(), person_id=account.person_id, password_hash=account.password_hash
        )
        work.session.add(former)
    account.set_password(_hashing_of(work.settings).hasher.hash(plain), temporary=temporary, now=work.now)


def _repeated(work: UnitOfWork, account: Account, plain: str) -> tuple[str, ...]:
    former = work.session.scalars(
        select(FormerPassword.password_hash)
        .where(FormerPassword.person_id == account.person_id)
        .order_by(FormerPassword.former_password_id.desc())
        .limit(work.settings.former_passwords)
    )
    hasher = _hashing_of(work.settings).hasher
    if any(_matches(hasher, stored, plain) for stored in (account.password_hash, *former) if stored):
        return (f"It must not be the present one or one of the last {work.settings.former_passwords}.",)
    return ()


def _matches(hasher: PasswordHasher, stored: str, plain: str) -> bool:
    try:
        return hasher.verify(stored, plain)
    except VerificationError:
        return False


def _normal(password: str) -> str:
    # The same keys give other code points on other machines (NIST SP 800-63B, section 3.1.1.2).
    return unicodedata.normalize("NFKC", password)


def _hashing_of(settings: IdentitySettings) -> _Hashing:
    return _hashing(settings.argon2_passes, settings.argon2_memory_kib, settings.argon2_lanes)


@cache
def _hashing(passes: int, memory_kib: int, lanes: int) -> _Hashing:
    hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)
    return _Hashing(hasher, hasher.hash(secrets.token_hex()))
