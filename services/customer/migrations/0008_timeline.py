"""What happened in a customer's life."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import BusinessDate, UtcDateTime

revision = "customer_0008"
down_revision = "customer_0007"


def upgrade():
    op.create_table(
        "timeline_entries",
        sa.Column("entry_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("happened_to_customer_id", sa.Text, nullable=False),
        sa.Column("occur_time", UtcDateTime, nullable=False),
        sa.Column("business_date", BusinessDate, nullable=False),
        sa.Column("category", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("parameters_json", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("source_service", sa.Text, nullable=False),
        sa.Column("source_entry_id", sa.Text, nullable=False),
        sa.Column("resource", sa.Text, nullable=False),
        sa.Column("correlation_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name="pk_timeline_entries"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.customer_id"], name="fk_timeline_entries_customer_id"),
        sa.UniqueConstraint("source_service", "source_entry_id", name="uq_timeline_entries_source_service_source_entry_id"),
    )
    op.create_index("ix_timeline_entries_customer_id_occur_time", "timeline_entries", ["customer_id", "occur_time", "entry_id"])
