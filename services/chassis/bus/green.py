"""Makes a process green: what blocks a thread elsewhere lets other greenlets run here. Only for worker processes.

A process must be green before it imports anything else, so a worker starts anew in this module:
`python -m services.chassis.bus.green services.customer`. One that serves gRPC must never be, since gRPC hangs under it.
"""

from __future__ import annotations

import importlib
import os
import sys
import warnings


def become_green(package: str) -> None:
    """Returns where the process is green; otherwise starts it anew, under the same process id, as that service's worker."""
    if not is_green():
        os.execv(sys.executable, [sys.executable, "-m", "services.chassis.bus.green", package])  # noqa: S606 - our own interpreter


def make_green() -> None:
    """For the first lines of a process."""
    # psycopg reads this as it is imported; its own way to wait would block every greenlet.
    os.environ["PSYCOPG_WAIT_FUNC"] = "wait_select"
    with warnings.catch_warnings():
        # eventlet announces its end at each start; nameko stands on it all the same.
        warnings.simplefilter("ignore")
        import eventlet

        eventlet.monkey_patch()


def is_green() -> bool:
    """Whether `make_green` came first."""
    return os.environ.get("PSYCOPG_WAIT_FUNC") == "wait_select" and "eventlet" in sys.modules


def main(package: str) -> None:
    """The worker of the service in that package."""
    make_green()
    runtime = importlib.import_module("services.chassis.runtime")
    runtime.main(importlib.import_module(f"{package}.__main__").SERVICE, ("work",))


if __name__ == "__main__":
    main(sys.argv[1])
