"""The bank's calendar and the dates that were opened; what is known of each feed's source, its files and due dates."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import BusinessDate, UtcDateTime

revision = "integration_0003"
down_revision = "integration_0002"
branch_labels = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "calendar_days",
        sa.Column("calendar_date", BusinessDate, nullable=False),
        sa.Column("business_day", sa.Boolean, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("source", sa.Integer, nullable=False),
        sa.Column("year", sa.Integer),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("calendar_date", "source", name="pk_calendar_days"),
    )
    op.create_table(
        "business_date_openings",
        sa.Column("business_date", BusinessDate, nullable=False),
        sa.Column("previous_business_date", BusinessDate),
        sa.Column("open_time", UtcDateTime, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("business_date", name="pk_business_date_openings"),
        # Two that follow the same one would be two dates at once.
        sa.UniqueConstraint("previous_business_date", name="uq_business_date_openings_previous_business_date"),
    )
    op.create_table(
        "feed_watches",
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("expected_until", BusinessDate, nullable=False),
        sa.Column("operation_id", sa.Text, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_fault", sa.Text, nullable=False),
        sa.Column("last_look_time", UtcDateTime),
        sa.Column("settling_time", UtcDateTime),
        sa.Column("next_look_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("feed", name="pk_feed_watches"),
    )
    op.create_table(
        "feed_dates",
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("business_date", BusinessDate, nullable=False),
        sa.Column("due_time", UtcDateTime, nullable=False),
        sa.Column("miss_time", UtcDateTime),
        sa.Column("arrive_time", UtcDateTime),
        sa.PrimaryKeyConstraint("feed", "business_date", name="pk_feed_dates"),
    )
    op.create_index(
        "ix_feed_dates_awaited",
        "feed_dates",
        ["due_time"],
        sqlite_where=sa.text("arrive_time IS NULL"),
        postgresql_where=sa.text("arrive_time IS NULL"),
    )
    op.create_table(
        "found_files",
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("name_sha256", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("first_look_time", UtcDateTime, nullable=False),
        sa.Column("taken_version", sa.Text),
        sa.PrimaryKeyConstraint("feed", "name_sha256", name="pk_found_files"),
    )
