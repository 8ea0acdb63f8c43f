"""The analytics service's own settings."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

# As `engine`.
SPARK = "spark"


class AnalyticsSettings(BaseModel):
    """`[services.analytics.own]` of a profile."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    # In which currency balances and flows are added up (ISO 4217); others are converted at each day's rate.
    home_currency_code: str = Field(default="CNY", pattern="^[A-Z]{3}$")
    # For so many days a feed of balances that brings nothing more still counts; then it has ended.
    carry_days_max: int = Field(default=45, ge=1, le=366)
    # How many days of movements an analysis looks back on.
    look_back_days: int = Field(default=400, ge=90, le=1_100)
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
    # … the average assets are at most this part of those of as many days before …
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

    @model_validator(mode="after")
    def _has_cluster(self) -> Self:
        if self.engine == SPARK and not self.spark_master_url:
            raise ValueError("engine is spark: spark_master_url says where the cluster is")
        return self
