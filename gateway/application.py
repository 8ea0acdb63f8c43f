"""The gateway as a WSGI application: the steps that every request passes, for routes of the contract and pages alike."""

from __future__ import annotations

import gzip
import ipaddress
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog

from gateway import problem
from gateway.authentication import Authenticator
from gateway.exchange import Answer, Endpoint, Exchange
from gateway.headers import DATA_POLICY, PAGE_FILES, CrossOrigin, fixed_headers
from gateway.problem import ALLOW_KEY
from gateway.rates import Rates
from gateway.settings import GatewaySettings
from gateway.telemetry import NO_ROUTE, AccessLog, Metrics
from services.chassis import telemetry
from services.chassis.kernel.errors import InvalidInput, NotAllowed, NotAuthenticated, NotFound, WorkbenchError
from services.chassis.kernel.ids import uuid7
from services.chassis.rpc.errors import InternalFault

# The endpoints at a path by HTTP method, with the path's segments; None where there are none.
Find = Callable[[str], tuple[Mapping[str, Endpoint] | None, Sequence[str]]]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]
Step = Callable[[Exchange], Answer | None]

# Smaller bodies grow, or save less than a packet.
GZIP_BYTES_MIN = 1_024
GZIP_LEVEL = 5
_COMPRESSIBLE = ("application/json", "application/problem+json", "text/", "image/svg")

_CORRELATION_ID = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
_STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}

_log = structlog.get_logger(__name__)


