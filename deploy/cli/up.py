"""`workbench up` and `workbench migrate`."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.panel import Panel
from rich.table import Table

from deploy.cli.console import console

if TYPE_CHECKING:
    from services.chassis.settings import DeploymentSettings

SEEDED_FILE = "demonstration.json"


def up(
    customers: Annotated[int, typer.Option(help="Customers of the demonstration bank, made at the first start.")] = 2_000,
    history_months: Annotated[int, typer.Option(min=0, max=24, help="Months of its history as files; 0 for three days.")] = 24,
    *,
    deliver: Annotated[bool, typer.Option(help="Whether the demonstration bank's people work and its systems deliver.")] = True,
) -> None:
    """Run the deployment of this machine until Ctrl-C; the first start makes its keys, its tables and its demonstration bank."""
    started = time.monotonic()
    from deploy.launcher import Launcher, require_free_port
    from services.chassis.settings import load

    settings = load()
    require_free_port(settings)
    make_secrets(settings)
    if not settings.migrate_at_start:
        prepare_services(settings)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    launcher = Launcher(settings)
    with launcher.running():
        if settings.demonstration and not (settings.home / SEEDED_FILE).exists():
            from deploy.demonstration.loading import load_demonstration

            load_demonstration(settings, customers=customers, console=console)
            (settings.home / SEEDED_FILE).write_text(f'{{"customers": {customers}}}\n', encoding="utf-8")
        console.print(_welcome(settings, time.monotonic() - started))
        if deliver:
            with _deliveries(settings, customers=customers, history_months=history_months):
                launcher.watch(stop)
        else:
            launcher.watch(stop)
        console.print("Stopping…")


@contextmanager
def _deliveries(settings: DeploymentSettings, *, customers: int, history_months: int) -> Iterator[None]:
    """Lets the demonstration bank's people work and its systems deliver meanwhile, where there is one."""
    from deploy.demonstration.delivery import takes_deliveries
    from deploy.demonstration.shares.progress import takes_shares
    from deploy.demonstration.working_days.progress import takes_working_days

    takes = (takes_deliveries, takes_working_days, takes_shares)
    if not settings.demonstration or not any(each(settings) for each in takes):
        yield
        return
    from deploy.demonstration.living import keep_delivering

    stop = threading.Event()
    wanted = {"customers": customers, "history_months": history_months}
    deliveries = threading.Thread(target=keep_delivering, args=(settings, stop), kwargs=wanted, daemon=True)
    deliveries.start()
    try:
        yield
    finally:
        stop.set()
        deliveries.join()


def migrate() -> None:
    """Bring databases and queues of the services that run here up to date: before a first start, and after each update."""
    from services.chassis.settings import load

    settings = load()
    make_secrets(settings)
    for name, changed in prepare_services(settings).items():
        console.print(f"{name}: {'brought up to date' if changed else 'already up to date'}")


def make_secrets(settings: DeploymentSettings) -> None:
    """Makes keys and certificates where there are none."""
    from deploy.certificates import create_certificates
    from services.chassis import keys

    keys.create_keys(settings.secrets)
    create_certificates(settings.tls)


def prepare_services(settings: DeploymentSettings) -> dict[str, bool]:
    """Brings databases and queues up to date; answers for each service whether its database changed."""
    from deploy.host import service_named
    from services.chassis import runtime

    return {name: runtime.prepare(service_named(name), settings) for name in settings.running_here()}


def _welcome(settings: DeploymentSettings, seconds: float) -> Panel:
    from deploy.demonstration.bank import PASSWORD, SIGN_INS

    url = f"http://127.0.0.1:{settings.gateway['port']}"
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
