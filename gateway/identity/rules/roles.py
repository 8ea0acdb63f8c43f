"""Roles as data: what each permits, the scopes that fit it, and which no one person holds together.

A permission that the contract gains takes effect when a role here names it; a test holds the table against the contract.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

from gateway.identity.rules import insight, results, working_day


class Duty(IntEnum):
    """Business or system; the numbers are those of `workbench.identity.v1.RoleDuty`."""

    BUSINESS = 1
    SYSTEM = 2


class ScopeKind(IntEnum):
    """Over whose data; the numbers are those of `workbench.identity.v1.ScopeKind`."""

    OWN = 1
    TEAM = 2
    SUBTREE = 3


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of permissions."""

    name: str
    display_name: str
    duty: Duty
    scopes: tuple[ScopeKind, ...]
    permissions: frozenset[str]
    # Roles that no holder of this one may hold beside it; symmetric by construction.
    conflicts: frozenset[str] = frozenset()


_EVERYBODY = frozenset({"identity.organisation.read", "identity.roles.read"})
# Whoever reads figures knows as of when they are, and which day it is at the bank.
_BUSINESS = _EVERYBODY | {"integration.calendar.read"}
_SERVES_CUSTOMERS = frozenset(
    {
        "customer.record.create",
        "customer.record.read",
        "customer.record.update",
        "customer.pii.read",
        "customer.coverage.assign",
        "customer.holding.read",
        "customer.relation.update",
    }
)

_ROLES = (
    Role("relationship_manager", "Relationship manager 客户经理", Duty.BUSINESS, (ScopeKind.OWN,), _BUSINESS | _SERVES_CUSTOMERS),
    Role(
        "team_leader",
        "Team leader 团队负责人",
        Duty.BUSINESS,
        (ScopeKind.TEAM,),
        _BUSINESS
        | _SERVES_CUSTOMERS
        | {"customer.coverage.transfer", "customer.group.manage", "customer.segment.share", "identity.people.read"},
    ),
    Role(
        "branch_manager",
        "Branch manager 机构负责人",
        Duty.BUSINESS,
        (ScopeKind.TEAM, ScopeKind.SUBTREE),
        _BUSINESS
        | _SERVES_CUSTOMERS
        | {
            "customer.record.import",
            "customer.record.export",
            "customer.coverage.transfer",
            "customer.coverage.approve",
            "customer.group.manage",
            "customer.duplicate.review",
            "customer.record.merge",
            "customer.segment.share",
            "identity.people.read",
            "identity.grants.read",
        },
    ),
    Role(
        "performance_analyst",
        "Performance analyst 业绩分析岗",
        Duty.BUSINESS,
        (ScopeKind.TEAM, ScopeKind.SUBTREE),
        # The second person of a mass hand-over: whose customer it is decides whose result it is, and he has neither.
        _BUSINESS | {"customer.record.read", "customer.holding.read", "customer.coverage.approve", "identity.people.read"},
    ),
    Role(
        "product_manager",
        "Product manager 产品经理",
        Duty.BUSINESS,
        (ScopeKind.TEAM, ScopeKind.SUBTREE),
        _BUSINESS | {"customer.record.read", "identity.people.read"},
    ),
    Role(
        "data_steward",
        "Data steward 客户数据管理岗",
        Duty.BUSINESS,
        (ScopeKind.SUBTREE,),
        _BUSINESS
        | {
            "customer.record.read",
            "customer.record.import",
            "customer.record.export",
            "customer.record.update",
            "customer.pii.read",
            "customer.holding.read",
            "customer.field.define",
            "customer.subject.export",
            "customer.subject.erase",
            "customer.subject.approve",
            "customer.relation.update",
            "customer.group.manage",
            "customer.duplicate.review",
            "customer.duplicate.scan",
            "customer.record.merge",
            "customer.segment.share",
            "integration.dataset.read",
            "integration.quarantine.correct",
            "integration.quarantine.read",
            "integration.totals.read",
        },
    ),
    Role(
        "auditor",
        "Auditor 审计岗",
        Duty.BUSINESS,
        (ScopeKind.SUBTREE,),
        _BUSINESS
        | {
            "customer.holding.read",
            "customer.record.read",
            "identity.grants.read",
            "identity.people.read",
            "integration.dataset.read",
            "integration.totals.read",
            "operations.audit.read",
        },
    ),
    Role(
        "operator",
        "Operator 运维岗",
        Duty.SYSTEM,
        (ScopeKind.SUBTREE,),
        _EVERYBODY
        | {
            "integration.calendar.read",
            "integration.dataset.read",
            "integration.feed.read",
            "operations.events.read",
            "operations.events.redrive",
            "operations.metrics.read",
        },
    ),
    Role(
        "feed_operator",
        "Feed operator 数据岗",
        Duty.SYSTEM,
        (ScopeKind.SUBTREE,),
        _EVERYBODY
        | {
            "integration.calendar.manage",
            "integration.calendar.read",
            "integration.dataset.manage",
            "integration.dataset.read",
            "integration.feed.push",
            "integration.feed.read",
            "integration.feed.run",
            "operations.events.read",
        },
    ),
    Role(
        "user_administrator",
        "User administrator 用户管理岗",
        Duty.SYSTEM,
        (ScopeKind.TEAM, ScopeKind.SUBTREE),
        _EVERYBODY
        | {
            "identity.organisation.manage",
            "identity.people.read",
            "identity.people.manage",
            "identity.grants.read",
            "identity.grants.propose",
            "identity.grants.approve",
            "identity.grants.revoke",
            "identity.sessions.read",
            "identity.sessions.revoke",
        },
    ),
)

# Pairs that no one person holds: who is measured does not measure, who acts does not audit, who operates lets nobody in.
_CONFLICTS = (
    ("relationship_manager", "performance_analyst"),
    ("team_leader", "performance_analyst"),
    ("relationship_manager", "auditor"),
    ("team_leader", "auditor"),
    ("branch_manager", "auditor"),
    ("performance_analyst", "auditor"),
    ("product_manager", "auditor"),
    ("data_steward", "auditor"),
    ("operator", "user_administrator"),
    ("feed_operator", "user_administrator"),
)


def build_roles(roles: Iterable[Role], conflicts: Iterable[tuple[str, str]]) -> dict[str, Role]:
    """The roles by name, each with the roles that conflict with it; KeyError where a pair names a role that there is not."""
    book = {role.name: role for role in roles}
    for pair in conflicts:
        for name, other in (pair, pair[::-1]):
            role = book[name]
            book[name] = replace(role, conflicts=role.conflicts | {book[other].name})
    return book


def _with_services(role: Role) -> Role:
    """The role with what it may do in services that list their permissions by holders."""
    held = {
        name
        for book in (insight.HELD_BY, results.HELD_BY, working_day.HELD_BY)
        for name, roles in book.items()
        if role.name in roles
    }
    return replace(role, permissions=role.permissions | held)


ROLES: Mapping[str, Role] = build_roles(map(_with_services, _ROLES), _CONFLICTS)


def role_faults(roles: Iterable[Role], catalogue: Mapping[str, frozenset[Duty]]) -> list[str]:
    """What of the roles the contract does not bear out; `catalogue` has for each permission the duties that may hold it."""
    return [
        f"{role.name}: {permission} " + ("is for the other duty" if permission in catalogue else "is not in the contract")
        for role in roles
        for permission in sorted(role.permissions)
        if role.duty not in catalogue.get(permission, frozenset())
    ]
