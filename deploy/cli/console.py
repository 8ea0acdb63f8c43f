"""What the commands share: where they print, and how they reach a service's database."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from rich.console import Console

from services.chassis.kernel.caller import Caller

if TYPE_CHECKING:
    from services.chassis.db.session import Database
    from services.chassis.settings import DeploymentSettings

console = Console(highlight=False)


def operator() -> Caller:
    """Who acts where a command does: whoever is signed in to this machine, under a name that no person's id can have."""
    return Caller(person_id=f"command:{getpass.getuser()}", login=getpass.getuser())


@contextmanager
def databases(service: str = "", *, bare: bool = False) -> Iterator[dict[str, Database]]:
    """The databases of the services that run here, or of the one that is named, each with its parked events at hand.

    `bare` ones are for what is the chassis's in every service, such as its trail and its events: they know no settings of the
    service's own, and the command does not wait until all that the service does is imported.
    """
    from services.chassis.settings import load

    settings = load()
    with ExitStack() as stack:
        yield {name: _database(name, settings, stack, bare=bare) for name in settings.running_here() if service in ("", name)}


def _database(name: str, settings: DeploymentSettings, stack: ExitStack, *, bare: bool) -> Database:
    from deploy.host import package_of, service_named
    from services.chassis import runtime
    from services.chassis.service import Service

    service = Service(name, package_of(name), rpcs={}) if bare else service_named(name)
    database = runtime.open_database(service, settings, stack)
    database.parking = runtime.parking(service, settings)
    return database
