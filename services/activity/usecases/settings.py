"""The activity service's own settings."""

from __future__ import annotations

from pydantic import ConfigDict

from services.activity.usecases.notifications.settings import NotificationSettings


class ActivitySettings(NotificationSettings):
    """`[services.activity.own]` of a profile."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
