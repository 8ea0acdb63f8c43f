"""`workbench events`: how far events lag behind, which could not be handled, and another try for those."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from deploy.cli.console import console, databases, operator

application = typer.Typer(no_args_is_help=True, help="Events on their way between services.")

Service = Annotated[str, typer.Option(help="Only this service.")]


@application.command("lag")
def lag(service: Service = "") -> None:
    """Show how many events wait to leave each service and to be handled by it."""
    from services.chassis.db.session import Call
    from services.chassis.outbox.table import outbox_lag

    table = Table("service", "unpublished", "oldest, s", "waiting", "parked")
    with databases(service, bare=True) as found:
        for name, database in found.items():
            with database.transaction(operator(), Call("events lag"), read_only=True) as work:
                unpublished, oldest_seconds = outbox_lag(work.session, work.now)
                waiting, parked = database.parking.depth(work)
            table.add_row(name, str(unpublished), f"{oldest_seconds:.1f}", str(waiting), str(parked))
    console.print(table)


@application.command("parked")
def parked(service: Service = "", limit: Annotated[int, typer.Option(min=1, max=1_000)] = 100) -> None:
    """List the events that a service could not handle, with the error."""
    from services.chassis.db.session import Call

    table = Table("service", "event", "type", "aggregate", "tries", "error")
    with databases(service, bare=True) as found:
        for name, database in found.items():
            with database.transaction(operator(), Call("events parked"), read_only=True) as work:
                for message in database.parking.list(work, limit=limit):
                    table.add_row(name, message.event_id, message.type, message.subject, str(message.attempts), message.error)
    console.print(table)


@application.command("redrive")
def redrive(
    service: Annotated[str, typer.Argument(help="The service whose parked events are meant.")],
    events: Annotated[list[str] | None, typer.Argument(help="Their ids; all of them where none is given.")] = None,
) -> None:
    """Hand parked events back to their handlers, once the cause is mended."""
    from services.chassis.db.session import Call

    with databases(service, bare=True) as found:
        for name, database in found.items():
            with database.transaction(operator(), Call("RedriveEvents")) as work:
                work.resource = f"parked_events/{name}"
                redriven = database.parking.redrive(work, events or None)
                work.audit()
            console.print(f"{name}: {redriven} events handed back.")
