"""Makes a process green: what blocks a thread elsewhere lets other greenlets run here. Only for worker processes."""

from __future__ import annotations

import os
import warnings


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


def require_green() -> None:
    """Raises RuntimeError where the process was not made green at its start."""
    from eventlet.patcher import is_monkey_patched

    if not is_monkey_patched("socket") or os.environ.get("PSYCOPG_WAIT_FUNC") != "wait_select":
        raise RuntimeError("A worker process calls services.chassis.bus.green.make_green() before it imports anything else.")
