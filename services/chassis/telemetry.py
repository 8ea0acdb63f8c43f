"""What a process tells of itself: JSON logs, metrics, and traces where an endpoint is set."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import structlog
from prometheus_client import Counter, Histogram, start_http_server

from services.chassis.kernel.errors import WorkbenchError

# Seconds: from a cached read to a slow list.
_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

RPC_SECONDS = Histogram("workbench_rpc_duration_seconds", "How long a call took in its service.", ("method",), buckets=_BUCKETS)
RPC_CALLS = Counter("workbench_rpc_calls_total", "Calls by outcome.", ("method", "code"))

# A child is looked up by its labels once: the look-up costs as much as the count.
_seconds_of = cache(RPC_SECONDS.labels)
_calls_of = cache(RPC_CALLS.labels)

_tracer: Any = None


def observe_call(method: str, seconds: float) -> None:
    """Tells how long a call took in its service."""
    _seconds_of(method).observe(seconds)


def count_call(method: str, code: str) -> None:
    """Counts a call by the gRPC code of its answer."""
    _calls_of(method, code).inc()


def start_logging(process: str, level: str = "INFO") -> None:
    """JSON lines to standard error, each with the process and whatever context is bound (correlation id, person id)."""
    logging.basicConfig(stream=sys.stderr, level=level, format="%(message)s", force=True)
    for noisy in ("pika", "amqp", "kombu", "alembic", "nameko"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            lambda _logger, _name, entry: {"process": process, **entry},
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def start_metrics(port: int, address: str = "127.0.0.1") -> None:
    """Serves the process's metrics; port 0 serves none."""
    if port:
        start_http_server(port, addr=address)


def start_tracing(process: str, endpoint: str) -> None:
    """Sends spans to an OTLP endpoint. Imported only here: a deployment without one does not pay for it."""
    if not endpoint:
        return
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": f"workbench.{process}"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint, insecure=endpoint.startswith("http://"))))
    trace.set_tracer_provider(provider)
    global _tracer  # noqa: PLW0603 - one tracer per process, set once at start
    _tracer = trace.get_tracer("workbench")


def kind_and_place(error: BaseException) -> str:
    """`RuleBroken[SCHEME_CLOSED] at services.customer.usecases.hand_over:42`: never its text, which may quote personal data."""
    reason = f"[{error.reason}]" if isinstance(error, WorkbenchError) else ""
    frames = [(frame.f_globals.get("__name__", "?"), line, frame) for frame, line in traceback.walk_tb(error.__traceback__)]
    # The innermost line of our own, since a library's line says little.
    ours = [place for place in frames if "site-packages" not in place[2].f_code.co_filename]
    module, line, _frame = (ours or frames or [("?", 0, None)])[-1]
    return f"{type(error).__name__}{reason} at {module}:{line}"


def stack(error: BaseException) -> str:
    """The frames of the error without its text."""
    return "".join(traceback.format_tb(error.__traceback__))


def traceparent() -> str:
    """The W3C trace context of the present span, to be sent along; empty where nothing is traced."""
    if _tracer is None:
        return ""
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier.get("traceparent", "")


@contextmanager
def span(name: str, parent: str = "") -> Iterator[None]:
    """A span under the given W3C trace context; does nothing where nothing is traced."""
    if _tracer is None:
        yield
        return
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    context = TraceContextTextMapPropagator().extract({"traceparent": parent}) if parent else None
    with _tracer.start_as_current_span(name, context=context):
        yield
