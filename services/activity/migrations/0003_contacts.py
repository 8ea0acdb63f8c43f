"""Tables of contacts."""

revision = "activity_0003"
down_revision = "activity_0002"


def upgrade():
    pass
