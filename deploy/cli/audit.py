"""`workbench audit`: proves the audit trails and searches them."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from deploy.cli.console import console, databases, operator

application = typer.Typer(no_args_is_help=True, help="The audit trail of each service.")

Service = Annotated[str, typer.Option(help="Only this service.")]


@application.command("verify")
def verify_trails(service: Service = "") -> None:
    """Recompute every seal and the chain that joins them; ends with 1 where a trail is not as it was written."""
    from services.chassis.db.audit import verify
    from services.chassis.db.session import Call

    table = Table("service", "sealed", "waiting", "seals", "chain head", "verdict")
    broken = False
    with databases(service, bare=True) as found:
        for name, database in found.items():
            with database.transaction(operator(), Call("audit verify"), read_only=True) as work:
                report = verify(work.session)
            broken = broken or bool(report.fault)
            verdict = f"[red]{report.fault}[/red]" if report.fault else "[green]intact[/green]"
            table.add_row(
                name, str(report.sealed_records), str(report.unsealed_records), str(report.seals), report.chain_head[:16], verdict
            )
    console.print(table)
    raise typer.Exit(int(broken))


@application.command("search")
def search_trails(
    service: Service = "",
    login: Annotated[str, typer.Option(help="Only acts of this sign-in.")] = "",
    resource: Annotated[str, typer.Option(help="Only acts on the resource with this id.")] = "",
    method: Annotated[str, typer.Option(help="Only this method, such as UpdateCustomer.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
) -> None:
    """List acts, the latest first."""
    from sqlalchemy import select

    from services.chassis.db.audit import AuditRecord, touches
    from services.chassis.db.session import Call

    table = Table("when (UTC)", "service", "who", "what", "on", "outcome", "changed")
    statement = select(AuditRecord).order_by(AuditRecord.sequence.desc()).limit(limit)
    for condition, value in (
        (AuditRecord.login == login, login),
        (touches(resource), resource),
        (AuditRecord.method == method, method),
    ):
        statement = statement.where(condition) if value else statement
    with databases(service, bare=True) as found:
        for name, database in found.items():
            with database.transaction(operator(), Call("audit search"), read_only=True) as work:
                for r in work.session.scalars(statement):
                    when = f"{r.act_time:%Y-%m-%d %H:%M:%S}"
                    table.add_row(when, name, r.login or r.person_id, r.method, r.resource, r.outcome, r.changes_json[:120])
    console.print(table)
