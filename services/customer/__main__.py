"""`python -m services.customer {serve,work,migrate}`."""

from __future__ import annotations

from services.chassis import runtime
from services.chassis.service import Service
from services.customer import rpc
from services.customer.events import SUBSCRIPTIONS

SERVICE = Service(
    name="customer",
    package="services.customer",
    rpcs={"workbench.customer.v1.CustomerService": rpc},
    subscriptions=SUBSCRIPTIONS,
)

if __name__ == "__main__":
    runtime.main(SERVICE)
