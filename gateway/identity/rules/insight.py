"""Who may do what of warnings, the signs and models behind them, and departures, which the analytics service keeps."""

from __future__ import annotations

from collections.abc import Mapping

_RM, _LEADER, _MANAGER = "relationship_manager", "team_leader", "branch_manager"
_ANALYST, _AUDITOR = "performance_analyst", "auditor"
_LINE = (_RM, _LEADER, _MANAGER)
_LEAD = (_LEADER, _MANAGER)

HELD_BY: Mapping[str, tuple[str, ...]] = {
    "analytics.signal.define": (_ANALYST,),
    "analytics.signal.read": (*_LINE, _ANALYST, _AUDITOR),
    "analytics.warning.assign": _LEAD,
    "analytics.warning.read": (*_LINE, _ANALYST, _AUDITOR),
    "analytics.warning.work": _LINE,
    "analytics.analysis.read": (*_LINE, _ANALYST, _AUDITOR),
    "analytics.analysis.start": (_ANALYST,),
    "analytics.timeline.read": (*_LINE, _AUDITOR),
    "analytics.departure.plan": _LEAD,
    "analytics.model.promote": (_ANALYST,),
    "analytics.model.read": (_MANAGER, _ANALYST, _AUDITOR),
    "analytics.model.train": (_ANALYST,),
    "analytics.departure.read": (*_LEAD, _ANALYST, _AUDITOR),
}
