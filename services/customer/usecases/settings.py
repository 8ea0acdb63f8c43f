"""The customer service's own settings."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field


class CustomerSettings(BaseModel):
    """`[services.customer.own]` of a profile."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    # A hand-over of so many customers, or more, needs a second person.
    hand_over_second_person_from: int = Field(default=50, ge=1, le=20_001)
    # A plan that is not carried out so many days after it was made is void.
    hand_over_plan_days: int = Field(default=14, ge=1, le=366)
    # So many days after it was carried out a hand-over can still be returned.
    hand_over_return_days: int = Field(default=90, ge=0, le=3_660)
    # Against whose closing balances increments are told 基数日; the last day of the year before where none is said.
    base_date: date | None = None
