"""Who is asking, with which permissions, and on whose data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.chassis.kernel.errors import NotAllowed

# Ends an organisation path: "/HO/EAST/" is the subtree of the unit EAST under HO.
PATH_SEPARATOR = "/"


def paths_above(organisation_path: str) -> list[str]:
    """The paths of a unit and of all above it, from the whole bank's ("/") down to its own."""
    parts = [part for part in organisation_path.split(PATH_SEPARATOR) if part]
    return [PATH_SEPARATOR + "".join(f"{part}{PATH_SEPARATOR}" for part in parts[:count]) for count in range(len(parts) + 1)]


@dataclass(frozen=True, slots=True)
class Scope:
    """On whose data a permission reaches: one's own customers, and every organisation unit under the given paths.

    `own` means rows whose responsible person is the caller. A path covers its unit and everything below it; "/" covers the
    bank. A team is the subtree of the team's own unit.

    `own` reaches further where the caller supports a customer or stands in for somebody: `customer_ids` and `stands_in_for` are
    what a service has found of that for the day of the act; they are no part of what a post gives.
    """

    own: bool = False
    organisation_paths: tuple[str, ...] = ()
    stands_in_for: tuple[str, ...] = ()
    customer_ids: tuple[str, ...] = ()

    def covers(self, organisation_path: str, person_id: str, caller_person_id: str, customer_id: str = "") -> bool:
        """Whether a row that belongs to that unit, that person and that customer is within reach."""
        if self.own and person_id == caller_person_id:
            return True
        if customer_id and (person_id in self.stands_in_for or customer_id in self.customer_ids):
            return True
        return any(organisation_path.startswith(path) for path in self.organisation_paths)

    @property
    def by_post(self) -> Scope:
        """What the posts alone give: for acts that only a customer's lead, or whoever is in charge of him, may do."""
        return Scope(self.own, self.organisation_paths)


@dataclass(frozen=True, slots=True)
class Grant:
    """What one post gives: permissions, and the scope in which they hold."""

    permissions: frozenset[str]
    scope: Scope


@dataclass(frozen=True, slots=True)
class Caller:
    """The person or service that asks. Made by the gateway from a verified token, verified again by each service."""

    person_id: str
    login: str = ""
    session_id: str = ""
    # The path of the organisation unit of the person's main post.
    organisation_path: str = ""
    grants: tuple[Grant, ...] = ()

    def holds(self, permission: str) -> bool:
        """Whether any post gives the permission, in whatever scope."""
        return any(permission in grant.permissions for grant in self.grants)

    def scope(self, permission: str) -> Scope:
        """The union of the scopes in which the caller holds the permission; raises NotAllowed where he holds it in none."""
        scopes = [grant.scope for grant in self.grants if permission in grant.permissions]
        if not scopes:
            raise NotAllowed("PERMISSION_DENIED", f"This needs the permission {permission}.", metadata={"permission": permission})
        paths = {path for scope in scopes for path in scope.organisation_paths}
        return Scope(any(scope.own for scope in scopes), tuple(sorted(paths)))

    def to_claims(self) -> dict[str, Any]:
        """The caller as claims of a token, short keys because they travel with every call."""
        return {
            "sub": self.person_id,
            "lgn": self.login,
            "sid": self.session_id,
            "org": self.organisation_path,
            "grt": [
                {"p": sorted(grant.permissions), "o": grant.scope.own, "u": list(grant.scope.organisation_paths)}
                for grant in self.grants
            ],
        }

    @classmethod
    def from_claims(cls, claims: Mapping[str, Any]) -> Caller:
        """The caller that a verified token names; KeyError or TypeError where the claims are not of that shape."""
        return cls(
            person_id=claims["sub"],
            login=claims["lgn"],
            session_id=claims["sid"],
            organisation_path=claims["org"],
            grants=tuple(Grant(frozenset(g["p"]), Scope(bool(g["o"]), tuple(g["u"]))) for g in claims["grt"]),
        )


# Who asks where nobody is signed in: holds nothing.
NOBODY = Caller(person_id="")
