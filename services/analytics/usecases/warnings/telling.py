"""What is told of warnings to whoever follows them; of those that are kept back nothing is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from prometheus_client import Counter
from workbench.analytics.v1 import warning_events_pb2
from workbench.timeline.v1 import events_pb2 as timeline_events_pb2

from services.analytics.engine.warned import Seen
from services.analytics.model.warning import CustomerWarning
from services.analytics.rules.warnings import WarningOutcome
from services.chassis.db.session import UnitOfWork

RAISED = Counter("workbench_analytics_warnings_raised_total", "Customers who were warned of, those kept back among them.")
CLOSED = Counter("workbench_analytics_warnings_closed_total", "Warnings that were closed, by outcome.", ("outcome",))
# What a value of a timeline's entry may have.
_TOLD_LENGTH_MAX = 500


def raised(work: UnitOfWork, rows: Sequence[Mapping[str, Any]], seen: Sequence[Seen]) -> None:
    """New warnings are there, by their rows."""
    events = [
        warning_events_pb2.WarningRaised(
            warning_id=row["warning_id"],
            customer_id=row["customer_id"],
            assignee_person_id=row["assignee_person_id"],
            organisation_path=row["organisation_path"],
            severity=row["severity"],
            signal_codes=_codes(each),
            due_date=row["due_date"].isoformat(),
            business_date=row["as_of_date"].isoformat(),
        )
        for row, each in zip(rows, seen, strict=True)
        if not row["held_out"]
    ]
    if events:
        work.record(*events)
        work.record(*(_entry(work, each, "warning_raised", _raised(each)) for each in events))
    work.after_commit.append(partial(RAISED.inc, len(rows)))


def raised_again(work: UnitOfWork, warning: CustomerWarning, as_of_date: date, severity: int, codes: Iterable[str]) -> None:
    """One became more severe, or rests no more, as an analysis of that date sees it."""
    if not warning.held_out:
        work.record(
            warning_events_pb2.WarningRaised(
                warning_id=warning.warning_id,
                customer_id=warning.customer_id,
                assignee_person_id=warning.assignee_person_id,
                organisation_path=warning.organisation_path,
                severity=severity,
                signal_codes=list(codes),
                due_date=warning.due_date.isoformat(),
                business_date=as_of_date.isoformat(),
                again=True,
            )
        )


def assigned(work: UnitOfWork, warning: CustomerWarning, former_assignee_person_id: str) -> None:
    """One came to somebody else."""
    if not warning.held_out:
        work.record(
            warning_events_pb2.WarningAssigned(
                warning_id=warning.warning_id,
                customer_id=warning.customer_id,
                former_assignee_person_id=former_assignee_person_id,
                assignee_person_id=warning.assignee_person_id,
                organisation_path=warning.organisation_path,
                due_date=warning.due_date.isoformat(),
                severity=warning.severity,
            )
        )


def closed(work: UnitOfWork, warning: CustomerWarning) -> None:
    """It was said what became of one."""
    work.after_commit.append(CLOSED.labels(WarningOutcome(warning.outcome).name.lower()).inc)
    if not warning.held_out:
        event = warning_events_pb2.WarningClosed(
            warning_id=warning.warning_id,
            customer_id=warning.customer_id,
            assignee_person_id=warning.assignee_person_id,
            organisation_path=warning.organisation_path,
            outcome=warning.outcome,  # type: ignore[arg-type]
            closer_person_id=warning.closer_person_id,
            business_date=work.business_date.isoformat(),
        )
        work.record(event, _entry(work, event, "warning_closed", {"outcome": WarningOutcome(warning.outcome).name}))


def _raised(event: warning_events_pb2.WarningRaised) -> dict[str, str]:
    return {"severity": str(event.severity), "signals": ", ".join(event.signal_codes)[:_TOLD_LENGTH_MAX]}


def _entry(work: UnitOfWork, event: Any, kind: str, told: Mapping[str, str]) -> timeline_events_pb2.CustomerTimelineEntryRecorded:
    """What the customer's timeline, which the customer service keeps, has of it; told twice it stands there once."""
    entry = timeline_events_pb2.CustomerTimelineEntryRecorded(
        customer_id=event.customer_id,
        source_service=work.database.service_name,
        source_entry_id=f"warnings/{event.warning_id}/{kind}",
        business_date=work.business_date.isoformat(),
        category=timeline_events_pb2.TIMELINE_CATEGORY_WARNING,
        kind=kind,
        parameters={name: value for name, value in told.items() if value},
        person_id=work.caller.person_id,
        resource=f"warnings/{event.warning_id}",
    )
    entry.occur_time.FromDatetime(work.now)
    return entry


def _codes(seen: Seen) -> list[str]:
    return [each.signal_code for each in seen.signs]
