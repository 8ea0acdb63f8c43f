"""Tables of visit cycles."""

revision = "activity_0005"
down_revision = "activity_0004"


def upgrade():
    pass
