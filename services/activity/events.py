"""Which events of others the service follows, and what it does by itself.

Handlers are idempotent, because delivery is at least once.
"""

from __future__ import annotations

from workbench.activity.v1 import contact_events_pb2, lead_events_pb2
from workbench.analytics.v1 import departure_events_pb2, signal_events_pb2, warning_events_pb2
from workbench.customer.v1 import coverage_events_pb2, duplicate_events_pb2, exchange_events_pb2
from workbench.customer.v1 import events_pb2 as customer_events_pb2
from workbench.integration.v1 import events_pb2 as integration_events_pb2
from workbench.performance.v1 import claim_events_pb2, deal_events_pb2, product_events_pb2

from services.activity.usecases import approvals
from services.activity.usecases.contacts import attachments
from services.activity.usecases.feedback import overdue
from services.activity.usecases.following import REPLICAS, customers, departure_plans, hand_overs, results, warnings
from services.activity.usecases.knowledge import announcing, policies
from services.activity.usecases.leads import following as lead_following
from services.activity.usecases.notifications import digests
from services.activity.usecases.schedule import reminding
from services.activity.usecases.surveys import sampling
from services.activity.usecases.tasks import escalating
from services.activity.usecases.visit_cycles import adapting, assessing, pinning
from services.activity.usecases.work_reports import drafting
from services.chassis.service import Subscription, Timer

ESCALATE_EVERY_SECONDS = 60.0
FORGET_APPROVALS_EVERY_SECONDS = 3_600.0
FORGET_PROSPECTS_EVERY_SECONDS = 3_600.0
KNOWLEDGE_EVERY_SECONDS = 30.0
LATE_EVERY_SECONDS = 60.0
OVERDUE_EVERY_SECONDS = 60.0
REMIND_EVERY_SECONDS = 20.0
REPORT_EVERY_SECONDS = 5.0
SURVEYS_EVERY_SECONDS = 60.0
SWEEP_EVERY_SECONDS = 600.0
WEEK_EVERY_SECONDS = 300.0

