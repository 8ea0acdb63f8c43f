"""`python -m services.activity {serve,work,migrate}`."""

from __future__ import annotations

from services.activity.events import SUBSCRIPTIONS, TIMERS
from services.activity.rpc import (
    approval_service,
    assignment_rule_service,
    campaign_service,
    comment_service,
    contact_service,
    feedback_service,
    knowledge_service,
    lead_service,
    notification_service,
    opportunity_service,
    pipeline_service,
    schedule_service,
    survey_service,
    task_service,
    visit_cycle_service,
    work_report_service,
)
from services.activity.usecases import restating
from services.activity.usecases.campaigns import dispatching
from services.activity.usecases.knowledge import policies
from services.activity.usecases.notifications import mailing, measuring
from services.activity.usecases.settings import ActivitySettings
from services.activity.usecases.surveys import sampling
from services.activity.usecases.visit_cycles import assessing
from services.activity.usecases.work_reports import drafting
from services.chassis import runtime
from services.chassis.service import Service

SERVICE = Service(
    name="activity",
    package="services.activity",
    rpcs={
        "workbench.activity.v1.ApprovalService": approval_service,
        "workbench.activity.v1.AssignmentRuleService": assignment_rule_service,
        "workbench.activity.v1.CampaignService": campaign_service,
        "workbench.activity.v1.CommentService": comment_service,
        "workbench.activity.v1.ContactService": contact_service,
        "workbench.activity.v1.FeedbackService": feedback_service,
        "workbench.activity.v1.KnowledgeService": knowledge_service,
        "workbench.activity.v1.LeadService": lead_service,
        "workbench.activity.v1.NotificationService": notification_service,
        "workbench.activity.v1.OpportunityService": opportunity_service,
        "workbench.activity.v1.PipelineService": pipeline_service,
        "workbench.activity.v1.ScheduleService": schedule_service,
        "workbench.activity.v1.SurveyService": survey_service,
        "workbench.activity.v1.TaskService": task_service,
        "workbench.activity.v1.VisitCycleService": visit_cycle_service,
        "workbench.activity.v1.WorkReportService": work_report_service,
    },
    subscriptions=SUBSCRIPTIONS,
    timers=TIMERS,
    works=(
        *assessing.WORKS,
        *dispatching.WORKS,
        drafting.WORK,
        mailing.SEND,
        *policies.WORKS,
        sampling.SAMPLE,
        sampling.SAMPLE_PERIODICALLY,
    ),
    settings=ActivitySettings,
    measure=measuring.measure,
    announcements=restating.ANNOUNCEMENTS,
    asks=("customer", "identity"),
)

if __name__ == "__main__":
    runtime.main(SERVICE)
