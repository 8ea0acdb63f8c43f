"""Who deals with whom, and what depends on each of a bank's people, as the bank grows: a file, and dashboards on it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from services.analytics.engine.dependence import Dependences, Source, unit_sum
from services.analytics.engine.relations import write_relations
from services.chassis.lake.lake import Lake

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CUSTOMERS = (100_000, 1_000_000)
PEOPLE, BRANCHES, CONTACTS_EACH = 3_000, 50, 4
AS_OF = date(2026, 11, 25)
_PAGE = 51
_PEOPLE = [f"person-{place}" for place in range(PEOPLE)]


def run(console: Console, sizes: Sequence[int] = CUSTOMERS) -> None:
    """Prints the table."""
    table = Table(title=f"Departures: {PEOPLE:,} people, {CONTACTS_EACH} contacts a customer; seconds (CPU seconds)")
    for heading in ("customers", "relations", "write", *_QUESTIONS):
        table.add_column(heading, justify="right")
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            table.add_row(f"{size:,}", *_measured(Lake(Path(name)), size))
    console.print(table)


def _measured(lake: Lake, size: int) -> list[str]:
    source = _bank(lake, size)
    happenings = lake.root / "happenings.parquet"

    def write(connection: DuckDBPyConnection) -> None:
        told = {"customers": source.customers, "happenings": happenings, "as_of_date": AS_OF, "path": source.relations}
        write_relations(connection, **told)  # type: ignore[arg-type] # each is of its parameter's type

    cells = [_timed(lake, write)]
    with lake.connection() as connection:
        ((count,),) = connection.execute(f"SELECT count(*) FROM read_parquet('{source.relations}')").fetchall()
    return [f"{count:,}", *cells, *(_timed(lake, lambda c, ask=ask: ask(c, source)) for ask in _QUESTIONS.values())]


def _bank(lake: Lake, size: int) -> Source:
    customers, features = lake.root / "customers.parquet", lake.root / "features.parquet"
    number = "lpad(i::VARCHAR, 9, '0') AS customer_number"
    queries = {
        customers: f"SELECT 'id-' || i AS customer_id, {number}, 1 AS kind, 1 AS tier,"
        f" 'person-' || (i % {PEOPLE}) AS lead_person_id, '/HO/B' || (i % {BRANCHES}) || '/' AS organisation_path,"
        f" DATE '2015-01-01' + (i % 3000)::INT AS open_date FROM range({size}) AS each (i)",
        lake.root / "happenings.parquet": f"SELECT {number}, 1 AS kind, DATE '{AS_OF}' - (hash(i, j) % 700)::INT AS start_date,"
        f" 'person-' || (CASE WHEN hash(i, j, 1) % 10 < 8 THEN i % {PEOPLE} ELSE hash(i, j, 2) % {PEOPLE} END) AS person_id,"
        f" []::VARCHAR[] AS other_person_ids FROM range({size}) AS each (i), range({CONTACTS_EACH}) AS further (j)",
        features: f"SELECT {number}, (hash(i) % 100000000)::BIGINT AS assets_now, (hash(i, 7) % 10000)::BIGINT AS loan_now"
        f" FROM range({size}) AS each (i)",
    }
    with lake.connection() as connection:
        connection.execute("SET enable_progress_bar = false")
        for path, query in queries.items():
            connection.execute(f"COPY ({query} ORDER BY customer_number) TO '{path}' (FORMAT parquet)")
    return Source(customers, features, lake.root / "relations.parquet", AS_OF, ("/",))


def _timed(lake: Lake, ask: Callable[[DuckDBPyConnection], object]) -> str:
    began, cpu = time.perf_counter(), time.process_time()
    with lake.connection() as connection:
        ask(connection)
    return f"{time.perf_counter() - began:.2f} ({time.process_time() - cpu:.2f})"


def _of_branch(source: Source) -> Source:
    return Source(source.customers, source.features, source.relations, source.as_of_date, ("/HO/B1/",))


def _person(connection: DuckDBPyConnection, source: Source) -> object:
    return Dependences(connection, _of_branch(source), _PEOPLE, ["person-1"]).page(_PAGE)


def _fifty(connection: DuckDBPyConnection, source: Source) -> object:
    asked = Dependences(connection, source, _PEOPLE, _PEOPLE[:50], together=True)
    return asked.at_risk(), asked.loans(), asked.single_threaded_count(), asked.page(_PAGE)


def _unit(connection: DuckDBPyConnection, source: Source) -> object:
    return unit_sum(connection, source), Dependences(connection, source, _PEOPLE, _PEOPLE).by_person()


def _branch(connection: DuckDBPyConnection, source: Source) -> object:
    return _unit(connection, _of_branch(source))


_QUESTIONS: dict[str, Callable[[DuckDBPyConnection, Source], object]] = {
    "a person's page": _person,
    "50 leave": _fifty,
    "a branch": _branch,
    "the bank": _unit,
}
