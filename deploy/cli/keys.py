"""`workbench keys`: renews the keys with which the deployment signs its tokens and encrypts what identifies people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from deploy.cli import data_keys
from deploy.cli.console import console, databases, operator

application = typer.Typer(no_args_is_help=True, help="The keys that sign tokens, and those that encrypt values at rest.")


@application.command("rotate")
def rotate_keys() -> None:
    """Add a signing key. Nobody is signed out: tokens of the key before hold until they expire, and no process restarts."""
    from services.chassis import keys
    from services.chassis.db.session import Call
    from services.chassis.settings import load

    with databases("identity") as found:
        if "identity" not in found:
            raise typer.BadParameter("Identity does not run here; rotate where it does.")
        with found["identity"].transaction(operator(), Call("RotateKeys")) as work:
            rotation = keys.rotate(load().secrets)
            work.resource = f"signing_keys/{rotation.key_id}"
            work.audit()
    signs_from = datetime.fromtimestamp(rotation.signs_from, UTC)
    console.print(f"The key {rotation.key_id} signs from {signs_from:%Y-%m-%d %H:%M:%S} UTC on, once every process has read it.")
    console.print(
        f"{rotation.proving_keys} keys prove tokens; one that is out of use goes with a rotation after its last token died."
    )


@application.command("rotate-data")
def rotate_data_keys(
    *,
    wait: Annotated[bool, typer.Option(help="Wait until the new key encrypts and the old one is out of use.")] = True,
    others_done: Annotated[
        bool, typer.Option("--others-done", help="The services that run elsewhere have been encrypted anew there.")
    ] = False,
) -> None:
    """Add a data key, encrypt every value of the services that run here with it, and forget the key before.

    Nothing stops meanwhile. Run it again where it was broken off: it goes on with what is left.
    """
    data_keys.rotate(wait=wait, others_done=others_done)


@application.command("status")
def key_status() -> None:
    """Show the keys, and how many values each data key encrypts in each service."""
    data_keys.show_status()
