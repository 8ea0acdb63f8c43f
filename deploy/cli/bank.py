"""`workbench demo`: fills a running deployment with the demonstration bank; `workbench demo berka` with a real one."""

from __future__ import annotations

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
) -> None:
    """Load the demonstration bank into the deployment that runs here; what is there already stays as it is."""
    if context.invoked_subcommand:
        return
    from deploy.demonstration.loading import load_demonstration
    from services.chassis.settings import load

    load_demonstration(load(), customers=customers, seed=seed, console=console)


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
