"""Analyses: how one stands."""

from __future__ import annotations

from enum import IntEnum


class AnalysisState(IntEnum):
    """Stored as the number, which never changes its meaning; `workbench.analytics.v1.AnalysisState` mirrors it."""

    RUNNING = 1
    SUCCEEDED = 2
    FAILED = 3
    CANCELLED = 4
