"""What the personnel system tells of units and people."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import BusinessDate, Json, OrderedText, UtcDateTime

revision = "identity_0002"
down_revision = "identity_0001"
branch_labels = None


def upgrade():
    op.create_table(
        "personnel_feeds",
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("dataset", sa.Text, nullable=False),
        sa.Column("source_system", sa.Text, nullable=False),
        sa.Column("business_date", BusinessDate, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("applied_date", BusinessDate),
        sa.Column("apply_time", UtcDateTime),
        sa.Column("report", Json, nullable=False),
        sa.PrimaryKeyConstraint("feed", name="pk_personnel_feeds"),
    )
    op.create_table(
        "personnel_entries",
        sa.Column("staff_number", OrderedText, nullable=False),
        sa.Column("feed", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("staff_number", name="pk_personnel_entries"),
    )
    op.create_index("ix_personnel_entries_feed", "personnel_entries", ["feed"])
