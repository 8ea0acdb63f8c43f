"""The organisation tree: which unit can stand under which, and the paths that scopes are prefixes of."""

from __future__ import annotations

from enum import IntEnum

from services.chassis.kernel.caller import PATH_SEPARATOR
from services.chassis.kernel.errors import RuleBroken

DEPTH_MAX = 12


class UnitKind(IntEnum):
    """What a unit is; the numbers are those of `workbench.identity.v1.OrganisationUnitKind`."""

    HEAD_OFFICE = 1
    BRANCH = 2
    SUB_BRANCH = 3
    OUTLET = 4
    DEPARTMENT = 5
    TEAM = 6


# Which kinds may stand directly above each kind; the head office stands alone at the root.
PARENTS: dict[UnitKind, frozenset[UnitKind]] = {
    UnitKind.HEAD_OFFICE: frozenset(),
    UnitKind.BRANCH: frozenset({UnitKind.HEAD_OFFICE, UnitKind.BRANCH}),
    UnitKind.SUB_BRANCH: frozenset({UnitKind.BRANCH, UnitKind.SUB_BRANCH}),
    UnitKind.OUTLET: frozenset({UnitKind.BRANCH, UnitKind.SUB_BRANCH}),
    UnitKind.DEPARTMENT: frozenset(set(UnitKind) - {UnitKind.TEAM}),
    UnitKind.TEAM: frozenset(set(UnitKind) - {UnitKind.HEAD_OFFICE, UnitKind.TEAM}),
}


def unit_path(parent_path: str, code: str) -> str:
    """The path of a unit below a parent; the head office has no parent and an empty `parent_path`."""
    return f"{parent_path or PATH_SEPARATOR}{code}{PATH_SEPARATOR}"


def depth(path: str) -> int:
    """How many units the path names."""
    return path.count(PATH_SEPARATOR) - 1


def moved_path(path: str, former_root: str, root: str) -> str:
    """The path of a unit, or of what belongs to one, after the subtree in which it is moved."""
    return root + path.removeprefix(former_root) if path.startswith(former_root) else path


def check_place(kind: UnitKind, parent_kind: UnitKind | None, path: str) -> None:
    """Raises RuleBroken where a unit of that kind cannot stand there."""
    fits = parent_kind in PARENTS[kind] if parent_kind else kind is UnitKind.HEAD_OFFICE
    if not fits:
        above = _name(parent_kind) if parent_kind else "nothing"
        raise RuleBroken("UNIT_PARENT_UNFIT", f"A unit of the kind {_name(kind)} cannot stand under {above}.")
    check_depth(path)


def check_depth(path: str) -> None:
    """Raises RuleBroken where the path is deeper than a tree may be."""
    if depth(path) > DEPTH_MAX:
        raise RuleBroken("UNIT_TOO_DEEP", f"The tree may be {DEPTH_MAX} units deep at most.")


def check_move(kind: UnitKind, path: str, parent_kind: UnitKind, parent_path: str, deepest_path: str) -> None:
    """Raises RuleBroken where a unit, with all below it, cannot move there; `deepest_path` is the deepest of its subtree."""
    if parent_path.startswith(path):
        raise RuleBroken("UNIT_PARENT_UNFIT", "A unit cannot move under itself.")
    root = unit_path(parent_path, path.rstrip(PATH_SEPARATOR).rpartition(PATH_SEPARATOR)[2])
    check_place(kind, parent_kind, root)
    check_depth(moved_path(deepest_path, path, root))


def _name(kind: UnitKind) -> str:
    return kind.name.lower().replace("_", " ")
