"""How far the shares of a deployment are."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from deploy.demonstration.delivery import FOLDER
from services.chassis.settings import DeploymentSettings

STATE_FILE = "shares.json"


@dataclass(frozen=True, slots=True)
class Shared:
    """How far the shares of a deployment are."""

    seed: int
    customers: int
    # With which the bank's history begins.
    first: date
    # Customers who came by then are claimed.
    until: date
    # Whether its people have done what they do: claimed, objected, shared their deals. They do it once.
    acted: bool = False

    @classmethod
    def read(cls, home: Path) -> Shared | None:
        """What was brought in; None before the first time."""
        file = home / FOLDER / STATE_FILE
        if not file.exists():
            return None
        kept = json.loads(file.read_text(encoding="utf-8"))
        days = {name: date.fromisoformat(kept[name]) for name in ("first", "until")}
        return cls(seed=kept["seed"], customers=kept["customers"], acted=kept["acted"], **days)

    def write(self, home: Path) -> None:
        """Notes it."""
        file = home / FOLDER / STATE_FILE
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".new")
        unfinished.write_text(json.dumps(asdict(self), default=str) + "\n", encoding="utf-8")
        unfinished.replace(file)


def takes_shares(settings: DeploymentSettings) -> bool:
    """Whether the performance service runs here."""
    placement = settings.services.get("performance")
    return placement is not None and placement.run == "here"
