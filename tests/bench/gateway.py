"""What a request costs: a bare Flask hello, our reads, lists and writes, and Envoy before the same back end, in one run."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests
from rich.console import Console
from rich.table import Table

from tests.bench.envoy import envoy
from tests.bench.load import Measured, family, measure, memory_mb, need_wrk, pin
from tests.deployments import Deployment, branch, wait_until
from tests.servers import free_port

ROUNDS = 5
SECONDS = 4
# Two cores: what is measured has one to itself, the back end and the generator share the other.
MEASURED_CORE, OTHER_CORE = 0, 1
HELLO = """
from flask import Flask
app = Flask("hello")
@app.get("/")
def hello():
    return {"hello": "world"}
"""
CREATE_SCRIPT = """
local n, run = 0, "{run}"
request = function()
  n = n + 1
  local body = string.format('{{"customerNumber":"%s-%d","kind":"CUSTOMER_KIND_RETAIL","displayName":"王芳"}}', run, n)
  return wrk.format("POST", "/v1/customers", nil, body)
end
"""


@contextmanager
def hello(folder: Path) -> Iterator[tuple[str, int]]:
    """A bare Flask application under the same server as the gateway's."""
    (folder / "hello.py").write_text(HELLO, encoding="utf-8")
    port = free_port()
    process = subprocess.Popen(
        [
            str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--port", str(port), "--workers", "1",
            "--blocking-threads", "8", "--no-access-log", "--log-level", "error", "hello:app",
        ],
        cwd=folder,
    )  # fmt: skip
    try:
        wait_until(lambda: requests.get(f"http://127.0.0.1:{port}/", timeout=1).ok, what="Flask")
        yield f"http://127.0.0.1:{port}/", process.pid
    finally:
        process.terminate()
        process.wait()


def run(console: Console) -> None:
    """Prints one table of requests, and one of the deployment at rest."""
    need_wrk()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        home = Path(folder)
        with branch(home / "first"):
            pass
        started = time.monotonic()
        deployment = stack.enter_context(branch(home / "first"))
        start_seconds = time.monotonic() - started
        time.sleep(3)
        resting = {name: memory_mb(deployment.process_id(name)) for name in ("gateway", "services")}
        variants = _variants(deployment, home, stack)
        rounds: dict[str, list[Measured]] = {name: [] for name in variants}
        for number in range(ROUNDS):
            for name, (url, process_id, headers, script) in variants.items():
                console.print(f"round {number + 1} of {ROUNDS}: {name}")
                filled = _script(home, script, f"{number}") if script else ""
                rounds[name].append(measure(url, [process_id], headers=headers, script=filled, seconds=SECONDS, core=OTHER_CORE))
    console.print(_table(rounds))
    console.print(f"branch, second start to ready: {start_seconds:.1f} s; at rest: {sum(resting.values()):.0f} MB {resting}")


Variant = tuple[str, int, dict[str, str], str]


def _variants(deployment: Deployment, home: Path, stack: ExitStack) -> dict[str, Variant]:
    signed = deployment.sign_in("rm1.east")
    me = deployment.get("rm1.east", "/v1/me")["person"]["personId"]
    customer = deployment.get("rm1.east", "/v1/customers", pageSize=1)["customers"][0]["customerId"]
    permissions = ["customer.record.create", "customer.record.read"]
    grant = {"p": permissions, "o": True, "u": []}
    claims = {"sub": me, "lgn": "rm1.east", "sid": "bench", "org": "/HO/EAST/", "grt": [grant]}
    gateway = deployment.process_id("gateway")
    bare_url, bare = stack.enter_context(hello(home))
    envoy_url, envoy_id = stack.enter_context(envoy(deployment, claims))
    for process_id in (bare, envoy_id, gateway):
        pin(process_id, MEASURED_CORE)
    for process_id in family(deployment.process_id("services")):
        pin(process_id, OTHER_CORE)
    json_body = signed | {"Content-Type": "application/json"}
    read = f"/v1/customers/{customer}"
    return {
        "a  bare Flask hello": (bare_url, bare, {}, ""),
        "b  signed read": (deployment.url + read, gateway, signed, ""),
        "c  list of 50": (deployment.url + "/v1/customers?pageSize=50", gateway, signed, ""),
        "d  write with outbox": (deployment.url, gateway, json_body, CREATE_SCRIPT),
        "e  Envoy, the same read": (envoy_url + read, envoy_id, signed, ""),
    }


def _script(home: Path, script: str, number: str) -> str:
    path = home / "create.lua"
    path.write_text(script.format(run=f"{int(time.time())}-{number}"), encoding="utf-8")
    return str(path)


def _table(rounds: dict[str, list[Measured]]) -> Table:
    middle = {
        name: Measured(*(statistics.median(getattr(m, f) for m in measured) for f in Measured.__dataclass_fields__))
        for name, measured in rounds.items()
    }
    hello_us = next(m for name, m in middle.items() if name.startswith("a")).cpu_us_per_request
    envoy_us = next(m for name, m in middle.items() if name.startswith("e")).cpu_us_per_request
    table = Table("", "req/s", "CPU µs/req", "p50 ms", "p99 ms", "a by CPU", "e by CPU", title=f"{ROUNDS} rounds, medians")
    for name, m in middle.items():
        table.add_row(
            name, f"{m.requests_per_second:,.0f}", f"{m.cpu_us_per_request:.0f}", f"{m.p50_ms:.1f}", f"{m.p99_ms:.1f}",
            f"{hello_us / m.cpu_us_per_request:.2f}", f"{envoy_us / m.cpu_us_per_request:.2f}",
        )  # fmt: skip
    return table
