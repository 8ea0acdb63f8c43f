"""`workbench demo`: a bank for the deployment that runs here; `workbench simulate`: its systems as they deliver."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.console import console

application = typer.Typer(add_completion=False)


@application.callback(invoke_without_command=True)
def demo(
    context: typer.Context,
    customers: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many customers the bank has.")] = 2_000,
    seed: Annotated[int, typer.Option(help="Another seed gives another bank.")] = 1,
    history_months: Annotated[int, typer.Option(min=0, max=24, help="Months of its history that come as files.")] = 24,
) -> None:
    """Load the demonstration bank into the deployment that runs here; what is there already stays as it is."""
    if context.invoked_subcommand:
        return
    from deploy.demonstration.delivery import deliver_history, takes_deliveries, yesterday
    from deploy.demonstration.loading import load_demonstration
    from deploy.demonstration.shares.loading import bring_claims, let_people_act
    from deploy.demonstration.shares.progress import takes_shares
    from deploy.demonstration.working_days.loading import bring_working_days
    from deploy.demonstration.working_days.progress import takes_working_days
    from services.chassis.settings import load

    settings = load()
    load_demonstration(settings, customers=customers, seed=seed, console=console)
    wanted = {"customers": customers, "seed": seed, "history_months": history_months}
    if takes_working_days(settings):
        bring_working_days(settings, yesterday(settings), **wanted, tell=console.print)
    if takes_shares(settings):
        bring_claims(settings, yesterday(settings), customers=customers, seed=seed, tell=console.print)
    if takes_deliveries(settings):
        deliver_history(settings, yesterday(settings), **wanted, tell=console.print)
        console.print("The files are in the inbox; `workbench feeds status` shows how the feeds take them in.")
    if takes_shares(settings):
        let_people_act(settings, tell=console.print)


@application.command("berka")
def berka(
    data: Annotated[
        Path, typer.Option(exists=True, file_okay=False, help="The folder of the PKDD'99 data set, or of a part of it.")
    ],
) -> None:
    """Load the PKDD'99 bank (Berka) into the deployment that runs here, and hold its balances against its transactions."""
    from deploy.demonstration.berka.loading import load_berka
    from services.chassis.settings import load

    load_berka(load(), data, console=console)


def simulate(
    date: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Which day; the one after the last.")] = None,
    faults: Annotated[  # noqa: FBT002 - typer makes an option of it
        bool, typer.Option("--faults", help="With bad rows, a wrong count, and a file that does not come.")
    ] = False,
) -> None:
    """Let the demonstration bank's systems deliver one more day into the inbox; without --faults a day again mends it."""
    from deploy.demonstration.delivery import deliver_day, yesterday
    from services.chassis.settings import load

    settings = load()
    day = deliver_day(settings, date.date() if date else None, faults=faults, tell=console.print)
    console.print(f"{day} is in the inbox; `workbench feeds status` shows how the feeds take it in.")
    if day > yesterday(settings) + timedelta(days=1):
        console.print(f"{day} has not come yet: its files wait until it does. A day that was is delivered with --date.")
