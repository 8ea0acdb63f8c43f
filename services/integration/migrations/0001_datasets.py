"""The manifest of the datasets."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import BusinessDate, Json, UtcDateTime

revision = "integration_0001"
down_revision = None
branch_labels = ("integration",)

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "datasets",
        sa.Column("dataset_id", sa.Text, nullable=False),
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("dataset", sa.Text, nullable=False),
        sa.Column("source_system", sa.Text, nullable=False),
        sa.Column("business_date", BusinessDate, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("rows", NUMBER, nullable=False),
        sa.Column("parts", Json, nullable=False),
        sa.Column("totals", Json, nullable=False),
        sa.Column("current", sa.Boolean, nullable=False),
        sa.Column("publish_time", UtcDateTime, nullable=False),
        sa.Column("remove_time", UtcDateTime),
        sa.PrimaryKeyConstraint("dataset_id", name="pk_datasets"),
        sa.UniqueConstraint("feed", "business_date", "revision", name="uq_datasets_feed_business_date_revision"),
    )
    op.create_index("ix_datasets_dataset_business_date", "datasets", ["dataset", "business_date"])
    # One revision of a date is current, whoever publishes beside whom.
    op.create_index(
        "uq_datasets_current",
        "datasets",
        ["feed", "business_date"],
        unique=True,
        sqlite_where=sa.text("current"),
        postgresql_where=sa.text("current"),
    )
