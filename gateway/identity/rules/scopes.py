"""From posts to what a caller may do: permissions, and the scope in which they hold."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.identity.rules.roles import Role, ScopeKind
from services.chassis.kernel.caller import Grant, Scope


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post as far as scope goes; `scope_path` is empty unless the scope is a chosen subtree."""

    role: Role
    scope: ScopeKind
    organisation_path: str
    scope_path: str = ""

    def reach(self) -> Scope:
        """On whose data the post reaches."""
        if self.scope is ScopeKind.OWN:
            return Scope(own=True)
        return Scope(organisation_paths=(self.subtree(),))

    def subtree(self) -> str:
        """The path of the units over whose data the post reaches; empty for one's own."""
        return {ScopeKind.OWN: "", ScopeKind.TEAM: self.organisation_path, ScopeKind.SUBTREE: self.scope_path}[self.scope]

    def grant(self) -> Grant:
        """What the post puts into an access token."""
        return Grant(self.role.permissions, self.reach())


def within(path: str, scope: Scope) -> bool:
    """Whether a unit lies in the scope: one can only pass on what one reaches."""
    return any(path.startswith(reach) for reach in scope.organisation_paths)
