"""Which owners a service asked to announce how things stand."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import UtcDateTime

revision = "chassis_0008"
down_revision = "chassis_0007"
branch_labels = None


def upgrade():
    op.create_table(
        "announcement_askings",
        sa.Column("owner_service", sa.Text, nullable=False),
        sa.Column("announcement_id", sa.Text, nullable=False),
        sa.Column("ask_time", UtcDateTime, nullable=False),
        sa.Column("complete_time", UtcDateTime),
        sa.PrimaryKeyConstraint("owner_service", name="pk_announcement_askings"),
    )
