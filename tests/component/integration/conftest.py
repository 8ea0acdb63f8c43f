"""Feeds on SQLite and on PostgreSQL; each test has a deployment of its own."""

import pytest

from tests.component.integration.feeds import feeds_on


@pytest.fixture
def feeds(tmp_path):
    """On SQLite."""
    with feeds_on(f"sqlite:///{tmp_path}/integration.db", tmp_path) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def feeds_on_both(request, tmp_path):
    """On each database in turn."""
    sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/integration.db" if sqlite else request.getfixturevalue("new_postgresql_url")()
    with feeds_on(url, tmp_path) as made:
        yield made
