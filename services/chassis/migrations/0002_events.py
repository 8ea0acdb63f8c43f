"""Events on their way out and in, and whose turn a timer is."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import UtcDateTime

revision = "chassis_0002"
down_revision = "chassis_0001"
branch_labels = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "outbox_messages",
        *event_columns(),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("retry_time", UtcDateTime),
        sa.Column("publish_time", UtcDateTime, index=True),
    )
    unpublished = sa.text("publish_time IS NULL")
    op.create_index(
        "ix_outbox_messages_unpublished", "outbox_messages", ["sequence"], sqlite_where=unpublished, postgresql_where=unpublished
    )
    op.create_table(
        "queued_messages",
        *event_columns(),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("retry_time", UtcDateTime),
        sa.Column("park_time", UtcDateTime, index=True),
        sa.Column("error", sa.Text, nullable=False),
    )
    waiting = sa.text("park_time IS NULL")
    op.create_index("ix_queued_messages_waiting", "queued_messages", ["sequence"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_table(
        "inbox_messages",
        sa.Column("event_id", sa.Text, primary_key=True),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("handle_time", UtcDateTime, nullable=False, index=True),
    )
    op.create_table(
        "held_messages",
        sa.Column("sequence", NUMBER, primary_key=True),
        sa.Column("event_id", sa.Text, nullable=False, unique=True),
        sa.Column("subject", sa.Text, nullable=False, index=True),
        sa.Column("expire_time", UtcDateTime, nullable=False),
    )
    op.create_table(
        "timer_turns",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("due_time", UtcDateTime, nullable=False),
    )


def event_columns():
    return (
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
    )
