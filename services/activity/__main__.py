"""`python -m services.activity {serve,work,migrate}`."""

from __future__ import annotations

from services.activity.events import SUBSCRIPTIONS, TIMERS
from services.activity.rpc import (
    contact_service,
    schedule_service,
)
from services.activity.usecases.settings import ActivitySettings
from services.chassis import runtime
from services.chassis.service import Service

SERVICE = Service(
    name="activity",
    package="services.activity",
    rpcs={
        "workbench.activity.v1.ContactService": contact_service,
        "workbench.activity.v1.ScheduleService": schedule_service,
    },
    subscriptions=SUBSCRIPTIONS,
    timers=TIMERS,
    works=(),
    settings=ActivitySettings,
    asks=("customer", "identity"),
)

if __name__ == "__main__":
    runtime.main(SERVICE)
