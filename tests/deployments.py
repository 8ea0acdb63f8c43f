"""Whole deployments for tests: started as a user starts them, reached through the gateway as a user reaches it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path

import requests

from tests.servers import free_port

PASSWORD = "workbench-demo"
START_SECONDS = 90
# A large demonstration bank is opened at least so fast, before the first start is over.
CUSTOMERS_PER_SECOND = 50
STOP_SECONDS = 30
# A token is renewed before it expires: a deployment lives as long as the tests that share it.
TOKEN_SECONDS = 240.0
CUSTOMERS = 300
HISTORY_MONTHS = 0
# What one deployment has compiled all others find.
STATEMENTS = Path(__file__).parents[1] / "build/statements"


def _client() -> requests.Session:
    """Keeps no connection, which may end as it is used again, and no cookies; a proxy is not looked for: that would take long."""
    client = requests.Session()
    client.headers["Connection"] = "close"
    client.trust_env = False
    client.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    return client


@dataclass(slots=True)
class Deployment:
    """A running `workbench up`, and the way in."""

    home: Path
    port: int
    environment: Mapping[str, str]
    # Whether the demonstration bank's systems deliver files meanwhile.
    delivers: bool = False
    customers: int = CUSTOMERS
    history_months: int = HISTORY_MONTHS
    process: subprocess.Popen[str] | None = None
    # By login: the token, and when it is renewed.
    tokens: dict[str, tuple[str, float]] = field(default_factory=dict)
    client: requests.Session = field(default_factory=_client)

    @property
    def url(self) -> str:
        """The gateway's address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it, and returns once it says that it is ready."""
        self.process = subprocess.Popen(
            [
                str(Path(sys.executable).parent / "workbench"),
                "up",
                "--customers",
                str(self.customers),
                "--history-months",
                str(self.history_months),
                "--deliver" if self.delivers else "--no-deliver",
            ],
            env=dict(self.environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        said = ""
        deadline = time.monotonic() + START_SECONDS + self.customers / CUSTOMERS_PER_SECOND
        while "ready in" not in said:
            line = self.process.stdout.readline() if time.monotonic() < deadline else ""
            if not line:
                raise AssertionError(f"The deployment did not start:\n{said}\n{self.logs()}")
            said += line

    def stop(self) -> int:
        """Stops it as Ctrl-C does; answers the exit code."""
        self.client.close()
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        return self.process.returncode

    def process_id(self, name: str) -> int:
        """The process of that name, such as `gateway` or `services`."""
        return int((self.home / "run" / f"{name}.pid").read_text())

    def kill(self, name: str) -> None:
        """Kills a process outright, and waits until the launcher has started another."""
        killed = self.process_id(name)
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: self.process_id(name) != killed)

    def logs(self) -> str:
        """The end of every log."""
        files = sorted((self.home / "logs").glob("*.log"))
        return "\n".join(f"── {path.name}\n" + path.read_text(errors="replace")[-3_000:] for path in files)

    def sign_in(self, login: str) -> dict[str, str]:
        """Headers with which a call is that person's."""
        token, renew_at = self.tokens.get(login, ("", 0.0))
        if time.monotonic() >= renew_at:
            answer = self.client.post(f"{self.url}/v1/sessions", json={"login": login, "password": PASSWORD}, timeout=10)
            assert answer.status_code == 200, answer.text
            token = answer.json()["accessToken"]
            self.tokens[login] = (token, time.monotonic() + TOKEN_SECONDS)
        return {"Authorization": f"Bearer {token}"}

    def call(self, login: str, method: str, path: str, **arguments) -> requests.Response:
        """One call as that person; `json`, `params` and more as requests takes them."""
        headers = self.sign_in(login) | arguments.pop("headers", {})
        return self.client.request(method, self.url + path, headers=headers, timeout=30, **arguments)

    def get(self, login: str, path: str, **params) -> dict:
        """The answer to a read as that person, which must succeed."""
        answer = self.call(login, "GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextmanager
def branch(home: Path, settings: Mapping[str, str] | None = None, **bank) -> Iterator[Deployment]:
    """A branch of its own in a folder, with settings of its own by their names in the environment.

    `bank`: what the demonstration bank is to be (`delivers`, `customers`, `history_months`).
    """
    yield from _running(home, {"WORKBENCH_PROFILE": "branch", **(settings or {})}, **bank)


@contextmanager
def head_office(
    home: Path,
    database_urls: Mapping[str, str],
    amqp_url: str,
    settings: Mapping[str, str] | None = None,
    **bank,
) -> Iterator[Deployment]:
    """A head office on this machine: PostgreSQL and RabbitMQ given, mutual TLS between its processes."""
    databases = {f"WORKBENCH_{name.upper()}_DATABASE_URL": url for name, url in database_urls.items()}
    addresses = {f"WORKBENCH_{name.upper()}_ADDRESS": f"127.0.0.1:{free_port()}" for name in database_urls}
    own = {"WORKBENCH_PROFILE": "head-office", "WORKBENCH_DEMONSTRATION": "true", "WORKBENCH_AMQP_URL": amqp_url}
    yield from _running(home, own | databases | addresses | dict(settings or {}), **bank)


def _running(home: Path, settings: Mapping[str, str], **bank) -> Iterator[Deployment]:
    port = free_port()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("WORKBENCH_")}
    # Tests call faster than people do; the limits themselves are tested where they stand.
    limits = {f"WORKBENCH_GATEWAY_{who}_REQUESTS_PER_MINUTE_MAX": "1000000" for who in ("PERSON", "ADDRESS")}
    environment = (
        inherited
        | limits
        | {"WORKBENCH_HOME": str(home), "WORKBENCH_PORT": str(port), "COLUMNS": "200"}
        | {"WORKBENCH_LAKE_STATEMENTS": str(STATEMENTS)}
        | dict(settings)
    )
    deployment = Deployment(home, port, environment, **bank)
    try:
        deployment.start()
        yield deployment
    finally:
        deployment.client.close()
        if deployment.process and deployment.process.poll() is None:
            deployment.stop()


def wait_until(condition, seconds: float = 20.0, what: str = "condition"):
    """The condition's first true value; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if value := condition():
                return value
        except (OSError, ValueError):
            pass  # The file is just being written, or the process not there yet.
        time.sleep(0.05)
    raise AssertionError(f"Not within {seconds} s: {what}")
