"""Tables of products."""

revision = "performance_0004"
down_revision = "performance_0003"


def upgrade():
    pass
