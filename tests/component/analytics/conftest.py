"""The analytics service over real gRPC, on SQLite and on PostgreSQL; each test has a bank of its own inside it."""

import pytest

from services.analytics.__main__ import SERVICE
from tests.component import town as towns

town, at = towns.town, towns.at


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def service(request, tmp_path_factory):
    """The running service."""
    yield from towns.running(SERVICE, request, tmp_path_factory)
