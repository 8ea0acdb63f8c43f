"""Analyses: how one stands."""

from __future__ import annotations

from enum import IntEnum


class AnalysisState(IntEnum):
    """Stored as the number, which never changes its meaning; `workbench.analytics.v1.AnalysisState` mirrors it."""

    RUNNING = 1
    SUCCEEDED = 2
    FAILED = 3
    CANCELLED = 4


class AnalysisKind(IntEnum):
    """What it is for. Stored as the number; `workbench.analytics.v1.AnalysisKind` mirrors it."""

    # How customers stand: signals, scores and warnings come of it.
    REGULAR = 1
    # How they stood at the end of a month long past, for models to learn from: features and nothing else.
    HISTORY = 2
