"""What happens around customers, which datasets are current, and the analyses that join the two."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.scope import enforce_row_scope
from services.chassis.db.types import BusinessDate, Json, OrderedText, UtcDateTime

revision = "analytics_0002"
down_revision = "analytics_0001"


def upgrade():
    op.create_table(
        "dataset_pins",
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("business_date", BusinessDate, nullable=False),
        sa.Column("dataset", sa.Text, nullable=False),
        sa.Column("source_system", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("feed", "business_date", name="pk_dataset_pins"),
    )
    op.create_index("ix_dataset_pins_dataset_business_date", "dataset_pins", ["dataset", "business_date"])
    op.create_table(
        "happenings",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("origin_customer_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("start_date", BusinessDate, nullable=False),
        sa.Column("end_date", BusinessDate),
        sa.Column("due_date", BusinessDate),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("other_person_ids", Json, nullable=False),
        sa.Column("sort", sa.Integer, nullable=False),
        sa.Column("channel", sa.Integer, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("outcome", sa.Integer, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("people_met_count", sa.Integer, nullable=False),
        sa.Column("customer_began", sa.Boolean, nullable=False),
        sa.Column("low", sa.Boolean, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_happenings"),
    )
    op.create_index("ix_happenings_customer_id_start_date", "happenings", ["customer_id", "start_date"])
    op.create_index("ix_happenings_kind_start_date", "happenings", ["kind", "start_date"])
    op.create_index("ix_happenings_organisation_path", "happenings", ["organisation_path"])
    op.create_index("ix_happenings_person_id_start_date", "happenings", ["person_id", "start_date"])
    op.create_index("ix_happenings_update_time", "happenings", ["update_time"])
    # What happened around a customer goes with it to another lead.
    enforce_row_scope(op.get_bind(), "happenings", of_customers=True, person="person_id", with_customer=True)
    op.create_table(
        "analyses",
        sa.Column("analysis_id", sa.Text, nullable=False),
        sa.Column("as_of_date", BusinessDate, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("current", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("requester_person_id", sa.Text, nullable=False),
        sa.Column("operation_id", sa.Text, nullable=False),
        sa.Column("inputs", Json, nullable=False),
        sa.Column("inputs_sha256", sa.Text, nullable=False),
        sa.Column("customer_count", sa.BigInteger, nullable=False),
        sa.Column("touched_count", sa.BigInteger, nullable=False),
        sa.Column("thin_count", sa.BigInteger, nullable=False),
        sa.Column("error_reason", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("end_time", UtcDateTime),
        sa.Column("remove_time", UtcDateTime),
        sa.PrimaryKeyConstraint("analysis_id", name="pk_analyses"),
    )
    op.create_index("ix_analyses_as_of_date_number", "analyses", ["as_of_date", "number"], unique=True)
    current = sa.text("current")
    op.create_index(
        "ix_analyses_current", "analyses", ["as_of_date"], unique=True, sqlite_where=current, postgresql_where=current
    )
    op.create_index("ix_analyses_state", "analyses", ["state", "create_time"])
    op.create_table(
        "stale_days",
        sa.Column("business_date", BusinessDate, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("change_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("business_date", name="pk_stale_days"),
    )
