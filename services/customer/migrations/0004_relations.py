"""Relations between customers, key persons, groups."""

revision = "customer_0004"
down_revision = "customer_0003"


def upgrade():
    pass
