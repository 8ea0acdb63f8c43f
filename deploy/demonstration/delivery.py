"""The demonstration bank's systems deliver into the deployment's inbox: two years at first, and from then on a file for each day.

What stands in the state folder says how far the deliveries are; broken off and begun anew they write the same bytes. A deployment
that does not name the packs gets their feeds after the files. The truth about who leaves is written where no feed looks.
"""

from __future__ import annotations

import csv
import fcntl
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from deploy.demonstration.bank import CUSTOMERS_DEFAULT, SEED_DEFAULT, Bank
from deploy.demonstration.books.bank_books import HISTORY_MONTHS, Books, Departure, Span, books
from deploy.demonstration.feeds.delivering import definitions, deliver_feed, pack_files
from deploy.demonstration.feeds.faults import deliver_faulty
from services.chassis.kernel.errors import InvalidInput, RuleBroken
from services.chassis.settings import DeploymentSettings, parse_section
from services.integration.usecases.settings import IntegrationSettings

# What is delivered at the least: enough that a day can be held against the one before.
DAYS_MIN = 3
FOLDER = "demonstration"
STATE_FILE = "deliveries.json"
TRUTH_FILE = "truth.csv"
# Beyond, the bank's customers have no future drawn.
MONTHS_MAX = 36

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Deliveries:
    """How far the deliveries into a deployment are."""

    seed: int
    customers: int
    # With which the bank's history begins, whether or not it was delivered from there.
    first: date
    until: date

    @classmethod
    def read(cls, home: Path) -> Deliveries | None:
        """What was delivered; None before the first time."""
        file = home / FOLDER / STATE_FILE
        if not file.exists():
            return None
        kept = json.loads(file.read_text(encoding="utf-8"))
        return cls(kept["seed"], kept["customers"], date.fromisoformat(kept["first"]), date.fromisoformat(kept["until"]))

    def write(self, home: Path) -> None:
        """Notes it."""
        file = home / FOLDER / STATE_FILE
        unfinished = file.with_suffix(".new")
        unfinished.write_text(json.dumps(asdict(self), default=str) + "\n", encoding="utf-8")
        unfinished.replace(file)


def yesterday(settings: DeploymentSettings) -> date:
    """The last date that is over, where the bank is."""
    return datetime.now(ZoneInfo(settings.bank_time_zone)).date() - timedelta(days=1)


def takes_deliveries(settings: DeploymentSettings) -> bool:
    """Whether this deployment has an inbox here."""
    placement = settings.services.get("integration")
    return placement is not None and placement.run == "here" and _own(settings).inbox is not None


def deliver_history(
    settings: DeploymentSettings,
    until: date,
    *,
    customers: int = CUSTOMERS_DEFAULT,
    seed: int = SEED_DEFAULT,
    history_months: int = HISTORY_MONTHS,
    tell: Tell,
) -> None:
    """Delivers what is missing up to a date: at first so many months before that date's own, then the days since.

    Of no month at all it is the last DAYS_MIN days.

    A bank that has grown is delivered anew from its first day.
    """
    with _alone(settings):
        kept = Deliveries.read(settings.home)
        if kept is None or kept.customers < customers:
            first = kept.first if kept else Span.until(until).first
            whole_months = _months_after(until.replace(day=1), -history_months)
            since = max(first, whole_months if history_months else until - timedelta(days=DAYS_MIN - 1))
            kept = Deliveries(seed, customers, first, since - timedelta(days=1))
        if kept.until < until:
            _deliver(settings, kept, kept.until + timedelta(days=1), until, tell=tell)


def deliver_day(settings: DeploymentSettings, day: date | None, *, faults: bool, tell: Tell) -> date:
    """Delivers one day, the next one where none is named, and the days before it that are missing; answers which.

    Raises RuleBroken where no history was delivered, InvalidInput where the day is outside the bank's time.
    """
    with _alone(settings):
        kept = Deliveries.read(settings.home)
        if kept is None:
            raise RuleBroken("NO_HISTORY", "The demonstration bank has delivered nothing here yet: `workbench demo` does.")
        day = day or kept.until + timedelta(days=1)
        if not kept.first <= day < _months_after(kept.first, MONTHS_MAX):
            raise InvalidInput("DATE_OUTSIDE", f"The bank's time begins with {kept.first} and ends {MONTHS_MAX} months later.")
        _deliver(settings, kept, min(day, kept.until + timedelta(days=1)), day, faults=faults, tell=tell)
        return day


def _deliver(
    settings: DeploymentSettings, kept: Deliveries, since: date, until: date, *, tell: Tell, faults: bool = False
) -> None:
    inbox, folder = _inbox(settings), settings.home / FOLDER
    span = Span(kept.first, max(until, kept.until))
    tell(f"The demonstration bank's systems write {since} to {until} into {inbox}.")
    with books(Bank(kept.seed), kept.customers, span, folder / "work") as opened:
        write_truth(opened, folder / TRUTH_FILE)
        whole_until = until - timedelta(days=1) if faults else until
        for name, definition in definitions().items():
            files = list(deliver_feed(opened, definition, inbox, since, whole_until)) if since <= whole_until else []
            if files:
                tell(f"{name}: {len(files)} {'file' if len(files) == 1 else 'files'}")
        if faults:
            for said in deliver_faulty(opened, inbox, until):
                tell(said)
    install_feeds(settings)
    Deliveries(kept.seed, kept.customers, kept.first, span.last).write(settings.home)


@contextmanager
def _alone(settings: DeploymentSettings) -> Iterator[None]:
    """One at a time delivers into a deployment; others wait."""
    folder = settings.home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_truth(opened: Books, path: Path) -> None:
    """Who leaves and why, for tests and for whoever measures a warning against it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([field.name for field in fields(Departure)])
        writer.writerows([getattr(each, field.name) for field in fields(Departure)] for each in opened.departures())


def install_feeds(settings: DeploymentSettings) -> None:
    """Gives a deployment that does not name the packs their feeds, as files of its own; none that is there changes."""
    own = _own(settings)
    feeds = own.feeds
    if feeds is None:
        return
    feeds.mkdir(parents=True, exist_ok=True)
    for name, file in zip(definitions(), pack_files(), strict=True):
        if file.parent.name not in own.packs and not (feeds / f"{name}.toml").exists():
            unfinished = feeds / f".{name}"
            shutil.copyfile(file, unfinished)
            unfinished.replace(feeds / f"{name}.toml")


def _own(settings: DeploymentSettings) -> IntegrationSettings:
    own: IntegrationSettings = parse_section(IntegrationSettings, settings.services["integration"].own, "integration")
    return own


def _inbox(settings: DeploymentSettings) -> Path:
    inbox = _own(settings).inbox
    if inbox is None:
        raise RuleBroken("NO_INBOX", "This deployment has no inbox: [services.integration.own] inbox.")
    return inbox


def _months_after(first: date, months: int) -> date:
    month = first.year * 12 + first.month - 1 + months
    return date(month // 12, month % 12 + 1, 1)