SUBSCRIPTIONS = (
    *REPLICAS,
    Subscription(customer_events_pb2.CustomerReassigned, customers.reassign),
    Subscription(duplicate_events_pb2.CustomersMerged, customers.merge),
    Subscription(duplicate_events_pb2.CustomersUnmerged, customers.unmerge),
    Subscription(exchange_events_pb2.CustomerErased, customers.erase),
    Subscription(coverage_events_pb2.CoverageHandedOver, hand_overs.expect),
    Subscription(coverage_events_pb2.HandOverProposed, approvals.propose_hand_over),
    Subscription(coverage_events_pb2.HandOverRejected, approvals.end_hand_over),
    Subscription(coverage_events_pb2.HandOverWithdrawn, approvals.end_hand_over),
    Subscription(exchange_events_pb2.CustomerErased, approvals.end_erasure),
    Subscription(exchange_events_pb2.ErasureRejected, approvals.end_erasure),
    Subscription(exchange_events_pb2.ErasureRequested, approvals.request_erasure),
    Subscription(claim_events_pb2.ClaimDecided, approvals.end_claim),
    Subscription(claim_events_pb2.ClaimDecided, results.claim_decided),
    Subscription(claim_events_pb2.ClaimMade, approvals.make_claim),
    Subscription(claim_events_pb2.ClaimMade, results.claim_made),
    Subscription(claim_events_pb2.ObjectionDecided, approvals.end_objection),
    Subscription(claim_events_pb2.ObjectionDecided, results.objection_decided),
    Subscription(claim_events_pb2.ObjectionEscalated, approvals.raise_objection),
    Subscription(claim_events_pb2.ObjectionRaised, approvals.raise_objection),
    Subscription(claim_events_pb2.ObjectionRaised, results.objection_raised),
    Subscription(deal_events_pb2.DealDecided, approvals.end_deal_split),
    Subscription(deal_events_pb2.DealDecided, results.deal_decided),
    Subscription(deal_events_pb2.DealProposalAnswered, results.proposal_answered),
    Subscription(deal_events_pb2.DealReopened, results.deal_reopened),
    Subscription(deal_events_pb2.DealReversed, results.deal_reversed),
    Subscription(deal_events_pb2.DealSplitProposed, approvals.propose_deal_split),
    Subscription(deal_events_pb2.DealSplitProposed, results.split_proposed),
    Subscription(deal_events_pb2.DealSplitWithdrawn, approvals.end_deal_split),
    Subscription(product_events_pb2.ProductVersionPublished, approvals.end_product_version),
    Subscription(product_events_pb2.ProductVersionPublished, results.product_version_published),
    Subscription(product_events_pb2.ProductVersionRejected, approvals.end_product_version),
    Subscription(product_events_pb2.ProductVersionRejected, results.product_version_rejected),
    Subscription(product_events_pb2.ProductVersionSubmitted, approvals.submit_product_version),
    Subscription(signal_events_pb2.SignalRuleApproved, approvals.end_signal_rule),
    Subscription(signal_events_pb2.SignalRuleProposed, approvals.propose_signal_rule),
    Subscription(signal_events_pb2.SignalRuleRejected, approvals.end_signal_rule),
    Subscription(signal_events_pb2.SignalRuleWithdrawn, approvals.end_signal_rule),
    Subscription(product_events_pb2.ProductVersionWithdrawn, approvals.end_product_version),
    Subscription(contact_events_pb2.ContactRecorded, adapting.take_contact),
    Subscription(contact_events_pb2.ContactsTakenOver, adapting.take_history),
    Subscription(integration_events_pb2.DatasetPublished, policies.take_dataset),
    Subscription(contact_events_pb2.ContactRecorded, sampling.after_contact),
    Subscription(lead_events_pb2.OpportunityWon, sampling.after_opportunity),
    Subscription(integration_events_pb2.DatasetPublished, pinning.take_dataset),
    Subscription(departure_events_pb2.DeparturePlanEnded, departure_plans.take_ended),
    Subscription(departure_events_pb2.DeparturePlanItemAssigned, departure_plans.take_assigned),
    Subscription(departure_events_pb2.DeparturePlanItemDone, departure_plans.take_done),
    Subscription(departure_events_pb2.DeparturePlanItemWithdrawn, departure_plans.take_withdrawn),
    Subscription(warning_events_pb2.WarningAssigned, warnings.take_assigned),
    Subscription(warning_events_pb2.WarningClosed, warnings.take_closed),
    Subscription(warning_events_pb2.WarningRaised, warnings.take_raised),
)

TIMERS = (
    Timer("approvals.forget", FORGET_APPROVALS_EVERY_SECONDS, approvals.forget_expired),
    Timer("contacts.sweep_attachments", SWEEP_EVERY_SECONDS, attachments.sweep),
    Timer("feedback.take_up_late", LATE_EVERY_SECONDS, overdue.take_up_late),
    Timer("hand_overs.report", REPORT_EVERY_SECONDS, hand_overs.report),
    Timer("knowledge.announce", KNOWLEDGE_EVERY_SECONDS, announcing.announce),
    Timer("knowledge.remind", KNOWLEDGE_EVERY_SECONDS, announcing.remind),
    Timer("leads.forget_prospects", FORGET_PROSPECTS_EVERY_SECONDS, lead_following.forget_prospects),
    Timer("leads.tell_overdue", OVERDUE_EVERY_SECONDS, lead_following.tell_overdue),
    Timer("notifications.forget", digests.FORGET_EVERY_SECONDS, digests.forget),
    Timer("notifications.make_digests", digests.MAKE_EVERY_SECONDS, digests.make),
    Timer("schedule.remind", REMIND_EVERY_SECONDS, reminding.remind),
    Timer("surveys.draw", SURVEYS_EVERY_SECONDS, sampling.draw_due),
    Timer("surveys.expire", SURVEYS_EVERY_SECONDS, sampling.expire),
    Timer("tasks.escalate", ESCALATE_EVERY_SECONDS, escalating.escalate),
    Timer("visit_cycles.week", WEEK_EVERY_SECONDS, assessing.begin_week),
    Timer("work_reports.draft", drafting.LOOK_EVERY_SECONDS, drafting.look),
)
