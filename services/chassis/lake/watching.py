"""Long statements of the engine inside long work: the lease is renewed beside them, and lost work ends them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillRunning
from typing import TYPE_CHECKING, TypeVar

from services.chassis.lake.lake import Lake

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_Answer = TypeVar("_Answer")
BEAT_SECONDS = 2.0


def watched(lake: Lake, beat: Callable[[], None], function: Callable[[DuckDBPyConnection], _Answer]) -> _Answer:
    """What the function makes of an engine of its own; `beat` is called meanwhile, and what it raises interrupts the engine."""
    with lake.connection() as connection, ThreadPoolExecutor(1) as executor:
        future = executor.submit(function, connection)
        while True:
            try:
                return future.result(timeout=BEAT_SECONDS)
            except StillRunning:
                if future.done():
                    raise
                try:
                    beat()
                except BaseException:
                    connection.interrupt()
                    raise
