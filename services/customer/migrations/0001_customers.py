"""Customers, who looks after them, and the relationship managers whom identity announces."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.scope import enforce_row_scope
from services.chassis.db.types import BusinessDate, OrderedText, UtcDateTime

revision = "customer_0001"
down_revision = None
branch_labels = ("customer",)


def upgrade():
    _create_customers()
    _create_coverages()
    _create_relationship_managers()


def _create_customers():
    op.create_table(
        "customers",
        sa.Column("customer_id", sa.Text, primary_key=True),
        sa.Column("customer_number", OrderedText, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("display_name", OrderedText, nullable=False),
        sa.Column("identifier", sa.Text),
        sa.Column("identifier_index", sa.Text),
        sa.Column("phone", sa.Text),
        sa.Column("tier", sa.Integer, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("lead_person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name="pk_customers"),
        sa.UniqueConstraint("customer_number", name="uq_customers_customer_number"),
        sa.CheckConstraint("kind BETWEEN 1 AND 4", name="ck_customers_kind"),
    )
    op.create_index("uq_customers_kind_identifier_index", "customers", ["kind", "identifier_index"], unique=True)
    op.create_index("ix_customers_lead_person_id_customer_number", "customers", ["lead_person_id", "customer_number"])
    for column in ("display_name", "create_time", "update_time"):
        op.create_index(f"ix_customers_{column}_customer_id", "customers", [column, "customer_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_customers_organisation_path", "customers", ["organisation_path"])
    enforce_row_scope(op.get_bind(), "customers")


def _create_coverages():
    op.create_table(
        "coverages",
        sa.Column("coverage_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("role", sa.Integer, nullable=False),
        sa.Column("start_date", BusinessDate, nullable=False),
        sa.Column("end_date", BusinessDate),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("coverage_id", name="pk_coverages"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.customer_id"], name="fk_coverages_customer_id"),
        sa.CheckConstraint("end_date >= start_date", name="ck_coverages_dates"),
    )
    open_lead = sa.text("role = 1 AND end_date IS NULL")
    op.create_index(
        "uq_coverages_open_lead", "coverages", ["customer_id"], unique=True, sqlite_where=open_lead, postgresql_where=open_lead
    )
    op.create_index("ix_coverages_customer_id_start_date", "coverages", ["customer_id", "start_date", "coverage_id"])


def _create_relationship_managers():
    op.create_table(
        "relationship_managers",
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("staff_number", OrderedText, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("in_office", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_relationship_managers"),
    )
    op.create_index("ix_relationship_managers_staff_number_person_id", "relationship_managers", ["staff_number", "person_id"])
    op.create_table(
        "manager_posts",
        sa.Column("grant_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.PrimaryKeyConstraint("grant_id", name="pk_manager_posts"),
        sa.ForeignKeyConstraint(["person_id"], ["relationship_managers.person_id"], name="fk_manager_posts_person_id"),
    )
    op.create_index("ix_manager_posts_person_id", "manager_posts", ["person_id"])
