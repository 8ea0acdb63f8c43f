"""`python -m services.performance {serve,work,migrate}`."""

from __future__ import annotations

from services.chassis import runtime
from services.chassis.service import Service
from services.performance.events import SUBSCRIPTIONS, TIMERS
from services.performance.rpc import (
    claim_service,
    deal_service,
    explain_service,
    figure_service,
    objection_service,
    product_service,
    run_service,
    scheme_service,
    share_service,
)
from services.performance.usecases.claims import importing as claim_importing
from services.performance.usecases.claims import portfolio
from services.performance.usecases.explaining import exporting
from services.performance.usecases.runs import computing, upkeep
from services.performance.usecases.settings import PerformanceSettings

SERVICE = Service(
    name="performance",
    package="services.performance",
    rpcs={
        "workbench.performance.v1.ClaimService": claim_service,
        "workbench.performance.v1.DealService": deal_service,
        "workbench.performance.v1.ExplainService": explain_service,
        "workbench.performance.v1.FigureService": figure_service,
        "workbench.performance.v1.ObjectionService": objection_service,
        "workbench.performance.v1.ProductService": product_service,
        "workbench.performance.v1.RunService": run_service,
        "workbench.performance.v1.SchemeService": scheme_service,
        "workbench.performance.v1.ShareService": share_service,
    },
    subscriptions=SUBSCRIPTIONS,
    timers=TIMERS,
    works=(
        *claim_importing.WORKS,
        *computing.WORKS,
        *exporting.WORKS,
        *portfolio.WORKS,
    ),
    settings=PerformanceSettings,
    measure=upkeep.measure,
    asks=("customer", "identity", "integration"),
)

if __name__ == "__main__":
    runtime.main(SERVICE)
