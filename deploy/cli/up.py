"""`workbench up` and `workbench migrate`."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import ExitStack
from typing import Annotated

import typer
from rich.panel import Panel
from rich.table import Table

from deploy.cli.console import console
from deploy.demonstration.bank import PASSWORD, SIGN_INS
from deploy.demonstration.loading import load_demonstration
from deploy.host import service_named
from deploy.launcher import Launcher
from services.chassis import keys, runtime
from services.chassis.db import migrations
from services.chassis.settings import DeploymentSettings, load

SEEDED_FILE = "demonstration.json"


def up(
    customers: Annotated[int, typer.Option(help="Customers of the demonstration bank, made at the first start.")] = 2_000,
) -> None:
    """Run the deployment of this machine until Ctrl-C; the first start makes its keys, its tables and its demonstration bank."""
    started = time.monotonic()
    settings = load()
    settings.home.mkdir(parents=True, exist_ok=True)
    keys.create_keys(settings.secrets)
    port = int(settings.gateway.get("port", 8080))
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    launcher = Launcher(settings.home, port)
    with launcher.running():
        if settings.demonstration and not (settings.home / SEEDED_FILE).exists():
            load_demonstration(settings, customers=customers, console=console)
            (settings.home / SEEDED_FILE).write_text(f'{{"customers": {customers}}}\n', encoding="utf-8")
        console.print(_welcome(settings, port, time.monotonic() - started))
        launcher.watch(stop)
        console.print("Stopping…")


def migrate() -> None:
    """Bring the database of every service that runs here up to date."""
    settings = load()
    keys.create_keys(settings.secrets)
    with ExitStack() as stack:
        for name in settings.running_here():
            service = service_named(name)
            changed = migrations.migrate(runtime.open_database(service, settings, stack).engine, service.package)
            console.print(f"{name}: {'brought up to date' if changed else 'already up to date'}")


def _welcome(settings: DeploymentSettings, port: int, seconds: float) -> Panel:
    url = f"http://127.0.0.1:{port}"
    table = Table.grid(padding=(0, 2))
    table.add_row("Address", f"[bold]{url}[/bold]")
    table.add_row("Documents", f"{url}/docs")
    table.add_row("State", f"{settings.home} (logs in logs/)")
    if settings.demonstration:
        table.add_row("", "")
        table.add_row("[bold yellow]Demonstration data[/bold yellow]", f"every sign-in has the password [bold]{PASSWORD}[/bold]:")
        for sign_in in SIGN_INS:
            table.add_row("  " + sign_in.login, sign_in.description)
    return Panel(table, title="RM Workbench 客户经理作业平台", subtitle=f"ready in {seconds:.1f} s, Ctrl-C stops", expand=False)
