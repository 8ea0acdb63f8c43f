"""The gateway as its own process, over sockets: granian, a worker, signals."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests

from gateway.transcoding.contract import Contract, message_class
from services.chassis import keys
from services.chassis.kernel.caller import Caller, Grant, Scope
from tests.component.gateway.conftest import Backend

ROOT = Path(__file__).parents[3]
CUSTOMER = "0199c0de-0000-7000-8000-000000000001"
PROFILE = """
[gateway]
port = {port}
drain_seconds = 5
stream_heartbeat_seconds = 0.1

[services.customer]
run = "here"
address = "127.0.0.1:{backend}"
"""


class Process:
    def __init__(self, folder):
        contract = Contract.load()
        self.backend = Backend(contract, "workbench.customer.v1.CustomerService", "customer")
        self.customer = message_class(contract.pool.FindMessageTypeByName("workbench.customer.v1.Customer"))
        self.change = message_class(contract.pool.FindMessageTypeByName("workbench.customer.v1.WatchCustomersResponse"))
        keys.create_keys(folder / "secrets")
        ring = keys.KeyRing.load(folder / "secrets" / keys.SIGNING_KEYS_FILE)
        caller = Caller("p-1", "rm1.east", "s-1", "/HO/", (Grant(frozenset({"customer.record.read"}), Scope(own=True)),))
        self.headers = {"Authorization": f"Bearer {ring.sign(caller.to_claims(), 'workbench', 60)}"}
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        profile = folder / "trial.toml"
        profile.write_text(PROFILE.format(port=self.port, backend=self.backend.port))
        self.log = folder / "log"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WORKBENCH_")}
        environment = {**kept, "WORKBENCH_HOME": str(folder), "WORKBENCH_PROFILE": str(profile)}
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gateway", "serve"], cwd=ROOT, env=environment, stdout=output, stderr=output
            )
        self.url = f"http://127.0.0.1:{self.port}"

    def is_ready(self):
        with contextlib.suppress(requests.ConnectionError):
            return requests.get(f"{self.url}/readyz", timeout=2).status_code == 200
        return False

    def get(self, path, **how):
        return requests.get(self.url + path, headers=self.headers, timeout=10, **how)

    def listens(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.backend.stop()


def wait_until(holds, what, seconds=15):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError(f"not in {seconds} s: {what}")


@pytest.fixture
def process(tmp_path):
    process = Process(tmp_path)
    try:
        wait_until(process.is_ready, "the gateway is ready", seconds=60)
        yield process
    finally:
        process.stop()


def test_a_request_over_sockets(process):
    process.backend.answers["GetCustomer"] = lambda request: process.customer(customer_id=request.customer_id, etag="1")
    answer = process.get(f"/v1/customers/{CUSTOMER}")
    assert (answer.status_code, answer.json()["customerId"], answer.headers["ETag"]) == (200, CUSTOMER, '"1"')
    assert answer.headers["Server"] == "workbench"
    head = requests.head(f"{process.url}/v1/customers/{CUSTOMER}", headers=process.headers, timeout=5)
    assert (head.status_code, head.content) == (200, b"")
    unknown = requests.post(f"{process.url}/v1/customers", data="x" * 5_000_000, headers=process.headers, timeout=5)
    assert unknown.status_code == 403
    lines = [json.loads(line) for line in process.log.read_text().splitlines() if '"request"' in line]
    line = next(line for line in lines if line["route"] == "/v1/customers/{customer_id}")
    assert (line["status"], line["person_id"], line["method"]) == (200, "p-1", "GET")
    assert process.headers["Authorization"][7:40] not in process.log.read_text()


def test_a_client_that_leaves_a_stream_frees_its_place(process):
    def watch(_request, context):
        yield process.change(customer={"customer_id": CUSTOMER})
        while context.is_active():
            time.sleep(0.02)

    process.backend.answers["WatchCustomers"] = watch
    with process.get("/v1/customers:watch", stream=True) as answer:
        lines = answer.iter_lines()
        assert next(line for line in lines if line.startswith(b"data"))
    assert process.backend.ended_streams.acquire(timeout=5)


def test_sigterm_answers_what_runs_ends_streams_and_then_ends(process):
    started = threading.Barrier(3)

    def slowly(request):
        started.wait(5)
        time.sleep(1.0)
        return process.customer(customer_id=request.customer_id)

    def watch(_request, context):
        yield process.change()
        started.wait(5)
        while context.is_active():
            time.sleep(0.02)

    process.backend.answers.update(GetCustomer=slowly, WatchCustomers=watch)
    outcome = {}

    def stream():
        with process.get("/v1/customers:watch", stream=True) as answer:
            outcome["stream"] = b"".join(answer.iter_content(None))

    def read():
        outcome["status"] = process.get(f"/v1/customers/{CUSTOMER}").status_code

    threads = [threading.Thread(target=target) for target in (stream, read)]
    for thread in threads:
        thread.start()
    started.wait(5)
    process.process.send_signal(signal.SIGTERM)
    for thread in threads:
        thread.join(10)
    assert outcome["status"] == 200
    assert outcome["stream"].endswith(b"event: end\ndata: {}\n\n")
    assert process.process.wait(10) == 0
    assert not process.listens()


def test_a_worker_does_not_outlive_its_server(process):
    process.process.kill()
    process.process.wait()
    wait_until(lambda: not process.listens(), "nobody holds the port")


def test_settings_that_do_not_fit_are_told_at_once_and_nothing_listens(tmp_path):
    profile = tmp_path / "faulty.toml"
    profile.write_text('[gateway]\nport = 99999\ncors_origins = ["https://a.example/path"]\nnope = 1\n[services]\n')
    environment = {**os.environ, "WORKBENCH_HOME": str(tmp_path), "WORKBENCH_PROFILE": str(profile)}
    done = subprocess.run(
        [sys.executable, "-m", "gateway", "serve"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert all(name in done.stderr for name in ("gateway.port", "gateway.cors_origins", "gateway.nope"))
    assert "Traceback" not in done.stderr
