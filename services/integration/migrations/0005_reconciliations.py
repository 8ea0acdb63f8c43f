"""Reconciliations of balances and of datasets."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import Json, UtcDateTime

revision = "integration_0005"
down_revision = "integration_0004"
branch_labels = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "reconciliations",
        sa.Column("reconciliation_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("dataset", sa.Text, nullable=False),
        sa.Column("left_feeds", Json, nullable=False),
        sa.Column("right_feeds", Json, nullable=False),
        sa.Column("columns", Json, nullable=False),
        sa.Column("shift_years", sa.Integer, nullable=False),
        sa.Column("shift_days", sa.Integer, nullable=False),
        sa.Column("tolerance_minor_units", NUMBER, nullable=False),
        sa.Column("left_sources", Json, nullable=False),
        sa.Column("right_sources", Json, nullable=False),
        sa.Column("operation_id", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("end_time", UtcDateTime),
        sa.Column("row_counts", Json, nullable=False),
        sa.Column("difference_counts", Json, nullable=False),
        sa.PrimaryKeyConstraint("reconciliation_id", name="pk_reconciliations"),
    )
