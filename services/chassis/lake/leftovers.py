"""What is on the disk and in nobody's manifest: of writers that died, and of revisions that were taken away."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from services.chassis.lake.lake import SPILL, Lake, Pin

# Where a revision's files wait to be deleted, one rename from their place: a delete that is broken off leaves no half revision.
REMOVED = ".removed"
_REVISION = re.compile(r"business_date=(\d{4}-\d{2}-\d{2})/rev=(\d{1,9})")


@dataclass(frozen=True, slots=True)
class FoundRevision:
    """A revision whose folder is there, announced or not, and since when it is whole."""

    business_date: date
    revision: int
    modify_time: datetime


def feeds_found(lake: Lake) -> list[str]:
    """The feeds that have a folder."""
    folders = lake.root.iterdir() if lake.root.is_dir() else ()
    return sorted(path.name for path in folders if path.is_dir() and not path.name.startswith("."))


def revisions_found(lake: Lake, feed: str) -> Iterator[FoundRevision]:
    """The feed's revisions that are there."""
    for path in sorted((lake.root / feed).glob("business_date=*/rev=*")):
        named = _REVISION.fullmatch(f"{path.parent.name}/{path.name}")
        if named:
            with suppress(FileNotFoundError, ValueError):
                yield FoundRevision(date.fromisoformat(named[1]), int(named[2]), _modify_time(path))


def take_away(lake: Lake, pin: Pin) -> None:
    """Puts a revision's files out of everybody's sight, at once; `clear` deletes them. Nothing happens where there are none."""
    remove_folder(lake, lake.folder(pin))


def remove_folder(lake: Lake, folder: Path) -> None:
    """Puts a folder of the lake out of sight, and the one above it where it was its last."""
    removed = lake.root / REMOVED
    removed.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        folder.rename(removed / secrets.token_hex(8))
    with suppress(OSError):
        folder.parent.rmdir()


def clear(lake: Lake, left_before: datetime, beat: Callable[[], None]) -> int:
    """Deletes what was taken away, and what writers and engines left that have not been at it since then; answers how many."""
    unfinished = (path for feed in feeds_found(lake) for path in (lake.root / feed).glob("*=*/.*=*"))
    spills = (lake.root / SPILL).glob("*")
    left = [path for path in (*unfinished, *spills) if _newest(path) < left_before]
    folders = [*(lake.root / REMOVED).glob("*"), *left]
    for folder in folders:
        beat()
        if folder.is_dir():
            shutil.rmtree(folder, ignore_errors=True)
        else:
            folder.unlink(missing_ok=True)
        with suppress(OSError):
            if folder.parent.name not in (REMOVED, SPILL):
                folder.parent.rmdir()
    return len(folders)


def _newest(folder: Path) -> datetime:
    """When anything in the folder was last written."""
    times = [_modify_time(folder)]
    for path in folder.glob("*"):
        with suppress(FileNotFoundError):
            times.append(_modify_time(path))
    return max(times)


def _modify_time(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
