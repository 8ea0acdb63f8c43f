"""One request on its way through the steps, what they learn of it, and what it is answered."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from workbench.options.v1.options_pb2 import Access

from gateway.authentication import Verified

JSON = "application/json"
# Where a view finds its exchange in the WSGI environment.
EXCHANGE_KEY = "workbench.exchange"


@dataclass(slots=True)
class Answer:
    """What a client gets: the body whole, or as the parts of a stream."""

    status: int
    body: bytes | Iterable[bytes] = b""
    content_type: str = JSON
    headers: list[tuple[str, str]] = field(default_factory=list)


class Endpoint(Protocol):
    """What answers at a path and an HTTP method."""

    @property
    def label(self) -> str:
        """The route's template: one of a closed set, fit for a metric's label."""

    @property
    def access(self) -> Access:
        """Who may call."""

    def answer(self, exchange: Exchange) -> Answer:
        """The answer; raises a kernel error for a refusal."""


class Exchange:
    """A request and what is known of it so far. The steps fill it in the order in which they stand."""

    __slots__ = (
        "correlation_id",
        "endpoint",
        "environ",
        "http_method",
        "path",
        "remote_address",
        "segments",
        "started",
        "verified",
    )

    def __init__(self, environ: dict[str, Any]) -> None:
        self.environ = environ
        self.http_method: str = environ["REQUEST_METHOD"]
        self.path: str = environ["PATH_INFO"]
        self.started = time.perf_counter()
        self.correlation_id = ""
        self.remote_address = ""
        self.endpoint: Endpoint | None = None
        # The path's segments as the route sees them.
        self.segments: Sequence[str] = ()
        # Who calls, once a token has been verified.
        self.verified: Verified | None = None

    def header(self, name: str) -> str:
        """The header of that name in WSGI's spelling without `HTTP_`, such as `IF_MATCH`; empty where it was not sent."""
        value: str = self.environ.get(f"HTTP_{name}", "")
        return value
