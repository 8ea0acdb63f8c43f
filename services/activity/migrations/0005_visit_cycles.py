"""Visit cycles, the visits proposed for a week, and the datasets by which customers are valued."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.scope import enforce_row_scope
from services.chassis.db.types import BusinessDate, EncryptedText, Json, OrderedText, UtcDateTime

revision = "activity_0005"
down_revision = "activity_0004"


def upgrade():
    _create_rules_and_pins()
    _create_cycles()
    _create_proposals()
    for table in ("visit_cycles", "visit_proposals"):
        enforce_row_scope(op.get_bind(), table, of_customers=True, person="owner_person_id", with_customer=True)


def _create_rules_and_pins():
    op.create_table(
        "visit_cycle_rules",
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("key_share_basis_points", sa.Integer, nullable=False),
        sa.Column("key_cycle_days", sa.Integer, nullable=False),
        sa.Column("tier_cycle_days", Json, nullable=False),
        sa.Column("contact_kinds", Json, nullable=False),
        sa.Column("visits_per_day_max", sa.Integer, nullable=False),
        sa.Column("by_place", sa.Boolean, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("organisation_path", name="pk_visit_cycle_rules"),
    )
    op.create_table(
        "visit_weeks",
        sa.Column("week_start_date", BusinessDate, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("week_start_date", name="pk_visit_weeks"),
    )
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


def _create_cycles():
    op.create_table(
        "visit_cycles",
        sa.Column("visit_cycle_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("owner_person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("key", sa.Boolean, nullable=False),
        sa.Column("value_minor_units", sa.BigInteger),
        sa.Column("value_currency_code", sa.Text, nullable=False),
        sa.Column("rule_cycle_days", sa.Integer, nullable=False),
        sa.Column("own_cycle_days", sa.Integer, nullable=False),
        sa.Column("place", EncryptedText("activity.visit_cycle.place"), nullable=False),
        sa.Column("last_contact_date", BusinessDate),
        sa.Column("due_date", BusinessDate, nullable=False),
        sa.Column("assess_date", BusinessDate, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint("rule_cycle_days >= 0 AND own_cycle_days >= 0", name="ck_visit_cycles_days"),
        sa.PrimaryKeyConstraint("visit_cycle_id", name="pk_visit_cycles"),
    )
    by_due = ["due_date", "visit_cycle_id"]
    op.create_index("ix_visit_cycles_owner_person_id_due_date_visit_cycle_id", "visit_cycles", ["owner_person_id", *by_due])
    op.create_index("ix_visit_cycles_customer_id", "visit_cycles", ["customer_id"])
    op.create_index("ix_visit_cycles_due_date_visit_cycle_id", "visit_cycles", by_due)
    op.create_index("ix_visit_cycles_organisation_path", "visit_cycles", ["organisation_path"])


def _create_proposals():
    op.create_table(
        "visit_proposals",
        sa.Column("visit_proposal_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("owner_person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("week_start_date", BusinessDate, nullable=False),
        sa.Column("planned_date", BusinessDate, nullable=False),
        sa.Column("due_date", BusinessDate, nullable=False),
        sa.Column("key", sa.Boolean, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("moved", sa.Boolean, nullable=False),
        sa.Column("contact_id", sa.Text),
        sa.Column("decline_reason", sa.Integer, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("visit_proposal_id", name="pk_visit_proposals"),
    )
    by_week = ["owner_person_id", "week_start_date", "planned_date", "visit_proposal_id"]
    op.create_index("ix_visit_proposals_owner_person_id_week_start_date", "visit_proposals", by_week)
    op.create_index("ix_visit_proposals_customer_id_state", "visit_proposals", ["customer_id", "state"])
    op.create_index("ix_visit_proposals_contact_id", "visit_proposals", ["contact_id"])
