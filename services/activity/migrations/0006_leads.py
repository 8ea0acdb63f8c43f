"""Tables of leads."""

revision = "activity_0006"
down_revision = "activity_0005"


def upgrade():
    pass
