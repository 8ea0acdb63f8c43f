"""One trace from the browser to the effect of the event, across HTTP, gRPC and the bus, where an endpoint is set."""

import os
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

from tests.deployments import branch, wait_until

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE_ID}-b7ad6b7169203331-01"


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """An OTLP collector that keeps the names of the spans by trace."""

    def __init__(self):
        self.names = {}

    def Export(self, request, _context):  # noqa: N802 - gRPC's own name
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    self.names.setdefault(span.trace_id.hex(), set()).add(span.name)
        return trace_service_pb2.ExportTraceServiceResponse()


@pytest.fixture
def collector(monkeypatch):
    server, collector = grpc.server(ThreadPoolExecutor(2)), Collector()
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(collector, server)
    collector.endpoint = f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    yield collector
    server.stop(0).wait()


def test_a_grant_is_one_trace_from_the_gateway_to_the_customer_service(collector, tmp_path):
    assert "WORKBENCH_TELEMETRY_OTLP_ENDPOINT" not in os.environ
    with branch(tmp_path, {"WORKBENCH_TELEMETRY_OTLP_ENDPOINT": collector.endpoint}) as deployment:
        rm = deployment.get("rm1.east", "/v1/me")["person"]["personId"]
        unit = deployment.get("useradmin.ho", "/v1/organisationUnits", pageSize=1000)["organisationUnits"]
        west = next(u["organisationUnitId"] for u in unit if u["organisationPath"].startswith("/HO/WEST/W"))
        post = {"personId": rm, "role": "relationship_manager", "organisationUnitId": west}
        post |= {"scope": "SCOPE_KIND_OWN", "reason": "trial"}
        proposed = deployment.call("useradmin.ho", "POST", "/v1/grants", json=post)
        assert proposed.status_code == 200, proposed.text
        approve = f"/v1/grants/{proposed.json()['grantId']}:approve"
        approved = deployment.call("useradmin2.ho", "POST", approve, json={}, headers={"traceparent": TRACEPARENT})
        assert approved.status_code == 200, approved.text
        wanted = {
            "POST /v1/grants/{grant_id}:approve",
            "workbench.identity.v1.GrantService/ApproveGrant",
            "handle workbench.identity.v1.PostGranted",
        }
        wait_until(lambda: wanted <= collector.names.get(TRACE_ID, set()), seconds=20, what="one trace with every hop")
