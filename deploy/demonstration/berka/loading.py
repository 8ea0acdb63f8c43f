"""Loads what of the PKDD'99 bank is in a folder into a running deployment: beside the demonstration bank, or alone.

Its units stand below the head office, in a subtree of their own; everything else comes through feeds, as any bank's data does.
What is there already stays as it is.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import select
from workbench.customer.v1 import customer_service_pb2
from workbench.integration.v1 import reconciliation_service_pb2

from deploy.demonstration.bank import PASSWORD, SEED_DEFAULT
from deploy.demonstration.berka import feeding, files, owners
from deploy.demonstration.berka.organisation import Organisation, organisation_of, write_files
from deploy.demonstration.berka.rates import write_rates
from deploy.demonstration.doors import Door
from deploy.demonstration.organisation import HEAD_OFFICE_PATH, demonstration_id
from deploy.demonstration.shares.importing import PERMISSIONS, wait_for_customer
from deploy.demonstration.shares.progress import takes_shares
from deploy.host import service_named
from gateway.identity.model.organisation import OrganisationUnit
from gateway.identity.rules.organisation import UnitKind
from gateway.identity.usecases.provisioning import PersonEntry, PostEntry, UnitEntry, provision
from services.chassis import keys, runtime
from services.chassis.db.scope import WHOLE_BANK
from services.chassis.db.session import Call, Database
from services.chassis.kernel.caller import Caller, Grant
from services.chassis.kernel.errors import Unavailable
from services.chassis.rpc.wire import open_channel
from services.chassis.settings import DeploymentSettings, parse_section
from services.performance.usecases.settings import PerformanceSettings

_CUSTOMERS = "workbench.customer.v1.CustomerService"
# How long the customers' datasets may take to become customers.
CUSTOMERS_DEADLINE_SECONDS = 300.0
POLL_SECONDS = 0.2
EVERY_CLIENTS = 500
LOADER = Caller("command:berka", login="berka", grants=(Grant(PERMISSIONS | {"customer.record.read"}, WHOLE_BANK),))


def load_berka(settings: DeploymentSettings, folder: Path, *, console: Console) -> None:
    """Loads it and tells what came of it. Raises InvalidInput where a table is not there, Unavailable where no one answers."""
    districts, snapshots, transactions = files.districts(folder), files.snapshots(folder), files.transactions(folder)
    with ExitStack() as stack:
        identity = runtime.open_database(service_named("identity"), settings, stack)
        bank = load_people(identity, districts)
        doors = _Doors(settings, stack)
        derived = _derived(settings, bank, Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="berka-"))))
        progress = stack.enter_context(_progress(console))
        deliveries = [*(files.Delivery(feed, path) for feed, path in derived.items()), *snapshots, *transactions]
        loaded = [feeding.feed(doors.feeder, each, _task(progress, each.feed)) for each in deliveries]
        wait_for_customers(doors, snapshots[0].path)
        # Whose results are, before there are balances: nothing is computed for the pool first.
        owned = owners.claim_all(doors.shares, snapshots[0].path, bank) if doors.shares else []
        reconciled = list(_reconcile(doors, {each.feed for each in transactions}, progress))
    _tell(console, bank, loaded, reconciled)
    for told in owned:
        console.print(f"Owners: {told}")


class _Doors:
    """The services as the loader calls them."""

    def __init__(self, settings: DeploymentSettings, stack: ExitStack) -> None:
        ring = keys.KeyRing.load(settings.secrets / keys.SIGNING_KEYS_FILE)

        def channel(service: str) -> Any:
            return stack.enter_context(open_channel(settings.services[service].address, runtime.channel_credentials(settings)))

        integration = channel("integration")
        self.feeder, self.reader = Door(integration, ring, feeding.FEEDER), Door(integration, ring, feeding.READER)
        self.customers = Door(channel("customer"), ring, LOADER)
        self.shares = Door(channel("performance"), ring, LOADER) if takes_shares(settings) else None


def _derived(settings: DeploymentSettings, bank: Organisation, folder: Path) -> dict[str, Path]:
    """What no file of the data set says, as files of its feeds; what others refer to first."""
    derived = write_files(bank, folder)
    if takes_shares(settings):
        own = parse_section(PerformanceSettings, settings.services["performance"].own, "performance")
        derived |= write_rates(own.home_currency_code, folder)
    return derived


def load_people(identity: Database, districts: Path) -> Organisation:
    """The bank's units and posts, below the head office that is there, or else below a new one."""
    with identity.transaction(LOADER, Call("demonstration/LoadBerka")) as work:
        root = work.session.scalars(select(OrganisationUnit.code).where(OrganisationUnit.parent_unit_id.is_(None))).first()
        code = root or HEAD_OFFICE_PATH.strip("/")
        bank = organisation_of(districts, code)
        # The same as the demonstration bank's own, which may be loaded later.
        head_office = (
            [] if root else [UnitEntry(code, UnitKind.HEAD_OFFICE, "总行", "", demonstration_id(SEED_DEFAULT, "unit/HO/"))]
        )
        provision(
            work,
            [
                *head_office,
                *(
                    UnitEntry(each.unit_number, UnitKind[each.kind], each.display_name, each.parent_unit_number)
                    for each in bank.units
                ),
            ],
            [
                PersonEntry(each.staff_number, each.display_name, each.unit_number, login=each.login, password=PASSWORD)
                for each in bank.posts
            ],
            [PostEntry(each.staff_number, each.role, each.unit_number) for each in bank.posts],
        )
        work.audit()
    return bank


