"""Departures of relationship managers, their customers, and plans around them."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.scope import enforce_row_scope
from services.chassis.db.types import BusinessDate, OrderedText, UtcDateTime

revision = "analytics_0006"
down_revision = "analytics_0005"

_UNDER_WAY = sa.text("state IN (1, 2)")


def upgrade():
    _create_departures()
    _create_plans()


def _create_departures():
    op.create_table(
        "departures",
        sa.Column("departure_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("left_date", BusinessDate, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("as_of_date", BusinessDate),
        sa.Column("customer_count", sa.Integer, nullable=False),
        sa.Column("currency_code", sa.Text, nullable=False),
        sa.Column("balance_minor_units", sa.BigInteger, nullable=False),
        sa.Column("at_risk_minor_units", sa.BigInteger, nullable=False),
        sa.Column("keep_rate_e4", sa.Integer, nullable=False),
        sa.Column("expected_minor_units", sa.BigInteger, nullable=False),
        sa.Column("low_minor_units", sa.BigInteger, nullable=False),
        sa.Column("high_minor_units", sa.BigInteger, nullable=False),
        sa.Column("measured_date", BusinessDate),
        sa.Column("lost_minor_units", sa.BigInteger, nullable=False),
        sa.Column("early_lost_minor_units", sa.BigInteger, nullable=False),
        sa.Column("gone_count", sa.Integer, nullable=False),
        sa.Column("background_e4", sa.Integer, nullable=False),
        sa.Column("measured_keep_rate_e4", sa.Integer),
        sa.Column("operation_id", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("departure_id", name="pk_departures"),
    )
    op.create_index("ix_departures_person_id_left_date", "departures", ["person_id", "left_date"], unique=True)
    op.create_index("ix_departures_state_left_date", "departures", ["state", "left_date"])
    op.create_index("ix_departures_departure_id_organisation_path", "departures", ["departure_id", "organisation_path"])
    enforce_row_scope(op.get_bind(), "departures", person="person_id")
    op.create_table(
        "departure_customers",
        sa.Column("departure_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("customer_number", OrderedText, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("dependence_e4", sa.Integer, nullable=False),
        sa.Column("balance_minor_units", sa.BigInteger, nullable=False),
        sa.Column("at_risk_minor_units", sa.BigInteger, nullable=False),
        sa.Column("after_minor_units", sa.BigInteger),
        sa.PrimaryKeyConstraint("departure_id", "customer_id", name="pk_departure_customers"),
    )
    op.create_index("ix_departure_customers_customer_id", "departure_customers", ["customer_id"])
    enforce_row_scope(op.get_bind(), "departure_customers", of_customers=True, person="person_id", with_customer=True)


def _create_plans():
    op.create_table(
        "departure_plans",
        sa.Column("plan_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("owner_person_id", sa.Text, nullable=False),
        sa.Column("as_of_date", BusinessDate, nullable=False),
        sa.Column("due_date", BusinessDate, nullable=False),
        sa.Column("start_date", BusinessDate),
        sa.Column("currency_code", sa.Text, nullable=False),
        sa.Column("at_risk_minor_units", sa.BigInteger, nullable=False),
        sa.Column("look_time", UtcDateTime),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("plan_id", name="pk_departure_plans"),
    )
    op.create_index("ix_departure_plans_plan_id_organisation_path", "departure_plans", ["plan_id", "organisation_path"])
    op.create_index(
        "uq_departure_plans_under_way",
        "departure_plans",
        ["person_id", "kind"],
        unique=True,
        sqlite_where=_UNDER_WAY,
        postgresql_where=_UNDER_WAY,
    )
    op.create_index("ix_departure_plans_state", "departure_plans", ["state", "plan_id"])
    enforce_row_scope(op.get_bind(), "departure_plans", person="owner_person_id")
    op.create_table(
        "departure_plan_items",
        sa.Column("item_id", sa.Text, nullable=False),
        sa.Column("plan_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("original_customer_id", sa.Text, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("balance_minor_units", sa.BigInteger, nullable=False),
        sa.Column("dependence_e4", sa.Integer, nullable=False),
        sa.Column("at_risk_minor_units", sa.BigInteger, nullable=False),
        sa.Column("contact_share_e4", sa.Integer, nullable=False),
        sa.Column("contact_count", sa.Integer, nullable=False),
        sa.Column("last_contact_date", BusinessDate),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("item_id", name="pk_departure_plan_items"),
    )
    op.create_index("ix_departure_plan_items_plan_id_place", "departure_plan_items", ["plan_id", "place"], unique=True)
    op.create_index("ix_departure_plan_items_customer_id", "departure_plan_items", ["customer_id"])
    enforce_row_scope(op.get_bind(), "departure_plan_items", of_customers=True, person="person_id", with_customer=True)
