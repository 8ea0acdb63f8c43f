"""Shares of credit."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.scope import enforce_row_scope
from services.chassis.db.types import BusinessDate, OrderedText, UtcDateTime

revision = "performance_0002"
down_revision = "performance_0001"


def upgrade():
    op.create_table(
        "share_lines",
        sa.Column("share_line_id", sa.Text, nullable=False),
        sa.Column("object_kind", sa.Integer, nullable=False),
        sa.Column("object_key", OrderedText, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("start_date", BusinessDate, nullable=False),
        sa.Column("end_date", BusinessDate),
        sa.Column("from_minor_units", sa.BigInteger, nullable=False),
        sa.Column("to_minor_units", sa.BigInteger),
        sa.Column("basis_points", sa.Integer, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("source", OrderedText, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("share_line_id", name="pk_share_lines"),
        sa.CheckConstraint("basis_points > 0 AND basis_points <= 10000", name="ck_share_lines_basis_points"),
        sa.CheckConstraint(
            "from_minor_units >= 0 AND (to_minor_units IS NULL OR to_minor_units > from_minor_units)", name="ck_share_lines_band"
        ),
        sa.CheckConstraint("end_date IS NULL OR end_date >= start_date", name="ck_share_lines_days"),
    )
    op.create_index(
        "ix_share_lines_object_kind_object_key_start_date", "share_lines", ["object_kind", "object_key", "start_date"]
    )
    op.create_index(
        "ix_share_lines_person_id_start_date_share_line_id", "share_lines", ["person_id", "start_date", "share_line_id"]
    )
    op.create_index("ix_share_lines_customer_id", "share_lines", ["customer_id"])
    op.create_index("ix_share_lines_source", "share_lines", ["source"])
    op.create_index("ix_share_lines_organisation_path", "share_lines", ["organisation_path"])
    enforce_row_scope(op.get_bind(), "share_lines", of_customers=True, person="person_id", with_customer=True)
