"""What customers are found by, and lists that are kept."""

revision = "customer_0003"
down_revision = "customer_0002"


def upgrade():
    pass
