"""Signals."""

revision = "analytics_0003"
down_revision = "analytics_0002"


def upgrade():
    pass
