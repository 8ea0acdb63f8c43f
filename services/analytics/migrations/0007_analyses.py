"""What an analysis is for, and which are as of a month's end."""

import sqlalchemy as sa
from alembic import op

revision = "analytics_0007"
down_revision = "analytics_0006"


def upgrade():
    # Nothing is deployed that has rows.
    op.add_column("analyses", sa.Column("kind", sa.Integer, nullable=False, server_default="1"))
    op.add_column("analyses", sa.Column("month_end", sa.Boolean, nullable=False, server_default=sa.false()))
