"""The gateway's process: granian serves the WSGI application from worker processes, and all of it ends in order.

Each worker composes its own gateway: neither gRPC channels nor threads survive a fork.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from functools import partial
from typing import Any

import structlog
from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from gateway.composition import Gateway, compose
from gateway.settings import GatewaySettings
from services.chassis import start, telemetry
from services.chassis.settings import DeploymentSettings, parse_section

# A browser's headers with a token fit many times; more is nobody's honest request.
HEADER_BYTES_MAX = 64 * 1024
HEADER_READ_MS = 10_000
SERVER_POLL_SECONDS = 1.0

_log = structlog.get_logger(__name__)


def serve(settings: DeploymentSettings) -> None:
    """Serves until SIGTERM or SIGINT; raises SettingsFault before it listens. The running requests are answered first."""
    own: GatewaySettings = parse_section(GatewaySettings, settings.gateway, "gateway")
    server = Granian(
        "gateway",
        own.bind_address,
        own.port,
        interface=Interfaces.WSGI,
        workers=own.workers,
        # A stream holds a thread, and must not take one from the requests.
        blocking_threads=own.threads + own.streams_max,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_READ_MS, max_buffer_size=HEADER_BYTES_MAX),
        websockets=False,
        log_enabled=True,
        log_level=LogLevels.warning,
        log_access=False,
        workers_kill_timeout=own.drain_seconds,
        ssl_cert=own.tls_certificate,
        ssl_key=own.tls_key,
    )
    # Before the workers are forked: they share what is there, and no collection copies its pages.
    start.started()
    server.on_startup(lambda: _log.info("listening", address=own.bind_address, port=own.port, workers=own.workers))
    server.serve(target_loader=partial(load_worker, settings, os.getpid()), wrap_loader=False)


def load_worker(settings: DeploymentSettings, server_process_id: int) -> Any:
    """The WSGI callable of one worker process. Granian calls it there, in the main thread, before it serves."""
    telemetry.start_logging("gateway", settings.telemetry.log_level)
    telemetry.start_tracing("gateway", settings.telemetry.otlp_endpoint)
    gateway = compose(settings)
    _end_streams_at_signal(gateway)
    _end_with_server(server_process_id)
    return gateway.flask


def _end_streams_at_signal(gateway: Gateway) -> None:
    """Granian waits for running answers when it is told to stop, and a stream runs on by nature.

    Granian puts its own signal handlers in place after this, so the signal is seen where Python writes the numbers of
    all signals that it handles.
    """
    reading, writing = socket.socketpair()
    writing.setblocking(False)  # noqa: FBT003 - the library's own signature
    # Detached: nothing may close it under the signal handler.
    signal.set_wakeup_fd(writing.detach())

    def wait() -> None:
        ending = {signal.SIGTERM, signal.SIGINT}
        while ending.isdisjoint(reading.recv(1)):
            pass
        _log.info("draining", open_streams=gateway.streams.count())
        gateway.streams.close()

    threading.Thread(target=wait, name="drain", daemon=True).start()


def _end_with_server(server_process_id: int) -> None:
    """A worker whose server was killed outright would hold the port for ever.

    The server's id comes from before the fork: a server that dies while its worker starts is nobody's parent any more.
    """

    def watch() -> None:
        while os.getppid() == server_process_id:
            time.sleep(SERVER_POLL_SECONDS)
        # Again and again, because the first may come before granian listens to it.
        while True:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(SERVER_POLL_SECONDS)

    threading.Thread(target=watch, name="server-watch", daemon=True).start()
