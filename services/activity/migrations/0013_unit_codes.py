"""The bank's own codes of units."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import OrderedText

revision = "activity_0013"
down_revision = "activity_0012"


def upgrade():
    op.add_column("units", sa.Column("code", OrderedText, nullable=False, server_default=""))
