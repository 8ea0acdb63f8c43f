"""`python -m services.analytics {serve,work,migrate}`."""

from __future__ import annotations

from services.analytics.events import SUBSCRIPTIONS, TIMERS
from services.analytics.rpc import (
    analysis_service,
    customer_timeline_service,
    departure_service,
    model_service,
    signal_service,
    warning_service,
)
from services.analytics.usecases.analyses import computing, upkeep
from services.analytics.usecases.departures import measuring as departures_measuring
from services.analytics.usecases.models import drifting as models_drifting
from services.analytics.usecases.models import training as models_training
from services.analytics.usecases.settings import AnalyticsSettings
from services.analytics.usecases.signals import measuring as signal_measuring
from services.analytics.usecases.warnings import measuring as warnings_measuring
from services.chassis import runtime
from services.chassis.service import Service

SERVICE = Service(
    name="analytics",
    package="services.analytics",
    rpcs={
        "workbench.analytics.v1.SignalService": signal_service,
        "workbench.analytics.v1.AnalysisService": analysis_service,
        "workbench.analytics.v1.WarningService": warning_service,
        "workbench.analytics.v1.DepartureService": departure_service,
        "workbench.analytics.v1.CustomerTimelineService": customer_timeline_service,
        "workbench.analytics.v1.ModelService": model_service,
    },
    subscriptions=SUBSCRIPTIONS,
    timers=TIMERS,
    works=(
        *signal_measuring.WORKS,
        *computing.WORKS,
        *departures_measuring.WORKS,
        *models_drifting.WORKS,
        *models_training.WORKS,
        *warnings_measuring.WORKS,
    ),
    settings=AnalyticsSettings,
    asks=("activity", "customer", "identity", "integration"),
    measure=upkeep.measure,
)

if __name__ == "__main__":
    runtime.main(SERVICE)
