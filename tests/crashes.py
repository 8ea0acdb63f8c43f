"""What a process of a run leaves behind when it dies: the stacks of its threads, shown where the run ends.

pytest would write them to the terminal, in the midst of what the other processes say and hundreds of lines above the end.
"""

from __future__ import annotations

import faulthandler
import os
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "build"
WORKER = os.environ.get("PYTEST_XDIST_WORKER")
# Frames of whoever calls the tests say nothing.
CALLERS = ("/_pytest/", "/pluggy/", "/xdist/", "/execnet/")


class Crashes:
    """A plugin: each process of a run has a file that is filled if it dies; the one that leads them shows what the files say."""

    def __init__(self):
        self._file = None

    # After pytest's own, which would write to the terminal.
    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self):
        if WORKER:
            FOLDER.mkdir(exist_ok=True)
            self._file = (FOLDER / f"crash-{WORKER}.txt").open("w", encoding="utf-8")
            faulthandler.enable(self._file, all_threads=True)

    def pytest_unconfigure(self):
        if self._file:
            faulthandler.disable()
            self._file.close()
            Path(self._file.name).unlink(missing_ok=True)

    def pytest_configure(self, config):
        if leads_others(config):
            for earlier in FOLDER.glob("crash-*.txt"):
                earlier.unlink(missing_ok=True)

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter, config):
        for file in sorted(FOLDER.glob("crash-*.txt")) if leads_others(config) else ():
            if stacks := file.read_text(encoding="utf-8", errors="replace"):
                terminalreporter.section(f"{file.relative_to(FOLDER.parent)}, the thread that died last", red=True)
                terminalreporter.write_line(died_last(stacks))


def leads_others(config):
    """Whether this process has others to run the tests."""
    return config.pluginmanager.has_plugin("dsession")


def died_last(stacks):
    """What faulthandler wrote, with what matters most at its end: a log is read from there."""
    lines = (line for line in stacks.strip().splitlines() if not any(caller in line for caller in CALLERS))
    what, *threads = "\n".join(lines).split("\n\n")
    threads = [thread for thread in threads if not thread.startswith("Extension modules")]
    return "\n\n".join([*sorted(threads, key=lambda thread: thread.startswith("Current thread")), what])
