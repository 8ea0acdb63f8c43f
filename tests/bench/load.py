"""Load on an HTTP address: requests per second, latency, and the server's own CPU time per request."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 32
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1_000.0}


@dataclass(frozen=True, slots=True)
class Measured:
    """One round on one address."""

    requests_per_second: float
    cpu_us_per_request: float
    p50_ms: float
    p99_ms: float


def measure(url: str, process_ids: list[int], *, headers: dict[str, str], script: str = "", seconds: int, core: int) -> Measured:
    """Drives the address with 32 connections from a generator on its own core.

    The CPU time is that of the given processes with their children, from the kernel's books. A request that is not answered with
    2xx makes the round worthless and raises AssertionError.
    """
    before = sum(map(_cpu_seconds, process_ids))
    command = ["taskset", "-c", str(core), "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    said = subprocess.run([*command, *(["-s", script] if script else []), url], capture_output=True, text=True, check=True).stdout
    spent = sum(map(_cpu_seconds, process_ids)) - before
    assert "Non-2xx" not in said, f"{url} was not answered as it should be:\n{said}"
    requests = int(re.search(r"(\d+) requests in", said)[1])
    return Measured(
        requests_per_second=float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]),
        cpu_us_per_request=spent * 1e6 / requests,
        p50_ms=_latency(said, "50%"),
        p99_ms=_latency(said, "99%"),
    )


def need_wrk() -> None:
    """The generator is Debian's."""
    if not shutil.which("wrk"):
        subprocess.run(["apt-get", "install", "-y", "-qq", "wrk"], check=True)


def pin(process_id: int, core: int) -> None:
    """Keeps a process, its threads and its children on one core."""
    for member in family(process_id):
        subprocess.run(["taskset", "-a", "-p", "-c", str(core), str(member)], check=True, capture_output=True)


def family(process_id: int) -> list[int]:
    """The process and everything that it started."""
    children = Path(f"/proc/{process_id}/task/{process_id}/children").read_text(encoding="ascii").split()
    return [process_id, *(member for child in children for member in family(int(child)))]


def memory_mb(process_id: int) -> float:
    """The memory of the process and its children that they do not share, in MB."""
    kilobytes = 0
    for member in family(process_id):
        smaps = Path(f"/proc/{member}/smaps_rollup").read_text(encoding="ascii")
        kilobytes += int(re.search(r"^Pss:\s+(\d+)", smaps, re.MULTILINE)[1])
    return kilobytes / 1_000


def _cpu_seconds(process_id: int) -> float:
    total = 0
    for member in family(process_id):
        fields = Path(f"/proc/{member}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS_PER_SECOND


def _latency(said: str, percentile: str) -> float:
    value, unit = re.search(rf"{percentile}\s+([\d.]+)(us|ms|s)", said).groups()
    return float(value) * _MILLISECONDS[unit]
