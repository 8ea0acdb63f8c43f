"""Files that came, runs, and the quarantine."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import BusinessDate, Json, UtcDateTime

revision = "integration_0002"
down_revision = "integration_0001"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    _create_landed_files()
    _create_feed_runs()
    _create_quarantine()


def _create_landed_files():
    op.create_table(
        "landed_files",
        sa.Column("file_id", sa.Text, nullable=False),
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("size_bytes", NUMBER, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("control_text", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("remove_time", UtcDateTime),
        sa.PrimaryKeyConstraint("file_id", name="pk_landed_files"),
    )
    op.create_index("ix_landed_files_feed_sha256", "landed_files", ["feed", "sha256"])
    op.create_index("ix_landed_files_path", "landed_files", ["path"])


def _create_feed_runs():
    op.create_table(
        "feed_runs",
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("business_date", BusinessDate),
        sa.Column("file_id", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("again", sa.Boolean, nullable=False),
        sa.Column("former_run_id", sa.Text, nullable=False),
        sa.Column("definition_sha256", sa.Text, nullable=False),
        sa.Column("file_columns", Json, nullable=False),
        sa.Column("operation_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("rows_read", NUMBER, nullable=False),
        sa.Column("rows_published", NUMBER, nullable=False),
        sa.Column("rows_quarantined", NUMBER, nullable=False),
        sa.Column("faults", Json, nullable=False),
        sa.Column("checks", Json, nullable=False),
        sa.Column("comparisons", sa.Text, nullable=False),
        sa.Column("published", Json, nullable=False),
        sa.Column("timings", Json, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("start_time", UtcDateTime),
        sa.Column("end_time", UtcDateTime),
        sa.PrimaryKeyConstraint("run_id", name="pk_feed_runs"),
    )
    op.create_index("ix_feed_runs_feed_run_id", "feed_runs", ["feed", "run_id"])
    op.create_index("ix_feed_runs_file_id", "feed_runs", ["file_id"])


def _create_quarantine():
    op.create_table(
        "quarantined_rows",
        sa.Column("row_id", sa.Text, nullable=False),
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("replay_run_id", sa.Text, nullable=False),
        sa.Column("business_date", BusinessDate),
        sa.Column("line", NUMBER, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("column_name", sa.Text, nullable=False),
        sa.Column("raw", sa.Text, nullable=False),
        sa.Column("corrected", sa.Text, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("row_id", name="pk_quarantined_rows"),
    )
    op.create_index("ix_quarantined_rows_feed_state_row_id", "quarantined_rows", ["feed", "state", "row_id"])
    op.create_index("ix_quarantined_rows_run_id_row_id", "quarantined_rows", ["run_id", "row_id"])
