"""The service's tables, all of them: whoever asks for `Base` has its metadata complete."""

from services.activity.model.appointment import Appointment, AppointmentParticipant, CalendarFeed
from services.activity.model.approval import Approval
from services.activity.model.bank_day import BankDay
from services.activity.model.base import Base
from services.activity.model.campaign import Campaign, CampaignCustomer
from services.activity.model.comment import Comment
from services.activity.model.contact import AttachmentContent, Contact, ContactAttachment, ContactColleague, ContactVersion
from services.activity.model.customer import Absence, Customer, MergeMove, Reach
from services.activity.model.document import (
    Document,
    DocumentAudience,
    DocumentReceipt,
    DocumentTopic,
    DocumentVersion,
    DocumentWords,
    PolicyDataset,
    QuizAttempt,
)
from services.activity.model.feedback import Feedback, FeedbackCategory, FeedbackTopic
from services.activity.model.hand_over import HandOverReport
from services.activity.model.lead import AssignmentRule, AssignmentTurn, Lead, LeadAssignment
from services.activity.model.notification import Digest, Notification, NotificationPreferences
from services.activity.model.opportunity import Opportunity, OpportunityMember, OpportunityStep, StageOutcome
from services.activity.model.person import Person, Post, Unit
from services.activity.model.pipeline import PipelineVersion
from services.activity.model.survey import Survey, SurveyInvitation, SurveyScore, SurveyTemplate, SurveyTemplateVersion
from services.activity.model.task import Task, TaskPolicy, TaskStep
from services.activity.model.visit_cycle import DatasetPin, VisitCycle, VisitCycleRule, VisitProposal, VisitWeek
from services.activity.model.work_report import WorkPlan, WorkReport, WorkReportDrafting, WorkReportLine, WorkReportNote

__all__ = [
    "Absence",
    "Appointment",
    "AppointmentParticipant",
    "Approval",
    "AssignmentRule",
    "AssignmentTurn",
    "AttachmentContent",
    "BankDay",
    "Base",
    "CalendarFeed",
    "Campaign",
    "CampaignCustomer",
    "Comment",
    "Contact",
    "ContactAttachment",
    "ContactColleague",
    "ContactVersion",
    "Customer",
    "DatasetPin",
    "Digest",
    "Document",
    "DocumentAudience",
    "DocumentReceipt",
    "DocumentTopic",
    "DocumentVersion",
    "DocumentWords",
    "Feedback",
    "FeedbackCategory",
    "FeedbackTopic",
    "HandOverReport",
    "Lead",
    "LeadAssignment",
    "MergeMove",
    "Notification",
    "NotificationPreferences",
    "Opportunity",
    "OpportunityMember",
    "OpportunityStep",
    "Person",
    "PipelineVersion",
    "PolicyDataset",
    "Post",
    "QuizAttempt",
    "Reach",
    "StageOutcome",
    "Survey",
    "SurveyInvitation",
    "SurveyScore",
    "SurveyTemplate",
    "SurveyTemplateVersion",
    "Task",
    "TaskPolicy",
    "TaskStep",
    "Unit",
    "VisitCycle",
    "VisitCycleRule",
    "VisitProposal",
    "VisitWeek",
    "WorkPlan",
    "WorkReport",
    "WorkReportDrafting",
    "WorkReportLine",
    "WorkReportNote",
]
