"""Hand-overs, absences and deputies."""

revision = "customer_0005"
down_revision = "customer_0004"


def upgrade():
    pass
