"""`python -m deploy.host`: the services of a branch in one process."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from services.chassis.settings import SettingsFault, load

if TYPE_CHECKING:
    from services.chassis.service import Service

# Where a service's `SERVICE` stands. Identity belongs to the gateway; the others are named as their folder is.
PACKAGES = {"identity": "gateway.identity"}


def service_named(name: str) -> Service:
    """The service of that name, from its `__main__`."""
    service: Service = importlib.import_module(f"{package_of(name)}.__main__").SERVICE
    return service


def package_of(name: str) -> str:
    """The Python package of the service of that name."""
    return PACKAGES.get(name, f"services.{name}")


def main() -> None:
    """Serves every service that the profile runs here."""
    from services.chassis import runtime, telemetry

    try:
        settings = load()
    except SettingsFault as fault:
        raise SystemExit(fault.message) from None
    telemetry.start_logging("services", settings.telemetry.log_level)
    runtime.serve_together([service_named(name) for name in settings.running_here()], settings)


if __name__ == "__main__":
    main()
