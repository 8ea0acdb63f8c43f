"""Loads the demonstration bank into a running deployment, through the front door of each service.

People go into identity as from a personnel system; customers come in batches over gRPC, as an import would bring them. Loading
may be interrupted and begun anew: customers are opened in order and each batch whole, so what is there is the beginning of
the bank, and loading goes on behind it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import grpc
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from workbench.customer.v1 import customer_service_pb2

from deploy.demonstration.bank import CUSTOMERS_DEFAULT, PASSWORD, SEED_DEFAULT, Bank
from deploy.demonstration.customers import BankCustomer, customer_number
from deploy.demonstration.organisation import RELATIONSHIP_MANAGER, Organisation
from deploy.demonstration.relations import load_relations
from deploy.host import service_named
from gateway.identity.model.person import Person
from gateway.identity.rules.organisation import UnitKind
from gateway.identity.usecases.provisioning import PersonEntry, PostEntry, UnitEntry, provision
from services.chassis import keys, runtime
from services.chassis.db.scope import WHOLE_BANK
from services.chassis.db.session import Call, Database
from services.chassis.kernel.caller import Caller, Grant
from services.chassis.kernel.errors import RuleBroken, Unavailable
from services.chassis.rpc.client import Client
from services.chassis.rpc.wire import ASSERTION_AUDIENCE, ASSERTION_KEY, open_channel
from services.chassis.settings import DeploymentSettings

# The most that one call takes.
BATCH_CUSTOMERS = 1_000
BATCH_DEADLINE_SECONDS = 60.0
# How long identity's events may take to reach the customer service.
PEOPLE_DEADLINE_SECONDS = 60.0
POLL_SECONDS = 0.1
ASSERTION_SECONDS = 60
# An assertion is made anew well before it ends.
ASSERTION_RENEWAL_SECONDS = 30.0

# Nobody's id: a person's is a UUID. So the trail tells what was loaded from what somebody did.
LOADER = Caller(
    "command:demonstration",
    login="demonstration",
    grants=(Grant(frozenset({"customer.record.import", "customer.record.read"}), WHOLE_BANK),),
)
_SERVICE = "workbench.customer.v1.CustomerService"


def load_demonstration(
    settings: DeploymentSettings, *, customers: int = CUSTOMERS_DEFAULT, seed: int = SEED_DEFAULT, console: Console
) -> None:
    """Loads the bank; what is there already stays as it is. Raises Unavailable where the deployment does not answer."""
    bank = Bank(seed)
    with ExitStack() as stack:
        identity = runtime.open_database(service_named("identity"), settings, stack)
        load_people(identity, bank.organisation)
        address = settings.services["customer"].address
        channel = stack.enter_context(open_channel(address, runtime.channel_credentials(settings)))
        ring = keys.KeyRing.load(settings.secrets / keys.SIGNING_KEYS_FILE)
        door = CustomerDoor(channel, ring)
        wait_for_people(door, bank.organisation)
        with _progress(console) as progress:
            task = progress.add_task("Demonstration customers", total=customers)
            for loaded in load_customers(door, bank, customers):
                progress.update(task, completed=loaded)
        load_relations(channel, ring, bank)
    console.print(
        f"[bold yellow]Demonstration data[/bold yellow]: {customers:,} customers; every sign-in has the password {PASSWORD}."
    )


class CustomerDoor:
    """The customer service as the loader calls it, with an assertion of its own that does not grow old on a long load."""

    def __init__(self, channel: grpc.Channel, ring: keys.KeyRing) -> None:
        self._channel, self._ring = channel, ring
        self._renew_at = 0.0
        self._client = Client(channel)

    def call(self, method: str, request: Any) -> Any:
        """Calls a method of the service; raises the kernel error that it answered."""
        if time.monotonic() >= self._renew_at:
            assertion = self._ring.sign(LOADER.to_claims(), ASSERTION_AUDIENCE, ASSERTION_SECONDS)
            self._client = Client(self._channel, {ASSERTION_KEY: assertion})
            self._renew_at = time.monotonic() + ASSERTION_RENEWAL_SECONDS
        return self._client.call(f"{_SERVICE}/{method}", request, deadline_seconds=BATCH_DEADLINE_SECONDS)


def load_people(identity: Database, organisation: Organisation) -> None:
    """Units, people and posts, in one transaction of identity's; RuleBroken where another bank is there already."""
    codes = {unit.path: unit.code for unit in organisation.units}
    staff_numbers = {person.person_id: person.staff_number for person in organisation.people}
    units = [
        UnitEntry(unit.code, UnitKind[unit.kind.upper()], unit.display_name, codes.get(unit.parent_path, ""), unit.unit_id)
        for unit in organisation.units
    ]
    people = [
        PersonEntry(
            person.staff_number,
            person.display_name,
            codes[person.organisation_path],
            login=person.login,
            password=PASSWORD if person.login else "",
            person_id=person.person_id,
        )
        # Whoever has left holds no post, and may still have a share of what was his.
        for person in (*organisation.people, *(each.person for each in organisation.former_managers))
    ]
    posts = [PostEntry(staff_numbers[p.person_id], p.role, codes[p.organisation_path]) for p in organisation.posts]
    with identity.transaction(LOADER, Call("demonstration/LoadPeople")) as work:
        provision(work, units, people, posts)
        # Staff numbers are the same in each bank, ids are not: customers would name people whom nobody knows.
        if work.session.get(Person, organisation.people[0].person_id) is None:
            raise RuleBroken("ANOTHER_BANK", "Here is the bank of another seed; set WORKBENCH_HOME to a new folder.")
        work.audit()


