"""`python -m services.analytics {serve,work,migrate}`."""

from __future__ import annotations

from services.analytics.events import SUBSCRIPTIONS, TIMERS
from services.analytics.rpc import analysis_service, timeline_service
from services.analytics.usecases.analyses import computing, upkeep
from services.analytics.usecases.settings import AnalyticsSettings
from services.chassis import runtime
from services.chassis.service import Service

SERVICE = Service(
    name="analytics",
    package="services.analytics",
    rpcs={
        "workbench.analytics.v1.AnalysisService": analysis_service,
        "workbench.analytics.v1.TimelineService": timeline_service,
    },
    subscriptions=SUBSCRIPTIONS,
    timers=TIMERS,
    works=(
        *computing.WORKS,
    ),
    settings=AnalyticsSettings,
    asks=("activity", "customer", "identity", "integration"),
    measure=upkeep.measure,
)

if __name__ == "__main__":
    runtime.main(SERVICE)
