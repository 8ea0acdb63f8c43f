"""What can be set of the gateway: the section `[gateway]` of a profile, `WORKBENCH_GATEWAY_…` in the environment."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from gateway.federation_settings import FederationSettings
from gateway.transcoding.body import JSON_DEPTH_MAX
from services.chassis.rpc.wire import MESSAGE_BYTES_MAX


def _split(value: object) -> object:
    """The environment gives a list as one text, joined by commas."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or value != f"{parts.scheme}://{parts.netloc}":
        raise ValueError("an origin is http:// or https:// with a host, and a port where it is not the usual one; no path")
    return value


class GatewaySettings(BaseModel):
    """Defaults fit a branch; nothing here names a service."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    port: int = Field(default=8080, ge=0, le=65_535)
    bind_address: str = "127.0.0.1"
    # Worker processes; one per core that the gateway may use.
    workers: int = Field(default=1, ge=1, le=64)
    # Requests handled at a time per worker, beside the streams.
    threads: int = Field(default=8, ge=1, le=128)
    # Server-sent event streams per worker; each holds a thread for as long as it lasts, and more threads make each call dearer.
    streams_max: int = Field(default=8, ge=0, le=1_024)
    stream_seconds_max: float = Field(default=3_600.0, gt=0)
    # How long fetching a file may take.
    download_seconds_max: float = Field(default=600.0, gt=0)
    stream_heartbeat_seconds: float = Field(default=15.0, gt=0)
    # How long running requests may go on after a signal to stop.
    drain_seconds: int = Field(default=15, ge=1, le=300)

    # How long a service may take to answer.
    deadline_ms: int = Field(default=10_000, ge=10, le=300_000)
    body_bytes_max: int = Field(default=4 * 1024 * 1024, ge=1_024, le=MESSAGE_BYTES_MAX)
    json_depth_max: int = Field(default=JSON_DEPTH_MAX, ge=4, le=JSON_DEPTH_MAX)
    url_bytes_max: int = Field(default=8_192, ge=256, le=65_536)

    # Requests per minute of one signed-in person, and of one address for whoever is not signed in; 0 for no limit.
    person_requests_per_minute_max: int = Field(default=1_200, ge=0)
    address_requests_per_minute_max: int = Field(default=600, ge=0)
    # Networks of the proxies before the gateway whose X-Forwarded-For is believed.
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], BeforeValidator(_split)] = ()

    # Pages of other origins that may call, such as `https://workbench.bank.example`.
    cors_origins: Annotated[tuple[Annotated[str, AfterValidator(_origin)], ...], BeforeValidator(_split)] = ()

    # Verified access tokens kept per worker.
    verified_tokens_max: int = Field(default=10_000, ge=1)
    # How often identity is asked which sessions were closed.
    revocations_poll_ms: int = Field(default=1_000, ge=50)

    # With this bearer token a scraper reads /metrics without signing in; empty for none.
    scrape_token: SecretStr = SecretStr("")
    access_log: bool = True
    # The gateway's own certificate towards browsers; without one a proxy before it ends TLS.
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    # Whether browsers reach the workbench by https only, here or at a proxy (Strict-Transport-Security).
    https_only: bool = False
    # Sign-in through a single sign-on of the bank.
    federation: FederationSettings = FederationSettings()
