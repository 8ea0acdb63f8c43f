"""Departures."""

revision = "analytics_0006"
down_revision = "analytics_0005"


def upgrade():
    pass
