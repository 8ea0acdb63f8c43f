"""The gRPC client: one channel per service, a deadline on each call, and a retry only of what may be repeated."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import grpc
from google.protobuf.message import Message

from services.chassis.contract import Method, methods
from services.chassis.kernel.errors import Unavailable
from services.chassis.rpc.errors import from_rpc_error

DEADLINE_SECONDS = 10.0
# Waits before the second and the third try, in seconds.
RETRY_WAITS_SECONDS = (0.1, 0.4)


class Client:
    """Calls the methods of proto services over one channel."""

    def __init__(self, channel: grpc.Channel, metadata: Mapping[str, str] | None = None) -> None:
        self._channel = channel
        self._metadata = tuple((metadata or {}).items())
        self._calls: dict[str, tuple[Method, grpc.UnaryUnaryMultiCallable[Any, Any]]] = {}

    def call(self, full_name: str, request: Message, *, deadline_seconds: float = DEADLINE_SECONDS) -> Any:
        """Calls `package.Service/Method`; raises the kernel error that the service answered."""
        method, invoke = self._calls.get(full_name) or self._prepare(full_name)
        until = time.monotonic() + deadline_seconds
        waits = iter(RETRY_WAITS_SECONDS if method.safe or _has_request_id(method, request) else ())
        while True:
            try:
                return invoke(request, timeout=max(until - time.monotonic(), 0.001), metadata=self._metadata)
            except grpc.RpcError as error:
                refusal = from_rpc_error(error)
                wait = next(waits, None)
                if not isinstance(refusal, Unavailable) or wait is None or time.monotonic() + wait > until:
                    raise refusal from None
                time.sleep(wait)

    def _prepare(self, full_name: str) -> tuple[Method, grpc.UnaryUnaryMultiCallable[Any, Any]]:
        method = next(m for m in methods(full_name.partition("/")[0]) if m.full_name == full_name)
        invoke = self._channel.unary_unary(
            method.path, request_serializer=method.request.SerializeToString, response_deserializer=method.response.FromString
        )
        self._calls[full_name] = (method, invoke)
        return self._calls[full_name]


def _has_request_id(method: Method, request: Any) -> bool:
    return method.takes_request_id and bool(request.request_id)
