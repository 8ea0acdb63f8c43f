"""Which events of others the service follows, and what it does by itself.

Handlers are idempotent, because delivery is at least once.
"""

from __future__ import annotations

from workbench.integration.v1 import events_pb2 as integration_events_pb2

from services.chassis.service import Subscription, Timer
from services.performance.usecases import pinning
from services.performance.usecases.following import REPLICAS
from services.performance.usecases.following.affiliations import AFFILIATIONS

SUBSCRIPTIONS = (
    *REPLICAS,
    *AFFILIATIONS,
    Subscription(integration_events_pb2.DatasetPublished, pinning.take_dataset),
)

TIMERS: tuple[Timer, ...] = ()
