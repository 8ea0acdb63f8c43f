"""`python -m services.integration {serve,work,migrate}`."""

from __future__ import annotations

from services.chassis import runtime
from services.chassis.service import Service
from services.integration.events import SUBSCRIPTIONS, TIMERS
from services.integration.usecases import feeding
from services.integration.usecases.settings import IntegrationSettings

SERVICE = Service(
    name="integration",
    package="services.integration",
    rpcs={},
    subscriptions=SUBSCRIPTIONS,
    timers=TIMERS,
    works=feeding.WORKS,
    settings=IntegrationSettings,
)

if __name__ == "__main__":
    runtime.main(SERVICE)
