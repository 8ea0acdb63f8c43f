"""A gateway over the trial contract, before a real gRPC server; requests go in as WSGI, without a socket."""

import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from prometheus_client import CollectorRegistry
from werkzeug.test import Client

from gateway.composition import compose
from gateway.transcoding.contract import message_class
from services.chassis import keys
from services.chassis.kernel.caller import Caller, Grant, Scope
from services.chassis.kernel.errors import WorkbenchError
from services.chassis.rpc import errors
from services.chassis.settings import DeploymentSettings
from tests.unit.gateway.trial import trial_class, trial_contract


class Backend:
    """A gRPC server whose methods are functions that a test sets: `backend.answers["GetBook"] = lambda request: …`."""

    def __init__(self, contract, proto_service, service):
        self.answers = {}
        self.requests = []
        self.metadata = []
        self.ended_streams = threading.Semaphore(0)
        self._workers = ThreadPoolExecutor(16)
        self._server = grpc.server(self._workers)
        self.health = health.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self.health, self._server)
        descriptor = contract.pool.FindServiceByName(proto_service)
        handlers = {method.name: self._handler(method) for method in descriptor.methods}
        self._server.add_registered_method_handlers(proto_service, handlers)
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self.health.set(f"workbench.{service}", health_pb2.HealthCheckResponse.SERVING)
        self._server.start()

    def stop(self):
        """Returns when no thread serves any more: what a test made is let go by the test itself."""
        self._server.stop(None).wait()
        self._workers.shutdown()

    def _handler(self, method):
        make = grpc.unary_stream_rpc_method_handler if method.server_streaming else grpc.unary_unary_rpc_method_handler
        serve = self._stream if method.server_streaming else self._unary
        request, response = message_class(method.input_type), message_class(method.output_type)
        return make(
            serve(method.name, response),
            request_deserializer=request.FromString,
            response_serializer=response.SerializeToString,
        )

    def _unary(self, name, response):
        def serve(request, context):
            self.requests.append(request)
            self.metadata.append(dict(context.invocation_metadata()))
            try:
                answer = self.answers.get(name, lambda _request: response())(request)
            except WorkbenchError as error:
                context.set_trailing_metadata(((errors.DETAILS_KEY, errors.to_status(error, "workbench.trial")),))
                context.abort(errors.code_of(error), error.message)
            return answer

        return serve

    def _stream(self, name, _response):
        def serve(request, context):
            context.add_callback(self.ended_streams.release)
            try:
                yield from self.answers[name](request, context)
            except WorkbenchError as error:
                context.set_trailing_metadata(((errors.DETAILS_KEY, errors.to_status(error, "workbench.trial")),))
                context.abort(errors.code_of(error), error.message)

        return serve


class Trial:
    """A gateway, its backend, and the keys that sign for it."""

    def __init__(self, folder, **own):
        keys.create_keys(folder / "secrets")
        self.keys = keys.KeyRing.load(folder / "secrets" / keys.SIGNING_KEYS_FILE)
        self.backend = Backend(trial_contract(), "workbench.trial.v1.TrialService", "trial")
        own = {"access_log": False, "stream_heartbeat_seconds": 0.05, **own}
        settings = DeploymentSettings.model_validate({
            "profile": "trial",
            "home": folder,
            "services": {
                "trial": {"run": "here", "address": f"127.0.0.1:{self.backend.port}"},
                "customer": {"run": "absent"},
            },
            "gateway": own,
        })  # fmt: skip
        self.gateway = compose(settings, contract=trial_contract(), keys=self.keys, registry=CollectorRegistry())
        self.client = Client(self._from_here)

    def _from_here(self, environ, start_response):
        return self.gateway.flask({"REMOTE_ADDR": "127.0.0.1", **environ}, start_response)

    def close(self):
        self.gateway.close()
        self.backend.stop()

    def token(self, *permissions, person_id="p-1", session_id="s-1", lifetime_seconds=600, audience="workbench", **claims):
        caller = Caller(person_id, "rm1.east", session_id, "/HO/EAST/", (Grant(frozenset(permissions), Scope(own=True)),))
        return self.keys.sign({**caller.to_claims(), **claims}, audience, lifetime_seconds)

    def signed_in(self, *permissions, **how):
        return {"Authorization": f"Bearer {self.token(*permissions, **how)}"}


@pytest.fixture
def make_trial(tmp_path):
    made = []

    def make(**own):
        made.append(Trial(tmp_path, **own))
        return made[-1]

    yield make
    for trial in made:
        trial.close()


@pytest.fixture
def trial(make_trial):
    return make_trial()


@pytest.fixture
def book():
    return trial_class("Book")
