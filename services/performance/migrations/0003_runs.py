"""Pinned datasets, runs and prepared results."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.scope import enforce_row_scope
from services.chassis.db.types import BusinessDate, Json, OrderedText, UtcDateTime

revision = "performance_0003"
down_revision = "performance_0002"

_MEASURES = (
    "account_count", "customer_count", "balance", "average_balance", "base_balance", "increment", "ftp_profit", "fee_income",
    "expected_loss", "capital_cost", "contribution", "eva", "unit_price", "flow_amount", "flow_count",
)  # fmt: skip


def upgrade():
    op.create_table(
        "dataset_pins",
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("business_date", BusinessDate, nullable=False),
        sa.Column("dataset", sa.Text, nullable=False),
        sa.Column("source_system", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("feed", "business_date", name="pk_dataset_pins"),
    )
    op.create_index("ix_dataset_pins_dataset_business_date", "dataset_pins", ["dataset", "business_date"])
    _create_runs()
    op.create_table(
        "results",
        sa.Column("period_kind", sa.Integer, nullable=False),
        sa.Column("start_date", BusinessDate, nullable=False),
        sa.Column("person_id", OrderedText, nullable=False),
        sa.Column("organisation_unit_id", sa.Text, nullable=False),
        sa.Column("product_code", OrderedText, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("as_of_date", BusinessDate, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in _MEASURES),
        sa.PrimaryKeyConstraint(
            "period_kind", "start_date", "person_id", "organisation_unit_id", "product_code", name="pk_results"
        ),
    )
    op.create_index("ix_results_person_id_period_kind_start_date", "results", ["person_id", "period_kind", "start_date"])
    op.create_index(
        "ix_results_organisation_path_period_kind_start_date", "results", ["organisation_path", "period_kind", "start_date"]
    )
    enforce_row_scope(op.get_bind(), "results", person="person_id")


def _create_runs():
    op.create_table(
        "runs",
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("month_date", BusinessDate, nullable=False),
        sa.Column("as_of_date", BusinessDate, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("current", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("requester_person_id", sa.Text, nullable=False),
        sa.Column("operation_id", sa.Text, nullable=False),
        sa.Column("stale_number", sa.Integer, nullable=False),
        sa.Column("inputs", Json, nullable=False),
        sa.Column("inputs_sha256", sa.Text, nullable=False),
        sa.Column("ownership_sha256", sa.Text, nullable=False),
        sa.Column("engine", sa.Text, nullable=False),
        sa.Column("account_day_count", sa.BigInteger, nullable=False),
        sa.Column("issue_count", sa.BigInteger, nullable=False),
        sa.Column("difference_count", sa.BigInteger, nullable=False),
        sa.Column("totals", Json, nullable=False),
        sa.Column("day_sha256s", Json, nullable=False),
        sa.Column("error_reason", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("end_time", UtcDateTime),
        sa.Column("remove_time", UtcDateTime),
        sa.PrimaryKeyConstraint("run_id", name="pk_runs"),
    )
    op.create_index("ix_runs_month_date_number", "runs", ["month_date", "number"], unique=True)
    current = sa.text("current")
    op.create_index("ix_runs_current", "runs", ["month_date"], unique=True, sqlite_where=current, postgresql_where=current)
    op.create_index("ix_runs_state", "runs", ["state", "create_time"])
    op.create_table(
        "run_issues",
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("reason", OrderedText, nullable=False),
        sa.Column("subject", OrderedText, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("row_count", sa.BigInteger, nullable=False),
        sa.Column("detail", Json, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "reason", "subject", name="pk_run_issues"),
    )
    op.create_table(
        "run_differences",
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("person_id", OrderedText, nullable=False),
        sa.Column("organisation_unit_id", OrderedText, nullable=False),
        sa.Column("product_code", OrderedText, nullable=False),
        sa.Column("measure", OrderedText, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("present_amount", sa.BigInteger, nullable=False),
        sa.Column("compared_amount", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint(
            "run_id", "person_id", "organisation_unit_id", "product_code", "measure", name="pk_run_differences"
        ),
    )
    enforce_row_scope(op.get_bind(), "run_differences", person="person_id")
    _create_staleness()
    _create_closings()


def _create_staleness():
    op.create_table(
        "stale_marks",
        sa.Column("stale_mark_id", sa.Text, nullable=False),
        sa.Column("start_date", BusinessDate, nullable=False),
        sa.Column("end_date", BusinessDate),
        sa.Column("ownership", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("stale_mark_id", name="pk_stale_marks"),
    )
    op.create_index("ix_stale_marks_create_time", "stale_marks", ["create_time"])
    op.create_table(
        "stale_months",
        sa.Column("month_date", BusinessDate, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("ownership", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("due_time", UtcDateTime),
        sa.PrimaryKeyConstraint("month_date", name="pk_stale_months"),
    )


def _create_closings():
    op.create_table(
        "month_closings",
        sa.Column("month_closing_id", sa.Text, nullable=False),
        sa.Column("month_date", BusinessDate, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("requester_person_id", sa.Text, nullable=False),
        sa.Column("decider_person_id", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("decide_time", UtcDateTime),
        sa.PrimaryKeyConstraint("month_closing_id", name="pk_month_closings"),
    )
    requested = sa.text("state = 1")
    op.create_index(
        "ix_month_closings_requested",
        "month_closings",
        ["month_date"],
        unique=True,
        sqlite_where=requested,
        postgresql_where=requested,
    )
    op.create_table(
        "closed_months",
        sa.Column("month_date", BusinessDate, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("closer_person_id", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("month_date", name="pk_closed_months"),
    )
