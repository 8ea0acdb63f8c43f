"""Warnings."""

revision = "analytics_0005"
down_revision = "analytics_0004"


def upgrade():
    pass
