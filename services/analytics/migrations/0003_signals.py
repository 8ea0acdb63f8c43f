"""Signals, the bank's own versions of their rules, and how often what a rule saw came true."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.scope import enforce_scope_of_customer
from services.chassis.db.types import BusinessDate, Json, OrderedText, UtcDateTime

revision = "analytics_0003"
down_revision = "analytics_0002"

_OPEN = sa.text("state = 1")


def upgrade():
    _create_signals()
    _create_rules()
    op.create_table(
        "signal_measures",
        sa.Column("rule_code", OrderedText, nullable=False),
        sa.Column("rule_version", sa.Integer, nullable=False),
        sa.Column("as_of_date", BusinessDate, nullable=False),
        sa.Column("raised_count", sa.BigInteger, nullable=False),
        sa.Column("left_count", sa.BigInteger, nullable=False),
        sa.Column("customer_count", sa.BigInteger, nullable=False),
        sa.Column("customer_left_count", sa.BigInteger, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("rule_code", "rule_version", "as_of_date", name="pk_signal_measures"),
    )
    op.create_index("ix_signal_measures_as_of_date", "signal_measures", ["as_of_date"])


def _create_signals():
    op.create_table(
        "signals",
        sa.Column("signal_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("rule_code", OrderedText, nullable=False),
        sa.Column("rule_version", sa.Integer, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("onset_date", BusinessDate, nullable=False),
        sa.Column("first_seen_date", BusinessDate, nullable=False),
        sa.Column("change_date", BusinessDate, nullable=False),
        sa.Column("end_date", BusinessDate),
        sa.Column("evidence", Json, nullable=False),
        sa.PrimaryKeyConstraint("signal_id", name="pk_signals"),
    )
    op.create_index(
        "uq_signals_open", "signals", ["customer_id", "rule_code"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_index("ix_signals_customer_id_first_seen_date", "signals", ["customer_id", "first_seen_date"])
    op.create_index("ix_signals_state_severity", "signals", ["state", "severity", "first_seen_date", "signal_id"])
    enforce_scope_of_customer(op.get_bind(), "signals")


def _create_rules():
    op.create_table(
        "signal_rule_versions",
        sa.Column("signal_rule_version_id", sa.Text, nullable=False),
        sa.Column("rule_code", OrderedText, nullable=False),
        sa.Column("version_number", sa.Integer, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("definition", Json, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("decision_note", sa.Text),
        sa.Column("author_person_id", sa.Text, nullable=False),
        sa.Column("decider_person_id", sa.Text, nullable=False),
        sa.Column("decide_time", UtcDateTime),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("signal_rule_version_id", name="pk_signal_rule_versions"),
        sa.UniqueConstraint("rule_code", "version_number", name="uq_signal_rule_versions_rule_code_version_number"),
    )
    op.create_index(
        "uq_signal_rule_versions_open",
        "signal_rule_versions",
        ["rule_code"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index("ix_signal_rule_versions_state_rule_code", "signal_rule_versions", ["state", "rule_code"])
