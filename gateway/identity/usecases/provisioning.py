"""Many units, people and posts at once, with their sign-ins, as a demonstration bank invents them.

What the bank's own personnel system says comes as datasets (`usecases.personnel`).

Idempotent: units are known by code, people by staff number, posts by person, role and unit. What is there is brought up to
date, what is missing is added, nothing is taken away. The rules are those of single acts; only the second person is not asked
for, because in the personnel system he stood behind each entry already.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select

from gateway.identity.model.account import Account, FederatedIdentity
from gateway.identity.model.grant import STANDING, Grant, WantedPost
from gateway.identity.model.organisation import OrganisationUnit
from gateway.identity.model.person import Person
from gateway.identity.rules.organisation import UnitKind
from gateway.identity.rules.roles import ROLES, ScopeKind
from gateway.identity.usecases import passwords
from gateway.identity.usecases.grants import announce_granted, check_fits
from gateway.identity.usecases.organisation import add_unit, change_name, lock_tree, relocate
from gateway.identity.usecases.people import add_person, change_person
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import InvalidInput

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """A unit; its parent must be there or stand before it. An id is taken where the unit is new, and made where none is given."""

    code: str
    kind: UnitKind
    display_name: str
    parent_code: str = ""
    organisation_unit_id: str = ""


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """A person. A password is taken only where the person has none; without one an administrator gives the first."""

    staff_number: str
    display_name: str
    unit_code: str
    login: str = ""
    password: str = ""
    person_id: str = ""
    # The account that vouches for the person at the bank's single sign-on: (issuer, subject).
    federated_identity: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class PostEntry:
    """A post. Without a scope it has the widest that fits its role; a subtree is that of the post's unit where none is named."""

    staff_number: str
    role: str
    unit_code: str
    scope: ScopeKind | None = None
    scope_unit_code: str = ""


def provision(work: UnitOfWork, units: Iterable[UnitEntry], people: Iterable[PersonEntry], posts: Iterable[PostEntry]) -> None:
    """Brings the directory up to date with the entries; records the events of what it changes."""
    lock_tree(work)
    by_code = {unit.code: unit for unit in work.session.scalars(select(OrganisationUnit))}
    for unit in units:
        by_code[unit.code] = _unit(work, unit, by_code)
    by_staff_number = {person.staff_number: person for person in work.session.scalars(select(Person))}
    for person in people:
        by_staff_number[person.staff_number] = _person(work, person, by_staff_number.get(person.staff_number), by_code)
    grants = work.session.scalars(select(Grant).where(Grant.state.in_(STANDING)))
    held = {(g.person_id, g.role, g.organisation_unit_id) for g in grants}
    for post in posts:
        _post(work, post, _known(by_staff_number, post.staff_number), by_code, held)


def _unit(work: UnitOfWork, entry: UnitEntry, by_code: dict[str, OrganisationUnit]) -> OrganisationUnit:
    parent = _known(by_code, entry.parent_code) if entry.parent_code else None
    unit = by_code.get(entry.code)
    if unit is None:
        unit_id = entry.organisation_unit_id or work.new_id()
        unit = OrganisationUnit.opened(unit_id, entry.code, entry.kind, entry.display_name, parent=parent, now=work.now)
        add_unit(work, unit)
        return unit
    if unit.display_name != entry.display_name:
        change_name(work, unit, entry.display_name)
    if parent and unit.parent_unit_id != parent.organisation_unit_id:
        relocate(work, unit, parent)
    return unit


def _person(work: UnitOfWork, entry: PersonEntry, person: Person | None, by_code: dict[str, OrganisationUnit]) -> Person:
    unit = _known(by_code, entry.unit_code)
    if person is None:
        person_id = entry.person_id or work.new_id()
        person = Person.joined(person_id, entry.staff_number, entry.login, entry.display_name, unit=unit, now=work.now)
        add_person(work, person)
    else:
        change_person(work, person, entry.display_name, unit)
    _prove_by(work, entry, person)
    return person


def _prove_by(work: UnitOfWork, entry: PersonEntry, person: Person) -> None:
    account = work.session.get(Account, person.person_id)
    if account and entry.password and not account.password_hash:
        passwords.give_first_password(work, account, entry.password)
    if entry.federated_identity and not work.session.get(FederatedIdentity, entry.federated_identity):
        issuer, subject = entry.federated_identity
        work.session.add(FederatedIdentity(issuer=issuer, subject=subject, person_id=person.person_id))


def _post(
    work: UnitOfWork,
    entry: PostEntry,
    person: Person,
    by_code: dict[str, OrganisationUnit],
    held: set[tuple[str, str, str]],
) -> None:
    unit = _known(by_code, entry.unit_code)
    key = (person.person_id, entry.role, unit.organisation_unit_id)
    if key in held:
        return
    scope = entry.scope or _known(ROLES, entry.role).scopes[-1]
    scope_unit = _known(by_code, entry.scope_unit_code) if entry.scope_unit_code else None
    post = WantedPost(entry.role, unit, scope, scope_unit)
    check_fits(work, person, post)
    grant = Grant.proposed(work.new_id(), person, post, reason="provisioned", proposer_person_id=None, now=work.now)
    grant.come_into_force(work.now)
    work.session.add(grant)
    announce_granted(work, grant, person)
    held.add(key)


def _known(known: Mapping[str, _Value], key: str) -> _Value:
    if key not in known:
        raise InvalidInput("ENTRY_UNKNOWN", f"An entry names {key}, which there is not.")
    return known[key]
