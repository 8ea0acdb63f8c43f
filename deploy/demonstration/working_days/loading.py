"""Brings the working days into a running deployment, up to a date, and from then on day by day.

What stands in the state folder says how far they are. Each thing has a number of its own, so that what was broken off is begun
anew and changes nothing that is there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from typing import Any

from workbench.activity.v1 import contact_service_pb2

from deploy.demonstration.bank import CUSTOMERS_DEFAULT, SEED_DEFAULT, Bank
from deploy.demonstration.books.bank_books import HISTORY_MONTHS, Span
from deploy.demonstration.delivery import FOLDER, Deliveries, Tell
from deploy.demonstration.doors import Door
from deploy.demonstration.working_days.contacts import PLANNED_DAYS, ZONE, contacts_of, planned_of
from deploy.demonstration.working_days.lives import Life, Lives
from deploy.demonstration.working_days.progress import Worked
from deploy.demonstration.working_days.workdays import Workdays
from services.chassis import keys, runtime
from services.chassis.db.scope import WHOLE_BANK
from services.chassis.kernel.caller import Caller, Grant
from services.chassis.kernel.errors import Unavailable
from services.chassis.rpc.wire import open_channel
from services.chassis.settings import DeploymentSettings

SYSTEM = "demonstration"
# Of a larger bank the first so many customers have a past with their relationship managers.
CUSTOMERS_MAX = 20_000
# What a deployment gets that takes no months of history.
DAYS_MIN = 31
# So many customers at a time, and so many rows in a call.
_CUSTOMERS_AT_ONCE, _ROWS_AT_ONCE = 1_000, 1_000
# How long the events of people and customers may take to reach the activity service.
_EVENTS_SECONDS, _POLL_SECONDS = 120.0, 2.0
_NOT_THERE_YET = frozenset({"CUSTOMER_NOT_FOUND", "PERSON_NOT_FOUND"})

WORKER = Caller(
    "command:demonstration",
    login="demonstration",
    grants=(Grant(frozenset({"activity.history.import"}), WHOLE_BANK),),
)
_CONTACTS = "workbench.activity.v1.ContactService/BatchImportContacts"


def bring_working_days(
    settings: DeploymentSettings,
    until: date,
    *,
    customers: int = CUSTOMERS_DEFAULT,
    seed: int = SEED_DEFAULT,
    history_months: int = HISTORY_MONTHS,
    tell: Tell,
) -> None:
    """Brings in what is missing up to a date; of no month at all it is the last DAYS_MIN days.

    Raises Unavailable where the service does not answer, or does not come to know the bank's people and customers.
    """
    kept = Worked.read(settings.home)
    if kept and kept.customers >= customers and kept.until >= until:
        return
    began, bank = time.monotonic(), Bank(seed)
    first = kept.first if kept else _first(settings, until)
    since = first if history_months else max(first, until - timedelta(days=DAYS_MIN - 1))
    if kept and kept.customers >= customers:
        since = kept.until + timedelta(days=1)
    lives = Lives(bank, min(customers, CUSTOMERS_MAX), first, settings.home / FOLDER / "work")
    workdays = Workdays(first, until + timedelta(days=2 * PLANNED_DAYS))
    with ExitStack() as stack:
        address = settings.services["activity"].address
        channel = stack.enter_context(open_channel(address, runtime.channel_credentials(settings)))
        door = Door(channel, keys.KeyRing.load(settings.secrets / keys.SIGNING_KEYS_FILE), WORKER)

        def rows_of(life: Life) -> Iterator[contact_service_pb2.ImportedContact]:
            yield from (row for row in contacts_of(lives, life, workdays, first, until) if _begins(row) >= since)
            # What is planned then is done, or not, by whoever tries the workbench.
            if kept is None:
                yield from planned_of(lives, life, workdays, until)

        taken = sum(_bring(door, rows) for rows in _batches(lives, rows_of))
    Worked(seed, customers, first, until).write(settings.home)
    tell(f"Working days {since} to {until}: {taken} contacts in {time.monotonic() - began:.0f} s.")


def _first(settings: DeploymentSettings, until: date) -> date:
    """With which day the bank's history begins, as its systems deliver it."""
    deliveries = Deliveries.read(settings.home)
    return deliveries.first if deliveries else Span.until(until).first


def _begins(row: contact_service_pb2.ImportedContact) -> date:
    return row.contact.start_time.ToDatetime(tzinfo=ZONE).date()


def _batches(
    lives: Lives, rows_of: Callable[[Life], Iterator[contact_service_pb2.ImportedContact]]
) -> Iterator[Sequence[contact_service_pb2.ImportedContact]]:
    """All rows, of some customers at a time, each time by when they began."""
    for start in range(0, len(lives), _CUSTOMERS_AT_ONCE):
        rows = [row for life in lives.between(start, start + _CUSTOMERS_AT_ONCE) for row in rows_of(life)]
        rows.sort(key=lambda row: (row.contact.start_time.seconds, row.source_number))
        for place in range(0, len(rows), _ROWS_AT_ONCE):
            yield rows[place : place + _ROWS_AT_ONCE]


def _bring(door: Door, rows: Sequence[Any]) -> int:
    """Sends rows until all whom they name have come to the service by events; answers how many were taken."""
    taken, deadline = 0, time.monotonic() + _EVENTS_SECONDS
    while rows:
        answer = door.call(_CONTACTS, contact_service_pb2.BatchImportContactsRequest(source_system=SYSTEM, contacts=rows))
        taken += answer.created_count
        # What else is refused has become of the customer meanwhile: merged, erased.
        rows = [rows[each.position] for each in answer.refused if each.reason in _NOT_THERE_YET]
        if rows and time.monotonic() > deadline:
            raise Unavailable(
                "EVENTS_LATE", "The bank's customers did not reach the activity service; see `workbench events lag`."
            )
        if rows:
            time.sleep(_POLL_SECONDS)
    return taken
