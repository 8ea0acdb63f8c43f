"""The performance service's own settings."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class PerformanceSettings(BaseModel):
    """`[services.performance.own]` of a profile."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    # In which currency results are (ISO 4217); other currencies are converted at each day's rate.
    home_currency_code: str = Field(default="CNY", pattern="^[A-Z]{3}$")
