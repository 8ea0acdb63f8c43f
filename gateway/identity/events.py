"""What identity follows of others, and what it does by the clock. It follows nobody: it is where people and posts begin."""

from __future__ import annotations

from gateway.identity.usecases import sessions
from services.chassis.service import Subscription, Timer

SUBSCRIPTIONS: tuple[Subscription, ...] = ()

TIMERS = (Timer("identity.forget_ended_sessions", 3_600.0, sessions.forget_ended),)
