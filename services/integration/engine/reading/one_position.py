"""A sealed file with one position for whoever reads it."""

from __future__ import annotations

import os

from services.chassis.lake.sealed_files import SealedReader


class OnePosition:
    """Reads on where it ended, in whatever thread.

    A sealed file has a position for each thread; the engine pulls a file's rows in whichever of its threads is free, and would
    begin anew in each.
    """

    def __init__(self, file: SealedReader) -> None:
        self._file = file
        self._position = 0

    def read(self, count: int = -1) -> bytes:
        """The next so many bytes, or all."""
        self._file.seek(self._position)
        content = self._file.read(count)
        self._position += len(content)
        return content

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Goes to a place; answers it."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._file.size}[whence]
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        """Where it is."""
        return self._position

    def seekable(self) -> bool:
        """It is."""
        return True

    def readable(self) -> bool:
        """It is."""
        return True