def wait_for_people(door: CustomerDoor, organisation: Organisation) -> None:
    """Returns once the customer service knows every relationship manager; they come to it as identity's events."""
    awaited = {post.person_id for post in organisation.posts if post.role == RELATIONSHIP_MANAGER}
    deadline = time.monotonic() + PEOPLE_DEADLINE_SECONDS
    while not awaited <= set(_known_managers(door)):
        if time.monotonic() > deadline:
            raise Unavailable("EVENTS_LATE", "Identity's people did not reach the customer service; see `workbench events lag`.")
        time.sleep(POLL_SECONDS)


def load_customers(door: CustomerDoor, bank: Bank, customers: int) -> Iterator[int]:
    """Opens what is missing of the first so many customers; yields how many are there, at first and after each batch."""
    start = _first_missing(door, customers)
    yield start
    while start < customers:
        stop = min(start + BATCH_CUSTOMERS, customers)
        door.call("BatchCreateCustomers", _batch(bank, start, stop))
        start = stop
        yield start


def _known_managers(door: CustomerDoor) -> Iterator[str]:
    page_token = ""
    while True:
        request = customer_service_pb2.ListRelationshipManagersRequest(page_size=1_000, page_token=page_token)
        page = door.call("ListRelationshipManagers", request)
        yield from (manager.person_id for manager in page.relationship_managers)
        page_token = page.next_page_token
        if not page_token:
            return


def _first_missing(door: CustomerDoor, customers: int) -> int:
    """The place behind the last customer that is there, by halving: what is there has no gaps."""
    present, missing = 0, customers
    while present < missing:
        middle = (present + missing) // 2
        request = customer_service_pb2.ListCustomersRequest(page_size=1, customer_number=customer_number(middle))
        if door.call("ListCustomers", request).customers:
            present = middle + 1
        else:
            missing = middle
    return present


def _batch(bank: Bank, start: int, stop: int) -> customer_service_pb2.BatchCreateCustomersRequest:
    return customer_service_pb2.BatchCreateCustomersRequest(
        requests=[_request(customer) for customer in bank.customers.between(start, stop)],
        # The same for the same batch: an answer that was lost on its way is asked for again, and nothing happens twice.
        request_id=bank.id_of(f"customers/{start}-{stop}"),
    )


def _request(customer: BankCustomer) -> customer_service_pb2.CreateCustomerRequest:
    return customer_service_pb2.CreateCustomerRequest(
        customer={
            "customer_number": customer.customer_number,
            "kind": customer.kind,
            "display_name": customer.display_name,
            "identifier": customer.identifier,
            "phone": customer.phone,
            "tier": customer.tier,
            **customer.record,
        },
        lead_person_id=customer.lead_person_id,
    )


def _progress(console: Console) -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console)
