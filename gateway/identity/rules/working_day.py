"""Who may do what of relationship managers' working day, which the activity service keeps: by permission, the roles."""

from __future__ import annotations

from collections.abc import Mapping

_RM, _LEADER, _MANAGER = "relationship_manager", "team_leader", "branch_manager"
_PRODUCT, _ANALYST, _STEWARD, _AUDITOR = "product_manager", "performance_analyst", "data_steward", "auditor"
_LINE = (_RM, _LEADER, _MANAGER)
_LEAD = (_LEADER, _MANAGER)
_EVERYBODY = (*_LINE, _PRODUCT, _ANALYST, _STEWARD, _AUDITOR)

HELD_BY: Mapping[str, tuple[str, ...]] = {
    "activity.contact.read": (*_LINE, _ANALYST, _AUDITOR),
    "activity.contact.record": _LINE,
    "activity.history.import": (_STEWARD,),
    "activity.schedule.read": (*_LINE, _AUDITOR),
    "activity.schedule.update": _LINE,
    "activity.workday.define": (_MANAGER, _ANALYST, _STEWARD),
}


def permissions_of(role: str) -> frozenset[str]:
    """What a role may do of the working day."""
    return frozenset(permission for permission, roles in HELD_BY.items() if role in roles)
