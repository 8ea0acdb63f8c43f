"""The `workbench` command."""

from __future__ import annotations

import typer
from rich.console import Console

from deploy.cli import audit, bank, doctor, events, tokens, up
from deploy.launcher import StartFailed
from services.chassis.kernel.errors import WorkbenchError
from services.chassis.settings import SettingsFault

application = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="RM Workbench 客户经理作业平台: runs a deployment and looks after it.",
)
application.command("up")(up.up)
application.command("migrate")(up.migrate)
application.command("demo")(bank.demo)
application.command("token")(tokens.token)
application.command("doctor")(doctor.doctor)
application.add_typer(events.application, name="events")
application.add_typer(audit.application, name="audit")


def main() -> None:
    """Runs the command; what stands in the user's way is told in a sentence, not in a traceback."""
    try:
        application()
    except (SettingsFault, StartFailed, WorkbenchError) as fault:
        Console(stderr=True).print(f"[red]{fault}[/red]", highlight=False)
        raise SystemExit(1) from None
