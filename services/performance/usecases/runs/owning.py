"""Keeps whose everything is, as a run finds it: the files of `engine.inputs.OWNERSHIP`, in an order that is always the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from services.chassis.db.session import UnitOfWork
from services.chassis.longwork.task import Preparation
from services.performance.engine.computing import OWNERSHIP
from services.performance.model.customer import Customer
from services.performance.model.person import Affiliation, Person, Unit
from services.performance.model.share import ShareLine
from services.performance.rules.shares import ObjectKind, ShareState

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROWS_AT_ONCE = 20_000


def write(preparation: Preparation, month: date, as_of: date, folder: Path) -> None:
    """Writes the files, in memory that does not grow with the bank."""
    owned: dict[str, Callable[[UnitOfWork], Iterable[tuple[Any, ...]]]] = {
        "share_lines": lambda work: _lines(work, month, as_of),
        "people": _people,
        "affiliations": lambda work: _affiliations(work, month, as_of),
        "units": _units,
        "customers": lambda work: _customers(work, month, as_of),
    }
    for name, rows in owned.items():
        with preparation.transaction() as work, work.whole_bank():
            _write(folder / f"{name}.parquet", OWNERSHIP[name], rows(work), preparation.beat)


def sha256s(folder: Path) -> dict[str, str]:
    """SHA-256 of each of the files, by the table's name."""
    return {name: hashlib.sha256((folder / f"{name}.parquet").read_bytes()).hexdigest() for name in sorted(OWNERSHIP)}


def sha256(folder: Path) -> str:
    """SHA-256 over all of them."""
    return hashlib.sha256(" ".join(sha256s(folder).values()).encode()).hexdigest()


def _write(path: Path, columns: Mapping[str, str], rows: Iterable[tuple[Any, ...]], beat: Callable[[], None]) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    types = {"string": pa.string(), "int64": pa.int64(), "date": pa.date32()}
    schema = pa.schema([(name, types[type_]) for name, type_ in columns.items()])
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for portion in _portions(rows):
            beat()
            arrays = [pa.array(values, field.type) for values, field in zip(zip(*portion, strict=True), schema, strict=True)]
            writer.write_batch(pa.record_batch(arrays, schema=schema))


def _portions(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    portion: list[tuple[Any, ...]] = []
    for row in rows:
        portion.append(tuple(row))
        if len(portion) == ROWS_AT_ONCE:
            yield portion
            portion = []
    if portion:
        yield portion


def _in_portions(work: UnitOfWork, statement: Any) -> Any:
    return work.session.execute(statement.execution_options(yield_per=ROWS_AT_ONCE))


def _lines_of(month: date, as_of: date) -> tuple[Any, ...]:
    """That a line is in force on some day from one to another."""
    return (
        ShareLine.state == ShareState.APPROVED.value,
        ShareLine.start_date <= as_of,
        or_(ShareLine.end_date.is_(None), ShareLine.end_date >= month),
    )


def _lines(work: UnitOfWork, month: date, as_of: date) -> Any:
    units = _unit_ids(work)
    columns = (
        ShareLine.share_line_id, ShareLine.object_kind, ShareLine.object_key, ShareLine.person_id, ShareLine.organisation_path,
        ShareLine.start_date, ShareLine.end_date, ShareLine.from_minor_units, ShareLine.to_minor_units, ShareLine.basis_points,
    )  # fmt: skip
    rows = _in_portions(work, select(*columns).where(*_lines_of(month, as_of)).order_by(ShareLine.share_line_id))
    return ((*row[:4], units.get(row[4], ""), *row[5:]) for row in rows)


def _people(work: UnitOfWork) -> Any:
    # All of them: also earlier months of the year have owners.
    return _in_portions(work, select(Person.person_id, Person.staff_number).order_by(Person.person_id))


def _affiliations(work: UnitOfWork, month: date, as_of: date) -> Any:
    units, owners = _unit_ids(work), select(ShareLine.person_id).where(*_lines_of(month, as_of))
    kept = (
        select(Affiliation.person_id, Affiliation.organisation_path, Affiliation.start_date, Affiliation.end_date)
        .where(Affiliation.person_id.in_(owners), Affiliation.start_date <= as_of)
        .where(or_(Affiliation.end_date.is_(None), Affiliation.end_date >= month))
        .order_by(Affiliation.person_id, Affiliation.start_date)
    )
    return ((person, units.get(path, ""), start, end) for person, path, start, end in _in_portions(work, kept))


def _units(work: UnitOfWork) -> Any:
    units = select(Unit.code, Unit.organisation_unit_id).where(Unit.code != "").order_by(Unit.code, Unit.organisation_unit_id)
    return _each_once(_in_portions(work, units))


def _customers(work: UnitOfWork, month: date, as_of: date) -> Any:
    """Whose shares count for each number: a merged record's own, as long as it has any, else those of the one that it went into.

    So a merge takes nobody's credit at once: what a former lead had goes to the next one by steps (`shares.handing_over`).
    """
    of_customers = select(ShareLine.object_key).where(*_lines_of(month, as_of), ShareLine.object_kind == int(ObjectKind.CUSTOMER))
    merged = select(Customer.customer_id, Customer.merged_into_customer_id).where(
        Customer.merged_into_customer_id != "", Customer.customer_id.not_in(of_customers)
    )
    into = {row[0]: row[1] for row in work.session.execute(merged)}
    columns = Customer.__table__.c
    customers = select(columns.customer_number, columns.customer_id).order_by(
        columns.customer_number, columns.gone, columns.customer_id
    )
    return _each_once((number, _survivor(into, id_)) for number, id_ in _in_portions(work, customers))


def _survivor(into: Mapping[str, str], customer_id: str) -> str:
    passed = {customer_id}
    while (following := into.get(customer_id)) and following not in passed:
        passed.add(following)
        customer_id = following
    return customer_id


def _each_once(rows: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """The first row of each number: rows come in their order."""
    last = None
    for number, id_ in rows:
        if number != last:
            yield number, id_
        last = number


def _unit_ids(work: UnitOfWork) -> dict[str, str]:
    return {row[0]: row[1] for row in work.session.execute(select(Unit.organisation_path, Unit.organisation_unit_id))}


def same_of(connection: DuckDBPyConnection, former: Path, now: Path, leaf: Path) -> bool:
    """Whether whose everything is stands as it was for the accounts of a leaf: also none of their customers is another now."""
    before, after = sha256s(former), sha256s(now)
    if any(before[name] != after[name] for name in ("share_lines", "affiliations", "units")):
        return False
    if before["customers"] == after["customers"]:
        return True
    from services.performance.engine import periods

    return not periods.customers_differ(connection, former / "customers.parquet", now / "customers.parquet", leaf)
