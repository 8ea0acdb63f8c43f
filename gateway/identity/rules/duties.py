"""Separation of duties: which posts one person may hold together, and who may decide over whose."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.identity.rules.roles import Role, ScopeKind
from services.chassis.kernel.errors import RuleBroken


def check_post(role: Role, scope: ScopeKind, held: Iterable[Role]) -> None:
    """Raises RuleBroken where the post cannot have that scope, or somebody who holds those roles cannot have the post."""
    if scope not in role.scopes:
        fitting = ", ".join(kind.name.lower() for kind in role.scopes)
        raise RuleBroken("SCOPE_UNFIT", f"A post of {role.name} has one of these scopes: {fitting}.")
    for other in held:
        if other.duty is not role.duty:
            raise RuleBroken("DUTIES_MIX", "Nobody holds business and system posts.", metadata={"held": other.name})
        if other.name in role.conflicts:
            raise RuleBroken("ROLES_CONFLICT", f"Nobody is {role.name} and {other.name}.", metadata={"held": other.name})


def check_decision(person_id: str, proposer_person_id: str, decider_person_id: str) -> None:
    """Raises RuleBroken where the decider would approve his own proposal, or a post of his own."""
    check_not_self(person_id, decider_person_id)
    if decider_person_id == proposer_person_id:
        raise RuleBroken("SECOND_PERSON_NEEDED", "Somebody else than the proposer must approve.")


def check_not_self(person_id: str, actor_person_id: str) -> None:
    """Raises RuleBroken where somebody would act on his own posts."""
    if person_id == actor_person_id:
        raise RuleBroken("GRANT_TO_SELF", "Nobody decides over his own posts.")
