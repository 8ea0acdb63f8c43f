"""Who may do what of warnings, the signs and models behind them, and departures, which the analytics service keeps."""

from __future__ import annotations

from collections.abc import Mapping

HELD_BY: Mapping[str, tuple[str, ...]] = {}
