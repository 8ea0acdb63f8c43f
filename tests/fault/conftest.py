"""Deployments that are broken on purpose, one of each profile; the head office has servers of its own to break."""

import pytest

from tests import servers
from tests.deployments import branch, head_office

# The services that these tests neither write to nor look into: their starting anew would be most of what a kill costs.
ABSENT = {f"WORKBENCH_{name}_RUN": "absent" for name in ("ACTIVITY", "ANALYTICS", "INTEGRATION", "PERFORMANCE")}


@pytest.fixture(scope="module")
def breakable_postgresql():
    """A PostgreSQL that may be killed without hurting other tests."""
    with servers.postgresql() as server:
        yield server


@pytest.fixture(scope="module")
def breakable_rabbitmq():
    """A RabbitMQ that may be killed without hurting other tests."""
    with servers.rabbitmq() as server:
        yield server


@pytest.fixture(scope="module")
def breakable_head_office(breakable_postgresql, breakable_rabbitmq, tmp_path_factory):
    """A head office with the two."""
    urls = {name: breakable_postgresql.create_database() for name in ("identity", "customer")}
    with head_office(tmp_path_factory.mktemp("head-office"), urls, breakable_rabbitmq.virtual_host(), ABSENT) as running:
        yield running


@pytest.fixture(scope="module")
def breakable_branch(tmp_path_factory):
    """A branch of its own."""
    with branch(tmp_path_factory.mktemp("branch"), ABSENT) as running:
        yield running
