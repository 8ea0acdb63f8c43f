"""Tables of feedback."""

revision = "activity_0007"
down_revision = "activity_0006"


def upgrade():
    pass
