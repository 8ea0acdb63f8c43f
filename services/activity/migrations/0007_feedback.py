"""Tables of feedback: what customers say, what it can be about, and what is wanted."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.scope import enforce_row_scope
from services.chassis.db.types import BusinessDate, Json, OrderedText, UtcDateTime

revision = "activity_0007"
down_revision = "activity_0006"


def upgrade():
    _create_feedback()
    op.create_table(
        "feedback_categories",
        sa.Column("feedback_category_id", OrderedText, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("route", sa.Integer, nullable=False),
        sa.Column("answerer_person_ids", Json, nullable=False),
        sa.Column("deadlines", Json, nullable=False),
        sa.Column("retired", sa.Boolean, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("feedback_category_id", name="pk_feedback_categories"),
    )
    op.create_table(
        "feedback_topics",
        sa.Column("feedback_topic_id", sa.Text, nullable=False),
        sa.Column("display_name", OrderedText, nullable=False),
        sa.Column("category", OrderedText, nullable=False),
        sa.Column("product", OrderedText, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("planned_date", BusinessDate),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("feedback_topic_id", name="pk_feedback_topics"),
        sa.UniqueConstraint("display_name", name="uq_feedback_topics_display_name"),
    )


def _create_feedback():
    op.create_table(
        "feedback",
        sa.Column("feedback_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("owner_person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("category", OrderedText, nullable=False),
        sa.Column("product", OrderedText, nullable=False),
        sa.Column("feedback_topic_id", sa.Text),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("contact_id", sa.Text),
        sa.Column("customer_tier", sa.Integer, nullable=False),
        sa.Column("received_date", BusinessDate, nullable=False),
        sa.Column("assignee_person_id", sa.Text, nullable=False),
        sa.Column("answer_due_date", BusinessDate, nullable=False),
        sa.Column("escalate_date", BusinessDate),
        sa.Column("escalation_level", sa.Integer, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("outcome", sa.Integer, nullable=False),
        sa.Column("promised_date", BusinessDate),
        sa.Column("answered_date", BusinessDate),
        sa.Column("answer_time", UtcDateTime),
        sa.Column("told_date", BusinessDate),
        sa.Column("told_channel", sa.Integer, nullable=False),
        sa.Column("told_contact_id", sa.Text),
        sa.Column("close_time", UtcDateTime),
        sa.Column("steps", Json, nullable=False),
        sa.Column("texts", sa.Text, nullable=False),
        sa.Column("source_system", OrderedText),
        sa.Column("source_number", OrderedText),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("feedback_id", name="pk_feedback"),
        sa.UniqueConstraint("source_system", "source_number", name="uq_feedback_source_system_source_number"),
        sa.CheckConstraint("(kind = 4) = (severity <> 0)", name="ck_feedback_severity"),
        sa.CheckConstraint("state < 3 OR told_date IS NOT NULL", name="ck_feedback_told"),
    )
    for columns in (
        ("owner_person_id", "received_date", "feedback_id"),
        ("customer_id", "received_date", "feedback_id"),
        ("assignee_person_id", "received_date", "feedback_id"),
    ):
        op.create_index(f"ix_feedback_{columns[0]}_received_date", "feedback", columns)
    op.create_index(
        "ix_feedback_received_date_organisation_path", "feedback", ["received_date", "feedback_id", "organisation_path"]
    )
    op.create_index("ix_feedback_escalate_date", "feedback", ["escalate_date", "feedback_id"])
    op.create_index("ix_feedback_feedback_topic_id", "feedback", ["feedback_topic_id", "feedback_id"])
    enforce_row_scope(op.get_bind(), "feedback", of_customers=True, person="owner_person_id", with_customer=True)
