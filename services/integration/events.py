"""Which events of others the service follows, and what it does by itself.

Handlers are idempotent, because delivery is at least once.
"""

from __future__ import annotations

from services.chassis.service import Subscription, Timer
from services.integration.usecases import (
    calendar,
    landing,
    running,
    upkeep,
    watching,
)

# A business date opens at most so long after its hour.
CALENDAR_EVERY_SECONDS = 10.0
FORGET_EVERY_SECONDS = 3_600.0
SETTLE_EVERY_SECONDS = 30.0
# How promptly a look at a source follows when it is due, and how soon a late feed is told.
WATCH_EVERY_SECONDS = 5.0

SUBSCRIPTIONS: tuple[Subscription, ...] = ()

TIMERS = (
    Timer("calendar.open", CALENDAR_EVERY_SECONDS, calendar.open_due),
    Timer("feeds.forget_files", FORGET_EVERY_SECONDS, landing.forget_files),
    Timer("feeds.settle", SETTLE_EVERY_SECONDS, running.settle_all),
    Timer("feeds.watch", WATCH_EVERY_SECONDS, watching.watch),
    Timer("lake.upkeep", upkeep.EVERY_SECONDS, upkeep.ask),
)
