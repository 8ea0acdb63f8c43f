"""What takes long and cannot say so meanwhile: it runs beside, and the lease of the work that waits for it is renewed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

_Answer = TypeVar("_Answer")
LOOK_SECONDS = 1.0


def patiently(beat: Callable[[], None], run: Callable[[], _Answer], interrupt: Callable[[], None]) -> _Answer:
    """What `run` answers, or raises, however long; what `beat` raises meanwhile interrupts it, and is raised instead."""
    with ThreadPoolExecutor(1, thread_name_prefix="beside") as executor:
        future = executor.submit(run)
        # Asked of the future itself: a TimeoutError may be the answer.
        while not wait([future], timeout=LOOK_SECONDS).done:
            try:
                beat()
            # Whatever it is, the thread that we wait for must not go on for nobody.
            except BaseException:
                interrupt()
                raise
        return future.result()
