"""The integration service's own settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _split(value: Any) -> Any:
    """A list as the environment gives it: names with commas between them."""
    return [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_split)]


class IntegrationSettings(BaseModel):
    """`[services.integration.own]` of a profile."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    # The packs of feeds that this deployment uses, such as `core`.
    packs: Names = ()
    # The folder of the deployment's own feeds, one TOML file each; one of a pack's name takes its place.
    feeds: Path | None = None
    # How long files are kept as they came, to be run again.
    landed_days: int = Field(default=35, ge=1, le=3_650)
