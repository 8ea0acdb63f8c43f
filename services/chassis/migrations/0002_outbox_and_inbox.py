"""Events that leave, and events that were handled."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import UtcDateTime

revision = "chassis_0002"
down_revision = "chassis_0001"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def event_columns():
    return [
        sa.Column("sequence", NUMBER, primary_key=True),
        sa.Column("event_id", sa.Text, nullable=False, unique=True),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("routing_key", sa.Text, nullable=False),
        sa.Column("event_time", UtcDateTime, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("correlation_id", sa.Text, nullable=False),
        sa.Column("causation_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("traceparent", sa.Text, nullable=False),
    ]


def upgrade():
    op.create_table(
        "outbox_messages",
        *event_columns(),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("retry_time", UtcDateTime),
        sa.Column("publish_time", UtcDateTime),
    )
    unpublished = sa.text("publish_time IS NULL")
    op.create_index(
        "ix_outbox_messages_unpublished",
        "outbox_messages",
        ["sequence"],
        sqlite_where=unpublished,
        postgresql_where=unpublished,
    )
    op.create_index("ix_outbox_messages_publish_time", "outbox_messages", ["publish_time"])
    op.create_table(
        "inbox_messages",
        sa.Column("event_id", sa.Text, primary_key=True),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("handle_time", UtcDateTime, nullable=False, index=True),
    )
