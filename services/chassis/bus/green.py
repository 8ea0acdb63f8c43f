"""Makes a process green: what blocks a thread elsewhere lets other greenlets run here. Only for worker processes."""

from __future__ import annotations

import os
import sys
import warnings
from typing import NoReturn


def make_green() -> None:
    """To be called before anything else is imported: what was imported earlier keeps blocking.

    Never in a process that serves gRPC, which hangs under it.
    """
    # psycopg reads this as it is imported; its own wait would block every greenlet.
    os.environ["PSYCOPG_WAIT_FUNC"] = "wait_select"
    with warnings.catch_warnings():
        # eventlet announces its end at each start; nameko stands on it all the same.
        warnings.simplefilter("ignore")
        import eventlet

        eventlet.monkey_patch()


def start_green(package: str) -> NoReturn:
    """Starts the process over, green, as the worker of the service in that package."""
    os.execv(sys.executable, [sys.executable, "-m", "services.chassis.start", package, "work"])  # noqa: S606 - our own interpreter and module


def is_green() -> bool:
    """Whether the process was made green at its start."""
    return "eventlet" in sys.modules and os.environ.get("PSYCOPG_WAIT_FUNC") == "wait_select" and _is_patched()


def _is_patched() -> bool:
    from eventlet.patcher import is_monkey_patched

    return bool(is_monkey_patched("socket"))


def require_green() -> None:
    """Raises RuntimeError where the process was not made green at its start."""
    if not is_green():
        raise RuntimeError("A worker process calls services.chassis.bus.green.make_green() before it imports anything else.")
