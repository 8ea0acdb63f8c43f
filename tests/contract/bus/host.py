"""The process that handles events in these tests, in the two forms that a deployment has:
`python -m tests.contract.bus.host {embedded,worker} <ledger's database> <source's database or AMQP address>`.
"""

from __future__ import annotations

import sys

RETRIES = {"attempts_max": 3, "first_delay_seconds": 0.2, "delay_max_seconds": 0.4}


def main(kind: str, ledger_url: str, other: str) -> None:
    """Runs until SIGTERM."""
    if kind == "worker":
        from services.chassis.bus.green import make_green

        make_green()
    from services.chassis import telemetry
    from services.chassis.bus.port import RetryPolicy
    from services.chassis.db.engine import create_engine
    from services.chassis.db.session import Database

    telemetry.start_logging(kind)
    ledger = Database(create_engine(ledger_url), "ledger")
    if kind == "worker":
        from services.chassis.bus.worker import run_worker
        from tests.contract.bus.ledger import LEDGER

        run_worker(LEDGER, ledger, other, (), retry=RetryPolicy(**RETRIES))
    else:
        from services.chassis import runtime
        from services.chassis.bus.embedded import EmbeddedBus
        from services.chassis.outbox.relay import Relay
        from tests.contract.bus.ledger import LEDGER

        bus = EmbeddedBus({"ledger": (ledger, LEDGER.subscriptions)}, retry=RetryPolicy(**RETRIES), poll_seconds=0.1)
        with bus, Relay(Database(create_engine(other), "source"), bus, poll_seconds=0.05):
            runtime.wait_for_signal()


if __name__ == "__main__":
    main(*sys.argv[1:])
