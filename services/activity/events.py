"""Which events of others the service follows, and what it does by itself.

Handlers are idempotent, because delivery is at least once.
"""

from __future__ import annotations

from workbench.customer.v1 import announcement_events_pb2, coverage_events_pb2, duplicate_events_pb2, exchange_events_pb2
from workbench.customer.v1 import events_pb2 as customer_events_pb2
from workbench.identity.v1 import announcement_events_pb2 as identity_announcement_events_pb2
from workbench.identity.v1 import events_pb2

from services.activity.usecases.contacts import attachments
from services.activity.usecases.following import coverages, customers, hand_overs, people
from services.activity.usecases.schedule import reminding
from services.chassis.service import Subscription, Timer

REPORT_EVERY_SECONDS = 5.0
REMIND_EVERY_SECONDS = 20.0
SWEEP_EVERY_SECONDS = 600.0

SUBSCRIPTIONS = (
    Subscription(announcement_events_pb2.AbsenceAnnounced, coverages.plan_absence),
    Subscription(announcement_events_pb2.CustomerAnnounced, customers.announce),
    Subscription(identity_announcement_events_pb2.OrganisationUnitAnnounced, people.announce_unit),
    Subscription(identity_announcement_events_pb2.PersonAnnounced, people.announce),
    Subscription(events_pb2.OrganisationUnitCreated, people.create_unit),
    Subscription(events_pb2.OrganisationUnitMoved, people.move_unit),
    Subscription(events_pb2.OrganisationUnitUpdated, people.rename_unit),
    Subscription(events_pb2.PersonCreated, people.create),
    Subscription(events_pb2.PersonDisabled, people.disable),
    Subscription(events_pb2.PersonEnabled, people.enable),
    Subscription(events_pb2.PersonUpdated, people.change),
    Subscription(events_pb2.PostGranted, people.take_post),
    Subscription(events_pb2.PostRevoked, people.leave_post),
    Subscription(customer_events_pb2.CustomerCreated, customers.create),
    Subscription(customer_events_pb2.CustomerReassigned, customers.reassign),
    Subscription(customer_events_pb2.CustomerUpdated, customers.change),
    Subscription(duplicate_events_pb2.CustomersMerged, customers.merge),
    Subscription(duplicate_events_pb2.CustomersUnmerged, customers.unmerge),
    Subscription(exchange_events_pb2.CustomerErased, customers.erase),
    Subscription(exchange_events_pb2.CustomerRemoved, customers.remove),
    Subscription(coverage_events_pb2.AbsenceCancelled, coverages.cancel_absence),
    Subscription(coverage_events_pb2.AbsenceCreated, coverages.plan_absence),
    Subscription(coverage_events_pb2.CoverageEnded, coverages.end),
    Subscription(coverage_events_pb2.CoverageHandedOver, hand_overs.expect),
    Subscription(coverage_events_pb2.CoverageStarted, coverages.start),
)

TIMERS = (
    Timer("contacts.sweep_attachments", SWEEP_EVERY_SECONDS, attachments.sweep),
    Timer("hand_overs.report", REPORT_EVERY_SECONDS, hand_overs.report),
    Timer("schedule.remind", REMIND_EVERY_SECONDS, reminding.remind),
)
