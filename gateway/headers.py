"""Headers that every answer carries: what browsers may do with it, and which other origins may read it."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.exchange import Answer, Exchange

# A page of the workbench: its own scripts and styles, nothing from elsewhere, in nobody's frame.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Below it are files that never change, each under the hash of what is in it.
PAGE_FILES = "/app/assets/"
# Data: nothing at all.
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
# Data belongs to one caller and one moment; no cache keeps it.
NO_STORE = "no-store"

_ALLOWED_HEADERS = "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, X-Correlation-Id"
_EXPOSED_HEADERS = "ETag, Retry-After, X-Correlation-Id"
_PREFLIGHT_SECONDS = 600
_TRANSPORT_SECONDS = 31_536_000


def fixed_headers(*, https_only: bool) -> list[tuple[str, str]]:
    """The headers that stand on every answer alike."""
    headers = [
        ("Server", "workbench"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]
    if https_only:
        headers.append(("Strict-Transport-Security", f"max-age={_TRANSPORT_SECONDS}; includeSubDomains"))
    return headers


class CrossOrigin:
    """Cross-origin requests (the Fetch standard's CORS) of named origins; tokens travel in a header, so no credentials."""

    def __init__(self, origins: Iterable[str]) -> None:
        self._origins = frozenset(origins)

    def headers(self, origin: str) -> list[tuple[str, str]]:
        """What lets a page of that origin read the answer; only `Vary` where the origin is not named."""
        if not self._origins:
            return []
        headers = [("Vary", "Origin")]
        if origin in self._origins:
            headers += [("Access-Control-Allow-Origin", origin), ("Access-Control-Expose-Headers", _EXPOSED_HEADERS)]
        return headers

    def options(self, exchange: Exchange, methods: Iterable[str]) -> Answer:
        """The answer to OPTIONS: the methods of the path, and to a named origin's preflight that it may use them."""
        allowed = ", ".join(methods)
        headers = [("Allow", allowed)]
        if exchange.header("ORIGIN") in self._origins and exchange.header("ACCESS_CONTROL_REQUEST_METHOD"):
            headers += [
                ("Access-Control-Allow-Methods", allowed),
                ("Access-Control-Allow-Headers", _ALLOWED_HEADERS),
                ("Access-Control-Max-Age", str(_PREFLIGHT_SECONDS)),
            ]
        return Answer(204, b"", "", headers)
