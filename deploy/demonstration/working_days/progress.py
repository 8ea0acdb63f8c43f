"""How far the working days of a deployment are."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from deploy.demonstration.delivery import FOLDER
from services.chassis.settings import DeploymentSettings

STATE_FILE = "working_days.json"


@dataclass(frozen=True, slots=True)
class Worked:
    """How far the working days of a deployment are."""

    seed: int
    customers: int
    # With which the bank's history begins, whether or not it was brought in from there.
    first: date
    # From here on it was.
    since: date
    until: date
    # By which customers were asked.
    survey_id: str = ""

    @classmethod
    def read(cls, home: Path) -> Worked | None:
        """What was brought in; None before the first time."""
        file = home / FOLDER / STATE_FILE
        if not file.exists():
            return None
        kept = json.loads(file.read_text(encoding="utf-8"))
        days = {name: date.fromisoformat(kept[name]) for name in ("first", "since", "until")}
        return cls(seed=kept["seed"], customers=kept["customers"], survey_id=kept["survey_id"], **days)

    def write(self, home: Path) -> None:
        """Notes it."""
        file = home / FOLDER / STATE_FILE
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".new")
        unfinished.write_text(json.dumps(asdict(self), default=str) + "\n", encoding="utf-8")
        unfinished.replace(file)


def takes_working_days(settings: DeploymentSettings) -> bool:
    """Whether the activity service runs here."""
    placement = settings.services.get("activity")
    return placement is not None and placement.run == "here"
