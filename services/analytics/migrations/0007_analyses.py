"""What an analysis is for, which are as of a month's end, and from what the days of a month were made."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import BusinessDate, Json, UtcDateTime

revision = "analytics_0007"
down_revision = "analytics_0006"


def upgrade():
    # Nothing is deployed that has rows.
    op.add_column("analyses", sa.Column("kind", sa.Integer, nullable=False, server_default="1"))
    op.add_column("analyses", sa.Column("month_end", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("analyses", sa.Column("outdated", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("analyses", sa.Column("issues", Json, nullable=False, server_default="[]"))
    month_end = sa.text("month_end")
    op.create_index("ix_analyses_month_end", "analyses", ["as_of_date"], sqlite_where=month_end, postgresql_where=month_end)
    op.create_table(
        "customer_months",
        sa.Column("month_date", BusinessDate, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("end_date", BusinessDate, nullable=False),
        sa.Column("inputs", Json, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("month_date", "key", name="pk_customer_months"),
    )
