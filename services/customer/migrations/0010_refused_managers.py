"""Whom a refused row names as manager: it is tried again once he is known."""

import sqlalchemy as sa
from alembic import op

revision = "customer_0010"
down_revision = "customer_0009"


def upgrade():
    op.add_column("dataset_refusals", sa.Column("manager_staff_number", sa.Text, nullable=False, server_default=""))