def wait_for_customers(doors: _Doors, clients: Path) -> None:
    """Returns once the services have clients from all over the file; their dataset comes to the customer service as an event."""
    until = time.monotonic() + CUSTOMERS_DEADLINE_SECONDS
    with files.open_file(clients) as file:
        numbers = [line.partition(b";")[0].decode("ascii") for line in file][1:]
    for number in [*numbers[::EVERY_CLIENTS], numbers[-1]]:
        request = customer_service_pb2.ListCustomersRequest(page_size=1, customer_number=f"B{number}")
        while not (found := doors.customers.call(f"{_CUSTOMERS}/ListCustomers", request).customers):
            if time.monotonic() > until:
                raise Unavailable("EVENTS_LATE", "The clients did not reach the customer service; see `workbench events lag`.")
            time.sleep(POLL_SECONDS)
        if doors.shares:
            wait_for_customer(doors.shares, found[0].customer_id, until)


def _reconcile(doors: _Doors, feeds: set[str], progress: Progress) -> Iterator[Any]:
    """What can be held against something: balances where there are transactions, the copy where there is its original."""
    if own := sorted(feeds - {files.COPIED_TRANSACTIONS}):
        yield feeding.rebuild_balances(doors.feeder, doors.reader, own, _task(progress, feeding.BALANCES))
    if {files.TRANSACTIONS, files.COPIED_TRANSACTIONS} <= feeds:
        yield feeding.reconcile_copy(doors.reader, _task(progress, files.COPIED_TRANSACTIONS))


def _progress(console: Console) -> Progress:
    return Progress(TextColumn("{task.description:27}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console)


def _task(progress: Progress, description: str) -> feeding.Progress:
    task = progress.add_task(description, total=None)

    def told(done: int, total: int) -> None:
        progress.update(task, completed=done, total=total or None)

    return told


def _tell(console: Console, bank: Organisation, loaded: Sequence[feeding.Loaded], reconciled: Sequence[Any]) -> None:
    """Rows by feed, what is in quarantine, what differs, and who can look at it."""
    table = Table("Feed", "File", "Read", "Published", "Quarantined", "State")
    for each in loaded:
        run = each.run
        counts = (run.rows_read, run.rows_published, run.rows_quarantined)
        table.add_row(each.delivery.feed, each.delivery.file_name, *(f"{count:,}" for count in counts), each.state)
        if run.message:
            table.add_row("", run.message)
    console.print(table)
    for each in reconciled:
        console.print(_told(each))
        for count in each.difference_counts:
            console.print(f"  {count.count:>9,} {count.kind:16} {count.column_name}")
    posts = ", ".join(post.login for post in bank.posts)
    console.print(f"Sign-ins, each with the password {PASSWORD}: {posts}.")


def _told(reconciliation: Any) -> str:
    if reconciliation.kind == reconciliation_service_pb2.RECONCILIATION_KIND_BALANCES:
        return (
            f"Daily balances: {reconciliation.left_rows:,} rebuilt, {reconciliation.matched_rows:,} compared with the stated "
            f"ones, {reconciliation.equal_rows:,} equal; reconciliation {reconciliation.reconciliation_id}."
        )
    return (
        f"The copy: {reconciliation.left_rows:,} rows against {reconciliation.right_rows:,}, {reconciliation.equal_rows:,} "
        f"equal; reconciliation {reconciliation.reconciliation_id}."
    )
