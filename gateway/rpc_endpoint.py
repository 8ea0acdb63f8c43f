"""A route of the contract as an endpoint: HTTP to message, the call, message to HTTP."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from typing import Any

from workbench.options.v1.options_pb2 import Access

from gateway import downloads
from gateway.authentication import Authenticator
from gateway.exchange import Answer, Exchange
from gateway.headers import NO_STORE
from gateway.settings import GatewaySettings
from gateway.streams import EVENT_STREAM, Streams
from gateway.transcoding.request import Incoming
from gateway.transcoding.routes import Route
from gateway.upstream import Upstream
from services.chassis import telemetry
from services.chassis.kernel.errors import InvalidInput
from services.chassis.rpc.wire import ASSERTION_KEY, CORRELATION_KEY, REMOTE_ADDRESS_KEY, TRACE_KEY

_DATA_HEADERS = (("Cache-Control", NO_STORE),)


class RpcEndpoint:
    """Answers the requests of one route."""

    def __init__(
        self, route: Route, upstream: Upstream, authenticator: Authenticator, streams: Streams, settings: GatewaySettings
    ) -> None:
        self.route = route
        self.label = route.template.text
        self.access: Access = route.rpc.access
        self._upstream, self._authenticator, self._streams = upstream, authenticator, streams
        self._settings = settings
        self._changes = not route.rpc.safe

    def answer(self, exchange: Exchange) -> Answer:
        """Calls the service and answers with what it says."""
        route = self.route
        request = route.reader.read(self._incoming(exchange), self._settings.json_depth_max)
        metadata = self._metadata(exchange)
        if route.rpc.streams:
            return self._stream(exchange, request, metadata)
        response: Any = self._upstream.call(route.rpc, request, metadata)
        if route.answers_bytes:
            return self._file(exchange, response)
        headers = [*_DATA_HEADERS]
        if route.has_etag and response.etag:
            etag = f'"{response.etag}"'
            headers.append(("ETag", etag))
            if not self._changes and etag_matches(exchange.header("IF_NONE_MATCH"), etag):
                return Answer(304, b"", "", headers)
        return Answer(200, route.encode(response), headers=headers)

    def _file(self, exchange: Exchange, response: Any) -> Answer:
        """A file with its hash as ETag, by which whoever asks again and again is told that it is the same."""
        answer = downloads.whole(response)
        if self._changes:
            return answer
        etag = f'"{hashlib.sha256(response.data).hexdigest()[:32]}"'
        if etag_matches(exchange.header("IF_NONE_MATCH"), etag):
            return Answer(304, b"", "", [*_DATA_HEADERS, ("ETag", etag)])
        answer.headers.append(("ETag", etag))
        return answer

    def _incoming(self, exchange: Exchange) -> Incoming:
        environ = exchange.environ
        return Incoming(
            segments=exchange.segments,
            query=environ.get("QUERY_STRING", ""),
            body=read_body(environ, self._settings.body_bytes_max, json_only=self.route.reader.takes_json),
            content_type=environ.get("CONTENT_TYPE", ""),
            if_match=environ.get("HTTP_IF_MATCH", "") if self._changes else "",
            idempotency_key=environ.get("HTTP_IDEMPOTENCY_KEY", "") if self._changes else "",
        )

    def _metadata(self, exchange: Exchange) -> list[tuple[str, str]]:
        metadata = [(CORRELATION_KEY, exchange.correlation_id), (REMOTE_ADDRESS_KEY, exchange.remote_address)]
        if exchange.verified is not None:
            metadata.append((ASSERTION_KEY, self._authenticator.assertion(exchange.verified)))
        if trace := telemetry.traceparent():
            metadata.append((TRACE_KEY, trace))
        return metadata

    def _stream(self, exchange: Exchange, request: Any, metadata: list[tuple[str, str]]) -> Answer:
        seconds_max = self._settings.stream_seconds_max
        if exchange.verified is not None:
            # A stream does not outlive the token that opened it; the client opens the next with a fresh one.
            seconds_max = min(seconds_max, max(exchange.verified.expires_at - time.time(), 0.001))
        if self.route.answers_bytes:
            source = self._upstream.stream(self.route.rpc, request, metadata, self._settings.download_seconds_max)
            return downloads.in_parts(source, head_only=exchange.http_method == "HEAD")
        parts: Iterable[bytes] = self._streams.open(
            lambda: self._upstream.stream(self.route.rpc, request, metadata, seconds_max),
            self.route.encode,
            exchange.correlation_id,
        )
        # Proxies that gather an answer before they pass it on are asked not to.
        return Answer(200, parts, EVENT_STREAM, [*_DATA_HEADERS, ("X-Accel-Buffering", "no")])


def read_body(environ: dict[str, Any], bytes_max: int, *, json_only: bool) -> bytes:
    """The request's body; raises InvalidInput where it is too large, or of another type than JSON."""
    length = environ.get("CONTENT_LENGTH")
    if not length and "HTTP_TRANSFER_ENCODING" not in environ:
        return b""
    # A length that lies is caught by what is read.
    if length and length.isdecimal() and int(length) > bytes_max:
        raise _too_large(bytes_max)
    body: bytes = environ["wsgi.input"].read(bytes_max + 1)
    if len(body) > bytes_max:
        raise _too_large(bytes_max)
    if body and json_only and not _is_json(environ.get("CONTENT_TYPE", "")):
        raise InvalidInput("CONTENT_TYPE_UNSUPPORTED", "Send JSON, and say so: Content-Type: application/json.")
    return body


def etag_matches(if_none_match: str, etag: str) -> bool:
    """Whether `If-None-Match` names the ETag, compared weakly as RFC 9110 has it."""
    if not if_none_match:
        return False
    return if_none_match.strip() == "*" or etag in {each.strip().removeprefix("W/") for each in if_none_match.split(",")}


def _is_json(content_type: str) -> bool:
    media_type, _, parameters = content_type.partition(";")
    charset = parameters.strip().lower()
    return media_type.strip().lower() == "application/json" and charset in ("", "charset=utf-8", 'charset="utf-8"')


def _too_large(bytes_max: int) -> InvalidInput:
    return InvalidInput("BODY_TOO_LARGE", f"The body is larger than {bytes_max} bytes.")
