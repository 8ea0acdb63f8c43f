"""A process of the deployment from its first instruction: `python -m services.chassis.start services.customer serve`.

It is `python -m services.customer serve` in a third less time. What must come before all imports has its place here: a worker is
made green, and nothing that the imports make is looked through for garbage, since it stays.
"""

from __future__ import annotations

import gc
import runpy
import sys

from services.chassis.bus import green

# What structlog imports where it is installed, to draw on terminals: these processes write JSON.
_FOR_TERMINALS = ("rich",)


def main(module: str, *arguments: str) -> None:
    """Runs the module with the arguments as the process's main one."""
    gc.disable()
    for name in _FOR_TERMINALS:
        # Python's own way to say that there is no such module.
        sys.modules[name] = None  # type: ignore[assignment]
    if arguments == ("work",):
        green.make_green()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__")


def started() -> None:
    """To be called once a process is complete: garbage is collected from now on, and not looked for among what is there."""
    gc.freeze()
    gc.enable()


if __name__ == "__main__":
    main(*sys.argv[1:])
