"""Rows of features as an analysis writes them, for tests that need no more than that one table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from services.analytics.engine.tables import FEATURES

_ARROW = {"string": pa.string(), "boolean": pa.bool_(), "int64": pa.int64(), "float64": pa.float64(), "date": pa.date32()}
TYPES = {name: _ARROW[type_] for name, type_ in FEATURES.items()}


def feature_table(rows: Sequence[dict[str, Any]]) -> pa.Table:
    """The rows with every column of features: NULL where a row says nothing, but for who it is.

    A customer is numbered by his place (`C000`), of the kind RETAIL and the tier MASS, and not thin, unless the row says so. Rows
    come sorted by the customer's number, as in an analysis; a column that features do not have is a mistake of the test's.
    """
    given = []
    for place, row in enumerate(rows):
        assert row.keys() <= TYPES.keys(), f"Features have no {sorted(row.keys() - TYPES.keys())}."
        number = f"C{place:03}"
        given.append({"customer_number": number, "customer_id": f"id-{number}", "kind": 1, "tier": 1, "thin": False} | row)
    given.sort(key=lambda row: row["customer_number"])
    return pa.table({name: pa.array([row.get(name) for row in given], type_) for name, type_ in TYPES.items()})


def write_features(rows: Sequence[dict[str, Any]], path: Path) -> Path:
    """The same as a file."""
    pq.write_table(feature_table(rows), path)
    return path
