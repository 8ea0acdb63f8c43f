"""`python -m services.customer {serve,work,migrate}`."""

from __future__ import annotations

from services.chassis import runtime
from services.chassis.service import Service
from services.customer.events import SUBSCRIPTIONS, TIMERS
from services.customer.rpc import coverage_service, customer_service
from services.customer.usecases.settings import CustomerSettings

SERVICE = Service(
    name="customer",
    package="services.customer",
    rpcs={
        "workbench.customer.v1.CustomerService": customer_service,
        "workbench.customer.v1.CoverageService": coverage_service,
    },
    subscriptions=SUBSCRIPTIONS,
    timers=TIMERS,
    settings=CustomerSettings,
)

if __name__ == "__main__":
    runtime.main(SERVICE)
