"""What a file's values lead to in other datasets: read once, and joined to the rows as they come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from services.chassis.lake.lake import Lake, Pin
from services.chassis.lake.schemas import SCHEMAS
from services.integration.engine.expressions import quoted
from services.integration.model.feed_definition import FeedDefinition

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def load(connection: DuckDBPyConnection, lake: Lake, definition: FeedDefinition, pins: Mapping[str, Sequence[Pin]]) -> None:
    """Makes a table of each lookup of the feed; `pins` has the revisions by canonical dataset."""
    for name, lookup in definition.lookups.items():
        lake.relation(connection, SCHEMAS[lookup.dataset], pins.get(lookup.dataset, ())).create_view("looked_into", replace=True)
        conditions = " AND ".join(f"{column}::VARCHAR = {quoted(value)}" for column, value in lookup.where.items())
        # A value that leads to two answers leads to none: to take either would be a guess.
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {_table(definition, name)} AS "
            f"SELECT {lookup.key}::VARCHAR AS sought, any_value({lookup.value}::VARCHAR) AS answer FROM looked_into "
            f"WHERE {conditions or 'true'} GROUP BY sought HAVING count(DISTINCT {lookup.value}) = 1"
        )


def looked_up(definition: FeedDefinition, texts: str) -> str:
    """The statement `texts`, its columns that go through lookups replaced by their answers; what was asked stays beside them."""
    rules = {name: rule.lookup for name, rule in definition.columns.items() if rule.lookup}
    if not rules:
        return texts
    replaced, beside, joins = [], [], []
    for name, lookups in rules.items():
        sought = f"texts.text_{name}"
        beside.append(f"{sought} AS {asked(name)}")
        for place, lookup in enumerate(lookups):
            joined = f"{name}_{place}"
            joins.append(f"LEFT JOIN {_table(definition, lookup)} AS {joined} ON {joined}.sought = {sought}")
            sought = f"{joined}.answer"
        replaced.append(f"{sought} AS text_{name}")
    columns = f"texts.* REPLACE ({', '.join(replaced)}), {', '.join(beside)}"
    return f"SELECT {columns} FROM ({texts}) AS texts {' '.join(joins)}"


def asked(column: str) -> str:
    """The column that holds what was sought for a canonical one."""
    return f"asked_{column}"


def _table(definition: FeedDefinition, lookup: str) -> str:
    # By its place: a name in a feed's file is any text.
    return f"lookup_{list(definition.lookups).index(lookup)}"
