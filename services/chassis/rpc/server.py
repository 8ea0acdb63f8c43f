"""The gRPC server: binds functions to the methods of a contract, and puts the same steps around each of them.

The steps of a call, in order: who asks (assertion) -> may he (permission, scope) -> is it well formed (validation) ->
one transaction: was it answered before (request id), the use case, the audit record, the answer -> mask -> answer.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import grpc
from google.api.httpbody_pb2 import HttpBody
from google.protobuf.message import Message
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from services.chassis import telemetry
from services.chassis.contract import ContractFault, Method, methods
from services.chassis.db.idempotency import AnsweredBefore, claim, keep_answer
from services.chassis.db.session import Call, Database, UnitOfWork
from services.chassis.kernel.caller import Caller, Scope
from services.chassis.kernel.errors import WorkbenchError
from services.chassis.rpc import errors, faults
from services.chassis.rpc.admission import Admission
from services.chassis.rpc.masking import mask_for
from services.chassis.rpc.validation import Validation
from services.chassis.rpc.wire import MESSAGE_BYTES_MAX

THREADS = 16
DRAIN_SECONDS = 10.0
# A stream holds a thread; this many leave half of the threads to calls, and are as many as a gateway worker opens.
STREAMS_MAX = 8
# Files being fetched; they end by themselves, and have places of their own.
DOWNLOADS_MAX = 4

OPTIONS = (
    ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
    ("grpc.max_send_message_length", MESSAGE_BYTES_MAX),
    ("grpc.so_reuseport", 0),
)


@dataclass(frozen=True, slots=True)
class Hosted:
    """One service as a server hosts it: its modules by proto service, and its database."""

    rpcs: Mapping[str, ModuleType]
    database: Database


class Server:
    """Serves one or several services on one address."""

    def __init__(self, hosted: Mapping[str, Hosted], admission: Admission, *, threads: int = THREADS) -> None:
        self._hosted = hosted
        self._admission = admission
        self._validation = Validation()
        self._stopping = threading.Event()
        self._streams = threading.BoundedSemaphore(STREAMS_MAX)
        self._downloads = threading.BoundedSemaphore(DOWNLOADS_MAX)
        self._server = grpc.server(ThreadPoolExecutor(threads, thread_name_prefix="rpc"), options=OPTIONS)
        self.health = health.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self.health, self._server)
        for proto_service in sorted({name for service in hosted.values() for name in service.rpcs}):
            self._server.add_registered_method_handlers(
                proto_service, {m.full_name.rpartition("/")[2]: self._handler(m) for m in methods(proto_service)}
            )

    def start(self, address: str, credentials: grpc.ServerCredentials | None = None) -> int:
        """Listens on `host:port` or `unix:/path`; answers the port. TLS where credentials are given."""
        if address.startswith("unix:"):
            Path(address.removeprefix("unix:")).unlink(missing_ok=True)
        port = self._server.add_secure_port(address, credentials) if credentials else self._server.add_insecure_port(address)
        self._server.start()
        for name in self._hosted:
            self.health.set(f"workbench.{name}", health_pb2.HealthCheckResponse.SERVING)
        self.health.set("", health_pb2.HealthCheckResponse.SERVING)
        return int(port)

    def stop(self, grace_seconds: float = DRAIN_SECONDS) -> None:
        """Takes no new calls, lets the running ones end, closes."""
        self.health.enter_graceful_shutdown()
        self._stopping.set()
        self._server.stop(grace_seconds).wait()

    def _handler(self, method: Method) -> grpc.RpcMethodHandler:
        functions = {
            name: self._function(method, service) for name, service in self._hosted.items() if self._serves(method, service)
        }
        serve = self._stream if method.streams else self._unary
        make = grpc.unary_stream_rpc_method_handler if method.streams else grpc.unary_unary_rpc_method_handler
        return make(
            serve(method, functions),
            request_deserializer=method.request.FromString,
            response_serializer=method.response.SerializeToString,
        )

    @staticmethod
    def _serves(method: Method, service: Hosted) -> bool:
        return method.full_name.partition("/")[0] in service.rpcs

    @staticmethod
    def _function(method: Method, service: Hosted) -> Served:
        module = service.rpcs[method.full_name.partition("/")[0]]
        function = getattr(module, method.function, None)
        if function is None:
            raise ContractFault(f"{module.__name__} has no function {method.function} to serve {method.full_name}.")
        return Served(function, service.database)

    def _unary(self, method: Method, functions: Mapping[str, Served]) -> Callable[[Message, grpc.ServicerContext], Message]:
        mask = None if method.reveals else mask_for(method.response.DESCRIPTOR)

        def serve(request: Message, context: grpc.ServicerContext) -> Message:
            with self._answering(method, context) as (caller, call, scope):
                self._validation.check(request)
                served = _chosen(method, functions, request)
                try:
                    with (
                        telemetry.span(method.full_name, call.traceparent),
                        served.database.transaction(caller, call, scope=scope, read_only=method.safe) as work,
                    ):
                        return _act(method, served, work, request, mask)
                except AnsweredBefore as before:
                    return method.response.FromString(before.answer)
            raise AssertionError("unreachable: _answering aborts the call")

        return serve

    def _stream(
        self, method: Method, functions: Mapping[str, Served]
    ) -> Callable[[Message, grpc.ServicerContext], Iterator[Message]]:
        mask = None if method.reveals else mask_for(method.response.DESCRIPTOR)
        places = self._downloads if method.response is HttpBody else self._streams

        def serve(request: Message, context: grpc.ServicerContext) -> Iterator[Message]:
            with self._answering(method, context) as (caller, call, scope):
                self._validation.check(request)
                served = _chosen(method, functions, request)
                with faults.bounded(places):
                    stream = OpenStream(served.database, caller, call, scope, context, self._stopping)
                    for message in served.function(stream, request):
                        if mask:
                            mask(message)
                        yield message

        return serve

    def _answering(self, method: Method, context: grpc.ServicerContext) -> _Answering:
        return _Answering(method, context, self._admission)


@dataclass(frozen=True, slots=True)
class Served:
    """The function that serves a method for one service."""

    function: Callable[..., Any]
    database: Database


@dataclass(frozen=True, slots=True)
class OpenStream:
    """A stream that a client reads (`chassis.service.Stream`)."""

    database: Database
    caller: Caller
    call: Call
    scope: Scope
    context: grpc.ServicerContext
    stopping: threading.Event

    def transaction(self) -> Any:
        """A short transaction that reads, as the stream's caller."""
        return self.database.transaction(self.caller, self.call, scope=self.scope, read_only=True)

    def act(self) -> Any:
        """A short transaction that writes, as the stream's caller."""
        return self.database.transaction(self.caller, self.call, scope=self.scope)

    def wait(self, seconds: float) -> bool:
        """Sleeps; False as soon as the client has left or the server stops."""
        return not self.stopping.wait(seconds) and self.context.is_active()


