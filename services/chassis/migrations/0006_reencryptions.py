"""How far each table is in being encrypted anew with a data key."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import UtcDateTime

revision = "chassis_0006"
down_revision = "chassis_0005"
branch_labels = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "reencryptions",
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("table_name", sa.Text, nullable=False),
        sa.Column("last_row", sa.Text, nullable=False),
        sa.Column("done", NUMBER, nullable=False),
        sa.Column("total", NUMBER, nullable=False),
        sa.Column("ended", sa.Boolean, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("key_id", "table_name", name="pk_reencryptions"),
    )
