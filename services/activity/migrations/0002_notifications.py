"""What people are told of by the workbench."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import Json, UtcDateTime

revision = "activity_0002"
down_revision = "activity_0001"


def upgrade():
    op.create_table(
        "notifications",
        sa.Column("notification_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("resource", sa.Text, nullable=False),
        sa.Column("parameters", Json, nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("read_time", UtcDateTime),
        sa.PrimaryKeyConstraint("notification_id", name="pk_notifications"),
    )
    op.create_index("ix_notifications_person_id_notification_id", "notifications", ["person_id", "notification_id"])
