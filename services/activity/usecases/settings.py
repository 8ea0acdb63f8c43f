"""The activity service's own settings."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class ActivitySettings(BaseModel):
    """`[services.activity.own]` of a profile."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
