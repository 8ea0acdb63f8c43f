"""The demonstration bank lives: its people work and its systems deliver each day that is over, at first all days before it.

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
from deploy.demonstration.delivery import Deliveries, deliver_history, takes_deliveries, yesterday
from deploy.demonstration.working_days.progress import Worked, takes_working_days
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
    """Works and delivers until `stop`; returns when the process that does so has ended."""
    pause = 0.0
    while not stop.wait(pause):
        until = yesterday(settings)
        done = _is_done(settings, until)
        pause = PAUSE_SECONDS if done or _run(settings, stop, until, customers, history_months) == 0 else RETRY_SECONDS


def _is_done(settings: DeploymentSettings, until: date) -> bool:
    deliveries, worked = Deliveries.read(settings.home), Worked.read(settings.home)
    delivered = not takes_deliveries(settings) or (deliveries is not None and deliveries.until >= until)
    return delivered and (not takes_working_days(settings) or (worked is not None and worked.until >= until))


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
    """Works and delivers up to a date, once."""
    os.nice(_NICENESS)

    def tell(said: str) -> None:
        sys.stdout.write(f"{said}\n")
        sys.stdout.flush()

    settings, day = load(), date.fromisoformat(until)
    wanted = {"customers": int(customers), "history_months": int(history_months)}
    if takes_working_days(settings):
        from deploy.demonstration.working_days.loading import bring_working_days

        bring_working_days(settings, day, **wanted, tell=tell)
    if takes_deliveries(settings):
        deliver_history(settings, day, **wanted, tell=tell)


if __name__ == "__main__":
    main(*sys.argv[1:])
