"""A Spark cluster as the engine: the same expressions, in Spark's language, over the same staged tables.

What is staged is small or filtered by the lake's own reader, which alone opens sealed and packed files; it goes to the cluster as
Parquet in a folder that both see. Needs pyspark (the extra `spark`), 4.0 for Ibis 12, and Java on the cluster.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from services.chassis.engines.expressions import quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from pyspark.sql import SparkSession

# The whole quotient, cut off towards zero. `div` answers 64 bits, which results and their quotas fit into:
# what is put in is bounded by whoever asks, and an excess fails.
_EXACT_QUOTIENT = (
    "CREATE OR REPLACE TEMPORARY FUNCTION exact_quotient(numerator DECIMAL(38, 0), divisor DECIMAL(38, 0)) "
    "RETURNS DECIMAL(38, 0) RETURN CAST(numerator div divisor AS DECIMAL(38, 0))"
)
_WHOLE_QUOTIENT = (
    "CREATE OR REPLACE TEMPORARY FUNCTION whole_quotient(numerator BIGINT, divisor BIGINT) RETURNS BIGINT "
    "RETURN numerator div divisor"
)
# A sum of 64 bits has 64 bits here, and fails beyond them.
_WHOLE_NUMBER = "CREATE OR REPLACE TEMPORARY FUNCTION whole_number(number BIGINT) RETURNS BIGINT RETURN number"


class Spark:
    """Computes in a session; `folder` is seen by the whole cluster."""

    dialect = "pyspark"

    def __init__(self, session: SparkSession, connection: DuckDBPyConnection, folder: Path) -> None:
        self._session = session
        self._connection = connection
        self._folder = folder
        self._files = 0
        session.sql(_EXACT_QUOTIENT)
        session.sql(_WHOLE_QUOTIENT)
        session.sql(_WHOLE_NUMBER)
        _complete_options()

    def take(self, name: str) -> None:
        """As a file that DuckDB writes and the cluster reads."""
        path = self._place(name)
        self._connection.execute(f"COPY (FROM {name}) TO {quoted(path)} (FORMAT parquet, COMPRESSION zstd)")
        self.show(name, path)

    def define(self, name: str, statement: str) -> None:
        """As a temporary view."""
        self._session.sql(f"CREATE OR REPLACE TEMPORARY VIEW {name} AS {statement}")

    def keep(self, name: str, statement: str) -> Path:
        """The cluster writes as many files as it has tasks; DuckDB makes one of them."""
        path = self._place(name)
        parts = path.with_suffix("")
        self._session.sql(statement).write.parquet(str(parts))
        self._connection.execute(
            f"COPY (FROM read_parquet({quoted(f'{parts}/*.parquet')})) TO {quoted(path)} (FORMAT parquet, COMPRESSION zstd)"
        )
        shutil.rmtree(parts)
        self.show(name, path)
        return path

    def show(self, name: str, *paths: Path) -> None:
        """As a temporary view."""
        self._session.read.parquet(*map(str, paths)).createOrReplaceTempView(name)

    def _place(self, name: str) -> Path:
        self._files += 1
        return self._folder / f"{name}-{self._files}.parquet"


def _complete_options() -> None:
    """Tells Ibis what its own backend would, which alone knows this option and cannot be loaded without pandas.

    A NaN is a number; nothing here makes one.
    """
    import ibis
    from ibis.config import Config

    class Options(Config):
        treat_nan_as_null: bool = False

    if ibis.options.pyspark is None:
        ibis.options.pyspark = Options()
