"""Finds a feed's files below a folder, however it is reached: step by step along the pattern, so that nothing else is read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from stat import S_ISDIR, S_ISREG

from services.integration.connectors.sources.port import ENTRIES_MAX, FOUND_MAX, Found, in_order, too_large
from services.integration.rules.file_names import NamePattern, is_plain, pattern


@dataclass(frozen=True, slots=True)
class State:
    """A file or folder as it is, behind every link."""

    mode: int
    size_bytes: int
    modify_time: datetime
    version: str


Look = Callable[[], State | None]


@dataclass(frozen=True, slots=True)
class Folder:
    """How a folder is reached: names of entries below it, and what an entry is; paths are below the source's folder."""

    # The names in the folder of that path, each with what says what it is, unless it is a link; nothing where the folder is gone.
    entries: Callable[[str], Iterable[tuple[str, Look | None]]]
    # None where there is nothing, or where it leads out of the source's folder.
    state: Callable[[str], State | None]


class Walk:
    """One look at a folder."""

    def __init__(self, folder: Folder, file: str, ready_file: str) -> None:
        self._folder = folder
        self._pattern = pattern(file)
        self._ready = pattern(ready_file) if ready_file else None
        self._entries = 0

    def find(self, dates: Sequence[date] | None) -> list[Found]:
        """The files that match; raises SOURCE_TOO_LARGE where there are too many to look through."""
        wanted = None if dates is None else frozenset(dates)
        found: list[Found] = []
        for name, look in self._matching("", 0):
            if (each := self._found(name, look, wanted)) is None:
                continue
            found.append(each)
            if len(found) > FOUND_MAX:
                raise too_large(f"More than {FOUND_MAX:,} files are the feed's; move those away that have been read.")
        return in_order(found)

    def _matching(self, path: str, step: int) -> Iterator[tuple[str, Look | None]]:
        expression, last = self._pattern.steps[step], step == len(self._pattern.steps) - 1
        for name, look in self._folder.entries(path):
            self._entries += 1
            if self._entries > ENTRIES_MAX:
                raise too_large(f"There are more than {ENTRIES_MAX:,} entries; give the feed a folder of its own.")
            below = f"{path}/{name}" if path else name
            if not is_plain(name) or not expression.fullmatch(name):
                continue
            if last:
                yield below, look
            elif (state := self._state(below, look)) is not None and S_ISDIR(state.mode):
                yield from self._matching(below, step + 1)

    def _state(self, name: str, look: Look | None) -> State | None:
        return look() if look else self._folder.state(name)

    def _found(self, name: str, look: Look | None, wanted: Collection[date] | None) -> Found | None:
        day = self._pattern.date_of(name)
        if not self._pattern.matches(name) or (wanted is not None and day is not None and day not in wanted):
            return None
        state = self._state(name, look)
        if state is None or not S_ISREG(state.mode):
            return None
        return Found(name, state.size_bytes, state.modify_time, day, state.version, self._complete(name, day))

    def _complete(self, name: str, day: date | None) -> bool | None:
        if self._ready is None:
            return None
        ready = ready_name(self._ready, name, day)
        return ready is not None and self._folder.state(ready) is not None


def beside(folder: Folder, name: str) -> Found | None:
    """The file of that very name."""
    state = folder.state(name) if is_plain(name) else None
    if state is None or not S_ISREG(state.mode):
        return None
    return Found(name, state.size_bytes, state.modify_time, None, state.version)


def ready_name(ready: NamePattern, name: str, day: date | None) -> str | None:
    """The name of the file that says of another that it is complete; None where the pattern cannot name one."""
    made = ready.name_for(day, name)
    return made if is_plain(made) and not set("{}*?") & set(made.replace(name, "")) else None
