"""Features of all customers as of a business date, one row each, sorted by customer's number.

Computed some customers at a time: what memory holds does not grow with the bank. `rules.features` says in words what each is,
`feature_rows` and its neighbours how it is made.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from services.chassis.engines.expressions import DuckDb, Engine, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from services.analytics.engine.inputs import FeatureInputs

_UNFINISHED = ".portions"
_ROW_GROUP = 61_440


def write_features(connection: DuckDBPyConnection, inputs: FeatureInputs, path: Path, engine: Engine | None = None) -> None:
    """Writes the features of all customers, or of those that were touched."""
    from services.analytics.engine.feature_rows import features, history, steadiness
    from services.analytics.engine.feature_staging import FeatureStaging
    from services.chassis.engines.expressions import statement

    unfinished = path.parent / f"{_UNFINISHED}.{path.stem}"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    engine = engine or DuckDb(connection, unfinished)
    staging, portions = FeatureStaging(connection, inputs), []
    _take(engine, staging.begin())
    for first, last in staging.portions():
        _take(engine, staging.take(first, last))
        kept = [
            engine.keep("history", statement(engine.dialect, history)),
            engine.keep("steadiness", statement(engine.dialect, steadiness)),
        ]
        portions.append(engine.keep("features", statement(engine.dialect, features, inputs.history_days_min)))
        for each in kept:
            each.unlink()
    _write(connection, portions, path)
    for each in portions:
        each.unlink()
    shutil.rmtree(unfinished)


def _take(engine: Engine, names: Sequence[str]) -> None:
    for name in names:
        engine.take(name)


def _write(connection: DuckDBPyConnection, portions: Sequence[Path], path: Path) -> None:
    from services.analytics.engine.customer_days import listed
    from services.analytics.engine.tables import FEATURES, engine_type

    columns = ", ".join(f"{name}::{engine_type(type_)} AS {name}" for name, type_ in FEATURES.items())
    nothing = ", ".join(f"NULL::{engine_type(type_)} AS {name}" for name, type_ in FEATURES.items())
    rows = f"FROM read_parquet({listed(portions)})" if portions else f"FROM (SELECT {nothing} WHERE false)"
    connection.execute(
        f"COPY (SELECT {columns} {rows} ORDER BY customer_number, customer_id) TO {quoted(path)} "
        f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {_ROW_GROUP})"
    )
