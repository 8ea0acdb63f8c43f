"""Tables of schedule."""

revision = "activity_0004"
down_revision = "activity_0003"


def upgrade():
    pass
