"""The activity service's own settings."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class ActivitySettings(BaseModel):
    """`[services.activity.own]` of a profile."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    # The country whose workdays the bank keeps (ISO 3166-1).
    workday_country_code: str = Field(default="CN", pattern="^[A-Z]{2}$")
    # A file attached to a contact has at most so many bytes; the gateway's own limit of a body holds as well.
    attachment_bytes_max: int = Field(default=4 * 1024 * 1024, ge=1_024, le=15 * 1024 * 1024)
    # A contact that took place is recorded at most so many days later.
    contact_days_back_max: int = Field(default=92, ge=1, le=3_660)
