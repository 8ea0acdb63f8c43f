"""Brings every sealed file below a folder under the current data key, and proves that none is left under another one.

There is no list of what is done: a file says itself which key it needs, so that a round that was broken off takes up the rest.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from services.chassis.lake.sealed_files import key_of, rewrap


def rewrap_below(folders: Sequence[Path]) -> Iterator[bool]:
    """Goes through the files; yields for each sealed one whether it was rewritten."""
    for path in _files(folders):
        if key_of(path) is not None:
            yield rewrap(path)


def files_by_key(folders: Sequence[Path], key_ids: Sequence[str]) -> dict[str, int]:
    """How many sealed files need each of the keys; under the empty name those that need any other."""
    counts = Counter(key_of(path) for path in _files(folders))
    found = {key_id: counts.pop(key_id, 0) for key_id in key_ids}
    counts.pop(None, 0)
    return found | {"": sum(counts.values())}


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    """Every file, also of writers that are not done; whatever goes meanwhile needs no key."""
    for folder in folders:
        for parent, _, names in os.walk(folder):
            yield from (Path(parent, name) for name in names)
