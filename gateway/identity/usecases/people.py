"""People: joining, changing name or unit, being shut out and let in again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from workbench.identity.v1 import events_pb2 as events

from gateway.identity.model.account import Account, FederatedIdentity
from gateway.identity.model.organisation import OrganisationUnit
from gateway.identity.model.person import Person, PersonState
from gateway.identity.rules.scopes import within
from gateway.identity.usecases import passwords, session_closing
from gateway.identity.usecases.organisation import get_unit, hold_tree_still, unit_in_scope
from gateway.identity.usecases.pages import read_page
from gateway.identity.usecases.tokens import active_grants
from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import Scope
from services.chassis.kernel.errors import AlreadyExists, NotFound, RuleBroken, StaleVersion


def list_people(
    work: UnitOfWork, *, unit_id: str, name_prefix: str, login: str, states: Sequence[int], size: int, token: str
) -> tuple[list[Person], str]:
    """A page of the people in scope, by staff number."""
    statement = in_scope(select(Person), Person, work.scope, work.caller)
    if unit_id:
        path = get_unit(work, unit_id).organisation_path
        statement = in_scope(statement, Person, Scope(organisation_paths=(path,)), work.caller)
    if name_prefix:
        statement = statement.where(Person.display_name.istartswith(name_prefix, autoescape=True))
    if login:
        statement = statement.where(Person.login == login.lower())
    if states:
        statement = statement.where(Person.state.in_(states))
    query = f"people|{unit_id}|{name_prefix}|{login}|{sorted(states)}"
    return read_page(work, statement, Person.staff_number, size=size, token=token, query=query)


def person_in_scope(work: UnitOfWork, person_id: str) -> Person:
    """The person; NotFound where there is none in scope."""
    statement = in_scope(select(Person).where(Person.person_id == person_id), Person, work.scope, work.caller)
    person: Person | None = work.session.scalars(statement).one_or_none()
    if person is None:
        raise NotFound("PERSON_NOT_FOUND", "There is no such person in your scope.")
    return person


def locked_person(work: UnitOfWork, person_id: str) -> Person | None:
    """The person, with his row locked until the transaction ends.

    Whoever changes, or relies on, a person's proofs, posts or sessions holds this lock: a change of posts and a sign-in that
    meet come one after the other, so that no token leaves with posts that are just being taken away.
    """
    # FOR NO KEY UPDATE: rows that merely refer to the person may be written meanwhile.
    statement = select(Person).where(Person.person_id == person_id).with_for_update(key_share=True)
    return work.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def locked_person_in_scope(work: UnitOfWork, person_id: str) -> Person:
    """The same, of a person in scope; NotFound where there is none."""
    locked_person(work, person_id)
    return person_in_scope(work, person_id)


def create_person(work: UnitOfWork, *, staff_number: str, login: str, display_name: str, unit_id: str) -> Person:
    """Somebody new in a unit in scope; AlreadyExists where the staff number or the login is in use."""
    hold_tree_still(work)
    unit = unit_in_scope(work, unit_id)
    if work.session.scalars(select(Person.person_id).where(Person.staff_number == staff_number)).first():
        raise AlreadyExists("STAFF_NUMBER_TAKEN", "Somebody has this staff number.")
    if login and work.session.scalars(select(Person.person_id).where(Person.login == login)).first():
        raise AlreadyExists("LOGIN_TAKEN", "Somebody signs in with this name.")
    person = Person.joined(work.new_id(), staff_number, login, display_name, unit=unit, now=work.now)
    add_person(work, person)
    return person


def add_person(work: UnitOfWork, person: Person) -> None:
    """Keeps a new person, with an account where he signs in, and announces him."""
    work.session.add(person)
    work.session.flush()
    if person.login:
        work.session.add(Account(person_id=person.person_id))
    work.record(
        events.PersonCreated(
            person_id=person.person_id,
            staff_number=person.staff_number,
            display_name=person.display_name,
            organisation_path=person.organisation_path,
        )
    )


def update_person(work: UnitOfWork, person_id: str, *, display_name: str, unit_id: str, etag: str) -> Person:
    """Takes over name and unit; StaleVersion where the record is not what was seen."""
    hold_tree_still(work)
    person = locked_person_in_scope(work, person_id)
    if etag and etag != person.etag:
        raise StaleVersion("PERSON_CHANGED", "The record changed since you read it.")
    unit = work.session.get_one(OrganisationUnit, person.organisation_unit_id)
    change_person(work, person, display_name, unit if unit_id == person.organisation_unit_id else unit_in_scope(work, unit_id))
    return person


def change_person(work: UnitOfWork, person: Person, display_name: str, unit: OrganisationUnit) -> None:
    """Takes over name and unit, and announces what changed."""
    if person.change(display_name, unit, now=work.now):
        work.session.flush()
        work.record(
            events.PersonUpdated(
                person_id=person.person_id, display_name=person.display_name, organisation_path=person.organisation_path
            )
        )


def disable_person(work: UnitOfWork, person_id: str, reason: str) -> Person:
    """Shuts a person out and closes every session; posts stay and rest."""
    _not_oneself(work, person_id)
    person = locked_person_in_scope(work, person_id)
    work.purpose = reason
    shut_out(work, person)
    return person


def shut_out(work: UnitOfWork, person: Person) -> bool:
    """Shuts out a person whose row is locked, and closes every session; answers whether that changed anything."""
    if not person.turn(PersonState.DISABLED, now=work.now):
        return False
    session_closing.close_sessions(work, person.person_id, "PERSON_DISABLED")
    work.record(events.PersonDisabled(person_id=person.person_id))
    return True


def enable_person(work: UnitOfWork, person_id: str) -> Person:
    """Lets a person in again."""
    _not_oneself(work, person_id)
    person = locked_person_in_scope(work, person_id)
    if person.turn(PersonState.ACTIVE, now=work.now):
        work.record(events.PersonEnabled(person_id=person_id))
    return person


def reset_password(work: UnitOfWork, person_id: str, *, remove_totp: bool) -> str:
    """Gives a temporary password, answers it, and closes every session."""
    person = _whose_proofs_may_change(work, person_id)
    account = work.session.get(Account, person.person_id)
    if account is None:
        raise RuleBroken("PERSON_HAS_NO_LOGIN", "This person never signs in.")
    password = passwords.give_temporary_password(work, account)
    if remove_totp:
        account.remove_totp()
    session_closing.close_sessions(work, person_id, "PASSWORD_RESET")
    return password


def link_federated_identity(work: UnitOfWork, person_id: str, issuer: str, subject: str) -> None:
    """Lets a single sign-on vouch for a person."""
    person = _whose_proofs_may_change(work, person_id)
    taken = work.session.get(FederatedIdentity, (issuer, subject))
    if taken and taken.person_id == person.person_id:
        return
    if taken or _federated(work, person_id, issuer):
        raise AlreadyExists("FEDERATED_IDENTITY_TAKEN", "This account, or this person, is joined already.")
    work.session.add(FederatedIdentity(issuer=issuer, subject=subject, person_id=person_id))


def unlink_federated_identity(work: UnitOfWork, person_id: str, issuer: str) -> None:
    """The single sign-on vouches for the person no more; every session is closed."""
    _whose_proofs_may_change(work, person_id)
    if joined := _federated(work, person_id, issuer):
        work.session.delete(joined)
        session_closing.close_sessions(work, person_id, "FEDERATED_IDENTITY_UNLINKED")


def _whose_proofs_may_change(work: UnitOfWork, person_id: str) -> Person:
    """The person, locked. Whoever changes another's proofs can become that other, so his posts must lie in scope too."""
    _not_oneself(work, person_id)
    person = locked_person_in_scope(work, person_id)
    reaches = [grant.post.subtree() for grant in active_grants(work, person_id)]
    if not all(within(path, work.scope) for path in reaches if path):
        raise RuleBroken("PERSON_REACHES_FURTHER", "This person's posts reach beyond your scope; ask an administrator above.")
    return person


def _federated(work: UnitOfWork, person_id: str, issuer: str) -> FederatedIdentity | None:
    return work.session.scalars(select(FederatedIdentity).filter_by(person_id=person_id, issuer=issuer)).one_or_none()


def _not_oneself(work: UnitOfWork, person_id: str) -> None:
    if person_id == work.caller.person_id:
        raise RuleBroken("PERSON_IS_CALLER", "Nobody does this to himself.")
