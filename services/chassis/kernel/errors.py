"""What can go wrong for a caller. One place maps these to gRPC (`chassis.rpc.errors`), one to HTTP (`gateway.problem`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One field that does not fit: its path in the request (`customer.phone`), and what would fit."""

    field: str
    description: str


class WorkbenchError(Exception):
    """A refusal with a stable reason.

    `reason` is UPPER_SNAKE and unique per service; clients branch on it. `message` is for a person and holds no personal
    data. `metadata` holds what a client needs to act on. Where `keeps_changes` is set, what the use case wrote before it
    refused is committed all the same (a counter of failed sign-ins must outlive the refusal).
    """

    def __init__(
        self,
        reason: str,
        message: str,
        *,
        metadata: Mapping[str, str] | None = None,
        violations: tuple[FieldViolation, ...] = (),
        keeps_changes: bool = False,
    ) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason
        self.message = message
        self.metadata = dict(metadata or {})
        self.violations = violations
        self.keeps_changes = keeps_changes


class InvalidInput(WorkbenchError):
    """The request is malformed whatever the state of the system."""


class NotAuthenticated(WorkbenchError):
    """Nobody is signed in, or the proof of it does not hold."""


class NotAllowed(WorkbenchError):
    """The caller lacks the permission."""


class NotFound(WorkbenchError):
    """There is no such thing in the caller's scope, whether or not it exists outside."""


class AlreadyExists(WorkbenchError):
    """Something with the same key exists."""


class StaleVersion(WorkbenchError):
    """The resource changed since the caller read it, or two writers met."""


class RuleBroken(WorkbenchError):
    """The request is well formed, but a rule of the field forbids it in the present state."""


class LimitReached(WorkbenchError):
    """A named limit is reached; later the same call may pass."""


class Unavailable(WorkbenchError):
    """Something that the service needs is down; the same call may pass in a moment."""


class NotDeployed(WorkbenchError):
    """The service is not part of this deployment."""


@contextmanager
def located(place: str) -> Iterator[None]:
    """Puts the place in the request, such as `requests[3].customer`, before each field that a refusal from within names."""
    try:
        yield
    except WorkbenchError as refusal:
        refusal.violations = tuple(FieldViolation(f"{place}.{v.field}", v.description) for v in refusal.violations)
        raise
