"""Which events of others the service follows. Handlers are idempotent, because delivery is at least once."""

from __future__ import annotations

from workbench.identity.v1 import events_pb2
from workbench.timeline.v1 import events_pb2 as timeline_events_pb2

from services.chassis.service import Subscription
from services.customer.usecases import relationship_managers, timeline

SUBSCRIPTIONS = (
    Subscription(events_pb2.PostGranted, relationship_managers.take_post),
    Subscription(events_pb2.PostRevoked, relationship_managers.leave_post),
    Subscription(events_pb2.PersonUpdated, relationship_managers.rename),
    Subscription(events_pb2.PersonDisabled, relationship_managers.disable),
    Subscription(events_pb2.PersonEnabled, relationship_managers.enable),
    Subscription(events_pb2.OrganisationUnitMoved, relationship_managers.move_unit),
    Subscription(timeline_events_pb2.CustomerTimelineEntryRecorded, timeline.take_entry),
)
