"""The integration service's own settings."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class IntegrationSettings(BaseModel):
    """`[services.integration.own]` of a profile."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
