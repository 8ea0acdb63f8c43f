"""The `workbench` command.

A command imports what only it needs where it needs it, so that `workbench token` does not wait for what `workbench up` carries.
"""

from __future__ import annotations

import gc

import typer
from rich.console import Console

from deploy.cli import audit, bank, calendar, doctor, events, feeds, keys, lake, tokens, up
from services.chassis.kernel.errors import WorkbenchError

application = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="RM Workbench 客户经理作业平台: runs a deployment and looks after it.",
)
application.command("up")(up.up)
application.command("migrate")(up.migrate)
application.command("simulate")(bank.simulate)
application.command("token")(tokens.token)
application.command("doctor")(doctor.doctor)
application.add_typer(events.application, name="events")
application.add_typer(audit.application, name="audit")
application.add_typer(calendar.application, name="calendar")
application.add_typer(bank.application, name="demo")
application.add_typer(feeds.application, name="feeds")
application.add_typer(keys.application, name="keys")
application.add_typer(lake.application, name="lake")


# What a command imports stays: by Python's own habit it is looked through for garbage hundreds of times on the way.
_OBJECTS_BEFORE_COLLECTING = 50_000


def main() -> None:
    """Runs the command; what stands in the user's way is told in a sentence, not in a traceback."""
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTING)
    try:
        application()
    except WorkbenchError as fault:
        Console(stderr=True).print(fault.message, style="red", highlight=False, markup=False)
        raise SystemExit(1) from None
