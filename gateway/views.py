"""The pages of the gateway that are no RPC, as Flask views: the contract's document, health, metrics, public keys."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import flask_swagger_ui
import prometheus_client
from flask import Flask, Response, jsonify, request, send_from_directory
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.wrappers import Response as AnyResponse
from workbench.options.v1.options_pb2 import Access

from gateway.authentication import Authenticator
from gateway.exchange import EXCHANGE_KEY, Answer, Endpoint, Exchange
from gateway.headers import NO_STORE, PAGE_POLICY
from gateway.health import Health
from gateway.streams import Streams
from gateway.telemetry import Metrics
from services.chassis.kernel.errors import InvalidInput, NotAllowed, NotFound

METRICS_PERMISSION = "operations.metrics.read"
# The contract, the keys and the page's files change with a release at most.
CACHE_BRIEFLY = "public, max-age=60"

_SWAGGER_FILES = Path(flask_swagger_ui.__file__).parent / "dist"
_DOCS_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>RM Workbench API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" type="image/png" sizes="32x32" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_DOCS_SCRIPT = (
    'SwaggerUIBundle({url: "/v1/openapi.json", dom_id: "#swagger-ui", deepLinking: true, '
    "validatorUrl: null, persistAuthorization: false});\n"
)


@dataclass(frozen=True)
class Shown:
    """What the views show."""

    version: str
    # By service: `here`, `remote` or `absent`.
    placements: Mapping[str, str]
    openapi: bytes
    openapi_etag: str
    health: Health
    authenticator: Authenticator
    public_jwks: Callable[[], Any]
    metrics: Metrics
    streams: Streams
    scrape_token: str


class Views:
    """Flask's views as endpoints. Whoever adds a blueprint to `flask` gets the same steps around it."""

    def __init__(self, shown: Shown) -> None:
        self.flask = Flask("gateway", static_folder=None)
        # Errors leave Flask as they are, to be told in one place.
        self.flask.config["PROPAGATE_EXCEPTIONS"] = True
        self.flask.url_map.strict_slashes = False
        self.flask.url_map.merge_slashes = False
        self.flask.register_error_handler(HTTPException, _refuse)
        _add_health(self.flask, shown)
        _add_contract(self.flask, shown)
        _add_metrics(self.flask, shown)
        # Kept before the transcoder takes its place in front of it.
        self._dispatch = self.flask.wsgi_app

    def find(self, path: str) -> tuple[Mapping[str, Endpoint] | None, Sequence[str]]:
        """The views at a path by HTTP method; None where there are none."""
        adapter = self.flask.url_map.bind("")
        methods = [method for method in adapter.allowed_methods(path) if method not in ("HEAD", "OPTIONS")]
        if not methods:
            return None, ()
        rules = {method: adapter.match(path, method=method, return_rule=True)[0] for method in methods}
        return {method: ViewEndpoint(rule, self._dispatch) for method, rule in rules.items()}, ()


class ViewEndpoint:
    """One view. Views are open; one that shows more asks for itself."""

    access = Access(open=True)

    def __init__(self, rule: Rule, dispatch: Callable[..., Any]) -> None:
        self.label = rule.rule
        self._dispatch = dispatch

    def answer(self, exchange: Exchange) -> Answer:
        """Lets Flask answer, and takes the answer whole."""
        exchange.environ[EXCHANGE_KEY] = exchange
        started: list[tuple[str, list[tuple[str, str]]]] = []
        parts = self._dispatch(exchange.environ, lambda status, headers, _error=None: started.append((status, headers)))
        try:
            body = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        status, headers = started[0]
        kept = [(name, value) for name, value in headers if name.lower() not in ("content-type", "content-length")]
        content_type = next((value for name, value in headers if name.lower() == "content-type"), "")
        return Answer(int(status.split(" ", 1)[0]), body, content_type, kept)


def _add_health(flask: Flask, shown: Shown) -> None:
    @flask.get("/healthz")
    def healthz() -> AnyResponse:
        """Whether this process lives."""
        return _uncached({"state": "SERVING"})

    @flask.get("/readyz")
    def readyz() -> AnyResponse:
        """Whether every service that this deployment runs itself answers."""
        states = shown.health.states()
        missing = [name for name, placement in shown.placements.items() if placement == "here" and states[name] != "SERVING"]
        answer = _uncached({"state": "NOT_READY" if missing else "READY", "services": states})
        answer.status_code = HTTPStatus.SERVICE_UNAVAILABLE if missing else HTTPStatus.OK
        return answer

    @flask.get("/v1/capabilities")
    def capabilities() -> AnyResponse:
        """Which services there are, and how they are."""
        states = shown.health.states()
        services = [{"name": name, "placement": shown.placements[name], "state": states[name]} for name in sorted(states)]
        return _uncached({"version": shown.version, "services": services})


def _add_contract(flask: Flask, shown: Shown) -> None:
    @flask.get("/v1/openapi.json")
    def openapi() -> AnyResponse:
        answer = Response(shown.openapi, content_type="application/json", headers={"Cache-Control": CACHE_BRIEFLY})
        answer.set_etag(shown.openapi_etag)
        return answer.make_conditional(request)

    @flask.get("/.well-known/jwks.json")
    def jwks() -> AnyResponse:
        answer = jsonify(shown.public_jwks())
        answer.headers["Cache-Control"] = CACHE_BRIEFLY
        return answer

    @flask.get("/docs")
    def docs() -> AnyResponse:
        return _page(Response(_DOCS_PAGE, content_type="text/html; charset=utf-8"))

    @flask.get("/docs/start.js")
    def docs_script() -> AnyResponse:
        return _page(Response(_DOCS_SCRIPT, content_type="text/javascript; charset=utf-8"))

    @flask.get("/docs/<name>")
    def docs_file(name: str) -> AnyResponse:
        return _page(send_from_directory(_SWAGGER_FILES, name))


def _add_metrics(flask: Flask, shown: Shown) -> None:
    @flask.get("/metrics")
    def metrics() -> AnyResponse:
        """For a scraper that knows the token, or a person who holds the permission."""
        authorization = request.headers.get("Authorization", "")
        expected = f"Bearer {shown.scrape_token}"
        if not (shown.scrape_token and hmac.compare_digest(authorization.encode(), expected.encode())):
            verified = shown.authenticator.verify(authorization)
            if METRICS_PERMISSION not in verified.permissions:
                raise NotAllowed("PERMISSION_DENIED", f"This needs the permission {METRICS_PERMISSION}.")
        shown.metrics.open_streams.set(shown.streams.count())
        text = prometheus_client.generate_latest(shown.metrics.registry)
        return Response(text, content_type=prometheus_client.CONTENT_TYPE_LATEST, headers={"Cache-Control": NO_STORE})


def _uncached(content: Any) -> Response:
    answer = jsonify(content)
    answer.headers["Cache-Control"] = NO_STORE
    return answer


def _page(answer: Response) -> Response:
    answer.headers["Content-Security-Policy"] = PAGE_POLICY
    answer.headers.setdefault("Cache-Control", CACHE_BRIEFLY)
    return answer


def _refuse(error: HTTPException) -> AnyResponse:
    """Flask's own refusals in the words of ours."""
    if error.code == HTTPStatus.NOT_FOUND:
        raise NotFound("ROUTE_NOT_FOUND", "There is nothing at this address.") from None
    if error.code is not None and error.code >= HTTPStatus.BAD_REQUEST:
        raise InvalidInput("REQUEST_INVALID", error.description or "The request does not fit.") from None
    return error.get_response()
