"""Long work that survives a restart, and the files that it reads and makes."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import UtcDateTime

revision = "chassis_0005"
down_revision = "chassis_0004"
branch_labels = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    _create_files()
    _create_operations()


def _create_files():
    op.create_table(
        "stored_files",
        sa.Column("file_id", sa.Text, primary_key=True),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("size_bytes", NUMBER, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("expire_time", UtcDateTime, nullable=False, index=True),
    )
    op.create_table(
        "stored_file_parts",
        sa.Column("file_id", sa.Text, sa.ForeignKey("stored_files.file_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("start", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )


def _create_operations():
    op.create_table(
        "operations",
        sa.Column("operation_id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("parameters", sa.Text, nullable=False),
        sa.Column("checkpoint", sa.Text, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("done", NUMBER, nullable=False),
        sa.Column("total", NUMBER, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("error_reason", sa.Text, nullable=False),
        sa.Column("cancel_requested", sa.Boolean, nullable=False),
        sa.Column("result_file_id", sa.Text, nullable=False),
        sa.Column("correlation_id", sa.Text, nullable=False),
        sa.Column("remote_address", sa.Text, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("due_time", UtcDateTime, nullable=False),
        sa.Column("lease_holder", sa.Text, nullable=False),
        sa.Column("lease_until", UtcDateTime),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("start_time", UtcDateTime),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("end_time", UtcDateTime),
    )
    op.create_index("ix_operations_person_id_operation_id", "operations", ["person_id", "operation_id"])
    still_open = sa.text("state <= 2")
    op.create_index("ix_operations_open", "operations", ["due_time"], sqlite_where=still_open, postgresql_where=still_open)
    op.create_index("ix_operations_end_time", "operations", ["end_time"])
