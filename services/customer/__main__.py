"""`python -m services.customer {serve,work,migrate}`."""

from __future__ import annotations

from services.chassis import runtime
from services.chassis.service import Service
from services.customer.events import SUBSCRIPTIONS
from services.customer.rpc import customer_service, export_service, import_service, relation_service
from services.customer.usecases import exporting
from services.customer.usecases.importing import works as import_works

SERVICE = Service(
    name="customer",
    package="services.customer",
    rpcs={
        "workbench.customer.v1.CustomerService": customer_service,
        "workbench.customer.v1.ExportService": export_service,
        "workbench.customer.v1.ImportService": import_service,
        "workbench.customer.v1.RelationService": relation_service,
    },
    subscriptions=SUBSCRIPTIONS,
    works=(*import_works.WORKS, *exporting.WORKS),
)

if __name__ == "__main__":
    runtime.main(SERVICE)
