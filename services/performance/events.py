"""Which events of others the service follows, and what it does by itself.

Handlers are idempotent, because delivery is at least once.
"""

from __future__ import annotations

from workbench.activity.v1 import contact_events_pb2, lead_events_pb2
from workbench.customer.v1 import coverage_events_pb2, duplicate_events_pb2, exchange_events_pb2
from workbench.customer.v1 import events_pb2 as customer_events_pb2
from workbench.identity.v1 import announcement_events_pb2 as identity_announcement_events_pb2
from workbench.identity.v1 import events_pb2 as identity_events_pb2
from workbench.integration.v1 import events_pb2 as integration_events_pb2
from workbench.operations.v1 import announcement_events_pb2

from services.chassis.service import Subscription, Timer
from services.performance.usecases import pinning
from services.performance.usecases.claims import erasing
from services.performance.usecases.deals import following as deals
from services.performance.usecases.following import REPLICAS
from services.performance.usecases.following.affiliations import AFFILIATIONS
from services.performance.usecases.objections import escalating
from services.performance.usecases.runs import following, looking, upkeep
from services.performance.usecases.shares import handing_over

SUBSCRIPTIONS = (
    *REPLICAS,
    *AFFILIATIONS,
    Subscription(announcement_events_pb2.AnnouncementCompleted, following.take_announced),
    Subscription(coverage_events_pb2.CoverageHandedOver, handing_over.expect),
    Subscription(customer_events_pb2.CustomerReassigned, handing_over.reassign),
    Subscription(duplicate_events_pb2.CustomersMerged, handing_over.merge),
    Subscription(duplicate_events_pb2.CustomersUnmerged, handing_over.unmerge),
    Subscription(exchange_events_pb2.CustomerErased, erasing.erase),
    Subscription(identity_events_pb2.PersonDisabled, handing_over.leave),
    Subscription(identity_events_pb2.PersonEnabled, handing_over.come_back),
    Subscription(identity_events_pb2.PostGranted, handing_over.come_back),
    Subscription(identity_events_pb2.PostRevoked, handing_over.leave),
    Subscription(contact_events_pb2.ContactRecorded, deals.take_contact),
    Subscription(contact_events_pb2.ContactsTakenOver, deals.take_history),
    Subscription(duplicate_events_pb2.CustomersMerged, deals.take_merge),
    Subscription(exchange_events_pb2.CustomerErased, deals.take_erasure),
    Subscription(identity_announcement_events_pb2.OrganisationUnitAnnounced, following.take_unit),
    Subscription(identity_events_pb2.OrganisationUnitCreated, following.take_unit),
    Subscription(integration_events_pb2.DatasetPublished, pinning.take_dataset),
    Subscription(lead_events_pb2.OpportunityCustomerLinked, deals.take_customer),
    Subscription(lead_events_pb2.OpportunityLost, deals.take_lost),
    Subscription(lead_events_pb2.OpportunityReopened, deals.take_reopened),
    Subscription(lead_events_pb2.OpportunityWon, deals.take_won),
)

TIMERS = (
    Timer("objections.escalate", escalating.LOOK_EVERY_SECONDS, escalating.escalate),
    Timer("runs.look", looking.EVERY_SECONDS, looking.look),
    Timer("runs.remove_superseded", upkeep.EVERY_SECONDS, upkeep.remove_superseded),
    Timer("shares.hand_over", handing_over.CARRY_OUT_EVERY_SECONDS, handing_over.carry_out),
)
