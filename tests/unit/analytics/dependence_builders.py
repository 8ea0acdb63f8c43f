"""The files that dependence stands on, from rows that say no more than a test cares for."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from services.analytics.engine.dependence import Source
from services.analytics.engine.relations import write_relations
from services.analytics.engine.tables import SCHEMAS_OF_TABLES
from services.analytics.rules.happenings import HappeningKind
from tests.unit.analytics.feature_rows import write_features

_ARROW = {
    "string": pa.string(),
    "boolean": pa.bool_(),
    "int64": pa.int64(),
    "date": pa.date32(),
    "array<string>": pa.list_(pa.string()),
    "timestamp": pa.timestamp("us"),
}
_USUAL = {
    "customers": {"kind": 1, "tier": 1, "lead_person_id": "", "organisation_path": "/HO/E/"},
    "happenings": {"kind": HappeningKind.CONTACT.value, "person_id": "", "other_person_ids": []},
    "relations": {"contact_count": 0, "share_e4": 0, "is_lead": False},
}


def write(name: str, rows, path: Path) -> Path:
    """A file of the engine's tables; a customer's id is his number with `id-` before it."""
    columns = SCHEMAS_OF_TABLES[name]
    filled = [_USUAL[name] | {"customer_id": f"id-{row['customer_number']}"} | row for row in rows]
    arrays = {column: pa.array([row.get(column) for row in filled], _ARROW[type_]) for column, type_ in columns.items()}
    pq.write_table(pa.table(arrays), path)
    return path


def source(folder: Path, as_of_date, *, customers, relations, paths=("/",)) -> Source:
    """Customers are rows with `balance` and `loan` beside the columns of their file."""
    features = [
        {"customer_number": row["customer_number"], "assets_now": row.get("balance"), "loan_now": row.get("loan")}
        for row in customers
    ]
    return Source(
        customers=write("customers", customers, folder / "customers.parquet"),
        features=write_features(features, folder / "features.parquet"),
        relations=write("relations", relations, folder / "relations.parquet"),
        as_of_date=as_of_date,
        organisation_paths=paths,
    )


def relations_of(folder: Path, as_of_date, *, customers, happenings):
    """The rows of relations that come of them."""
    path = folder / "relations.parquet"
    with duckdb.connect() as connection:
        write_relations(
            connection,
            customers=write("customers", customers, folder / "customers.parquet"),
            happenings=write("happenings", happenings, folder / "happenings.parquet"),
            as_of_date=as_of_date,
            path=path,
        )
    return pq.read_table(path).to_pylist()
