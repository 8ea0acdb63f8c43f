"""`workbench lake`: what datasets there are, and whether their files still are what was published."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from deploy.cli.console import console, databases, operator

if TYPE_CHECKING:
    from services.chassis.db.session import Database
    from services.integration.usecases.verifying import Verified

application = typer.Typer(no_args_is_help=True, help="The datasets that feeds have brought.")

# Between two strokes of the bar.
STROKE_SECONDS = 0.5

Feed = Annotated[str, typer.Option(help="Only this feed, such as core.balances.")]
DatasetName = Annotated[str, typer.Option(help="Only this canonical dataset, such as balances.")]
Start = Annotated[str, typer.Option("--from", help="Only this business date or later, YYYY-MM-DD.")]
End = Annotated[str, typer.Option("--to", help="Only this business date or earlier, YYYY-MM-DD.")]


@application.command("list")
def list_datasets(
    *,
    feed: Feed = "",
    dataset: DatasetName = "",
    start: Start = "",
    end: End = "",
    every: Annotated[bool, typer.Option("--all", help="Also revisions that are no longer current.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1_000)] = 100,
) -> None:
    """List datasets, the latest business date first."""
    from services.chassis.db.session import Call
    from services.integration.usecases import dataset_reading

    table = Table("business date", "feed", "revision", "rows", "files", "bytes", "published (UTC)", "state")
    with _integration() as database, database.transaction(operator(), Call("lake list"), read_only=True) as work:
        asked = _asked(feed, dataset, start, end, current_only=not every)
        page = dataset_reading.list_datasets(work, _request(asked, limit))
        for row in page.rows:
            state = "removed" if row.remove_time else "current" if row.current else "former"
            size = sum(part["size_bytes"] for part in row.parts)
            published = f"{row.publish_time:%Y-%m-%d %H:%M:%S}"
            cells = (row.business_date, row.feed, row.revision, row.rows, len(row.parts), size, published, state)
            table.add_row(*map(str, cells))
    console.print(table)
    if page.next_page_token:
        console.print(f"The first {limit}; --feed, --dataset, --from, --to and --limit say which others.")


@application.command("verify")
def verify_datasets(
    *,
    feed: Feed = "",
    dataset: DatasetName = "",
    start: Start = "",
    end: End = "",
    current: Annotated[bool, typer.Option("--current", help="Only the current revision of each date.")] = False,
) -> None:
    """Read every file, and compare hashes, rows and sums with the manifest; ends with 1 where anything differs."""
    table = Table("business date", "feed", "revision", "file", "fault", "description")
    count = 0
    with _integration() as database:
        for found in _rounds(database, _asked(feed, dataset, start, end, current_only=current)):
            count += found.count
            for pin, fault in found.faults:
                table.add_row(
                    str(pin.business_date),
                    pin.feed,
                    str(pin.revision),
                    fault.part,
                    f"[red]{fault.reason}[/red]",
                    fault.description,
                )
    if table.row_count:
        console.print(table)
    console.print(f"{count} datasets verified, {table.row_count} faults.")
    raise typer.Exit(int(table.row_count > 0))


def _rounds(database: Database, asked: Any) -> Iterator[Verified]:
    """Verifies all that fit, a stroke of the bar after the other."""
    from services.chassis.db.session import Call
    from services.integration.usecases import verifying

    call, after = Call("lake verify"), ""
    with Progress(*_BAR, console=console, transient=True) as progress:
        shown = progress.add_task("datasets", total=None)
        while True:
            with database.transaction(operator(), call, read_only=True) as work:
                datasets = verifying.next_kept(work, asked, after)
            if not datasets:
                return
            found = verifying.verify(database.lake, datasets, lambda: None, STROKE_SECONDS)
            progress.advance(shown, found.count)
            after = found.last_id
            yield found


_BAR = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())


@contextmanager
def _integration() -> Iterator[Database]:
    with databases("integration") as found:
        if "integration" not in found:
            raise typer.BadParameter("Integration does not run here; run this where it does.")
        yield found["integration"]


def _asked(feed: str, dataset: str, start: str, end: str, *, current_only: bool) -> Any:
    from workbench.integration.v1.dataset_service_pb2 import DatasetFilter

    return DatasetFilter(feed=feed, dataset=dataset, start_date=start, end_date=end, current_only=current_only)


def _request(asked: Any, limit: int) -> Any:
    from workbench.integration.v1.dataset_service_pb2 import ListDatasetsRequest

    return ListDatasetsRequest(filter=asked, page_size=limit)
