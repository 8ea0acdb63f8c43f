"""What differs between two snapshots of a dataset: rows that are new or changed, and rows that are gone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from services.chassis.lake.schemas import SCHEMAS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from services.chassis.lake.lake import Lake, Pin


def find_changes(
    connection: DuckDBPyConnection,
    lake: Lake,
    pin: Pin,
    former: Pin | None,
    columns: Sequence[str],
    again: Sequence[str],
    *,
    everything: bool,
) -> int:
    """Fills the table `changes` with rows in the order of their key, each with its `place` and whether it is `gone`.

    With `everything` all present rows are changes; otherwise those that differ, and whose first key column is among `again`.
    Answers how many there are.
    """
    schema = SCHEMAS[pin.dataset]
    lake.relation(connection, schema, [pin]).create_view("present_rows")
    lake.relation(connection, schema, [former] if former else []).create_view("former_rows")
    known = "false" if everything else "true"
    named, key = ", ".join(columns), ", ".join(schema.key)
    same = " AND ".join(f"present_rows.{name} = former_rows.{name}" for name in schema.key)
    # One parameter: a statement for each of thousands would take minutes.
    connection.execute("CREATE TEMP TABLE again AS SELECT unnest(?::VARCHAR[]) AS value", [list(again)])
    connection.execute(
        f"""
        CREATE TEMP TABLE changes AS
        SELECT row_number() OVER (ORDER BY {key}) - 1 AS place, * FROM (
            SELECT false AS gone, * FROM (
                (SELECT {named} FROM present_rows EXCEPT SELECT {named} FROM former_rows WHERE {known})
                UNION SELECT {named} FROM present_rows WHERE {schema.key[0]} IN (SELECT value FROM again)
            )
            UNION ALL
            SELECT true AS gone, {named} FROM former_rows
            WHERE NOT EXISTS (SELECT 1 FROM present_rows WHERE {same})
        )
        """
    )
    ((rows,),) = connection.execute("SELECT count(*) FROM changes").fetchall()
    return int(rows)


def batch(connection: DuckDBPyConnection, table: str, columns: Sequence[str], place: int, size: int) -> list[dict[str, Any]]:
    """The rows from that place on, as mappings."""
    named = ", ".join(columns)
    rows = connection.execute(
        f"SELECT {named} FROM {table} WHERE place >= ? AND place < ? ORDER BY place", [place, place + size]
    ).fetchall()
    return [dict(zip(columns, row, strict=True)) for row in rows]
