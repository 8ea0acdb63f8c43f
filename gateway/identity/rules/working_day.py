"""Who may do what of relationship managers' working day, which the activity service keeps: by permission, the roles."""

from __future__ import annotations

from collections.abc import Mapping

_RM, _LEADER, _MANAGER = "relationship_manager", "team_leader", "branch_manager"
_PRODUCT, _ANALYST, _STEWARD, _AUDITOR = "product_manager", "performance_analyst", "data_steward", "auditor"
_LINE = (_RM, _LEADER, _MANAGER)
_LEAD = (_LEADER, _MANAGER)
_EVERYBODY = (*_LINE, _PRODUCT, _ANALYST, _STEWARD, _AUDITOR)

HELD_BY: Mapping[str, tuple[str, ...]] = {
    "activity.approval.read": _EVERYBODY,
    "activity.comment.write": (*_LINE, _PRODUCT),
    "activity.contact.read": (*_LINE, _ANALYST, _AUDITOR),
    "activity.contact.record": _LINE,
    "activity.cycle.define": (_MANAGER, _ANALYST),
    "activity.cycle.read": (*_LINE, _ANALYST, _AUDITOR),
    "activity.feedback.answer": (_MANAGER, _PRODUCT),
    "activity.feedback.define": (_PRODUCT,),
    "activity.feedback.read": (*_LINE, _PRODUCT, _ANALYST, _AUDITOR),
    "activity.feedback.record": _LINE,
    "activity.history.import": (_STEWARD,),
    "activity.knowledge.publish": (_PRODUCT,),
    "activity.knowledge.read": _EVERYBODY,
    "activity.lead.assign": _LEAD,
    "activity.lead.read": (*_LINE, _PRODUCT, _ANALYST, _AUDITOR),
    "activity.lead.update": _LINE,
    "activity.notification.receive": _EVERYBODY,
    "activity.pipeline.define": (_PRODUCT, _ANALYST),
    "activity.report.confirm": _LEAD,
    "activity.report.read": (*_LINE, _ANALYST, _AUDITOR),
    "activity.report.write": _LINE,
    "activity.schedule.read": (*_LINE, _AUDITOR),
    "activity.schedule.update": _LINE,
    "activity.survey.collect": _LINE,
    "activity.survey.define": (_PRODUCT,),
    "activity.survey.import": (_PRODUCT, _STEWARD),
    "activity.survey.read": (*_LINE, _PRODUCT, _ANALYST, _AUDITOR),
    "activity.task.dispatch": _LEAD,
    "activity.task.read": (*_LINE, _PRODUCT, _AUDITOR),
    "activity.task.update": (*_LINE, _PRODUCT),
    "activity.workday.define": (_MANAGER, _ANALYST, _STEWARD),
}
