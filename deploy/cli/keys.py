"""`workbench keys`: renews the keys with which the deployment signs its tokens."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

from deploy.cli.console import console, databases, operator

application = typer.Typer(no_args_is_help=True, help="The keys that sign tokens.")


# With a callback a lone command keeps its name: `workbench keys rotate`, not `workbench keys`.
@application.callback()
def _keys() -> None: ...


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
