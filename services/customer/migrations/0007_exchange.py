"""Imports, exports, and requests of customers about their own data."""

revision = "customer_0007"
down_revision = "customer_0006"


def upgrade():
    pass
