"""Why credit goes from one to another: what goes because somebody left comes back as he does."""

import sqlalchemy as sa
from alembic import op

revision = "performance_0008"
down_revision = "performance_0007"


def upgrade():
    # What was noted before is of another lead: what goes because somebody left was not told apart.
    op.add_column("credit_hand_overs", sa.Column("cause", sa.Integer, nullable=False, server_default="1"))