class Application:
    """Takes each request through the steps, in the order of `_steps`, and sends what its endpoint answers."""

    def __init__(
        self,
        find: Find,
        authenticator: Authenticator,
        rates: Rates,
        metrics: Metrics,
        access_log: AccessLog,
        settings: GatewaySettings,
    ) -> None:
        self._find, self._authenticator, self._rates = find, authenticator, rates
        self._metrics, self._access_log, self._settings = metrics, access_log, settings
        self._cross_origin = CrossOrigin(settings.cors_origins)
        self._fixed_headers = fixed_headers(https_only=settings.https_only)
        self._steps: tuple[Step, ...] = (
            self._identify,
            self._limit_rate,
            self._route,
            self._authenticate,
            self._permit,
            _answer,
        )

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """WSGI (PEP 3333)."""
        exchange = Exchange(environ)
        try:
            answer = self._pass(exchange)
        except WorkbenchError as error:
            answer = self._refuse(exchange, error)
        except Exception as error:  # noqa: BLE001 - the last line of defence
            # Whatever it is, the client gets a problem document and no trace of our insides.
            _log.error(
                "request_failed",
                correlation_id=exchange.correlation_id,
                error=telemetry.kind_and_place(error),
                stack=telemetry.stack(error),
            )
            answer = problem.answer(InternalFault("INTERNAL", ""), exchange.correlation_id)
        return self._send(exchange, answer, start_response)

    def _pass(self, exchange: Exchange) -> Answer:
        """The answer of the first step that gives one; the last one does."""
        for step in self._steps:
            answer = step(exchange)
            if answer is not None:
                return answer
        raise AssertionError("unreachable: the last step answers")

    def _identify(self, exchange: Exchange) -> None:
        """Names the request and its sender, and refuses an address that nobody means."""
        environ = exchange.environ
        given = environ.get("HTTP_X_CORRELATION_ID", "")
        exchange.correlation_id = given if given and _CORRELATION_ID.fullmatch(given) else uuid7()
        exchange.remote_address = self._remote_address(environ)
        path = exchange.path
        if len(path) + len(environ.get("QUERY_STRING", "")) > self._settings.url_bytes_max:
            raise InvalidInput("URL_TOO_LONG", f"The address is longer than {self._settings.url_bytes_max} bytes.")
        if not path.isascii():
            # WSGI gives the path's bytes as Latin-1.
            try:
                exchange.path = path.encode("latin-1").decode()
            except UnicodeError:
                raise InvalidInput("PATH_INVALID", "The path is not valid UTF-8.") from None

    def _limit_rate(self, exchange: Exchange) -> None:
        """Counts by person where the token is known already, else by address: a made-up token gains nothing.

        Files of the page are not counted: one screen takes dozens, and a branch's people share an address.
        """
        if exchange.path.startswith(PAGE_FILES):
            return
        authorization = exchange.environ.get("HTTP_AUTHORIZATION", "")
        exchange.verified = self._authenticator.known(authorization) if authorization else None
        if exchange.verified is not None:
            self._rates.count_person(exchange.verified.caller.person_id)
        else:
            self._rates.count_address(exchange.remote_address)

    def _route(self, exchange: Exchange) -> Answer | None:
        """Finds the endpoint; HEAD is answered as GET, whose body the server then leaves out."""
        endpoints, segments = self._find(exchange.path)
        if endpoints is None:
            raise NotFound("ROUTE_NOT_FOUND", "There is nothing at this address; /v1/openapi.json tells what there is.")
        http_method = exchange.http_method
        endpoint = endpoints.get("GET" if http_method == "HEAD" else http_method)
        if endpoint is not None:
            exchange.endpoint, exchange.segments = endpoint, segments
            return None
        allowed = _allowed(endpoints)
        if http_method == "OPTIONS":
            return self._cross_origin.options(exchange, allowed)
        raise InvalidInput(
            "METHOD_NOT_ALLOWED", "This address does not answer to that HTTP method.", metadata={ALLOW_KEY: ", ".join(allowed)}
        )

    def _authenticate(self, exchange: Exchange) -> None:
        """Verifies the token that was sent, unless nobody asks for one: signing in works whatever old token comes along."""
        authorization = exchange.environ.get("HTTP_AUTHORIZATION", "")
        if exchange.verified is None and authorization and not _endpoint(exchange).access.open:
            exchange.verified = self._authenticator.verify(authorization)

    def _permit(self, exchange: Exchange) -> None:
        """Asks whether the caller may; the service asks again, and knows the scope as well."""
        access = _endpoint(exchange).access
        if access.open:
            return
        if exchange.verified is None:
            raise NotAuthenticated("NOT_SIGNED_IN", "Sign in first.")
        if access.permission and access.permission not in exchange.verified.permissions:
            needed = access.permission
            raise NotAllowed("PERMISSION_DENIED", f"This needs the permission {needed}.", metadata={"permission": needed})

    def _refuse(self, exchange: Exchange, error: WorkbenchError) -> Answer:
        if isinstance(error, InternalFault):
            _log.error("service_failed", correlation_id=exchange.correlation_id, reason=error.reason)
        return problem.answer(error, exchange.correlation_id)

    def _send(self, exchange: Exchange, answer: Answer, start_response: StartResponse) -> Iterable[bytes]:
        environ = exchange.environ
        headers = [*self._fixed_headers, ("X-Correlation-Id", exchange.correlation_id), *answer.headers]
        if answer.content_type:
            headers.append(("Content-Type", answer.content_type))
        if not any(name == "Content-Security-Policy" for name, _ in answer.headers):
            headers.append(("Content-Security-Policy", DATA_POLICY))
        headers += self._cross_origin.headers(environ.get("HTTP_ORIGIN", ""))
        body: Iterable[bytes] = answer.body
        if isinstance(body, bytes) and not any(name == "Content-Encoding" for name, _ in answer.headers):
            body = [_compressed(body, answer.content_type, environ, headers)]
        body = [body] if isinstance(body, bytes) else body
        start_response(_STATUS_LINES.get(answer.status, str(answer.status)), headers)
        seconds = time.perf_counter() - exchange.started
        route = exchange.endpoint.label if exchange.endpoint else NO_ROUTE
        self._metrics.observe(route, exchange.http_method, answer.status, seconds)
        self._access_log.write(exchange, answer, route, seconds)
        return body

    def _remote_address(self, environ: dict[str, Any]) -> str:
        address: str = environ.get("REMOTE_ADDR", "")
        if not self._settings.trusted_proxies or not _is_within(address, self._settings.trusted_proxies):
            return address
        # Each proxy adds the address that it saw; the last one that is not a proxy of ours is the client's.
        for hop in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(",")):
            if hop.strip() and not _is_within(hop.strip(), self._settings.trusted_proxies):
                return hop.strip() if _is_address(hop.strip()) else address
        return address


def _answer(exchange: Exchange) -> Answer:
    endpoint = _endpoint(exchange)
    with telemetry.span(f"{exchange.http_method} {endpoint.label}", exchange.header("TRACEPARENT")):
        return endpoint.answer(exchange)


def _endpoint(exchange: Exchange) -> Endpoint:
    if exchange.endpoint is None:
        raise RuntimeError("this step runs after the one that finds the endpoint")
    return exchange.endpoint


def _allowed(endpoints: Iterable[str]) -> list[str]:
    methods = {*endpoints, "OPTIONS"}
    return sorted(methods | {"HEAD"} if "GET" in methods else methods)


def _compressed(body: bytes, content_type: str, environ: dict[str, Any], headers: list[tuple[str, str]]) -> bytes:
    if len(body) < GZIP_BYTES_MIN or not content_type.startswith(_COMPRESSIBLE):
        return body
    headers.append(("Vary", "Accept-Encoding"))
    if not _accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
        return body
    headers.append(("Content-Encoding", "gzip"))
    return gzip.compress(body, GZIP_LEVEL, mtime=0)


def _accepts_gzip(header: str) -> bool:
    for each in header.split(","):
        coding, _, weight = each.partition(";")
        if coding.strip().lower() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _is_within(address: str, networks: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
