"""Who may do what of warnings, the signs and models behind them, and departures, which the analytics service keeps."""

from __future__ import annotations

from collections.abc import Mapping

_RM, _LEADER, _MANAGER = "relationship_manager", "team_leader", "branch_manager"
_ANALYST, _AUDITOR = "performance_analyst", "auditor"
_LINE = (_RM, _LEADER, _MANAGER)
_LEAD = (_LEADER, _MANAGER)

HELD_BY: Mapping[str, tuple[str, ...]] = {
    "analytics.analysis.read": (*_LINE, _ANALYST, _AUDITOR),
    "analytics.analysis.start": (_ANALYST,),
    "analytics.timeline.read": (*_LINE, _AUDITOR),
}
