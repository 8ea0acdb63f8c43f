"""The business date that integration announced last."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import BusinessDate, UtcDateTime

revision = "chassis_0007"
down_revision = "chassis_0006"
branch_labels = None


def upgrade():
    op.create_table(
        "business_dates",
        sa.Column("calendar", sa.Text, nullable=False),
        sa.Column("business_date", BusinessDate, nullable=False),
        sa.Column("open_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("calendar", name="pk_business_dates"),
    )
