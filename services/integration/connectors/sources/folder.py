"""A folder of this machine, or one that it has mounted."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO

from services.integration.connectors.sources.port import Found, Surroundings, changed, gone, invalid, steady, unavailable
from services.integration.connectors.sources.walking import Folder, Look, State, Walk, beside
from services.integration.model.feed_definition import FeedDefinition
from services.integration.rules.file_names import is_plain

INBOX = "{inbox}"


class FolderSource:
    """Files below a folder. A link in it is followed where it stays inside."""

    lists = True

    def __init__(self, definition: FeedDefinition, surroundings: Surroundings) -> None:
        self._source = definition.source
        self._bytes_max = surroundings.bytes_max
        self._folder = Folder(self._entries, self._state)
        root = _root(definition.source.location, surroundings)
        try:
            self._root = root.resolve(strict=True)
        except (OSError, RuntimeError):
            raise unavailable("The folder is not there, or cannot be entered.") from None

    def find(self, dates: Sequence[date] | None = None) -> list[Found]:
        return Walk(self._folder, self._source.file, self._source.ready_file).find(dates)

    def beside(self, name: str) -> Found | None:
        return beside(self._folder, name)

    def open(self, found: Found) -> BinaryIO:
        path = self._inside(found.name)
        if path is None:
            raise gone()
        try:
            # Without waiting: what was a file could be a pipe by now.
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            raise gone() from None
        stream = os.fdopen(descriptor, "rb", buffering=0)
        opened = os.fstat(descriptor)
        # A folder on the way could be a link by now.
        still = self._inside(found.name)
        if not S_ISREG(opened.st_mode) or still != path or version_of(opened) != found.version:
            stream.close()
            raise changed()
        return steady(stream, found.size_bytes, self._bytes_max)

    def close(self) -> None:
        """Nothing is held."""

    def _entries(self, path: str) -> Iterator[tuple[str, Look | None]]:
        folder = self._inside(path) if path else self._root
        if folder is None:
            return
        try:
            with os.scandir(folder) as entries:
                yield from ((entry.name, None if entry.is_symlink() else partial(_state, entry)) for entry in entries)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError:
            raise unavailable("The folder cannot be read.") from None

    def _state(self, name: str) -> State | None:
        path = self._inside(name)
        if path is None:
            return None
        return _state(path)

    def _inside(self, name: str) -> Path | None:
        """Where the name leads, behind every link; None where there is nothing, or outside."""
        if not is_plain(name):
            return None
        try:
            path = (self._root / name).resolve(strict=True)
        except (OSError, RuntimeError):
            return None
        return path if path.is_relative_to(self._root) else None


def version_of(found: os.stat_result) -> str:
    """Another one whenever the file was written or replaced."""
    return f"{found.st_size}-{found.st_mtime_ns}-{found.st_ino}"


def _state(path: Path | os.DirEntry[str]) -> State | None:
    """What the path is; it has been found to be inside."""
    try:
        found = path.stat(follow_symlinks=False)
    except OSError:
        return None
    return State(found.st_mode, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC), version_of(found))


def _root(location: str, surroundings: Surroundings) -> Path:
    if location.startswith(INBOX):
        if surroundings.inbox is None:
            raise invalid("The deployment has no inbox: [services.integration.own] inbox.")
        root = Path(location.replace(INBOX, str(surroundings.inbox), 1))
        # Ours to make, unlike any other: whoever drops files finds it there.
        with suppress(OSError):
            root.mkdir(parents=True, exist_ok=True)
        return root
    if not location or not Path(location).is_absolute():
        raise invalid("A folder is an absolute path, or begins with {inbox}.")
    return Path(location)
