"""Comments: who may be mentioned, as far as posts decide it."""

from __future__ import annotations

from collections.abc import Iterable

from services.chassis.kernel.caller import Scope

TEXT_LENGTH_MAX = 4_000
# Posts that see customers and what is done for them: their own, or those of their unit and below it. Others are not mentioned.
_OWN = ("relationship_manager",)
_OF_UNIT = ("team_leader", "branch_manager", "product_manager")


def scope_of_posts(posts: Iterable[tuple[str, str]]) -> Scope | None:
    """The scope in which the holder of posts, each a role and a unit's path, comments; None where none of them does."""
    held = list(posts)
    own = any(role in _OWN for role, _ in held)
    paths = tuple(sorted({path for role, path in held if role in _OF_UNIT}))
    return Scope(own, paths) if own or paths else None
