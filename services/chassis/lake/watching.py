"""Long statements of the engine inside long work: the lease is renewed beside them, and lost work ends them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from services.chassis.lake.lake import Lake
from services.chassis.longwork.patience import patiently

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_Answer = TypeVar("_Answer")


def watched(lake: Lake, beat: Callable[[], None], function: Callable[[DuckDBPyConnection], _Answer]) -> _Answer:
    """What the function makes of an engine of its own; `beat` is called meanwhile, and what it raises interrupts the engine."""
    with lake.connection() as connection:
        return patiently(beat, lambda: function(connection), connection.interrupt)
