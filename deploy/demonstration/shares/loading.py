"""Brings whose results are into a running deployment: its claims up to a date, from then on day by day, and what its people do.

What stands in the state folder says how far they are. Each claim has a number of its own, so that what was broken off is begun
anew and changes nothing that is there.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date

import grpc
from workbench.customer.v1 import customer_service_pb2
from workbench.performance.v1 import claim_service_pb2

from deploy.demonstration.bank import CUSTOMERS_DEFAULT, SEED_DEFAULT, Bank
from deploy.demonstration.books.bank_books import Span
from deploy.demonstration.customers import customer_number
from deploy.demonstration.delivery import FOLDER, Deliveries, Tell
from deploy.demonstration.doors import Door
from deploy.demonstration.shares.acting import claim_and_object
from deploy.demonstration.shares.claims import Claims
from deploy.demonstration.shares.deals import share_deals, wait_for_deals
from deploy.demonstration.shares.importing import PERMISSIONS, ROWS_MAX, import_claims, wait_for_customer
from deploy.demonstration.shares.people import People
from deploy.demonstration.shares.possessions import Account, accounts_of
from deploy.demonstration.shares.progress import Shared
from deploy.demonstration.working_days.lives import Lives
from services.chassis import keys, runtime
from services.chassis.db.scope import WHOLE_BANK
from services.chassis.kernel.caller import Caller, Grant
from services.chassis.rpc.wire import open_channel
from services.chassis.settings import DeploymentSettings

IMPORT_SYSTEM = "demonstration"
# Of a larger bank the first so many customers are claimed.
CUSTOMERS_MAX = 100_000
# How long the events of customers may take to reach the service.
_EVENTS_SECONDS = 300.0
_CUSTOMERS_LOOKED_AT, _PAGE_CUSTOMERS = 10, 1_000

STEWARD = Caller(
    "command:demonstration", login="demonstration", grants=(Grant(PERMISSIONS | {"customer.record.read"}, WHOLE_BANK),)
)
_CUSTOMERS = "workbench.customer.v1.CustomerService"


def bring_claims(
    settings: DeploymentSettings, until: date, *, customers: int = CUSTOMERS_DEFAULT, seed: int = SEED_DEFAULT, tell: Tell
) -> None:
    """Claims the customers who came by a date and are not claimed yet.

    Raises Unavailable where a service does not answer, or does not come to know the bank's customers.
    """
    kept = Shared.read(settings.home)
    if kept and kept.customers >= customers and kept.until >= until:
        return
    began = time.monotonic()
    first = kept.first if kept else _first(settings, until)
    # A bank that has grown is gone through anew: what is there stays as it is.
    since = kept.until if kept and kept.customers >= customers else date.min
    taken, folder = min(customers, CUSTOMERS_MAX), settings.home / FOLDER / "work"
    lives, accounts = Lives(Bank(seed), taken, first, folder), accounts_of(Bank(seed), taken, first, folder)
    rows = [row for row in claims_of_all(lives, accounts) if since < date.fromisoformat(row.start_date) <= until]
    with _doors(settings) as doors:
        if since == date.min:
            _wait_for_customers(doors, taken)
        for start in range(0, len(rows), ROWS_MAX):
            portion = rows[start : start + ROWS_MAX]
            tell(f"Claims {start + 1:,} to {start + len(portion):,}: {import_claims(doors.steward, portion, IMPORT_SYSTEM)}")
    Shared(seed, customers, first, until, acted=kept is not None and kept.acted).write(settings.home)
    tell(f"{len(rows):,} claims up to {until}; {time.monotonic() - began:.0f} s.")


def let_people_act(settings: DeploymentSettings, *, tell: Tell) -> None:
    """Has the bank's people claim, object and share their deals, once; they go by what is known of deals by then."""
    kept = Shared.read(settings.home)
    if kept is None or kept.acted:
        return
    began = time.monotonic()
    bank, customers, folder = Bank(kept.seed), min(kept.customers, CUSTOMERS_MAX), settings.home / FOLDER / "work"
    lives, accounts = Lives(bank, customers, kept.first, folder), accounts_of(bank, customers, kept.first, folder)
    claims = Claims(lives)
    with _doors(settings) as doors:
        people = People(bank, doors.performance, doors.ring)
        ids = _customer_ids(doors.customers)
        claim_and_object(people, lives, claims, ids.get, kept.until)
        claimed = {row.source_system + "/" + row.object_number for row in claims_of_all(lives, accounts) if row.object_number}
        wait_for_deals(people)
        share_deals(people, accounts, claimed, {customer_id: number for number, customer_id in ids.items()})
    replace(kept, acted=True).write(settings.home)
    tell(f"Claims and deals by the bank's people: {people.told}; {time.monotonic() - began:.0f} s.")


@dataclass(frozen=True, slots=True)
class _Doors:
    """The services as whoever brings shares in calls them."""

    performance: grpc.Channel
    ring: keys.KeyRing
    steward: Door
    customers: Door


@contextmanager
def _doors(settings: DeploymentSettings) -> Iterator[_Doors]:
    with ExitStack() as stack:
        ring, credentials = keys.KeyRing.load(settings.secrets / keys.SIGNING_KEYS_FILE), runtime.channel_credentials(settings)
        performance, customer = (
            stack.enter_context(open_channel(settings.services[name].address, credentials))
            for name in ("performance", "customer")
        )
        yield _Doors(performance, ring, Door(performance, ring, STEWARD), Door(customer, ring, STEWARD))


def claims_of_all(lives: Lives, accounts: Mapping[str, Sequence[Account]]) -> Iterator[claim_service_pb2.ImportedClaim]:
    """All claims that there will be, customer by customer."""
    claims, awake = Claims(lives), set()
    for life in lives.between(0, len(lives)):
        awake.add(life.customer.customer_number)
        yield from claims.of(life, accounts.get(life.customer.customer_number, ()))
    for number, held in accounts.items():
        if number not in awake:
            customer = lives.bank.customers.customer(int(number) - int(customer_number(0)))
            yield claims.of_a_sleeper(customer, held[0].open_date)


def _wait_for_customers(doors: _Doors, customers: int) -> None:
    """Returns once the service knows customers from all over the bank; they come to it as the customer service's events."""
    deadline = time.monotonic() + _EVENTS_SECONDS
    for place in {*range(0, customers, max(customers // _CUSTOMERS_LOOKED_AT, 1)), customers - 1}:
        request = customer_service_pb2.ListCustomersRequest(page_size=1, customer_number=customer_number(place))
        for found in doors.customers.call(f"{_CUSTOMERS}/ListCustomers", request).customers:
            wait_for_customer(doors.steward, found.customer_id, deadline)


def _customer_ids(customers: Door) -> dict[str, str]:
    """The customer service's ids by the bank's numbers."""
    ids: dict[str, str] = {}
    page_token = ""
    while True:
        request = customer_service_pb2.ListCustomersRequest(page_size=_PAGE_CUSTOMERS, page_token=page_token)
        page = customers.call(f"{_CUSTOMERS}/ListCustomers", request)
        ids.update((each.customer_number, each.customer_id) for each in page.customers)
        page_token = page.next_page_token
        if not page_token:
            return ids


def _first(settings: DeploymentSettings, until: date) -> date:
    """With which day the bank's history begins, as its systems deliver it."""
    deliveries = Deliveries.read(settings.home)
    return deliveries.first if deliveries else Span.until(until).first
