"""Hand-overs, absences and deputies, and who reaches a customer beside its lead."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.scope import enforce_row_scope
from services.chassis.db.types import BusinessDate, OrderedText, UtcDateTime

revision = "customer_0005"
down_revision = "customer_0004"

# Supporters reach a customer while they support it, deputies those of the absent one on the days of the absence.
_REACHES = """
CREATE VIEW reaches AS
SELECT person_id, customer_id, CAST(NULL AS TEXT) AS lead_person_id, start_date, end_date
FROM coverages WHERE role = 2 AND NOT revoked
UNION ALL
SELECT deputies.person_id, deputies.customer_id, absences.person_id, absences.start_date, absences.end_date
FROM deputies JOIN absences ON absences.absence_id = deputies.absence_id
WHERE absences.state = 1 AND NOT deputies.released
"""


def upgrade():
    _widen_coverages()
    _create_absences()
    _create_hand_overs()
    op.add_column("relationship_managers", sa.Column("left_date", BusinessDate))
    op.execute(_REACHES)
    enforce_row_scope(op.get_bind(), "customers", of_customers=True)


def _widen_coverages():
    op.add_column("coverages", sa.Column("hand_over_id", sa.Text, nullable=False, server_default=""))
    op.add_column("coverages", sa.Column("revoked", sa.Boolean, nullable=False, server_default=sa.false()))
    for name, columns, unique, where in (
        ("uq_coverages_open_support", ["customer_id", "person_id"], True, "role = 2 AND end_date IS NULL"),
        ("ix_coverages_support", ["person_id", "end_date"], False, "role = 2"),
    ):
        op.create_index(name, "coverages", columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _create_absences():
    op.create_table(
        "absences",
        sa.Column("absence_id", OrderedText, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("start_date", BusinessDate, nullable=False),
        sa.Column("end_date", BusinessDate, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("proposer_person_id", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("absence_id", name="pk_absences"),
        sa.CheckConstraint("end_date >= start_date", name="ck_absences_dates"),
    )
    op.create_index("ix_absences_person_id_end_date", "absences", ["person_id", "end_date"])
    op.create_table(
        "deputies",
        sa.Column("deputy_id", sa.Text, nullable=False),
        sa.Column("absence_id", OrderedText, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("released", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("deputy_id", name="pk_deputies"),
        sa.ForeignKeyConstraint(["absence_id"], ["absences.absence_id"], name="fk_deputies_absence_id"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.customer_id"], name="fk_deputies_customer_id"),
    )
    for column in ("absence_id", "person_id", "customer_id"):
        op.create_index(f"ix_deputies_{column}", "deputies", [column])


def _create_hand_overs():
    op.create_table(
        "hand_overs",
        sa.Column("hand_over_id", OrderedText, nullable=False),
        sa.Column("from_person_id", sa.Text, nullable=False),
        sa.Column("rule", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("second_person_needed", sa.Boolean, nullable=False),
        sa.Column("crosses_branches", sa.Boolean, nullable=False),
        sa.Column("proposer_person_id", sa.Text, nullable=False),
        sa.Column("decider_person_id", sa.Text, nullable=False),
        sa.Column("decision_reason", sa.Text, nullable=False),
        sa.Column("expire_date", BusinessDate, nullable=False),
        sa.Column("start_date", BusinessDate),
        sa.Column("return_date", BusinessDate),
        sa.Column("returnable_until_date", BusinessDate),
        sa.Column("customer_count", sa.Integer, nullable=False),
        sa.Column("returned_count", sa.Integer, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("hand_over_id", name="pk_hand_overs"),
        sa.CheckConstraint("state BETWEEN 1 AND 7", name="ck_hand_overs_state"),
    )
    op.create_index("ix_hand_overs_organisation_path", "hand_overs", ["organisation_path"])
    op.create_index("ix_hand_overs_state_return_date", "hand_overs", ["state", "return_date"])
    op.create_table(
        "hand_over_receivers",
        sa.Column("hand_over_id", OrderedText, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("place", "customer_count", "load_before", "load_after")),
        sa.PrimaryKeyConstraint("hand_over_id", "person_id", name="pk_hand_over_receivers"),
        sa.ForeignKeyConstraint(["hand_over_id"], ["hand_overs.hand_over_id"], name="fk_hand_over_receivers_hand_over_id"),
    )
    op.create_index("ix_hand_over_receivers_person_id", "hand_over_receivers", ["person_id"])
    op.create_table(
        "hand_over_customers",
        sa.Column("hand_over_id", OrderedText, nullable=False),
        sa.Column("customer_id", OrderedText, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("tier", sa.Integer, nullable=False),
        sa.Column("former_lead_person_id", sa.Text, nullable=False),
        sa.Column("lead_person_id", sa.Text, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("obstacle", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("hand_over_id", "customer_id", name="pk_hand_over_customers"),
        sa.ForeignKeyConstraint(["hand_over_id"], ["hand_overs.hand_over_id"], name="fk_hand_over_customers_hand_over_id"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.customer_id"], name="fk_hand_over_customers_customer_id"),
    )
    for column in ("customer_id", "former_lead_person_id"):
        op.create_index(f"ix_hand_over_customers_{column}", "hand_over_customers", [column])
    op.create_table(
        "hand_over_completions",
        sa.Column("hand_over_id", OrderedText, nullable=False),
        sa.Column("service", sa.Text, nullable=False),
        sa.Column("lines", sa.Text, nullable=False),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("hand_over_id", "service", name="pk_hand_over_completions"),
    )
