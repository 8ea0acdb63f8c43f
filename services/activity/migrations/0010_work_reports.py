"""Tables of work reports."""

revision = "activity_0010"
down_revision = "activity_0009"


def upgrade():
    pass
