"""What an exception means to a caller: his mistake, a moment's trouble, or a fault of ours that wakes somebody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError

from services.chassis import telemetry
from services.chassis.kernel.errors import InvalidInput, NotFound, StaleVersion, Unavailable, WorkbenchError
from services.chassis.rpc.errors import InternalFault

_log = structlog.get_logger(__name__)


def understood(error: BaseException, method: str) -> WorkbenchError:
    """The error that the caller is told; logged here, once, a caller's mistake as a warning and a fault with its stack."""
    if isinstance(error, WorkbenchError):
        _log.warning("call_refused", method=method, reason=error.reason)
        return error
    if isinstance(error, (StaleDataError, IntegrityError)):
        _log.warning("writers_met", method=method, kind=type(error).__name__)
        return StaleVersion("CONCURRENT_CHANGE", "Somebody else changed this at the same moment; read it again and repeat.")
    if isinstance(error, DataError):
        _log.warning("value_unfit", method=method)
        return InvalidInput("VALUE_INVALID", "A value is of a kind that cannot be kept, such as text with a NUL character.")
    if isinstance(error, (OperationalError, InterfaceError, PoolTimeoutError)) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    ):
        _log.error("database_unavailable", method=method, kind=type(getattr(error, "orig", None) or error).__name__)
        return Unavailable("DATABASE_UNAVAILABLE", "The database does not answer; try again in a moment.")
    _log.error("call_failed", method=method, error=telemetry.kind_and_place(error), stack=telemetry.stack(error))
    return InternalFault("INTERNAL", "Something broke on our side; the correlation id finds it in our logs.")


def not_hosted(service: str) -> NotFound:
    """The refusal of a call for a service that does not run here."""
    return NotFound("SERVICE_NOT_FOUND", f"No service {service} runs here.")


@contextmanager
def bounded(streams: threading.BoundedSemaphore) -> Iterator[None]:
    """Takes one of a bounded number of places, or refuses at once."""
    if not streams.acquire(blocking=False):
        raise Unavailable("STREAMS_EXHAUSTED", "All streams are taken; poll the list instead, or try again later.")
    try:
        yield
    finally:
        streams.release()
