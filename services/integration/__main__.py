"""`python -m services.integration {serve,work,migrate}`."""

from __future__ import annotations

from services.chassis import runtime
from services.chassis.service import Service
from services.integration.events import SUBSCRIPTIONS, TIMERS
from services.integration.rpc import (
    calendar_service,
    dataset_service,
    feed_service,
    quarantine_service,
    reconciliation_service,
)
from services.integration.usecases import (
    announcing,
    balance_rebuilding,
    dataset_reconciling,
    difference_export,
    feeding,
    looking,
    measuring,
    upkeep,
    verifying,
)
from services.integration.usecases.settings import IntegrationSettings

SERVICE = Service(
    name="integration",
    package="services.integration",
    rpcs={
        "workbench.integration.v1.CalendarService": calendar_service,
        "workbench.integration.v1.DatasetService": dataset_service,
        "workbench.integration.v1.FeedService": feed_service,
        "workbench.integration.v1.QuarantineService": quarantine_service,
        "workbench.integration.v1.ReconciliationService": reconciliation_service,
    },
    subscriptions=SUBSCRIPTIONS,
    timers=TIMERS,
    works=(
        announcing.ANNOUNCE,
        balance_rebuilding.WORK,
        dataset_reconciling.WORK,
        difference_export.WORK,
        *feeding.WORKS,
        looking.LOOK,
        upkeep.UPKEEP,
        verifying.VERIFY,
    ),
    settings=IntegrationSettings,
    announcements=announcing.ANNOUNCEMENTS,
    measure=measuring.measure,
)

if __name__ == "__main__":
    runtime.main(SERVICE)
