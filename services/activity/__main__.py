"""`python -m services.activity {serve,work,migrate}`."""

from __future__ import annotations

from services.activity.events import SUBSCRIPTIONS, TIMERS
from services.activity.rpc import (
    assignment_rule_service,
    contact_service,
    lead_service,
    opportunity_service,
    pipeline_service,
    approval_service,
    campaign_service,
    contact_service,
    notification_service,
    task_service,
)
from services.activity.usecases.campaigns import dispatching
from services.activity.usecases.notifications import mailing
from services.activity.rpc import feedback_service, survey_service
from services.activity.usecases.settings import ActivitySettings
from services.activity.usecases.surveys import sampling
from services.chassis import runtime
from services.chassis.service import Service

SERVICE = Service(
    name="activity",
    package="services.activity",
    rpcs={
        "workbench.activity.v1.AssignmentRuleService": assignment_rule_service,
        "workbench.activity.v1.ContactService": contact_service,
        "workbench.activity.v1.LeadService": lead_service,
        "workbench.activity.v1.OpportunityService": opportunity_service,
        "workbench.activity.v1.PipelineService": pipeline_service,
        "workbench.activity.v1.ApprovalService": approval_service,
        "workbench.activity.v1.CampaignService": campaign_service,
        "workbench.activity.v1.ContactService": contact_service,
        "workbench.activity.v1.NotificationService": notification_service,
        "workbench.activity.v1.TaskService": task_service,
        "workbench.activity.v1.FeedbackService": feedback_service,
        "workbench.activity.v1.SurveyService": survey_service,
    },
    subscriptions=SUBSCRIPTIONS,
    timers=TIMERS,
    works=(
        *dispatching.WORKS,
        mailing.SEND,
        sampling.SAMPLE,
        sampling.SAMPLE_PERIODICALLY,
    ),
    settings=ActivitySettings,
    asks=("customer", "identity"),
)

if __name__ == "__main__":
    runtime.main(SERVICE)