class _Answering:
    """Around one call: who asks, how long it took, and every error to its status."""

    __slots__ = ("_admission", "_context", "_method", "_started")

    def __init__(self, method: Method, context: grpc.ServicerContext, admission: Admission) -> None:
        self._method, self._context, self._admission = method, context, admission
        self._started = time.perf_counter()

    def __enter__(self) -> tuple[Caller, Call, Scope]:
        try:
            return self._admission.admit(self._method, self._context)
        except Exception as error:
            self._abort(faults.understood(error, self._method.full_name))
            raise

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        telemetry.observe_call(self._method.full_name, time.perf_counter() - self._started)
        if error is None or isinstance(error, GeneratorExit):
            telemetry.count_call(self._method.full_name, "OK")
            return
        self._abort(faults.understood(error, self._method.full_name))

    def _abort(self, error: WorkbenchError) -> None:
        code = errors.code_of(error)
        telemetry.count_call(self._method.full_name, code.name)
        domain = self._method.full_name.rpartition(".")[0].removesuffix(".v1")
        self._context.set_trailing_metadata(((errors.DETAILS_KEY, errors.to_status(error, domain)),))
        self._context.abort(code, error.message)


def _chosen(method: Method, functions: Mapping[str, Served], request: Any) -> Served:
    if not method.every_service:
        return next(iter(functions.values()))
    if request.service in functions:
        return functions[request.service]
    raise faults.not_hosted(request.service)


def _act(method: Method, served: Served, work: UnitOfWork, request: Any, mask: Callable[[Message], None] | None) -> Message:
    request_id = request.request_id if method.takes_request_id else ""
    key = (work.session, work.caller.person_id, method.full_name, request_id)
    if request_id:
        claim(*key, request.SerializeToString(deterministic=True), work.now)
    try:
        answer: Message = served.function(work, request)
    except WorkbenchError as refusal:
        if refusal.keeps_changes and method.audit:
            work.audit(outcome=refusal.reason)
        raise
    if method.audit:
        work.audit()
    if mask:
        mask(answer)
    if request_id:
        keep_answer(*key, answer.SerializeToString())
    return answer
