"""Which events of others the service follows, and what it does by itself.

Handlers are idempotent, because delivery is at least once.
"""

from __future__ import annotations

from services.chassis.service import Subscription, Timer
from services.integration.usecases import upkeep

SUBSCRIPTIONS: tuple[Subscription, ...] = ()

TIMERS: tuple[Timer, ...] = (Timer("lake.upkeep", upkeep.EVERY_SECONDS, upkeep.ask),)
