"""The demonstration bank lives: its people work and its systems deliver each day that is over, at first all days before it.

In a process of its own and at the lowest priority, so that nobody waits for it; what it does is in `logs/demonstration.log`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

from deploy.demonstration.bank import CUSTOMERS_DEFAULT
from deploy.demonstration.books.bank_books import HISTORY_MONTHS
from deploy.demonstration.delivery import Deliveries, Tell, deliver_history, takes_deliveries, yesterday
from deploy.demonstration.shares.progress import Shared, takes_shares
from deploy.demonstration.working_days.progress import Worked, takes_working_days
from services.chassis.kernel.errors import WorkbenchError
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
    shared = Shared.read(settings.home)
    if takes_shares(settings) and (shared is None or shared.until < until or not shared.acted):
        return False
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
    """Works and delivers up to a date, once. What cannot be done now keeps nothing else from it; then it ends with 1."""
    os.nice(_NICENESS)

    def tell(said: str) -> None:
        sys.stdout.write(f"{said}\n")
        sys.stdout.flush()

    settings, day, failed = load(), date.fromisoformat(until), False
    for step in _steps(settings, day, int(customers), int(history_months), tell):
        try:
            step()
        except WorkbenchError as refused:
            tell(f"{refused.reason}: {refused}")
            failed = True
    sys.exit(failed)


def _steps(
    settings: DeploymentSettings, day: date, customers: int, history_months: int, tell: Tell
) -> Iterator[Callable[[], None]]:
    """What there is to do here, in its order."""
    wanted = {"customers": customers, "history_months": history_months}
    if takes_working_days(settings):
        from deploy.demonstration.working_days.loading import bring_working_days

        yield partial(bring_working_days, settings, day, **wanted, tell=tell)
    if takes_shares(settings):
        # Whose results are, before there are any: nothing is computed for the pool first.
        from deploy.demonstration.shares.loading import bring_claims

        yield partial(bring_claims, settings, day, customers=customers, tell=tell)
    if takes_deliveries(settings):
        yield partial(deliver_history, settings, day, **wanted, tell=tell)
    if takes_shares(settings):
        from deploy.demonstration.shares.loading import let_people_act

        yield partial(let_people_act, settings, tell=tell)


if __name__ == "__main__":
    main(*sys.argv[1:])
