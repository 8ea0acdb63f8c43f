"""Tables of knowledge."""

revision = "activity_0011"
down_revision = "activity_0010"


def upgrade():
    pass
