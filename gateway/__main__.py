"""`python -m gateway serve`."""

from __future__ import annotations

import sys

from gateway.server import serve
from gateway.transcoding.contract import ContractFault
from services.chassis import telemetry
from services.chassis.settings import SettingsFault, load


def main(arguments: list[str]) -> None:
    """The command line of the gateway."""
    if arguments not in ([], ["serve"]):
        raise SystemExit(f"{' '.join(arguments)}: no such command; there is serve.")
    try:
        settings = load()
        telemetry.start_logging("gateway", settings.telemetry.log_level)
        serve(settings)
    except SettingsFault as fault:
        raise SystemExit(fault.message) from None
    except ContractFault as fault:
        raise SystemExit(str(fault)) from None


if __name__ == "__main__":
    main(sys.argv[1:])
