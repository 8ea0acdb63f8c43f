"""Replicas of customers, of who reaches whose, and of the bank's people."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.scope import enforce_row_scope
from services.chassis.db.types import BusinessDate, OrderedText, UtcDateTime

revision = "analytics_0001"
down_revision = None


def upgrade():
    _create_customers()
    _create_people()


def _create_customers():
    op.create_table(
        "customers",
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("customer_number", OrderedText, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("tier", sa.Integer, nullable=False),
        sa.Column("lead_person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("merged_into_customer_id", sa.Text, nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name="pk_customers"),
    )
    op.create_index("ix_customers_lead_person_id_customer_number", "customers", ["lead_person_id", "customer_number"])
    op.create_index("ix_customers_customer_number", "customers", ["customer_number"])
    op.create_index("ix_customers_organisation_path", "customers", ["organisation_path"])
    enforce_row_scope(op.get_bind(), "customers", of_customers=True)
    op.create_table(
        "reaches",
        sa.Column("reach_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("lead_person_id", sa.Text),
        sa.Column("start_date", BusinessDate, nullable=False),
        sa.Column("end_date", BusinessDate),
        sa.Column("source_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("reach_id", name="pk_reaches"),
    )
    op.create_index("ix_reaches_person_id_end_date", "reaches", ["person_id", "end_date"])
    op.create_index("ix_reaches_source_id", "reaches", ["source_id"])
    op.create_table(
        "absences",
        sa.Column("absence_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("start_date", BusinessDate, nullable=False),
        sa.Column("end_date", BusinessDate, nullable=False),
        sa.PrimaryKeyConstraint("absence_id", name="pk_absences"),
    )
    op.create_index("ix_absences_person_id_end_date", "absences", ["person_id", "end_date"])


def _create_people():
    op.create_table(
        "people",
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("staff_number", OrderedText, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_people"),
    )
    op.create_index("ix_people_organisation_path", "people", ["organisation_path"])
    op.create_index("ix_people_staff_number_person_id", "people", ["staff_number", "person_id"])
    op.create_table(
        "posts",
        sa.Column("grant_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.PrimaryKeyConstraint("grant_id", name="pk_posts"),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name="fk_posts_person_id"),
    )
    op.create_index("ix_posts_person_id", "posts", ["person_id"])
    op.create_index("ix_posts_organisation_path", "posts", ["organisation_path"])
    op.create_table(
        "units",
        sa.Column("organisation_unit_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("code", OrderedText, nullable=False),
        sa.PrimaryKeyConstraint("organisation_unit_id", name="pk_units"),
    )
    op.create_index("ix_units_organisation_path", "units", ["organisation_path"])
