"""Tables of claims."""

revision = "performance_0005"
down_revision = "performance_0004"


def upgrade():
    pass
