"""What happened in a customer's life."""

revision = "customer_0008"
down_revision = "customer_0007"


def upgrade():
    pass
