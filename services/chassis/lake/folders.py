"""Folders that are there whole or not at all, and are gone at once: whoever looks sees nothing between.

A process that was killed in the midst leaves a folder with another name, which the next try clears away.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_REMOVED = ".removed."


def written(root: Path, folder: Path, write: Callable[[Path], None]) -> Path:
    """The folder, somewhere below the root, with what `write` puts into it. What is there already is left as it is."""
    if folder.is_dir():
        return folder
    for left in folder.parent.glob(f".{folder.name}.*"):
        shutil.rmtree(left, ignore_errors=True)
    unfinished = folder.with_name(f".{folder.name}.{secrets.token_hex(8)}")
    unfinished.mkdir(parents=True)
    try:
        write(unfinished)
        put_in_place(unfinished, folder, root)
    except FileExistsError:
        # Another process took the work for abandoned, and was faster; both computed the same.
        pass
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def remove(folder: Path) -> None:
    """Takes a folder away: a name that nobody reads, and then nothing. One that is not there is no fault."""
    with suppress(FileNotFoundError):
        folder.rename(folder.with_name(f"{_REMOVED}{secrets.token_hex(8)}"))
    # Also what a process left that died at it.
    for removed in folder.parent.glob(f"{_REMOVED}*"):
        shutil.rmtree(removed, ignore_errors=True)


def put_in_place(unfinished: Path, folder: Path, root: Path) -> None:
    """Gives a folder its name once its files will outlast a loss of power, so that nobody is told of what may vanish.

    Raises FileExistsError where there is one of that name: two writers of one revision cannot both believe that it is theirs.
    """
    for path in unfinished.iterdir():
        sync(path)
    sync(unfinished)
    try:
        # Fails onto a folder that has files.
        unfinished.rename(folder)
    except OSError as error:
        raise FileExistsError(folder) if folder.exists() else error from None
    for parent in folder.parents:
        sync(parent)
        if parent == root:
            break


def sync(path: Path) -> None:
    """Returns once what was written to the file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
