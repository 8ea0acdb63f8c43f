"""`workbench doctor`: what is missing or wrong on this machine, and how to mend it."""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from deploy.cli.console import console

if TYPE_CHECKING:
    from services.chassis.settings import DeploymentSettings

PYTHON_MIN = (3, 11)
FREE_BYTES_MIN = 1024**3
DEBIAN_PACKAGES = {"postgres": "postgresql", "rabbitmq-server": "rabbitmq-server"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: how it is, and what mends it where it is not well."""

    subject: str
    state: str
    remedy: str = ""


def doctor() -> None:
    """Look at everything that a deployment here needs, and say how to mend what is not well."""
    table = Table("what", "how it is", "remedy")
    findings = list(_findings())
    for finding in findings:
        mark = "[red]✗[/red]" if finding.remedy else "[green]✓[/green]"
        table.add_row(f"{mark} {finding.subject}", finding.state, finding.remedy)
    console.print(table)
    raise typer.Exit(int(any(finding.remedy for finding in findings)))


def _findings() -> Iterator[Finding]:
    from gateway.settings import GatewaySettings
    from services.chassis.settings import SettingsFault, load, parse_section

    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", version, "" if sys.version_info >= PYTHON_MIN else "Install Python 3.11 or newer.")
    try:
        settings = load()
        parse_section(GatewaySettings, settings.gateway, "gateway")
    except SettingsFault as fault:
        yield Finding("settings", "faulty", str(fault))
        return
    yield Finding("settings", f"profile {settings.profile}")
    for look in (_home, _port, _keys, _databases, _test_servers):
        yield from look(settings)


def _home(settings: DeploymentSettings) -> Iterator[Finding]:
    folder = next(path for path in (settings.home, *settings.home.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    remedy = "" if free > FREE_BYTES_MIN else "Free at least 1 GiB, or set WORKBENCH_HOME to a folder on a larger disk."
    yield Finding("disk", f"{free / 1024**3:.1f} GiB free at {settings.home}", remedy)


def _port(settings: DeploymentSettings) -> Iterator[Finding]:
    port = int(settings.gateway["port"])
    with socket.socket() as probe:
        taken = probe.connect_ex(("127.0.0.1", port)) == 0
    # A deployment that runs already is well, so a taken port is told but is no fault of its own.
    yield Finding(f"port {port}", "taken (by this deployment, if it runs)" if taken else "free")


def _keys(settings: DeploymentSettings) -> Iterator[Finding]:
    from services.chassis import keys

    made = (settings.secrets / keys.DATA_KEYS_FILE).exists()
    yield Finding("keys", "there" if made else "not made yet", "" if made else "Run `workbench up` or `workbench migrate` once.")


def _databases(settings: DeploymentSettings) -> Iterator[Finding]:
    from services.chassis import keys

    if not (settings.secrets / keys.DATA_KEYS_FILE).exists():
        return
    for name in settings.running_here():
        yield _looked_at(f"database of {name}", lambda name=name: _database_state(name, settings))  # type: ignore[misc]


def _database_state(name: str, settings: DeploymentSettings) -> Finding:
    from deploy.host import service_named
    from services.chassis import runtime
    from services.chassis.db import migrations

    service = service_named(name)
    with ExitStack() as stack:
        database = runtime.open_database(service, settings, stack)
        current = migrations.is_current(database.engine, service.package)
    return Finding(f"database of {name}", "current" if current else "behind", "" if current else "Run `workbench migrate`.")


def _test_servers(_settings: DeploymentSettings) -> Iterator[Finding]:
    for program, package in DEBIAN_PACKAGES.items():
        found = shutil.which(program) or next(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), None)
        state = str(found) if found else "missing (only `make test` and head office need it)"
        yield Finding(program, state, "" if found else f"apt-get install {package}")


def _looked_at(subject: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except Exception as error:  # noqa: BLE001 - whatever stands in the way of looking is the finding
        return Finding(subject, type(error).__name__, str(error).splitlines()[0])
