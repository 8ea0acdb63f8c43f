"""Likely duplicates, and merges that can be undone."""

revision = "customer_0006"
down_revision = "customer_0005"


def upgrade():
    pass
