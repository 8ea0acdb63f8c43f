"""Tables of deals."""

revision = "performance_0006"
down_revision = "performance_0005"


def upgrade():
    pass
