"""`python -m services.integration {serve,work,migrate}`."""

from __future__ import annotations

from services.chassis import runtime
from services.chassis.service import Service
from services.integration.events import SUBSCRIPTIONS, TIMERS
from services.integration.rpc import calendar_service
from services.integration.usecases import feeding, looking
from services.integration.usecases.settings import IntegrationSettings

SERVICE = Service(
    name="integration",
    package="services.integration",
    rpcs={
        "workbench.integration.v1.CalendarService": calendar_service,
    },
    subscriptions=SUBSCRIPTIONS,
    timers=TIMERS,
    works=(*feeding.WORKS, *looking.WORKS),
    settings=IntegrationSettings,
)

if __name__ == "__main__":
    runtime.main(SERVICE)
