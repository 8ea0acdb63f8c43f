"""The analytics service's own settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

WarnedKind = Literal["retail", "corporate", "financial_institution", "public_sector"]
# As `engine`.
SPARK = "spark"


class AnalyticsSettings(BaseModel):
    """`[services.analytics.own]` of a profile."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    # In which currency balances and flows are added up (ISO 4217); others are converted at each day's rate.
    home_currency_code: str = Field(default="CNY", pattern="^[A-Z]{3}$")
    # For so many days a feed of balances that brings nothing more still counts; then it has ended.
    carry_days_max: int = Field(default=45, ge=1, le=366)
    # How many days of movements an analysis looks back on: the same season a year before, with what was usual before it.
    look_back_days: int = Field(default=490, ge=90, le=1_100)
    # Within how many days a customer of each tier (mass, affluent, premier, private; 0 where it has none) should be contacted.
    contact_cycle_days: Mapping[Annotated[int, Field(ge=0, le=99)], Annotated[int, Field(ge=1, le=3_660)]] = Field(
        default={0: 365, 1: 365, 2: 180, 3: 90, 4: 30}
    )
    # Of so many ends of months before the latest day features are kept for models to learn from.
    history_months_max: int = Field(default=24, ge=0, le=120)
    # With fewer days of balances than that there is not enough of a customer to say anything.
    history_days_min: int = Field(default=60, ge=7, le=366)
    # What prepares customers' days and features: `duckdb` inside the service, or `spark`, a cluster.
    engine: Literal["duckdb", "spark"] = "duckdb"
    # Where the cluster is, such as `spark://spark:7077`.
    spark_master_url: str = ""
    # An analysis begins once nothing has come for so long, so that a delivery of many feeds costs one …
    quiet_seconds: int = Field(default=20, ge=0, le=3_600)
    # … and at the latest so long after the first that came.
    quiet_seconds_max: int = Field(default=300, ge=0, le=86_400)
    # For so many days the files of an analysis are kept that another took the place of.
    superseded_days: int = Field(default=30, ge=1, le=36_500)
    # What counts as leaving: within so many days after a date …
    leaving_horizon_days: int = Field(default=90, ge=14, le=366)
    # … the average assets are at most this part of those of as many days before.
    leaving_kept_fraction: float = Field(default=0.5, ge=0.0, lt=1.0)
    # … of customers who had so much on average, in minor units of the home currency: nobody leaves with next to nothing.
    leaving_assets_min: int = Field(default=100_000, ge=1, le=10**15)
    # A model learns where so many have left; before that the rules rank.
    model_leavers_min: int = Field(default=30, ge=8, le=100_000)
    # From so many ends of months, the latest whose outcome is known.
    model_months_max: int = Field(default=24, ge=4, le=120)
    # From so many customers at dates, about: of more, from a part of the customers.
    model_rows_max: int = Field(default=200_000, ge=1_000, le=5_000_000)
    # As each month ends a challenger is trained by itself.
    model_monthly: bool = True
    # A customer is warned of who leaves with at least that probability, and with whom at least so much would go …
    warning_probability_min: float = Field(default=0.3, gt=0, le=1)
    warning_value_min_minor_units: int = Field(default=1_000_000, ge=0, le=10**15)
    # … or who has a sign of that severity (1 to 3); 4: no sign alone is enough.
    warning_severity_min: int = Field(default=3, ge=1, le=4)
    # How many minutes of work a warning takes, by the kind of customer (`retail`, `corporate` …); others take as many as retail.
    warning_minutes: dict[WarnedKind, Annotated[int, Field(ge=1, le=10_080)]] = Field(
        default={"retail": 30, "corporate": 90, "financial_institution": 120, "public_sector": 90}
    )
    # An analysis of a day longer ago than that warns of nobody: while a history comes in, nobody is told of what is long over.
    warning_age_days_max: int = Field(default=10, ge=0, le=366)
    # Within how many calendar days somebody is to take a warning up.
    warning_response_days: int = Field(default=3, ge=1, le=92)
    # For so many days after somebody worked on one, a customer is not warned of again, unless it is more severe.
    warning_cooling_days: int = Field(default=30, ge=0, le=366)
    # A warning that nobody took up, and for which there has been no reason for so many days, closes by itself.
    warning_faded_days: int = Field(default=14, ge=1, le=366)
    # How far off, and how often, a warning may be postponed.
    warning_postpone_days_max: int = Field(default=14, ge=1, le=92)
    warning_postpone_count_max: int = Field(default=3, ge=1, le=20)
    # Of so many in a hundred customers warnings are kept back, so that what working on them does can be measured.
    warning_held_out_percent: int = Field(default=0, ge=0, le=50)

    @model_validator(mode="after")
    def _has_cluster(self) -> Self:
        if self.engine == SPARK and not self.spark_master_url:
            raise ValueError("engine is spark: spark_master_url says where the cluster is")
        return self
