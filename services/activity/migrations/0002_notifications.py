"""What people are told of by the workbench, how they want to be told, and the mails that tell them."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import Json, UtcDateTime

revision = "activity_0002"
down_revision = "activity_0001"


def upgrade():
    _create_notifications()
    op.create_table(
        "notification_preferences",
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("email_address", sa.Text, nullable=False),
        sa.Column("language", sa.Integer, nullable=False),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("quiet_start", sa.Text, nullable=False),
        sa.Column("quiet_end", sa.Text, nullable=False),
        sa.Column("digest_times", Json, nullable=False),
        sa.Column("channels", Json, nullable=False),
        sa.Column("email_refused", sa.Boolean, nullable=False),
        sa.Column("next_digest_time", UtcDateTime),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_notification_preferences"),
    )
    op.create_index("ix_notification_preferences_next_digest_time", "notification_preferences", ["next_digest_time"])
    op.create_table(
        "notification_digests",
        sa.Column("digest_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("language", sa.Integer, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_time", UtcDateTime, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("sent_time", UtcDateTime),
        sa.PrimaryKeyConstraint("digest_id", name="pk_notification_digests"),
    )
    waiting = sa.text("state = 1")
    op.create_index(
        "ix_notification_digests_waiting", "notification_digests", ["due_time"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_index("ix_notification_digests_create_time", "notification_digests", ["create_time"])


def _create_notifications():
    op.create_table(
        "notifications",
        sa.Column("notification_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("resource", sa.Text, nullable=False),
        sa.Column("parameters", Json, nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("shown", sa.Boolean, nullable=False),
        sa.Column("to_mail", sa.Boolean, nullable=False),
        sa.Column("digest_id", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("due_time", UtcDateTime, nullable=False),
        sa.Column("read_time", UtcDateTime),
        sa.PrimaryKeyConstraint("notification_id", name="pk_notifications"),
    )
    op.create_index("ix_notifications_person_id_notification_id", "notifications", ["person_id", "notification_id"])
    op.create_index("ix_notifications_person_id_due_time", "notifications", ["person_id", "due_time"])
    op.create_index("ix_notifications_create_time", "notifications", ["create_time"])
    op.create_index("ix_notifications_digest_id", "notifications", ["digest_id"])
    unread = sa.text("read_time IS NULL")
    columns = ["person_id", "notification_id"]
    op.create_index("ix_notifications_unread", "notifications", columns, sqlite_where=unread, postgresql_where=unread)
    # SQLite has numbers for truth values, and uses an index only where the statement says the same as it.
    op.create_index(
        "ix_notifications_to_mail",
        "notifications",
        ["person_id", "due_time"],
        sqlite_where=sa.text("to_mail = 1 AND read_time IS NULL"),
        postgresql_where=sa.text("to_mail AND read_time IS NULL"),
    )
    op.create_index(
        "ix_notifications_urgent_to_mail",
        "notifications",
        ["person_id"],
        sqlite_where=sa.text("urgent = 1 AND to_mail = 1 AND read_time IS NULL"),
        postgresql_where=sa.text("urgent AND to_mail AND read_time IS NULL"),
    )
