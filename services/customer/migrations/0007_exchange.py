"""Imports, exports, and requests of customers about their own data."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import BusinessDate, Json, UtcDateTime

revision = "customer_0007"
down_revision = "customer_0006"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    _create_imports()
    _create_erasures()


def _create_imports():
    op.create_table(
        "imports",
        sa.Column("import_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("file_id", sa.Text, nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("size_bytes", NUMBER, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("shape", sa.Text, nullable=False),
        sa.Column("options", Json, nullable=False),
        sa.Column("fault", sa.Text, nullable=False),
        sa.Column("counts", Json, nullable=False),
        sa.Column("operation_id", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("import_id", name="pk_imports"),
    )
    op.create_index("ix_imports_person_id_import_id", "imports", ["person_id", "import_id"])
    op.create_table(
        "import_rows",
        sa.Column("import_id", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("key_index", sa.Text, nullable=False),
        sa.Column("cell_values", sa.Text),
        sa.Column("outcome", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("values_before", sa.Text),
        sa.Column("values_after", sa.Text),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("undone", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("import_id", "position", name="pk_import_rows"),
    )
    op.create_index("ix_import_rows_import_id_outcome_position", "import_rows", ["import_id", "outcome", "position"])
    op.create_index("ix_import_rows_import_id_key_index", "import_rows", ["import_id", "key_index"])
    op.create_index("ix_import_rows_customer_id", "import_rows", ["customer_id"])


def _create_erasures():
    op.create_table(
        "erasures",
        sa.Column("erasure_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("request_person_id", sa.Text, nullable=False),
        sa.Column("request_time", UtcDateTime, nullable=False),
        sa.Column("decide_person_id", sa.Text, nullable=False),
        sa.Column("decide_time", UtcDateTime),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("items", Json, nullable=False),
        sa.PrimaryKeyConstraint("erasure_id", name="pk_erasures"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.customer_id"], name="fk_erasures_customer_id"),
    )
    requested = sa.text("state = 1")
    op.create_index(
        "uq_erasures_requested", "erasures", ["customer_id"], unique=True, sqlite_where=requested, postgresql_where=requested
    )
    op.create_index("ix_erasures_customer_id", "erasures", ["customer_id"])
    op.create_table(
        "retained_data",
        sa.Column("erasure_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("retained_values", sa.Text, nullable=False),
        sa.Column("retain_until_date", BusinessDate, nullable=False),
        sa.PrimaryKeyConstraint("erasure_id", name="pk_retained_data"),
        sa.ForeignKeyConstraint(["erasure_id"], ["erasures.erasure_id"], name="fk_retained_data_erasure_id"),
    )
    op.create_index("ix_retained_data_customer_id", "retained_data", ["customer_id"])
    op.create_index("ix_retained_data_retain_until_date", "retained_data", ["retain_until_date"])
