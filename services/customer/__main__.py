"""`python -m services.customer {serve,work,migrate}`."""

from __future__ import annotations

from services.chassis import runtime
from services.chassis.service import Service
from services.customer.events import SUBSCRIPTIONS, TIMERS
from services.customer.rpc import (
    coverage_service,
    custom_field_service,
    customer_service,
    data_subject_service,
    duplicate_service,
    export_service,
    holding_service,
    import_service,
    relation_service,
    segment_service,
    timeline_service,
)
from services.customer.usecases import exporting, restating, scanning, timeline
from services.customer.usecases.datasets import following
from services.customer.usecases.importing import works as import_works
from services.customer.usecases.settings import CustomerSettings
from services.customer.usecases.subjects import copying

SERVICE = Service(
    name="customer",
    package="services.customer",
    rpcs={
        "workbench.customer.v1.CoverageService": coverage_service,
        "workbench.customer.v1.CustomFieldService": custom_field_service,
        "workbench.customer.v1.CustomerService": customer_service,
        "workbench.customer.v1.DataSubjectService": data_subject_service,
        "workbench.customer.v1.DuplicateService": duplicate_service,
        "workbench.customer.v1.ExportService": export_service,
        "workbench.customer.v1.HoldingService": holding_service,
        "workbench.customer.v1.ImportService": import_service,
        "workbench.customer.v1.RelationService": relation_service,
        "workbench.customer.v1.SegmentService": segment_service,
        "workbench.customer.v1.TimelineService": timeline_service,
    },
    subscriptions=SUBSCRIPTIONS,
    timers=TIMERS,
    works=(*import_works.WORKS, *exporting.WORKS, *copying.WORKS, *following.WORKS, scanning.SCAN),
    settings=CustomerSettings,
    announcements=restating.ANNOUNCEMENTS,
    on_record=timeline.keep_own,
)

if __name__ == "__main__":
    runtime.main(SERVICE)
