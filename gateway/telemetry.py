"""What the gateway tells of itself: metrics by route and status, and one line per request without anything personal."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime

import orjson
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

from gateway.exchange import Answer, Exchange

# Seconds: from a cached read to a slow list.
_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# Where no route is known, whatever the path was: labels are a closed set.
NO_ROUTE = "none"
_STANDARD_ERROR = 2
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# What follows these in a path is a token by itself: whoever read it in a log could use it.
_TOKEN_FOLDER = re.compile(r"/s/|/v1/(?:surveyLinks|calendarFeeds|operations/[^/]+/files)/")


class Metrics:
    """Requests and their latency by route template, HTTP method and status; the streams that are open."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self.registry = registry
        self._requests = Counter(
            "workbench_gateway_requests_total", "Requests answered.", ("route", "method", "status"), registry=registry
        )
        self._seconds = Histogram(
            "workbench_gateway_request_duration_seconds",
            "From the request's arrival to its answer.",
            ("route",),
            buckets=_BUCKETS,
            registry=registry,
        )
        self.open_streams = Gauge("workbench_gateway_open_streams", "Server-sent event streams.", registry=registry)
        # Looking a child up by its labels costs as much as counting it.
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def observe(self, route: str, http_method: str, status: int, seconds: float) -> None:
        """Counts one request."""
        key = (route, http_method, status)
        children = self._children.get(key)
        if children is None:
            method = http_method if http_method in _METHODS else "other"
            children = (self._requests.labels(route, method, str(status)), self._seconds.labels(route))
            if method == http_method:
                self._children[key] = children
        children[0].inc()
        children[1].observe(seconds)


class AccessLog:
    """One JSON line per request. Never a body, a query's value or a token: a path holds ids, a query may hold names."""

    def __init__(self, *, enabled: bool) -> None:
        self._enabled = enabled

    def write(self, exchange: Exchange, answer: Answer, route: str, seconds: float) -> None:
        """Tells of one request, in one system call, so that lines of several threads never mix."""
        if not self._enabled:
            return
        # By hand and not by structlog: this line is written at every request, and the chain of processors costs as much as
        # the routing.
        entry = {
            "timestamp": datetime.now(UTC),
            "level": "info",
            "process": "gateway",
            "event": "request",
            "method": exchange.http_method,
            "path": _without_token(exchange.path),
            "route": route,
            "status": answer.status,
            "milliseconds": round(seconds * 1_000, 2),
            "correlation_id": exchange.correlation_id,
            "person_id": exchange.verified.caller.person_id if exchange.verified else "",
            "remote_address": exchange.remote_address,
        }
        os.write(_STANDARD_ERROR, orjson.dumps(entry, option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE))


def _without_token(path: str) -> str:
    """The path as it may stand in a log."""
    folder = _TOKEN_FOLDER.match(path)
    return f"{folder[0]}…" if folder else path
