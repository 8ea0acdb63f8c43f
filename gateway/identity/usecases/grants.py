"""Grants: how a person comes to a post, and loses it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from workbench.identity.v1 import events_pb2 as events

from gateway.identity.model.grant import STANDING, Grant, GrantState, WantedPost
from gateway.identity.model.person import Person
from gateway.identity.rules.duties import check_not_self, check_post
from gateway.identity.rules.roles import ROLES, ScopeKind
from gateway.identity.rules.scopes import within
from gateway.identity.usecases import session_closing
from gateway.identity.usecases.organisation import hold_tree_still, unit_in_scope
from gateway.identity.usecases.pages import read_page
from gateway.identity.usecases.people import locked_person, locked_person_in_scope
from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import AlreadyExists, InvalidInput, NotFound, RuleBroken


def list_grants(
    work: UnitOfWork, *, person_id: str, states: Sequence[int], role: str, size: int, token: str
) -> tuple[list[Grant], str]:
    """A page of the grants in scope, the latest first."""
    statement = in_scope(select(Grant), Grant, work.scope, work.caller)
    if person_id:
        statement = statement.where(Grant.person_id == person_id)
    if states:
        statement = statement.where(Grant.state.in_(states))
    if role:
        statement = statement.where(Grant.role == role)
    query = f"grants|{person_id}|{sorted(states)}|{role}"
    return read_page(work, statement, Grant.grant_id, size=size, token=token, query=query, downwards=True)


def get_grant(work: UnitOfWork, grant_id: str) -> Grant:
    """The grant; NotFound where there is none in scope."""
    statement = in_scope(select(Grant).where(Grant.grant_id == grant_id), Grant, work.scope, work.caller)
    grant: Grant | None = work.session.scalars(statement).one_or_none()
    if grant is None:
        raise NotFound("GRANT_NOT_FOUND", "There is no such grant in your scope.")
    return grant


def propose_grant(
    work: UnitOfWork, person_id: str, *, role: str, unit_id: str, scope: int, scope_unit_id: str, reason: str
) -> Grant:
    """A proposal within the caller's scope: one passes on no more than one reaches."""
    check_not_self(person_id, work.caller.person_id)
    hold_tree_still(work)
    unit = unit_in_scope(work, unit_id)
    scope_unit = unit_in_scope(work, scope_unit_id) if scope_unit_id else None
    person = locked_person_in_scope(work, person_id)
    post = WantedPost(role, unit, ScopeKind(scope), scope_unit)
    check_fits(work, person, post)
    grant = Grant.proposed(work.new_id(), person, post, reason=reason, proposer_person_id=work.caller.person_id, now=work.now)
    return _kept(work, grant)


def approve_grant(work: UnitOfWork, grant_id: str) -> Grant:
    """The post is held from now on."""
    grant, person = _locked_grant(work, grant_id)
    grant.approve(work.caller.person_id, now=work.now)
    if grant.scope_path and not within(grant.scope_path, work.scope):
        raise RuleBroken("SCOPE_UNFIT", "The post would reach beyond your own scope.")
    others = _held(work, person.person_id, (GrantState.ACTIVE,))
    _check_roles(person, grant.role, ScopeKind(grant.scope), others)
    announce_granted(work, grant, person)
    return grant


def reject_grant(work: UnitOfWork, grant_id: str, reason: str) -> Grant:
    """The proposal is off the table."""
    grant, _ = _locked_grant(work, grant_id)
    grant.reject(work.caller.person_id, reason, now=work.now)
    return grant


def revoke_grant(work: UnitOfWork, grant_id: str, reason: str) -> Grant:
    """The post is held no more."""
    grant, person = _locked_grant(work, grant_id)
    grant.revoke(work.caller.person_id, reason, now=work.now)
    session_closing.void_tokens(work, person.person_id)
    work.record(events.PostRevoked(**_told(grant, person)))
    return grant


def check_fits(work: UnitOfWork, person: Person, post: WantedPost) -> None:
    """Raises where the person cannot have the post beside those that he holds or awaits."""
    if post.role not in ROLES:
        raise InvalidInput("ROLE_UNKNOWN", "There is no such role; ListRoles has those there are.")
    held = _held(work, person.person_id, STANDING)
    if any(grant.role == post.role and grant.organisation_unit_id == post.unit.organisation_unit_id for grant in held):
        raise AlreadyExists("GRANT_EXISTS", "The person holds, or is proposed for, this post.")
    _check_roles(person, post.role, post.scope, held)


def announce_granted(work: UnitOfWork, grant: Grant, person: Person) -> None:
    """What follows from a post that has come into force."""
    work.session.flush()
    session_closing.void_tokens(work, person.person_id)
    work.record(events.PostGranted(**_told(grant, person)))


def _check_roles(person: Person, role: str, scope: ScopeKind, held: Sequence[Grant]) -> None:
    if not person.active:
        raise RuleBroken("PERSON_DISABLED", "This person is shut out.")
    check_post(ROLES[role], scope, [ROLES[grant.role] for grant in held if grant.role != role])


def _held(work: UnitOfWork, person_id: str, states: Sequence[GrantState]) -> list[Grant]:
    return list(work.session.scalars(select(Grant).where(Grant.person_id == person_id, Grant.state.in_(states))))


def _locked_grant(work: UnitOfWork, grant_id: str) -> tuple[Grant, Person]:
    grant = get_grant(work, grant_id)
    person = locked_person(work, grant.person_id)
    work.session.refresh(grant)
    return grant, person or grant.person


def _kept(work: UnitOfWork, grant: Grant) -> Grant:
    work.session.add(grant)
    work.session.flush()
    return grant


def _told(grant: Grant, person: Person) -> dict[str, Any]:
    return {
        "person_id": person.person_id,
        "staff_number": person.staff_number,
        "display_name": person.display_name,
        "grant_id": grant.grant_id,
        "role": grant.role,
        "organisation_path": grant.organisation_path,
    }
