"""Workdays of the bank's own, appointments, and subscriptions of calendars."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.scope import enforce_row_scope
from services.chassis.db.types import BusinessDate, Json, OrderedText, UtcDateTime

revision = "activity_0004"
down_revision = "activity_0003"


def upgrade():
    _create_bank_days()
    _create_appointments()
    _create_participants()
    _create_feeds()


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


def _create_appointments():
    op.create_table(
        "appointments",
        sa.Column("appointment_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("owner_person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("private", sa.Boolean, nullable=False),
        sa.Column("free", sa.Boolean, nullable=False),
        sa.Column("all_day", sa.Boolean, nullable=False),
        sa.Column("start_time", UtcDateTime, nullable=False),
        sa.Column("end_time", UtcDateTime, nullable=False),
        sa.Column("local_start", sa.Text, nullable=False),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("recurrence", Json, nullable=False),
        sa.Column("non_workdays", sa.Integer, nullable=False),
        sa.Column("last_start_time", UtcDateTime),
        sa.Column("span_end_time", UtcDateTime),
        sa.Column("participant_person_ids", Json, nullable=False),
        sa.Column("reminder_minutes", sa.Integer),
        sa.Column("next_reminder_time", UtcDateTime),
        sa.Column("reminded_time", UtcDateTime, nullable=False),
        sa.Column("series_id", sa.Text),
        sa.Column("original_start_time", UtcDateTime),
        sa.Column("source_uid", sa.Text, nullable=False),
        sa.Column("source_sequence", sa.Integer, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("appointment_id", name="pk_appointments"),
        sa.CheckConstraint("end_time >= start_time", name="ck_appointments_ends_after_start"),
        sa.CheckConstraint("(series_id IS NULL) = (original_start_time IS NULL)", name="ck_appointments_occurrence"),
    )
    for columns in (
        ["owner_person_id", "start_time", "appointment_id"],
        ["customer_id", "start_time", "appointment_id"],
        ["owner_person_id", "span_end_time"],
        ["customer_id", "span_end_time"],
        ["next_reminder_time"],
        ["organisation_path"],
        ["owner_person_id", "source_uid"],
    ):
        op.create_index(f"ix_appointments_{'_'.join(columns)}", "appointments", columns)
    op.create_index(
        "ix_appointments_series_id_original_start_time", "appointments", ["series_id", "original_start_time"], unique=True
    )
    enforce_row_scope(op.get_bind(), "appointments", of_customers=True, person="owner_person_id", with_customer=True)


def _create_participants():
    op.create_table(
        "appointment_participants",
        sa.Column("appointment_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("start_time", UtcDateTime, nullable=False),
        sa.Column("span_end_time", UtcDateTime),
        sa.PrimaryKeyConstraint("appointment_id", "person_id", name="pk_appointment_participants"),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.appointment_id"], name="fk_appointment_participants_appointment_id"
        ),
    )
    op.create_index(
        "ix_appointment_participants_person_id_start_time",
        "appointment_participants",
        ["person_id", "start_time", "appointment_id"],
    )
    op.create_index(
        "ix_appointment_participants_person_id_span_end_time", "appointment_participants", ["person_id", "span_end_time"]
    )


def _create_feeds():
    op.create_table(
        "calendar_feeds",
        sa.Column("calendar_feed_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("detail", sa.Integer, nullable=False),
        sa.Column("secret_sha256", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("calendar_feed_id", name="pk_calendar_feeds"),
        sa.UniqueConstraint("secret_sha256", name="uq_calendar_feeds_secret_sha256"),
    )
    op.create_index("ix_calendar_feeds_person_id", "calendar_feeds", ["person_id", "calendar_feed_id"])
