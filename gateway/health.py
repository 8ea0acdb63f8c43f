"""Which services answer, by the health that each tells of itself over gRPC."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Literal

import grpc
from grpc_health.v1 import health_pb2

from gateway.upstream import Upstream

State = Literal["SERVING", "NOT_SERVING", "NOT_DEPLOYED"]

CHECK = "/grpc.health.v1.Health/Check"
DEADLINE_SECONDS = 1.0
# Anyone may ask how the deployment is; services are asked so often at most.
FRESH_SECONDS = 0.5


class Health:
    """The state of each service of the product in this deployment."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._lock = threading.Lock()
        self._states: dict[str, State] = {}
        self._asked_at = float("-inf")

    def states(self) -> Mapping[str, State]:
        """The state of each service, no older than half a second."""
        with self._lock:
            if time.monotonic() - self._asked_at > FRESH_SECONDS:
                self._states = self._ask()
                self._asked_at = time.monotonic()
            return self._states

    def _ask(self) -> dict[str, State]:
        """Asks all at once, so that the slowest decides how long it takes."""
        deployed = [name for name, address in self._upstream.addresses.items() if address is not None]
        answers = {name: self._check(name) for name in deployed}
        return {name: _state(answers[name]) if name in answers else "NOT_DEPLOYED" for name in sorted(self._upstream.addresses)}

    def _check(self, service: str) -> grpc.Future:
        check = self._upstream.channel(service).unary_unary(
            CHECK,
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )
        return check.future(health_pb2.HealthCheckRequest(service=f"workbench.{service}"), timeout=DEADLINE_SECONDS)


def _state(answer: grpc.Future) -> State:
    try:
        serving = answer.result().status == health_pb2.HealthCheckResponse.SERVING
    except grpc.RpcError:
        return "NOT_SERVING"
    return "SERVING" if serving else "NOT_SERVING"
