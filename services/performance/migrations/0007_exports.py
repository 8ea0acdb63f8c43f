"""Tables of shadow exports."""

revision = "performance_0007"
down_revision = "performance_0006"


def upgrade():
    pass
