"""The activity service's own settings."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from services.activity.usecases.notifications.settings import NotificationSettings


class ActivitySettings(NotificationSettings):
    """`[services.activity.own]` of a profile."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    # Within how many workdays a lead is to be followed where no rule says.
    lead_follow_workdays: int = Field(default=2, ge=1, le=60)
    # How many years back opportunities count that ended, for how likely one is won.
    opportunity_history_years: int = Field(default=3, ge=1, le=20)
    # After how many days a closed lead or opportunity of a prospect loses what names him: nobody who became no customer is kept.
    prospect_kept_days: int = Field(default=730, ge=30, le=3660)
    # The country whose workdays the bank keeps (ISO 3166-1).
    workday_country_code: str = Field(default="CN", pattern="^[A-Z]{2}$")
    # A file attached to a contact has at most so many bytes; the gateway's own limit of a body holds as well.
    attachment_bytes_max: int = Field(default=4 * 1024 * 1024, ge=1_024, le=15 * 1024 * 1024)
    # A contact that took place is recorded at most so many days later.
    contact_days_back_max: int = Field(default=92, ge=1, le=3_660)
    # Days after its receipt within which a complaint is decided on, as the regulator has it.
    feedback_complaint_days_max: int = Field(default=15, ge=1, le=120)
    # What a customer counts on the board of what is wanted, by the number of the tier: not set, mass, affluent, premier, private.
    feedback_tier_weights: tuple[int, ...] = Field(default=(1, 1, 2, 4, 8), min_length=1, max_length=20)
    # Fewer answers than these give no figure of satisfaction.
    survey_answers_min: int = Field(default=10, ge=2, le=1_000)
    # In which currency customers are valued (ISO 4217).
    value_currency_code: str = Field(default="CNY", pattern="^[A-Z]{3}$")
    # From which day of the week on visits of the next week are proposed: 0 is Monday.
    visit_plan_weekday: int = Field(default=3, ge=0, le=6)
