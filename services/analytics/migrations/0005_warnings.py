"""Warnings, the signs that they stand on, and which of them a merge of customers moved."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.scope import enforce_row_scope
from services.chassis.db.types import BusinessDate, OrderedText, UtcDateTime

revision = "analytics_0005"
down_revision = "analytics_0004"


def upgrade():
    _create_warnings()
    op.create_table(
        "warning_signals",
        sa.Column("warning_id", sa.Text, nullable=False),
        sa.Column("signal_code", sa.Text, nullable=False),
        sa.Column("rule_version", sa.Integer, nullable=False),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("onset_date", BusinessDate, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("warning_id", "signal_code", name="pk_warning_signals"),
        sa.ForeignKeyConstraint(["warning_id"], ["warnings.warning_id"], "fk_warning_signals_warning_id", ondelete="CASCADE"),
    )
    op.create_index("ix_warning_signals_signal_code_warning_id", "warning_signals", ["signal_code", "warning_id"])
    op.create_table(
        "warning_moves",
        sa.Column("merge_id", sa.Text, nullable=False),
        sa.Column("warning_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("merge_id", "warning_id", name="pk_warning_moves"),
        sa.ForeignKeyConstraint(["warning_id"], ["warnings.warning_id"], "fk_warning_moves_warning_id", ondelete="CASCADE"),
    )
    op.create_index("ix_warning_moves_warning_id", "warning_moves", ["warning_id"])


def _create_warnings():
    op.create_table(
        "warnings",
        sa.Column("warning_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("assignee_person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("held_out", sa.Boolean, nullable=False),
        sa.Column("analysis_id", sa.Text, nullable=False),
        sa.Column("raise_date", BusinessDate, nullable=False),
        sa.Column("as_of_date", BusinessDate, nullable=False),
        sa.Column("seen_date", BusinessDate, nullable=False),
        sa.Column("due_date", BusinessDate, nullable=False),
        sa.Column("horizon_date", BusinessDate, nullable=False),
        sa.Column("onset_date", BusinessDate),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("probability_e6", sa.Integer),
        sa.Column("model_id", sa.Text, nullable=False),
        sa.Column("value_at_risk_minor_units", sa.BigInteger, nullable=False),
        sa.Column("expected_loss_minor_units", sa.BigInteger),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("value_per_hour_minor_units", sa.BigInteger, nullable=False),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.Column("accepter_person_id", sa.Text, nullable=False),
        sa.Column("accept_time", UtcDateTime),
        sa.Column("response_seconds", sa.BigInteger),
        sa.Column("postpone_date", BusinessDate),
        sa.Column("postpone_count", sa.Integer, nullable=False),
        sa.Column("outcome", sa.Integer, nullable=False),
        sa.Column("outcome_note", sa.Text, nullable=False),
        sa.Column("closer_person_id", sa.Text, nullable=False),
        sa.Column("close_time", UtcDateTime),
        sa.Column("close_date", BusinessDate),
        sa.Column("measured_outcome", sa.Integer, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("warning_id", name="pk_warnings"),
        # The one state that is not open is 4, closed.
        sa.CheckConstraint("open = (state <> 4)", name="ck_warnings_open"),
    )
    is_open = sa.text("open")
    op.create_index(
        "uq_warnings_customer_id_open", "warnings", ["customer_id"], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )
    ranked = ["open", "value_per_hour_minor_units", "severity", "warning_id"]
    for name, columns in {
        "customer_id_warning_id": ["customer_id", "warning_id"],
        "assignee_open_value": ["assignee_person_id", *ranked],
        "organisation_path_open": ["organisation_path", "open"],
        "open_value": ranked,
        "close_date_warning_id": ["close_date", "warning_id"],
        "measured_outcome_horizon_date": ["measured_outcome", "horizon_date"],
        "state_postpone_date": ["state", "postpone_date"],
    }.items():
        op.create_index(f"ix_warnings_{name}", "warnings", columns)
    enforce_row_scope(op.get_bind(), "warnings", of_customers=True, person="assignee_person_id", with_customer=True)
