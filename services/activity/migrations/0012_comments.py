"""Tables of comments."""

revision = "activity_0012"
down_revision = "activity_0011"


def upgrade():
    pass
