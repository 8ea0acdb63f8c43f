"""Which events of others the service follows, and what it does by itself.

Handlers are idempotent, because delivery is at least once.
"""

from __future__ import annotations

from workbench.identity.v1 import events_pb2
from workbench.integration.v1 import events_pb2 as integration_events_pb2
from workbench.operations.v1 import hand_over_events_pb2
from workbench.timeline.v1 import events_pb2 as timeline_events_pb2

from services.chassis.service import Subscription, Timer
from services.customer.usecases import hand_over_reading, hand_overs, relationship_managers, timeline
from services.customer.usecases.datasets import following
from services.customer.usecases.subjects import forgetting

# A day begins for hand-overs at most so long after it begins in the bank.
DAYS_EVERY_SECONDS = 60.0
FORGET_EVERY_SECONDS = 3_600.0
RESUME_EVERY_SECONDS = 600.0
RETRY_EVERY_SECONDS = 15.0

SUBSCRIPTIONS = (
    Subscription(events_pb2.PostGranted, relationship_managers.take_post),
    Subscription(events_pb2.PostRevoked, relationship_managers.leave_post),
    Subscription(events_pb2.PersonUpdated, relationship_managers.rename),
    Subscription(events_pb2.PersonDisabled, relationship_managers.disable),
    Subscription(events_pb2.PersonEnabled, relationship_managers.enable),
    Subscription(events_pb2.OrganisationUnitMoved, relationship_managers.move_unit),
    Subscription(timeline_events_pb2.CustomerTimelineEntryRecorded, timeline.take_entry),
    Subscription(hand_over_events_pb2.HandOverFollowed, hand_over_reading.follow),
    Subscription(integration_events_pb2.DatasetPublished, following.take_dataset),
)

TIMERS = (
    Timer("hand_overs.days", DAYS_EVERY_SECONDS, hand_overs.keep_days),
    Timer("datasets.resume", RESUME_EVERY_SECONDS, following.resume),
    Timer("datasets.retry", RETRY_EVERY_SECONDS, following.retry),
    Timer("exchange.forget", FORGET_EVERY_SECONDS, forgetting.forget),
)
