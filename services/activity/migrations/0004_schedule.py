"""Workdays of the bank's own."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import BusinessDate, OrderedText, UtcDateTime

revision = "activity_0004"
down_revision = "activity_0003"


def upgrade():
    _create_bank_days()


def _create_bank_days():
    op.create_table(
        "bank_days",
        sa.Column("bank_day_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("day_date", BusinessDate, nullable=False),
        sa.Column("working", sa.Boolean, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("bank_day_id", name="pk_bank_days"),
    )
    op.create_index("ix_bank_days_organisation_path_day_date", "bank_days", ["organisation_path", "day_date"], unique=True)
