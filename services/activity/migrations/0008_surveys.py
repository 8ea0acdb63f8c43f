"""Tables of surveys."""

revision = "activity_0008"
down_revision = "activity_0007"


def upgrade():
    pass
