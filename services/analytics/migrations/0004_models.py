"""Models."""

revision = "analytics_0004"
down_revision = "analytics_0003"


def upgrade():
    pass
