"""Keeps who the customers are and what happened around them, as an analysis finds them: from SQL to files, portion by portion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import and_, or_, select

from services.analytics.model.customer import Customer
from services.analytics.model.happening import Happening
from services.analytics.rules.happenings import HappeningKind
from services.chassis.db.session import UnitOfWork
from services.chassis.longwork.task import Preparation

ROWS_AT_ONCE = 20_000
# What counts however long ago it was: since when somebody leads, and what is still open.
_LASTING = (HappeningKind.LEAD_CHANGED.value, HappeningKind.LEAD_LEFT.value)
_KEPT_OPEN = (HappeningKind.COMPLAINT.value, HappeningKind.NEED.value)

CUSTOMERS: Mapping[str, str] = {
    "customer_id": "string",
    "customer_number": "string",
    "kind": "int64",
    "tier": "int64",
    "lead_person_id": "string",
    "organisation_path": "string",
}
# Happenings, of the record that stands for the one that each was of.
EVENTS: Mapping[str, str] = {
    **dict.fromkeys(("source", "customer_id"), "string"),
    "kind": "int64",
    **dict.fromkeys(("start_date", "end_date", "due_date"), "date"),
    "person_id": "string",
    "other_person_ids": "strings",
    **dict.fromkeys(("sort", "channel", "state", "outcome", "minutes", "people_met_count"), "int64"),
    **dict.fromkeys(("customer_began", "low"), "bool"),
    "update_time": "time",
}
# By these records that were taken into another count as that one.
ALIASES: Mapping[str, str] = {"customer_number": "string", "survivor_number": "string"}

# What holds of a record that stands by itself.
STANDS = and_(~Customer.gone, Customer.merged_into_customer_id == "", Customer.customer_number != "")


def write(preparation: Preparation, start_date: date, as_of_date: date, folder: Path) -> None:
    """Writes `records.parquet` (customers without what only datasets know), `aliases.parquet` and `events.parquet`.

    Of the future nothing: what began later is left out, and what ended later has not ended.
    """
    kept: dict[str, tuple[Mapping[str, str], Callable[[UnitOfWork], Iterable[tuple[Any, ...]]]]] = {
        "records": (CUSTOMERS, _customers),
        "aliases": (ALIASES, _aliases),
        "events": (EVENTS, lambda work: _events(work, start_date, as_of_date)),
    }
    for name, (columns, rows) in kept.items():
        with preparation.transaction() as work, work.whole_bank():
            _write(folder / f"{name}.parquet", columns, rows(work), preparation.beat)


def _customers(work: UnitOfWork) -> Iterator[tuple[Any, ...]]:
    columns = Customer.__table__.c
    standing = select(*(columns[name] for name in CUSTOMERS)).where(STANDS)
    last = None
    for row in _in_portions(work, standing.order_by(columns.customer_number, columns.customer_id)):
        # Two records of one number are the same customer told twice.
        if row.customer_number != last:
            yield tuple(row)
        last = row.customer_number


def _aliases(work: UnitOfWork) -> Iterable[tuple[Any, ...]]:
    into = _survivors(work)
    columns = Customer.__table__.c
    merged = select(columns.customer_id, columns.customer_number).where(columns.merged_into_customer_id != "")
    numbers = {row.customer_id: row.customer_number for row in work.session.execute(merged)}
    # Of all records, since a survivor is none of these.
    survivor = select(columns.customer_id, columns.customer_number).where(
        columns.customer_id.in_(select(columns.merged_into_customer_id).where(columns.merged_into_customer_id != ""))
    )
    known = {row.customer_id: row.customer_number for row in work.session.execute(survivor)}
    pairs = {numbers[merged_id]: known.get(survivor_id, "") for merged_id, survivor_id in into.items()}
    return sorted((number, other) for number, other in pairs.items() if number and other and number != other)


def _survivors(work: UnitOfWork) -> dict[str, str]:
    """By each record that was taken into another the one that stands for it at last."""
    merged = select(Customer.customer_id, Customer.merged_into_customer_id).where(Customer.merged_into_customer_id != "")
    into = {row[0]: row[1] for row in work.session.execute(merged)}
    return {customer_id: _survivor(into, customer_id) for customer_id in into}


def _survivor(into: Mapping[str, str], customer_id: str) -> str:
    passed = {customer_id}
    while (following := into.get(customer_id)) and following not in passed:
        passed.add(following)
        customer_id = following
    return customer_id


def _events(work: UnitOfWork, start_date: date, as_of_date: date) -> Iterator[tuple[Any, ...]]:
    into = _survivors(work)
    columns = Happening.__table__.c
    kept = select(*(columns[name] for name in EVENTS)).where(
        columns.start_date <= as_of_date,
        or_(
            columns.start_date >= start_date,
            columns.kind.in_(_LASTING),
            and_(columns.kind.in_(_KEPT_OPEN), columns.end_date.is_(None)),
        ),
    )
    for row in _in_portions(work, kept.order_by(columns.source)):
        told = dict(zip(EVENTS, row, strict=True))
        told["customer_id"] = into.get(row.customer_id, row.customer_id)
        if row.end_date is not None and row.end_date > as_of_date:
            told |= {"end_date": None, "state": 0, "outcome": 0}
        yield tuple(told.values())


def _in_portions(work: UnitOfWork, statement: Any) -> Any:
    return work.session.execute(statement.execution_options(yield_per=ROWS_AT_ONCE))


def _write(path: Path, columns: Mapping[str, str], rows: Iterable[tuple[Any, ...]], beat: Callable[[], None]) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    types = {
        "string": pa.string(),
        "strings": pa.list_(pa.string()),
        "int64": pa.int64(),
        "date": pa.date32(),
        "bool": pa.bool_(),
        "time": pa.timestamp("us"),
    }
    schema = pa.schema([(name, types[type_]) for name, type_ in columns.items()])
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for portion in _portions(rows):
            beat()
            arrays = [pa.array(values, field.type) for values, field in zip(zip(*portion, strict=True), schema, strict=True)]
            writer.write_batch(pa.record_batch(arrays, schema=schema))


def _portions(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    portion: list[tuple[Any, ...]] = []
    for row in rows:
        portion.append(row)
        if len(portion) == ROWS_AT_ONCE:
            yield portion
            portion = []
    if portion:
        yield portion
