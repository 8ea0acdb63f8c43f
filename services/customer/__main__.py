"""`python -m services.customer {serve,work,migrate}`."""

from __future__ import annotations

from services.chassis import runtime
from services.chassis.service import Service
from services.customer.events import SUBSCRIPTIONS, TIMERS
from services.customer.rpc import (
    coverage_service,
    custom_field_service,
    customer_service,
    import_service,
    relation_service,
    segment_service,
    timeline_service,
)
from services.customer.usecases import timeline
from services.customer.usecases.importing import works as import_works
from services.customer.usecases.settings import CustomerSettings

SERVICE = Service(
    name="customer",
    package="services.customer",
    rpcs={
        "workbench.customer.v1.CustomFieldService": custom_field_service,
        "workbench.customer.v1.CustomerService": customer_service,
        "workbench.customer.v1.CoverageService": coverage_service,
        "workbench.customer.v1.RelationService": relation_service,
        "workbench.customer.v1.SegmentService": segment_service,
        "workbench.customer.v1.TimelineService": timeline_service,
        "workbench.customer.v1.ImportService": import_service,
    },
    subscriptions=SUBSCRIPTIONS,
    timers=TIMERS,
    works=import_works.WORKS,
    on_record=timeline.keep_own,
    settings=CustomerSettings,
)

if __name__ == "__main__":
    runtime.main(SERVICE)
