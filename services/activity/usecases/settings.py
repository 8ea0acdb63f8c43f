"""The activity service's own settings."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from services.activity.usecases.notifications.settings import NotificationSettings


class ActivitySettings(NotificationSettings):
    """`[services.activity.own]` of a profile."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    # The country whose workdays the bank keeps (ISO 3166-1).
    workday_country_code: str = Field(default="CN", pattern="^[A-Z]{2}$")
