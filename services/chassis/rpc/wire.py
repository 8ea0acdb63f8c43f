"""What both ends of a call agree on: the names of its metadata, the audience of its assertion, how large a message may be."""

from __future__ import annotations

import grpc

ASSERTION_KEY = "x-workbench-assertion"
CORRELATION_KEY = "x-correlation-id"
REMOTE_ADDRESS_KEY = "x-remote-address"
TRACE_KEY = "traceparent"
ASSERTION_AUDIENCE = "workbench-internal"

MESSAGE_BYTES_MAX = 16 * 1024 * 1024

CHANNEL_OPTIONS = (
    ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
    ("grpc.max_send_message_length", MESSAGE_BYTES_MAX),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1_000),
    ("grpc.enable_http_proxy", 0),
)


def open_channel(address: str, credentials: grpc.ChannelCredentials | None = None) -> grpc.Channel:
    """A channel to `host:port` or `unix:/path`; connects at the first call, and again by itself after a loss."""
    if credentials:
        return grpc.secure_channel(address, credentials, options=CHANNEL_OPTIONS)
    return grpc.insecure_channel(address, options=CHANNEL_OPTIONS)
