"""Sessions of a Spark cluster; a process has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def session(master_url: str, application: str) -> SparkSession:
    """The session of the process on that cluster, such as `spark://spark:7077`; days and instants are UTC's, as in DuckDB."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master_url).appName(application)
    return builder.config("spark.sql.session.timeZone", "UTC").config("spark.ui.enabled", "false").getOrCreate()
