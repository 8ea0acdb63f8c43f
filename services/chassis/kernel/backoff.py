"""How long to wait before the next try: doubling, up to a cap."""

from __future__ import annotations

# Beyond so many doublings every cap is reached.
_DOUBLINGS_MAX = 32


def doubling_seconds(failures: int, first_seconds: float, max_seconds: float) -> float:
    """The wait after so many failures in a row, from 1 on."""
    return min(first_seconds * 2.0 ** min(failures - 1, _DOUBLINGS_MAX), max_seconds)
