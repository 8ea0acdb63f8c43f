"""Raises warnings from what an analysis found, and keeps those that are open as the newest analysis sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.analytics.model.analysis import Analysis
from services.chassis.db.session import UnitOfWork

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from services.analytics.usecases.analyses.keeping import Files


def raise_warnings(work: UnitOfWork, connection: DuckDBPyConnection, files: Files, analysis: Analysis) -> int:
    """How many were raised. Reads `signals` and `scores` of the analysis; does nothing where a later date has been looked at.

    Called in the transaction that puts the analysis in its place: in batches, without a scan of what is not a candidate.
    """
    raise NotImplementedError
