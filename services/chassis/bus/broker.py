"""How to reach the broker, and what messages carry there beside the event's own headers."""

from __future__ import annotations

import ssl
from typing import Any

import pika

from services.chassis.settings import TlsSettings

CONFIRM_SECONDS_MAX = 15.0
HEARTBEAT_SECONDS = 30
SOCKET_SECONDS_MAX = 5.0
# AMQP's delivery mode of messages that are kept on disk.
PERSISTENT = 2

ATTEMPTS_HEADER = "x-workbench-attempts"
ERROR_HEADER = "x-workbench-error"
PARK_TIME_HEADER = "x-workbench-park-time"
DELIVERY_HEADERS = (ATTEMPTS_HEADER, ERROR_HEADER, PARK_TIME_HEADER)


def connection_parameters(url: str, tls: TlsSettings | None = None) -> pika.URLParameters:
    """How to connect; for `amqps://` with the certificates given, or with the system's own authorities."""
    parameters = pika.URLParameters(url)
    parameters.heartbeat = HEARTBEAT_SECONDS
    parameters.socket_timeout = SOCKET_SECONDS_MAX
    parameters.stack_timeout = SOCKET_SECONDS_MAX * 2
    parameters.blocked_connection_timeout = CONFIRM_SECONDS_MAX
    if parameters.ssl_options is not None and tls is not None and tls.authority:
        context = ssl.create_default_context(cafile=str(tls.authority))
        if tls.certificate and tls.key:
            context.load_cert_chain(tls.certificate, tls.key)
        parameters.ssl_options = pika.SSLOptions(context, parameters.host)
    return parameters


def kombu_tls(url: str, tls: TlsSettings | None) -> dict[str, Any] | None:
    """The same for kombu; None where the URL asks for no TLS."""
    if not url.startswith("amqps:"):
        return None
    options: dict[str, Any] = {"cert_reqs": ssl.CERT_REQUIRED}
    if tls and tls.authority:
        options["ca_certs"] = str(tls.authority)
    if tls and tls.certificate and tls.key:
        options |= {"certfile": str(tls.certificate), "keyfile": str(tls.key)}
    return options
