"""What identity follows of others, the datasets of the bank's personnel system alone, and what it does by the clock."""

from __future__ import annotations

from workbench.integration.v1 import events_pb2

from gateway.identity.usecases import sessions
from gateway.identity.usecases.personnel import following
from services.chassis.service import Subscription, Timer

SUBSCRIPTIONS = (Subscription(events_pb2.DatasetPublished, following.take_note),)

TIMERS = (
    Timer("identity.forget_ended_sessions", 3_600.0, sessions.forget_ended),
    Timer("identity.follow_personnel", following.EVERY_SECONDS, following.ask_due),
)
