"""Months of small datasets that are kept together."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import Json, UtcDateTime

revision = "integration_0004"
down_revision = "integration_0003"
branch_labels = None


def upgrade():
    op.add_column("datasets", sa.Column("pack_place", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "dataset_packs",
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("parts", Json, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("feed", "place", name="pk_dataset_packs"),
    )
