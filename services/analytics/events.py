"""Which events of others the service follows, and what it does by itself.

Handlers are idempotent, because delivery is at least once.
"""

from __future__ import annotations

from workbench.customer.v1 import coverage_events_pb2, duplicate_events_pb2, exchange_events_pb2
from workbench.customer.v1 import events_pb2 as customer_events_pb2
from workbench.integration.v1 import events_pb2 as integration_events_pb2

from services.analytics.usecases import pinning
from services.analytics.usecases.analyses import looking, marking, upkeep
from services.analytics.usecases.departures import following as departures
from services.analytics.usecases.departures import upkeep as departures_upkeep
from services.analytics.usecases.following import REPLICAS
from services.analytics.usecases.happenings import customers as happenings_of_customers
from services.analytics.usecases.happenings import following as happenings
from services.analytics.usecases.models import looking as models_looking
from services.analytics.usecases.signals import erasing as signal_erasing
from services.analytics.usecases.signals import measuring as signal_measuring
from services.analytics.usecases.warnings import following as warnings
from services.analytics.usecases.warnings import measuring as warnings_measuring
from services.analytics.usecases.warnings import upkeep as warnings_upkeep
from services.chassis.service import Subscription, Timer

SUBSCRIPTIONS = (
    *REPLICAS,
    *happenings.SUBSCRIPTIONS,
    *happenings_of_customers.SUBSCRIPTIONS,
    Subscription(exchange_events_pb2.CustomerErased, signal_erasing.erase),
    Subscription(exchange_events_pb2.CustomerRemoved, signal_erasing.remove),
    Subscription(customer_events_pb2.CustomerReassigned, warnings.reassign),
    Subscription(duplicate_events_pb2.CustomersMerged, warnings.merge),
    Subscription(duplicate_events_pb2.CustomersUnmerged, warnings.unmerge),
    Subscription(exchange_events_pb2.CustomerErased, warnings.erase),
    Subscription(exchange_events_pb2.CustomerRemoved, warnings.remove),
    Subscription(coverage_events_pb2.RelationshipManagerLeft, departures.leave),
    Subscription(duplicate_events_pb2.CustomersMerged, departures.merge),
    Subscription(duplicate_events_pb2.CustomersUnmerged, departures.unmerge),
    Subscription(exchange_events_pb2.CustomerErased, departures.erase),
    Subscription(integration_events_pb2.DatasetPublished, pinning.take_dataset),
)

TIMERS: tuple[Timer, ...] = (
    Timer("analyses.look", looking.EVERY_SECONDS, looking.look),
    Timer("analyses.notice_customers", marking.EVERY_SECONDS, marking.notice_customers),
    Timer("analyses.remove_superseded", upkeep.EVERY_SECONDS, upkeep.remove_superseded),
    Timer("models.look", models_looking.EVERY_SECONDS, models_looking.look),
    Timer("signals.measure", signal_measuring.LOOK_EVERY_SECONDS, signal_measuring.look),
    Timer("warnings.keep_up", warnings_upkeep.EVERY_SECONDS, warnings_upkeep.keep_up),
    Timer("warnings.measure", warnings_measuring.EVERY_SECONDS, warnings_measuring.look),
    Timer("departures.follow", departures_upkeep.EVERY_SECONDS, departures_upkeep.follow),
    Timer("departures.look", departures_upkeep.EVERY_SECONDS, departures_upkeep.look),
)
