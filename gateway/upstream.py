"""Calls to the services: one channel per address, a deadline on each call, one more try for what may be repeated."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import grpc
from google.protobuf.message import Message

from gateway.transcoding.routes import Rpc
from services.chassis.kernel.errors import NotDeployed, NotFound, Unavailable
from services.chassis.rpc.errors import from_rpc_error
from services.chassis.rpc.wire import open_channel

Metadata = Sequence[tuple[str, str]]
Invoke = Callable[..., Any]

# A service that starts again is back within moments; longer waits are the client's, who is told Retry-After.
RETRY_WAIT_SECONDS = 0.15


class Upstream:
    """The services of this deployment, by name; None stands for one that it does not have."""

    def __init__(
        self, addresses: Mapping[str, str | None], deadline_seconds: float, credentials: grpc.ChannelCredentials | None = None
    ) -> None:
        self.addresses = dict(addresses)
        self._deadline_seconds = deadline_seconds
        self._channels = {address: open_channel(address, credentials) for address in {*addresses.values()} if address}
        self._calls: dict[tuple[str, str], Invoke] = {}

    def channel(self, service: str) -> grpc.Channel:
        """The channel to a service; raises NotDeployed, or NotFound where the product has no such service."""
        if service not in self.addresses:
            raise NotFound("SERVICE_NOT_FOUND", "There is no service of this name.")
        address = self.addresses[service]
        if address is None:
            raise NotDeployed(
                "SERVICE_NOT_DEPLOYED", f"This deployment does not have the service {service}.", metadata={"service": service}
            )
        return self._channels[address]

    def call(self, rpc: Rpc, request: Any, metadata: Metadata) -> Message:
        """The service's answer; raises the kernel error that it answered, or Unavailable where it does not."""
        invoke = self._calls.get((rpc.path, rpc.service)) or self._prepare(rpc, request)
        try:
            answer: Message = invoke(request, self._deadline_seconds, metadata)
        except grpc.RpcError as error:
            refusal = from_rpc_error(error)
            if not isinstance(refusal, Unavailable) or not _repeatable(rpc, request, error):
                raise refusal from None
        else:
            return answer
        time.sleep(RETRY_WAIT_SECONDS)
        try:
            answer = invoke(request, self._deadline_seconds, metadata)
        except grpc.RpcError as error:
            raise from_rpc_error(error) from None
        return answer

    def stream(self, rpc: Rpc, request: Any, metadata: Metadata, seconds_max: float) -> Stream:
        """An open stream; it ends by itself after so many seconds."""
        prepare = self.channel(_service(rpc, request)).unary_stream
        invoke = prepare(rpc.path, request_serializer=_serialize, response_deserializer=rpc.response_class.FromString)
        return Stream(invoke(request, seconds_max, metadata))

    def close(self) -> None:
        """Closes every channel; calls that still run are cancelled."""
        for channel in self._channels.values():
            channel.close()

    def _prepare(self, rpc: Rpc, request: Any) -> Invoke:
        service = _service(rpc, request)
        if (known := self._calls.get((rpc.path, service))) is not None:
            return known
        invoke = self.channel(service).unary_unary(
            rpc.path, request_serializer=_serialize, response_deserializer=rpc.response_class.FromString
        )
        self._calls[rpc.path, service] = invoke
        return invoke


class Stream:
    """The messages of a stream; `cancel` from any thread ends it."""

    def __init__(self, call: Any) -> None:
        self._call = call

    def __iter__(self) -> Iterator[Message]:
        """Ends quietly when the time is up or the stream is cancelled; raises the kernel error otherwise."""
        try:
            yield from self._call
        except grpc.RpcError as error:
            if self._call.code() not in (grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED):
                raise from_rpc_error(error) from None

    def cancel(self) -> None:
        """Tells the service that nobody listens any more."""
        self._call.cancel()


def _serialize(message: Message) -> bytes:
    return message.SerializeToString()


def _service(rpc: Rpc, request: Any) -> str:
    return rpc.service or str(request.service)


def _repeatable(rpc: Rpc, request: Any, error: Any) -> bool:
    """Whether a second call does no harm, and may help: a deadline that has passed once would pass again."""
    if error.code() != grpc.StatusCode.UNAVAILABLE:
        return False
    return rpc.safe or bool(rpc.takes_request_id and request.request_id)
