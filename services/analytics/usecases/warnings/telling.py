"""What is told of warnings to whoever follows them; of those that are kept back nothing is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from workbench.analytics.v1 import warning_events_pb2

from services.analytics.engine.warned import Seen
from services.analytics.model.warning import CustomerWarning
from services.chassis.db.session import UnitOfWork


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
            business_date=work.business_date.isoformat(),
        )
        for row, each in zip(rows, seen, strict=True)
        if not row["held_out"]
    ]
    if events:
        work.record(*events)


def raised_again(work: UnitOfWork, warning: CustomerWarning, severity: int, signal_codes: Iterable[str]) -> None:
    """One became more severe, or rests no more."""
    if not warning.held_out:
        work.record(
            warning_events_pb2.WarningRaised(
                warning_id=warning.warning_id,
                customer_id=warning.customer_id,
                assignee_person_id=warning.assignee_person_id,
                organisation_path=warning.organisation_path,
                severity=severity,
                signal_codes=list(signal_codes),
                due_date=warning.due_date.isoformat(),
                business_date=work.business_date.isoformat(),
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
    if not warning.held_out:
        work.record(
            warning_events_pb2.WarningClosed(
                warning_id=warning.warning_id,
                customer_id=warning.customer_id,
                assignee_person_id=warning.assignee_person_id,
                organisation_path=warning.organisation_path,
                outcome=warning.outcome,  # type: ignore[arg-type]
                closer_person_id=warning.closer_person_id,
                business_date=work.business_date.isoformat(),
            )
        )


def _codes(seen: Seen) -> list[str]:
    return [each.signal_code for each in seen.signs]
