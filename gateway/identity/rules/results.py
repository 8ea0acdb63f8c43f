"""Who may do what of results, their shares and what makes them, which the performance service keeps: by permission, the roles."""

from __future__ import annotations

from collections.abc import Mapping

_RM, _LEADER, _MANAGER = "relationship_manager", "team_leader", "branch_manager"
_PRODUCT, _ANALYST, _STEWARD, _AUDITOR = "product_manager", "performance_analyst", "data_steward", "auditor"
_LINE = (_RM, _LEADER, _MANAGER)
_LEAD = (_LEADER, _MANAGER)

HELD_BY: Mapping[str, tuple[str, ...]] = {
    "performance.claim.adjudicate": (_MANAGER, _ANALYST),
    "performance.claim.decide": _LEAD,
    "performance.claim.import": (_STEWARD,),
    "performance.claim.make": _LINE,
    "performance.claim.read": (*_LINE, _ANALYST, _AUDITOR),
    "performance.deal.decide": _LEAD,
    "performance.deal.propose": _LINE,
    "performance.deal.read": (*_LINE, _ANALYST, _AUDITOR),
    "performance.freshness.read": (*_LINE, _PRODUCT, _ANALYST, _STEWARD, _AUDITOR),
    "performance.month.close": (_ANALYST,),
    "performance.product.define": (_PRODUCT, _ANALYST),
    "performance.product.read": (*_LINE, _PRODUCT, _ANALYST, _AUDITOR),
    "performance.result.export": (*_LINE, _ANALYST),
    "performance.result.read": (*_LINE, _ANALYST, _AUDITOR),
    "performance.run.read": (_MANAGER, _ANALYST, _AUDITOR),
    "performance.run.start": (_ANALYST,),
    "performance.scheme.define": (_PRODUCT, _ANALYST),
    "performance.scheme.read": (*_LINE, _PRODUCT, _ANALYST, _AUDITOR),
}
