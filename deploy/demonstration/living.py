"""The demonstration bank lives: while a deployment runs, its systems deliver each day that is over, at first all days before it.

In a process of its own and at the lowest priority, so that nobody waits for it; what it does is in `logs/demonstration.log`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import date

from deploy.demonstration.bank import CUSTOMERS_DEFAULT
from deploy.demonstration.books.bank_books import HISTORY_MONTHS
from deploy.demonstration.delivery import Deliveries, deliver_history, yesterday
from services.chassis.settings import DeploymentSettings, load

# How often it is asked whether another day is over, and after how long what failed is tried again.
PAUSE_SECONDS = 60.0
RETRY_SECONDS = 600.0
_POLL_SECONDS = 0.2
_NICENESS = 15


def keep_delivering(
    settings: DeploymentSettings,
    stop: threading.Event,
    *,
    customers: int = CUSTOMERS_DEFAULT,
    history_months: int = HISTORY_MONTHS,
) -> None:
    """Delivers until `stop`; returns when the process that delivers has ended."""
    pause = 0.0
    while not stop.wait(pause):
        until, kept = yesterday(settings), Deliveries.read(settings.home)
        delivered = kept is not None and kept.until >= until
        pause = PAUSE_SECONDS if delivered or _run(settings, stop, until, customers, history_months) == 0 else RETRY_SECONDS


def _run(settings: DeploymentSettings, stop: threading.Event, until: date, customers: int, history_months: int) -> int:
    arguments = (until.isoformat(), str(customers), str(history_months))
    with (settings.home / "logs" / "demonstration.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "deploy.demonstration.living", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        while process.poll() is None:
            if stop.wait(_POLL_SECONDS):
                process.kill()
                process.wait()
        return process.returncode


def main(until: str, customers: str, history_months: str) -> None:
    """Delivers up to a date, once."""
    os.nice(_NICENESS)

    def tell(said: str) -> None:
        sys.stdout.write(f"{said}\n")
        sys.stdout.flush()

    deliver_history(load(), date.fromisoformat(until), customers=int(customers), history_months=int(history_months), tell=tell)


if __name__ == "__main__":
    main(*sys.argv[1:])
