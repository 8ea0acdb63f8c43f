"""The performance service's own settings."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

ClaimableKind = Literal["customer", "account", "contract", "fee_flow"]
# As `engine`.
SPARK = "spark"


class PerformanceSettings(BaseModel):
    """`[services.performance.own]` of a profile."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    # In which currency results are (ISO 4217); other currencies are converted at each day's rate.
    home_currency_code: str = Field(default="CNY", pattern="^[A-Z]{3}$")
    # Which kinds of objects each post may claim; a post that is not named may claim nothing.
    claim_object_kinds: dict[str, list[ClaimableKind]] = Field(
        default={
            "relationship_manager": ["customer", "account", "contract", "fee_flow"],
            "team_leader": ["customer", "account", "contract", "fee_flow"],
            "branch_manager": ["customer", "account", "contract", "fee_flow"],
        }
    )
    # How many days before the business date a claim may begin; taken over from other systems it may begin at any time.
    claim_backdated_days_max: int = Field(default=92, ge=0, le=3_660)
    # How many days after it.
    claim_ahead_days_max: int = Field(default=366, ge=0, le=3_660)
    # Within how many calendar days an objection is adjudicated; then it goes one level up.
    adjudication_days: int = Field(default=10, ge=1, le=366)
    # What a former lead keeps of his share, step by step, in percent; the next one has the rest.
    hand_over_keeps_percent: list[Annotated[int, Field(ge=0, le=100)]] = Field(
        default=[100, 70, 40, 0], min_length=1, max_length=24
    )
    # How many months a step lasts.
    hand_over_step_months: int = Field(default=3, ge=1, le=24)
    # For so many days a feed of balances, bills or contracts that brings nothing more still counts; then it has ended.
    carry_days_max: int = Field(default=45, ge=1, le=366)
    # What makes results: `duckdb` inside the service, or `spark`, a cluster.
    engine: Literal["duckdb", "spark"] = "duckdb"
    # Where the cluster is, such as `spark://spark:7077`.
    spark_master_url: str = ""
    # A month is computed once nothing has changed for so long, so that a delivery of many feeds costs one run …
    quiet_seconds: int = Field(default=10, ge=0, le=3_600)
    # … and at the latest so long after the first change.
    quiet_seconds_max: int = Field(default=30, ge=0, le=3_600)
    # … but while a history comes in, whose months would be computed from a part of their feeds, so long; it is over once nothing
    # has come for `quiet_seconds_max`.
    quiet_history_seconds_max: int = Field(default=300, ge=0, le=86_400)
    # For so many days the files of a run are kept that another took the place of; those of closed months are kept for good.
    superseded_run_days: int = Field(default=400, ge=1, le=36_500)

    @model_validator(mode="after")
    def _has_cluster(self) -> Self:
        if self.engine == SPARK and not self.spark_master_url:
            raise ValueError("engine is spark: spark_master_url says where the cluster is")
        return self
