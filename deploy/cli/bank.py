"""`workbench demo`: fills a running deployment with the demonstration bank."""

from __future__ import annotations

from typing import Annotated

import typer

from deploy.cli.console import console


def demo(
    customers: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many customers the bank has.")] = 2_000,
    seed: Annotated[int, typer.Option(help="Another seed gives another bank.")] = 1,
) -> None:
    """Load the demonstration bank into the deployment that runs here; what is there already stays as it is."""
    from deploy.demonstration.loading import load_demonstration
    from services.chassis.settings import load

    load_demonstration(load(), customers=customers, seed=seed, console=console)
