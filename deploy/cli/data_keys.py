"""`workbench keys rotate-data` and `status`: a data key from its making until the one before is forgotten.

What it encrypts are values in the databases, and the keys of the sealed files below the lake's root.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table as PrintedTable

from deploy.cli.console import console, databases, operator

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Table

    from services.chassis.db.session import Database
    from services.chassis.keys import DataKey
    from services.chassis.settings import DeploymentSettings

# Between two batches, so that whoever else wants to write at a branch gets to it.
PAUSE_SECONDS = 0.005
_BAR = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())


def rotate(*, wait: bool, others_done: bool) -> None:
    """The whole rotation, or the rest of one that was broken off."""
    from services.chassis import keys
    from services.chassis.settings import load

    settings = load()
    with databases() as found:
        key = keys.rotate_data(settings.secrets)
        _noted(found, "RotateDataKeys", key.key_id)
        console.print(f"The key {key.key_id} encrypts from {_utc(key.encrypts_from)} UTC on, once every process has read it.")
        if not _waited_until(key.encrypts_from, "the new key is read everywhere", wait=wait):
            return
        tables = {name: _tables_of(name) for name in found}
        _rewrite(found, tables)
        _rewrap(settings.lake_root)
        if not _waited_until(key.encrypts_from + keys.SETTLING_SECONDS, "the old key is out of use", wait=wait):
            return
        # What a process wrote with the key before, while the first round ran.
        _rewrite_rest(found, tables)
        _rewrap(settings.lake_root)
        elsewhere = [name for name, placement in settings.services.items() if placement.run == "remote"]
        _retire(settings, found, tables, [] if others_done else elsewhere)


def show_status() -> None:
    """The keys, what they are used for, and how far a rotation is."""
    from services.chassis import keys
    from services.chassis.settings import load

    settings = load()
    known = keys.known_data_keys(settings.secrets)
    with databases() as found:
        counts = {f"values of {name}": _values(database, _tables_of(name), known) for name, database in found.items()}
        counts["files"] = _files(settings.lake_root, known)
        table = PrintedTable("key", "for", "used", *counts)
        for key_id, signs_from in keys.known_signing_keys(settings.secrets):
            table.add_row(
                key_id, "signing", f"from {_utc(signs_from)}" if signs_from else "from the start", *("" for _ in counts)
            )
        for key in known:
            used = f"from {_utc(key.encrypts_from)}" if key.encrypts_from else "from the start"
            table.add_row(key.key_id, "data", used, *(str(count[key.key_id]) for count in counts.values()))
        if any(count[""] for count in counts.values()):
            table.add_row("[red]unknown[/red]", "data", "", *(str(count[""]) for count in counts.values()))
        console.print(table)
    if len(known) > 1:
        console.print("A rotation is under way: `workbench keys rotate-data` goes on with it.")


def _rewrite(found: Mapping[str, Database], tables: Mapping[str, Sequence[Table]]) -> None:
    from services.chassis.db import reencryption
    from services.chassis.db.session import Call

    call = Call("ReencryptData")
    for name, database in found.items():
        with database.transaction(operator(), call) as work:
            reencryption.begin(work, tables[name])
    with Progress(*_BAR, console=console) as progress:
        for name, database in found.items():
            for table in tables[name]:
                shown = progress.add_task(f"{name}.{table.name}", total=None)
                ended = False
                while not ended:
                    with database.transaction(operator(), call) as work:
                        at = reencryption.step(work, table)
                        ended = at.ended
                    progress.update(shown, completed=at.done, total=at.done if ended else at.total)
                    time.sleep(PAUSE_SECONDS)


def _rewrite_rest(found: Mapping[str, Database], tables: Mapping[str, Sequence[Table]]) -> None:
    from services.chassis.db import reencryption
    from services.chassis.db.session import Call

    for name, database in found.items():
        with database.transaction(operator(), Call("ReencryptData")) as work:
            for table in tables[name]:
                reencryption.again(work, table)
    _rewrite(found, tables)


def _rewrap(root: Path) -> None:
    from services.chassis.lake.rewrapping import rewrap_below

    with Progress(TextColumn("{task.description}"), TextColumn("{task.completed}"), console=console) as progress:
        shown = progress.add_task("sealed files", total=None)
        for _ in rewrap_below([root]):
            progress.advance(shown)


def _retire(
    settings: DeploymentSettings, found: Mapping[str, Database], tables: Mapping[str, Sequence[Table]], elsewhere: list[str]
) -> None:
    from services.chassis import keys

    *former, newest = keys.known_data_keys(settings.secrets)
    in_use = {f"values of {name}": _values(database, tables[name], [newest])[""] for name, database in found.items()}
    in_use["sealed files"] = _files(settings.lake_root, [newest])[""]
    if any(in_use.values()):
        told = ", ".join(f"{count} {what}" for what, count in in_use.items() if count)
        console.print(f"[red]{told} are not under the key {newest.key_id}; nothing is forgotten. Run this again.[/red]")
        raise typer.Exit(1)
    if elsewhere:
        console.print(f"Every value and file here is under the key {newest.key_id}. {', '.join(elsewhere)} run elsewhere: run")
        console.print("`workbench keys rotate-data` there, and then here with --others-done, which forgets the key before.")
        return
    keys.retire_data(settings.secrets, [key.key_id for key in former])
    _noted(found, "RetireDataKeys", newest.key_id)
    console.print(
        f"Every value and file is under the key {newest.key_id}; {len(former)} former forgotten. Copies of databases and"
    )
    console.print("datasets made before now are read with a copy of the keys made with them.")


def _tables_of(name: str) -> list[Table]:
    from deploy.host import package_of, service_named
    from services.chassis.db.reencryption import encrypted_tables

    # The service itself brings the tables of the chassis that it uses.
    service_named(name)
    return encrypted_tables(package_of(name))


def _values(database: Database, tables: Sequence[Table], known: Sequence[DataKey]) -> dict[str, int]:
    from services.chassis.db.reencryption import values_by_key
    from services.chassis.db.session import Call

    key_ids = [key.key_id for key in known]
    counts = dict.fromkeys([*key_ids, ""], 0)
    with database.transaction(operator(), Call("keys status"), read_only=True) as work:
        for table in tables:
            for key_id, count in values_by_key(work.session, table, key_ids).items():
                counts[key_id] += count
    return counts


def _files(root: Path, known: Sequence[DataKey]) -> dict[str, int]:
    from services.chassis.lake.rewrapping import files_by_key

    return files_by_key([root], [key.key_id for key in known])


def _noted(found: Mapping[str, Database], act: str, key_id: str) -> None:
    """Who did it, in the trail of each service whose values it concerns."""
    from services.chassis.db.session import Call

    for database in found.values():
        with database.transaction(operator(), Call(act)) as work:
            work.resource = f"data_keys/{key_id}"
            work.audit()


def _waited_until(instant: float, what: str, *, wait: bool) -> bool:
    """Waits; False where it is too early and nobody wants to."""
    seconds = instant - time.time()
    if seconds <= 0:
        return True
    if not wait:
        console.print(f"Run this again after {_utc(instant)} UTC, when {what}.")
        return False
    with Progress(TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(), console=console) as progress:
        shown = progress.add_task(f"Waiting until {what}", total=seconds)
        while (left := instant - time.time()) > 0:
            time.sleep(min(left, 0.5))
            progress.update(shown, completed=seconds - max(instant - time.time(), 0.0))
    return True


def _utc(instant: float) -> str:
    return f"{datetime.fromtimestamp(instant, UTC):%Y-%m-%d %H:%M:%S}"
