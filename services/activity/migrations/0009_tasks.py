"""Tables of tasks."""

revision = "activity_0009"
down_revision = "activity_0008"


def upgrade():
    pass
