"""What is kept of a handler's failure: its kind and its place. Never its text, which may quote the event."""

from __future__ import annotations

from typing import Any

import structlog
from prometheus_client import Counter

from services.chassis import telemetry
from services.chassis.kernel.errors import WorkbenchError
from services.chassis.outbox.messages import EventMessage

# What parking keeps of an error; a place and a reason are short.
ERROR_CHARACTERS_MAX = 300

FAILED = Counter("workbench_events_failed_total", "Attempts at an event that failed.", ("service", "type"))
PARKED = Counter("workbench_events_parked_total", "Events set aside after the last attempt.", ("service", "type"))

_log = structlog.get_logger(__name__)


class HandlerFailed(Exception):
    """A handler raised, and its transaction is rolled back; `__cause__` is what it raised."""


def describe(error: BaseException) -> str:
    """What parking keeps of the error: kind, reason and place."""
    return telemetry.kind_and_place(_cause(error))[:ERROR_CHARACTERS_MAX]


def note_failure(error: BaseException, message: EventMessage, service: str, attempts: int, *, parks: bool) -> None:
    """Counts and logs a failed attempt: a refusal by a rule as a warning, anything else as an error with its stack."""
    FAILED.labels(service, message.type).inc()
    if parks:
        PARKED.labels(service, message.type).inc()
    facts: dict[str, Any] = {
        "service": service,
        "event_id": message.event_id,
        "type": message.type,
        "attempts": attempts,
        "parked": parks,
        "error": describe(error),
    }
    if isinstance(_cause(error), WorkbenchError):
        _log.warning("event_refused", **facts)
    else:
        _log.error("event_failed", **facts, stack=telemetry.stack(_cause(error)))


def _cause(error: BaseException) -> BaseException:
    return error.__cause__ if isinstance(error, HandlerFailed) and error.__cause__ else error
