"""The launcher: the processes that a profile runs on this machine, started together, watched, and stopped together.

A branch has two, services and gateway. A head office on one machine has `serve` and `work` for each service, and the gateway.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from deploy.host import package_of
from services.chassis.kernel.errors import WorkbenchError
from services.chassis.settings import DeploymentSettings, parse_section

READY_SECONDS = 60.0
POLL_SECONDS = 0.05
STOP_SECONDS = 15.0
# A process that dies is started again. One that ends by itself after so short a time so often in a row has a fault that no
# restart mends; one that was killed by a signal has none of its own.
SHORT_LIFE_SECONDS = 3.0
SHORT_LIVES_MAX = 5
LOG_BYTES_MAX = 20 * 1024 * 1024
_PR_SET_PDEATHSIG = 1


def processes(settings: DeploymentSettings) -> dict[str, tuple[str, ...]]:
    """The processes by name, each a module with its arguments, in the order in which they start; the last is the gateway."""
    gateway = {"gateway": ("gateway", "serve")}
    if settings.bus == "embedded":
        return {"services": ("deploy.host",), **gateway}
    packages = {name: package_of(name) for name in settings.running_here()}
    each = {f"{name}.{part}": (package, part) for name, package in packages.items() for part in ("work", "serve")}
    return {**each, **gateway}


class StartFailed(WorkbenchError):
    """The deployment cannot run here as it is; the text says why, and what helps."""

    def __init__(self, text: str) -> None:
        super().__init__("START_FAILED", text)


def require_free_port(settings: DeploymentSettings) -> None:
    """Raises StartFailed where the gateway could not listen, and SettingsFault where its settings do not say where.

    Otherwise the gateway's process would say so, in its log, after the services have started.
    """
    from gateway.settings import GatewaySettings

    own: GatewaySettings = parse_section(GatewaySettings, settings.gateway, "gateway")
    with socket.socket(socket.AF_INET6 if ":" in own.bind_address else socket.AF_INET) as probe:
        # A port on which connections have just ended is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((own.bind_address, own.port))
        except OSError as error:
            taken = "is taken, perhaps by a deployment that runs already" if error.errno == errno.EADDRINUSE else error.strerror
            raise StartFailed(f"Port {own.port} of {own.bind_address}: {taken}. Set WORKBENCH_PORT to a free port.") from None


@dataclass(slots=True)
class Watched:
    """One process that is kept running."""

    name: str
    arguments: tuple[str, ...]
    log: Path
    process_id_file: Path
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    short_lives: int = 0

    def start(self) -> None:
        """Starts the process; what it logs goes to its file."""
        self.started = time.monotonic()
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and modules
                [sys.executable, "-m", "services.chassis.start", *self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=dict(self.environment),
                # Its own session: Ctrl-C reaches the launcher alone, which stops the processes in order.
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - the child does one system call here and takes no lock
            )
        self.process_id_file.write_text(f"{self.process.pid}\n", encoding="utf-8")

    def died(self) -> bool:
        """Whether the process has ended by itself."""
        return self.process is not None and self.process.poll() is not None

    def start_again(self) -> None:
        """Starts the process after it died; raises StartFailed where it keeps dying as soon as it lives."""
        ended_by_itself = self.process is not None and self.process.returncode >= 0
        short = ended_by_itself and time.monotonic() - self.started < SHORT_LIFE_SECONDS
        self.short_lives = self.short_lives + 1 if short else 0
        if self.short_lives >= SHORT_LIVES_MAX:
            raise StartFailed(f"The process {self.name} keeps dying:\n{self.last_words()}")
        self.start()

    def ask_to_end(self) -> None:
        """Asks the process to drain and end."""
        if self.process is not None and self.process.poll() is None:
            self.process_id_file.unlink(missing_ok=True)
            self.process.send_signal(signal.SIGTERM)

    def wait_until_ended(self) -> None:
        """Waits for it, and kills it where it drains for too long."""
        if self.process is None:
            return
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def last_words(self, lines: int = 12) -> str:
        """The end of the process's log."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


class Launcher:
    """Runs the processes of a profile."""

    def __init__(self, settings: DeploymentSettings) -> None:
        self._url = f"http://127.0.0.1:{settings.gateway['port']}"
        self._home = settings.home
        logs, run = settings.home / "logs", settings.home / "run"
        logs.mkdir(parents=True, exist_ok=True)
        run.mkdir(parents=True, exist_ok=True)
        self._watched = [
            Watched(name, arguments, _log_file(logs, name), run / f"{name}.pid", dict(os.environ))
            for name, arguments in processes(settings).items()
        ]

    @contextmanager
    def running(self) -> Iterator[None]:
        """The processes, ready; stopped at the end of the block, the gateway first, so that nothing new comes in."""
        with _sole_launcher(self._home):
            try:
                for watched in self._watched:
                    watched.start()
                self._wait_until_ready()
                yield
            finally:
                self._stop()

    def watch(self, stop: threading.Event) -> None:
        """Starts again what dies, until `stop`; raises StartFailed where that does not help."""
        while not stop.wait(POLL_SECONDS):
            for watched in self._watched:
                if watched.died():
                    watched.start_again()

    def _stop(self) -> None:
        *services, gateway = self._watched
        # Once the gateway has ended nothing new comes in, and the others drain beside each other.
        for ending in ([gateway], services):
            for watched in ending:
                watched.ask_to_end()
            for watched in ending:
                watched.wait_until_ended()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            for watched in self._watched:
                if watched.died():
                    raise StartFailed(f"The process {watched.name} did not start:\n{watched.last_words()}")
            try:
                if requests.get(f"{self._url}/readyz", timeout=2).status_code == requests.codes.ok:
                    return
            except requests.ConnectionError:
                pass  # It does not listen yet.
            time.sleep(POLL_SECONDS)
        raise StartFailed(f"Not ready after {READY_SECONDS:.0f} s; see {self._watched[0].log.parent}.")


@contextmanager
def _sole_launcher(home: Path) -> Iterator[None]:
    """Keeps a second launcher from the state folder: it would take sockets and files from under the first one's processes."""
    with (home / "run" / "launcher.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartFailed(f"A deployment runs in {home} already. Stop it, or set WORKBENCH_HOME to another folder.") from None
        yield


def _log_file(folder: Path, name: str) -> Path:
    path = folder / f"{name}.log"
    if path.exists() and path.stat().st_size > LOG_BYTES_MAX:
        path.replace(path.with_suffix(".log.1"))
    path.touch()
    return path


def _die_with_parent() -> None:
    # A launcher that is killed outright leaves nobody behind to hold its port and its files.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
